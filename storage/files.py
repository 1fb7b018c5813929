"""`bot.ports.Files`: bytes by their SHA-256, one file each below a folder (`ab/cdef…`)."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from pathlib import Path

from bot.errors import GuyubError, Unavailable

_NAME = re.compile(r"[0-9a-f]{64}")


class FileDamaged(GuyubError):
    """What lies there is not what was put: torn by a crash, or changed by somebody."""

    template = "error.file_damaged"


class FileMissing(GuyubError):
    """There is no such file."""

    template = "error.file_missing"


class LocalFiles:
    """Files below `folder`, which is made where it is missing. The same bytes are kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, data: bytes) -> str:
        """Durable when it returns. `Unavailable`: the disk is full or cannot be written."""
        try:
            return await asyncio.to_thread(self._put, data)
        except OSError as error:
            raise Unavailable(why=type(error).__name__) from error

    async def get(self, sha256: str) -> bytes:
        """The bytes, verified. `FileMissing`, `FileDamaged`; `Unavailable`: the disk cannot be read."""
        try:
            return await asyncio.to_thread(self._get, sha256)
        except OSError as error:
            raise Unavailable(why=type(error).__name__) from error

    def _put(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        if self._whole(path, name):
            return name
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, half = tempfile.mkstemp(dir=path.parent, prefix=".half-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(half).replace(path)
        except BaseException:
            Path(half).unlink(missing_ok=True)
            raise
        for folder in (path.parent, self._folder):  # or the name itself may be lost with the power
            _sync(folder)
        return name

    def _get(self, sha256: str) -> bytes:
        if not _NAME.fullmatch(sha256):  # it names a path: nothing else may
            raise FileMissing(file=sha256)
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise FileMissing(file=sha256) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise FileDamaged(file=sha256)
        return data

    def _whole(self, path: Path, name: str) -> bool:
        """There already, and undamaged; a damaged one is put anew."""
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == name

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name[2:]


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
