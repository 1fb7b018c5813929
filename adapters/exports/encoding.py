"""Bytes from anywhere as good UTF-8: marks at the start are obeyed, stray bytes mended, one piece after the other."""

from __future__ import annotations

import codecs
import re

from adapters.exports.archive import Readable
from adapters.exports.errors import BadMember

PIECE = 256 * 1024
#: Bytes that one record may take; an honest one has some hundred thousand at most. The JSON parser begins a text anew with each
#: piece of it, so a longer one would cost time squared, and memory.
LONGEST = 4 * 1024 * 1024
_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|[^x]|x)", re.DOTALL)
_STARTED = re.compile(rb"(?:x[0-9A-Fa-f]?)?\Z")


def _old_windows(error: UnicodeError) -> tuple[str, int]:
    """What is not UTF-8 was saved by an old Windows editor most of the time."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("guyub-old-windows", _old_windows)


class Utf8:
    """`read` gives UTF-8. `mended`: bytes were not what they should be. `mark` says that a record ended here.

    `json`: Telegram Desktop writes control characters as \\x1F, which JSON does not know; they are made \\u001F.
    """

    def __init__(self, raw: Readable, name: str = "", json: bool = False) -> None:
        self.raw, self.name, self.json = raw, name, json
        self.mended = False
        self.since = 0
        self._wide: codecs.IncrementalDecoder | None = None
        self._held = b""
        self._held_escape = b""
        self._ended = self._started = False

    def read(self, size: int = PIECE, /) -> bytes:
        """The next piece; b"" at the end. May be shorter or longer than `size`, but not empty before the end."""
        if size == 0:
            return b""
        while not self._ended:
            data = self.raw.read(max(size, 16))
            self._ended = not data
            self.since += len(data)
            if self.since > LONGEST:
                raise BadMember("import.record_too_long", name=self.name)
            if piece := self._next(data):
                return piece
        return b""

    def mark(self) -> None:
        """A record ended: the next may be as long again."""
        self.since = 0

    def _next(self, data: bytes) -> bytes:
        if not self._started and data:
            data = self._start(data)
        data = self._widened(data) if self._wide else self._whole(data)
        return self._escaped(data) if self.json else data

    def _start(self, data: bytes) -> bytes:
        self._started = True
        for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
            if data.startswith(mark):
                self._wide = codecs.getincrementaldecoder(encoding)("replace")
                return data[len(mark) :]
        return data.removeprefix(codecs.BOM_UTF8)

    def _widened(self, data: bytes) -> bytes:
        assert self._wide is not None
        return self._wide.decode(data, self._ended).encode("utf-8", "replace")

    def _whole(self, data: bytes) -> bytes:
        """Whole characters only; the start of one waits for the rest of it."""
        data = self._held + data
        cut = len(data) if self._ended else _last_start(data)
        data, self._held = data[:cut], data[cut:]
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            self.mended = True
            return data.decode("utf-8", "guyub-old-windows").encode("utf-8", "replace")
        return data

    def _escaped(self, data: bytes) -> bytes:
        data = self._held_escape + data
        self._held_escape = b""
        if not self._ended and (started := _STARTED.search(data, max(len(data) - 2, 0))):
            head = data[: started.start()]
            slashes = len(head) - len(head.rstrip(b"\\"))
            if slashes % 2:
                self._held_escape = data[len(head) - 1 :]
                data = head[:-1]
        return _ESCAPE.sub(_known, data) if b"\\x" in data else data


def _known(escape: re.Match[bytes]) -> bytes:
    return b"\\u00" + escape[1] if escape[1] else escape[0]


def _last_start(data: bytes) -> int:
    """Where the last character starts if it is not whole, else the end."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if needed > back else len(data)
        if byte < 0x80:
            break
    return len(data)
