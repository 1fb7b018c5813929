"""Uploaded files: bytes on disk beside the database, named by our own ids, typed by their first bytes."""

from __future__ import annotations

import asyncio
import mimetypes
import os
from pathlib import Path

from adapters.web.rows import PICTURES, Kept
from adapters.web.text import one_line
from bot.errors import Unavailable
from bot.model.base import new_id

BIGGEST = 10 * 1024 * 1024
MOST = 5
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def media_type(name: str, data: bytes) -> str:
    """Pictures by their first bytes, never by what the sender claims; anything else by its name, never a picture."""
    for start, kind in _MAGIC:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    guess = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return "application/octet-stream" if guess in PICTURES else guess


class Shelf:
    """Puts and gets bytes. A file is whole on disk before the message that carries it is stored."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def put(self, name: str, data: bytes) -> Kept:
        shown = one_line(name.replace("\\", "/").rsplit("/", 1)[-1], 120) or "berkas"
        kept = Kept(new_id(), shown, media_type(shown, data), len(data))
        try:
            await asyncio.to_thread(_write, self._folder / kept.id, data)
        except OSError as error:
            raise Unavailable() from error
        return kept

    async def get(self, id: str) -> bytes:
        """KeyError: no such file. The caller has looked the id up, so that it is one of ours and no path."""
        try:
            return await asyncio.to_thread((self._folder / Path(id).name).read_bytes)
        except FileNotFoundError as error:
            raise KeyError(id) from error
        except OSError as error:
            raise Unavailable() from error

    async def drop(self, ids: tuple[str, ...]) -> None:
        """Forget them; one that is gone already is fine."""
        for id in ids:
            await asyncio.to_thread((self._folder / id).unlink, missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
