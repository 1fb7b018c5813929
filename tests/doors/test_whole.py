"""What is long, or asked where others cannot look, can be read whole by those who are asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.compose import House
from bot.model.question import State
from tests.doors.test_line import QUESTION, gathered
from tests.doors.three import three_doors
from tests.doors.town import Town, sees

pytestmark = pytest.mark.anyio
LONG = f"{QUESTION}\n\n" + "Begini ceritanya, panjang sekali. " * 1_144 + "Tamat riwayatnya."


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[tuple[House, dict[str, Town]]]:
    async with three_doors(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(("here", "there"), [("web", "slack"), ("slack", "telegram"), ("slack", "web")])
async def test_a_long_question_of_a_private_chat_is_read_whole(
    doors: tuple[House, dict[str, Town]], here: str, there: str
) -> None:
    walk = await gathered(doors, here, there)
    assert 38_900 < len(LONG) <= 39_000
    await walk.asked.asks("Budi", LONG, "private")
    await walk.question(State.OPEN)
    whole = walk.words("card.button_whole")
    post = await sees(walk.answered, "Daniel", QUESTION, "sirkulasi", button=whole)
    assert "Tamat" not in post.text
    await walk.answered.presses("Daniel", whole, post)
    await sees(walk.answered, "Daniel", "Tamat riwayatnya.")
