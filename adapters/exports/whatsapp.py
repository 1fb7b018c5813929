"""A WhatsApp export: a ZIP (with or without files) or the TXT in it, from Android or an iPhone, Indonesian or English.

It has no ids and no zone, dates in the phone's order, and people as that phone knew them. The file is read twice: how dates
are written shows only in the whole of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import islice
from pathlib import Path

from adapters.exports.archive import Archive, Member, Progress, open_archive
from adapters.exports.encoding import Utf8
from adapters.exports.errors import BadExport, BadMember
from adapters.exports.whatsapp_lines import dates, lines, stamp, unmarked
from adapters.exports.whatsapp_text import author, body, is_notice
from adapters.exports.words import LONGEST, media_type, name
from adapters.exports.words import body as cleaned
from bot.importing.told import Author, Report, Told, ToldFile, Trouble

_TITLE = re.compile(
    r"(?:WhatsApp Chat|Chat WhatsApp|Obrolan WhatsApp|Percakapan WhatsApp)(?: with| dengan| -)? ?", re.IGNORECASE
)
_COPY = re.compile(r" ?\(\d{1,3}\)$")
LOOKED_AT = 60  # lines of a TXT, to see whether it is a chat at all


def read_whatsapp(path: Path, report: Report, zone: tzinfo) -> Iterator[Told]:
    """The messages, in the file's order. `zone`: where the phone was. Phone numbers are shown masked only.

    Raises BadExport: no WhatsApp export, damaged, hostile.
    """
    with open_archive(path, report) as archive:
        found = _chats(archive, report)
        progress = Progress(report, 2 * sum(member.size for member in found))
        for member in found:
            yield from _Chat(archive, member, report, progress, zone).messages()
        progress.end()


def _chats(archive: Archive, report: Report) -> list[Member]:
    """The TXT files that are chats. Raises BadExport when there are none."""
    texts = [one for one in archive.members.values() if one.base.lower().endswith(".txt")]
    named = [one for one in texts if one.base.lower() == "_chat.txt" or _TITLE.match(one.base)]
    found = [one for one in named or texts if _is_chat(archive, one, report)]
    if not found:
        zipped = any(one.base.lower().endswith(".zip") for one in archive.members.values())
        raise BadExport("import.nested" if zipped else "import.not_whatsapp")
    return sorted(found, key=lambda one: one.name)


def _is_chat(archive: Archive, member: Member, report: Report) -> bool:
    try:
        with archive.open(member) as raw:
            return any(stamp(line) for line, _ in islice(lines(Utf8(raw, member.name)), LOOKED_AT))
    except BadMember as error:
        report.trouble(Trouble(member.name, 0, error.template, error.data))
        return False


@dataclass(slots=True)
class _Draft:
    """A message whose lines are still coming."""

    place: int
    at: datetime
    author: str
    lines: list[str]
    length: int = 0


@dataclass(slots=True)
class _Chat:
    archive: Archive
    member: Member
    report: Report
    progress: Progress
    zone: tzinfo
    minute: str = ""
    seen: dict[str, int] = field(default_factory=dict)  # messages of this minute: the same words may come twice
    people: dict[str, list[str]] = field(default_factory=dict)  # masked number → the numbers behind it

    def messages(self) -> Iterator[Told]:
        title = self._title()
        try:
            with self._lines() as (_, source):
                order = dates(line for line, _ in source)
            if not order.sure:
                self.report.trouble(Trouble(self.member.name, 0, "import.day_first", lost=False))
            with self._lines() as (stream, source):
                for draft in self._drafts(source, order.month_first, title):
                    if told := self._told(draft, title):
                        yield told
            if stream.mended:
                self.report.trouble(Trouble(self.member.name, 0, "import.encoding", lost=False))
        except BadMember as error:
            self.report.trouble(Trouble(self.member.name, 0, error.template, error.data))

    @contextmanager
    def _lines(self) -> Iterator[tuple[Utf8, Iterator[tuple[str, bool]]]]:
        with self.archive.open(self.member, self.progress) as raw:
            stream = Utf8(raw, self.member.name)
            yield stream, lines(stream)

    def _title(self) -> str:
        """The chat's name: of the TXT, or of the ZIP around an iPhone's "_chat.txt"."""
        base = self.member.base
        shown = (self.archive.path.name if base.lower() == "_chat.txt" else base).removesuffix(".txt").removesuffix(".zip")
        title = author(name(_TITLE.sub("", _COPY.sub("", shown.strip()), count=1)))
        return title if title not in ("", "_chat") else "WhatsApp"

    def _drafts(self, source: Iterator[tuple[str, bool]], month_first: bool, title: str) -> Iterator[_Draft]:
        """The messages with their lines. What has a stamp but no name before a colon is a notice."""
        draft: _Draft | None = None
        for place, (line, cut) in enumerate(source, start=1):
            if cut:
                self._lost(place, "import.line_cut")
            read = stamp(line)
            if read is None:
                if draft and draft.length <= LONGEST:
                    draft.lines.append(line)
                    draft.length += len(line) + 1
                elif draft is None and place == 1 and line.strip():
                    self._lost(place, "import.record_damaged")
                continue
            if draft:
                yield draft
            draft = None
            local = read.local(month_first)
            who, colon, said = read.rest.partition(":")
            who, said = unmarked(who).strip(), said.removeprefix(" ")
            if local is None:
                self._lost(place, "import.record_damaged")
            elif colon and who and len(who) <= 120 and not is_notice(who, said, title):
                draft = _Draft(place, local.replace(tzinfo=self.zone).astimezone(UTC), who, [said])
        if draft:
            yield draft

    def _told(self, draft: _Draft, title: str) -> Told | None:
        said = body(draft.lines)
        if said is None:
            return None
        text = cleaned(said.text)
        files = tuple(self._file(one) for one in said.files[:20])
        shown = name(author(draft.author))
        if not (text or files) or not shown:
            return None
        message = self._digest(draft.at, shown, text or "\n".join(said.files))
        return Told(
            id=f"{title}:{message}",
            source="whatsapp-export",
            channel=title,
            channel_name=title,
            message=message,
            author=Author(self._person(draft.author, shown), shown),
            at=draft.at,
            text=text,
            files=files,
            edited=said.edited,
        )

    def _digest(self, at: datetime, shown: str, text: str) -> str:
        """An id out of what is the same in each export: the minute, the person, the words, and which of equal ones it is."""
        minute = at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
        if minute != self.minute:
            self.minute, self.seen = minute, {}
        key = f"{minute}\n{shown}\n{text}"
        self.seen[key] = nth = self.seen.get(key, 0) + 1
        return hashlib.sha256(f"{key}\n{nth}".encode("utf-8", "replace")).hexdigest()[:24]

    def _person(self, raw: str, shown: str) -> str:
        """The name, and a count behind masked numbers that look alike."""
        if "•" not in shown:
            return shown
        alike = self.people.setdefault(shown, [])
        number = "".join(c for c in raw if c.isdigit())
        if number not in alike and len(alike) < 100:
            alike.append(number)
        return f"{shown} ({alike.index(number) + 1})" if number in alike[1:] else shown

    def _file(self, base: str) -> ToldFile:
        folder = self.member.name.removesuffix(self.member.base)
        inside = self.archive.members.get(folder + base)
        return ToldFile(name(base) or "file", media_type(base), inside.size if inside else 0, inside.name if inside else "")

    def _lost(self, place: int, why: str) -> None:
        self.report.trouble(Trouble(self.member.name, place, why))
