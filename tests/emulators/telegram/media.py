"""Files: kept whole, told apart by what their first bytes say."""

from __future__ import annotations

import struct
from typing import Literal

from tests.emulators.telegram.errors import bad
from tests.emulators.telegram.model import StoredFile
from tests.emulators.telegram.params import Upload
from tests.emulators.telegram.state import State

MOST_PHOTO, MOST_SENT, MOST_FETCHED = 10 << 20, 50 << 20, 20 << 20
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    + "1f15c4890000000d49444154789c63f8cfc0f01f0005050102a2d1a9fa0000000049454e44ae426082"
)


def store(state: State, kind: Literal["document", "photo"], upload: Upload, size: int | None = None) -> StoredFile:
    number = next(state.ids)
    width, height = measure(upload.content) if kind == "photo" else (0, 0)
    name = f"file_{number}.jpg" if kind == "photo" else upload.name or f"file_{number}"
    stored = StoredFile(
        f"{'AgACAgUAAx' if kind == 'photo' else 'BQACAgUAAx'}{number:08d}", f"AQAD{number:08d}", kind, name, upload.mime,
        upload.content, len(upload.content) if size is None else size, width, height,
    )  # fmt: skip
    state.files[stored.id] = stored
    return stored


def measure(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG, GIF or JPEG; refused as Telegram refuses what is no picture."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
    elif content[:4] == b"GIF8" and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
    elif content[:2] == b"\xff\xd8":
        width, height = _measure_jpeg(content)
    else:
        raise bad("IMAGE_PROCESS_FAILED")
    if not width or not height or width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return width, height


def _measure_jpeg(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
        at += 2 + length
    raise bad("IMAGE_PROCESS_FAILED")
