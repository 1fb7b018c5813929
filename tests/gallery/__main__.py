"""Writes docs/gallery anew: `make gallery`. Pictures are taken only of pages whose words changed, the rest stays byte for byte.

With `--all` of every page, with `--words` of none, with a feature's name only of its own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.gallery.look.camera import pictures
from tests.gallery.pages import texts
from tests.gallery.readme import readme

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"
FONTS = {"Noto Sans": "fonts-noto-core", "Noto Color Emoji": "fonts-noto-color-emoji"}


def write() -> set[str]:
    """The pages ("slack/ask") that are not as they were, or have no picture yet."""
    made, changed = texts(), set()
    for folder in ("slack", "telegram"):
        for old in (GALLERY / folder).glob("*"):
            if f"{folder}/{old.name}" not in made:
                old.unlink()
                changed.add(_page(f"{folder}/{old.name}"))
    for name, text in made.items():
        path, page = GALLERY / name, _page(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text or not _pictures(page):
            path.write_text(text, "utf-8")
            changed.add(page)
    return changed


def _page(name: str) -> str:
    return name.partition(".")[0]


def _pictures(page: str) -> list[Path]:
    return list((GALLERY / "pictures").glob(f"{page.replace('/', '-')}-*.png"))


def fonts() -> None:
    """The pictures are all in these; with others every line breaks elsewhere, and emoji are empty boxes."""
    here = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=True).stdout.splitlines()
    if missing := [package for family, package in FONTS.items() if family not in here]:
        sys.exit(f"The pictures need fonts that are not here: sudo apt-get install {' '.join(missing)}")


def main() -> None:
    if "--words" not in sys.argv:
        fonts()
    changed, asked = write(), next(iter(sys.argv[1:]), "")
    if asked != "--words":
        wanted = (lambda page: page in changed) if not asked else (lambda page: asked in ("--all", page.partition("/")[2]))
        pictures(GALLERY / "pictures", wanted)
    (GALLERY / "README.md").write_text(readme(GALLERY / "pictures"), "utf-8")


if __name__ == "__main__":
    main()
