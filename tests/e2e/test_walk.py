"""`make run`, a browser, two people: from a question to the next asker who finds the note, in the other language."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.running import browser, guyub, page
from tests.e2e.walk import Walker, photographer


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_question_goes_the_whole_line_until_it_is_found_again(tmp_path: Path, width: int, scheme: str) -> None:
    with guyub(tmp_path) as address, browser() as opened, page(opened, width, scheme) as shown:
        Walker(shown, address, photographer(shown, None, "")).whole_line()
