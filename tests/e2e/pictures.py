"""Takes the pictures of docs/pictures anew: `python -m tests.e2e.pictures`. Look at them before you commit them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.running import browser, guyub, page
from tests.e2e.walk import Walker, photographer

PICTURES = Path(__file__).parent.parent.parent / "docs" / "pictures"


def main() -> None:
    for width, device in ((1280, "desktop"), (390, "phone")):
        for scheme in ("light", "dark"):
            with (
                TemporaryDirectory() as folder,
                guyub(Path(folder)) as address,
                browser() as opened,
                page(opened, width, scheme) as shown,
            ):
                Walker(shown, address, photographer(shown, PICTURES, f"{device}-{scheme}")).whole_line()


if __name__ == "__main__":
    main()
