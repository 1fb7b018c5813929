"""Writes docs/gallery anew: `make gallery`. With `--words` the texts only; with a feature's name only its pictures."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.gallery.look.camera import pictures
from tests.gallery.pages import texts
from tests.gallery.readme import readme

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"


def write() -> None:
    made = texts()
    for folder in ("slack", "telegram"):
        for old in (GALLERY / folder).glob("*"):
            if f"{folder}/{old.name}" not in made:
                old.unlink()
    for name, text in made.items():
        (GALLERY / name).parent.mkdir(parents=True, exist_ok=True)
        (GALLERY / name).write_text(text, "utf-8")


def main() -> None:
    write()
    if "--words" not in sys.argv:
        pictures(GALLERY / "pictures", next(iter(sys.argv[1:]), ""))
    (GALLERY / "README.md").write_text(readme(GALLERY / "pictures"), "utf-8")


if __name__ == "__main__":
    main()
