"""An export as it lies on the disk: a ZIP, a folder or a single file. Only ever read; nothing is unpacked.

Claims of a ZIP (sizes, names) are not believed: bytes are counted while they are read, unsafe names are left out.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from adapters.exports.errors import ZIP_FAULTS, BadExport, BadMember
from bot.importing.told import Report, Trouble

MB = 1024 * 1024
MOST_READ = 4096 * MB  # of text, all files together: some 10 million messages
MOST_RATIO = 250  # JSON of chats shrinks 10 to 60 times, a bomb 1,000 times
FREE = 16 * MB  # up to here the ratio does not matter
MOST_INDEX = 32 * MB  # bytes of a ZIP's table of contents: some 300,000 files
MOST_FILES = 300_000  # in a folder
STEP = 256 * 1024  # progress is told that often, in bytes
_ENCRYPTED = 0x1
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Readable(Protocol):
    """Bytes, one piece after the other."""

    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the export. `name`: its path in there, with "/"; `size` as claimed, `packed` as in the ZIP, in bytes."""

    name: str
    size: int
    packed: int
    place: Path | zipfile.ZipInfo

    @property
    def base(self) -> str:
        """The last part of the path."""
        return self.name.rpartition("/")[2]


class Archive:
    """What is in there, and its bytes. Counts what is read from it against the limits."""

    def __init__(self, path: Path, members: dict[str, Member], zipped: zipfile.ZipFile | None) -> None:
        self.path, self.members, self._zip = path, members, zipped
        self.spent = 0
        self._folders: dict[str, list[str]] | None = None

    def in_folder(self, folder: str) -> list[str]:
        """The names of the files in a folder ("umum/"; "" is the top), without it and not those deeper."""
        if self._folders is None:
            self._folders = {}
            for member in self.members.values():
                self._folders.setdefault(member.name.removesuffix(member.base), []).append(member.base)
        return self._folders.get(folder, [])

    @contextmanager
    def open(self, member: Member, counted: Callable[[int], None] = lambda n: None) -> Iterator[Readable]:
        """The bytes of a file, in order. `counted` is told of each piece. Raises BadMember (damaged), BadExport (too much)."""
        if member.size > MOST_READ:
            raise BadExport("import.too_big", name=member.name, most=MOST_READ // MB)
        try:
            raw = self._raw(member)
        except ZIP_FAULTS as error:
            raise BadMember("import.part_damaged", name=member.name) from error
        with raw:
            yield _Counted(self, member, raw, counted)

    def read(self, name: str, most: int) -> bytes:
        """A whole file, such as a `ToldFile.path`. Raises BadMember when it is not there, damaged, or over `most` bytes."""
        member = self.members.get(name)
        if member is None or member.size > most:
            raise BadMember("import.part_damaged", name=name)
        try:
            with self._raw(member) as raw:
                data = raw.read(most + 1)
        except ZIP_FAULTS as error:
            raise BadMember("import.part_damaged", name=name) from error
        if len(data) > most:
            raise BadMember("import.part_damaged", name=name)
        return data

    def _raw(self, member: Member) -> BinaryIO:
        place = member.place
        if isinstance(place, Path):
            return place.open("rb")
        if place.flag_bits & _ENCRYPTED:
            raise BadExport("import.encrypted")
        if place.compress_type not in _PLAIN:  # bzip2 and LZMA unpack without a limit, and no platform uses them
            raise BadMember("import.part_damaged", name=member.name)
        assert self._zip is not None
        return self._zip.open(place)  # type: ignore[return-value]


class _Counted:
    """Counts what is read, and stops a bomb while it unpacks."""

    def __init__(self, archive: Archive, member: Member, raw: BinaryIO, counted: Callable[[int], None]) -> None:
        self.archive, self.member, self.raw, self.counted = archive, member, raw, counted
        self.got = 0

    def read(self, size: int = 65536, /) -> bytes:
        try:
            data = self.raw.read(size)
        except ZIP_FAULTS as error:
            raise BadMember("import.part_damaged", name=self.member.name) from error
        self.got += len(data)
        self.archive.spent += len(data)
        packed = self.member.packed
        if self.got > FREE and packed and self.got > packed * MOST_RATIO:
            raise BadExport("import.bomb", name=self.member.name)
        if self.archive.spent > MOST_READ:
            raise BadExport("import.too_big", name=self.member.name, most=MOST_READ // MB)
        self.counted(len(data))
        return data


@contextmanager
def open_archive(path: Path, report: Report) -> Iterator[Archive]:
    """Opens a ZIP, a folder or a single file. Raises BadExport: not there, not readable, damaged, too many files."""
    try:
        if path.is_dir():
            yield Archive(path, dict(_in_folder(path)), None)
        elif not path.is_file():
            raise BadExport("import.no_file", name=path.name)
        elif _is_zip(path):
            with _zip(path) as zipped:
                yield Archive(path, _in_zip(zipped, report), zipped)
        else:
            one = Member(path.name, path.stat().st_size, 0, path)
            yield Archive(path, {one.name: one}, None)
    except PermissionError as error:
        raise BadExport("import.unreadable", name=path.name) from error


def safe(name: str) -> bool:
    """Whether a path stays inside: relative, without "..", drive letters, backslashes or control characters."""
    parts = PurePosixPath(name).parts
    outside = name.startswith("/") or ".." in parts or "\\" in name or name[1:2] == ":"
    return bool(parts) and not outside and all(ord(c) >= 32 and c != "\x7f" for c in name)


def _in_folder(folder: Path) -> Iterator[tuple[str, Member]]:
    """The files below a folder; links are not followed."""
    found = 0
    waiting = [folder]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            if path.is_symlink():
                continue
            if path.is_dir():
                waiting.append(path)
            elif path.is_file():
                found += 1
                if found > MOST_FILES:
                    raise BadExport("import.too_many", most=MOST_FILES)
                name = path.relative_to(folder).as_posix()
                yield name, Member(name, path.stat().st_size, 0, path)


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK" or path.suffix.lower() == ".zip"


@contextmanager
def _zip(path: Path) -> Iterator[zipfile.ZipFile]:
    with path.open("rb") as file:
        if _index_size(file, path.stat().st_size) > MOST_INDEX:
            raise BadExport("import.too_many", most=MOST_FILES)
    try:
        zipped = zipfile.ZipFile(path)
    except PermissionError:
        raise
    except ZIP_FAULTS as error:
        raise BadExport("import.damaged_zip", name=path.name) from error
    with zipped:
        yield zipped


def _index_size(file: BinaryIO, size: int) -> int:
    """Bytes of the table of contents, as the end record says: zipfile would read it whole before anyone can object."""
    start = max(size - 65536 - 22, 0)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return 0
    claimed: int = struct.unpack_from("<I", tail, at + 12)[0]
    big = tail.rfind(b"PK\x06\x06", 0, at)
    if claimed == 0xFFFFFFFF and 0 <= big <= at - 48:
        claimed = struct.unpack_from("<Q", tail, big + 40)[0]
    return claimed


def _in_zip(zipped: zipfile.ZipFile, report: Report) -> dict[str, Member]:
    """The files worth naming. Of two with one name the last counts, as every unpacking program has it."""
    members: dict[str, Member] = {}
    for info in zipped.infolist():
        name = info.filename
        if info.is_dir() or name.startswith("__MACOSX/"):
            continue
        if not safe(name) or stat.S_ISLNK(info.external_attr >> 16):
            report.trouble(Trouble(shown(name), 0, "import.unsafe_name"))
            continue
        if name in members:
            report.trouble(Trouble(shown(name), 0, "import.twice"))
        members[name] = Member(name, info.file_size, info.compress_size, info)
    return members


def shown(name: str) -> str:
    """A name from outside, fit to print."""
    return "".join(c if c.isprintable() else "�" for c in name)[:120]


class Progress:
    """Tells the report how far the reading is, now and then."""

    def __init__(self, report: Report, total: int) -> None:
        self.report, self.total = report, total
        self.done = self.told = 0
        report.progress(0, total)

    def __call__(self, read: int) -> None:
        self.done += read
        if self.done - self.told >= STEP:
            self.told = self.done
            self.report.progress(min(self.done, self.total), self.total)

    def end(self) -> None:
        """All is read."""
        self.report.progress(self.total, self.total)
