"""A Slack export (ZIP or unpacked): the public channels, day by day. Direct messages and private channels are never opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.exports.archive import Archive, Member, Progress, open_archive
from adapters.exports.encoding import Utf8
from adapters.exports.errors import BadMember
from adapters.exports.order import in_order
from adapters.exports.records import Record, child, children, number, pieces, records, text
from adapters.exports.slack_people import Channel, People, channels, people
from adapters.exports.slack_text import plain, sign
from adapters.exports.words import body, media_type, moment, name
from bot.importing.told import Author, Report, Told, ToldFile, Trouble

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_TS = re.compile(r"\d{9,11}\.\d{1,6}")
#: What people write; all other subtypes are joins, topics, reminders, calls, tombstones
SAID = frozenset(("", "file_share", "thread_broadcast", "me_message"))


@dataclass(frozen=True, slots=True)
class _Reading:
    archive: Archive
    known: People
    names: dict[str, str]  # of channels, by id
    report: Report
    progress: Progress

    def channel_named(self, channel: str) -> str:
        return self.names.get(channel) or name(channel) or "?"


def read_slack(path: Path, report: Report) -> Iterator[Told]:
    """The messages of each public channel. `message` is the ts, `channel` "team:id", so that they meet what a live door heard.

    Raises BadExport: not a Slack export, damaged, hostile.
    """
    with open_archive(path, report) as archive:
        root, found = channels(archive, report)
        days = {one.folder: _days(archive, one.folder) for one in found}
        progress = Progress(report, sum(member.size for all_ in days.values() for member in all_))
        known = people(archive, root, report)
        reading = _Reading(archive, known, {one.id: one.name for one in found}, report, progress)
        for channel in found:
            yield from (_at_home(told, known.team) for told in in_order(_channel(channel, days[channel.folder], reading)))
        progress.end()


def _at_home(told: Told, team: str) -> Told:
    """Channel and people as the live door names them: with the workspace before their ids."""
    if not team:
        return told
    reactions = tuple((emoji, tuple(f"{team}:{who}" for who in people)) for emoji, people in told.reactions)
    author = replace(told.author, id=f"{team}:{told.author.id}")
    thread = f"{team}:{told.thread}" if told.thread else ""
    there = f"{team}:{told.channel}"
    return replace(told, id=f"{team}:{told.id}", thread=thread, channel=there, author=author, reactions=reactions)


def _days(archive: Archive, folder: str) -> list[Member]:
    names = archive.in_folder(folder)
    return [archive.members[folder + base] for base in sorted(names) if _DAY.fullmatch(base)]


def _channel(channel: Channel, days: list[Member], reading: _Reading) -> Iterator[Told]:
    report = reading.report
    for day in days:
        place = 0
        try:
            with reading.archive.open(day, reading.progress) as raw:
                stream = Utf8(raw, day.name, json=True)
                for record in records(stream, lambda path: path == ("[]",)):
                    place += 1
                    try:
                        told = _told(record, channel, reading)
                    except _Broken:
                        report.trouble(Trouble(day.name, place, "import.record_damaged"))
                        continue
                    if told:
                        yield told
            if stream.mended:
                report.trouble(Trouble(day.name, 0, "import.encoding", lost=False))
        except BadMember as error:
            report.trouble(Trouble(day.name, place, error.template, error.data))


class _Broken(Exception):
    """A record without what a message must have."""


def _told(record: Record | None, channel: Channel, reading: _Reading) -> Told | None:
    """The message, or None for what nobody said: joins, bots, deleted ones. Raises _Broken."""
    if record is None or text(record, "type") not in ("message", ""):
        raise _Broken
    if text(record, "subtype") not in SAID or text(record, "bot_id") or record.get("hidden") is True:
        return None
    ts, user = text(record, "ts"), text(record, "user")
    at = moment(float(ts)) if _TS.fullmatch(ts) else None
    if at is None or not user:
        raise _Broken
    if user in reading.known.bots:
        return None
    thread = text(record, "thread_ts")
    files = tuple(_files(record))
    words = body(plain(record, reading.known.named, reading.channel_named))
    if not words and not files:
        return None
    return Told(
        id=f"{channel.id}:{ts}",
        source="slack-export",
        channel=channel.id,
        channel_name=channel.name,
        message=ts,
        author=_author(user, record, reading.known),
        at=at,
        text=words,
        thread=f"{channel.id}:{thread}" if _TS.fullmatch(thread) else "",
        files=files,
        edited=bool(child(record, "edited")),
        reactions=tuple(_reactions(record)),
    )


def _author(user: str, record: Record, known: People) -> Author:
    """From the list of people; a guest of another workspace brings a profile along."""
    if user in known.authors:
        return known.authors[user]
    profile = child(record, "user_profile")
    return Author(user, name(text(profile, "display_name")) or name(text(profile, "real_name", "name")))


def _files(record: Record) -> Iterator[ToldFile]:
    """What hung on it. Slack leaves the bytes out; the export's links carry a token behind "?", which is not kept."""
    for one in children(record, "files")[:20]:
        shown = name(text(one, "name", "title"))
        if text(one, "mode") in ("tombstone", "hidden_by_limit") or not shown:
            continue
        link = text(one, "url_private").partition("?")[0][:2000]
        url = link if link.startswith("https://") else ""
        yield ToldFile(shown, media_type(shown, text(one, "mimetype")[:100]), max(number(one, "size"), 0), url=url)


def _reactions(record: Record) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one in children(record, "reactions")[:50]:
        users = tuple(user for user in pieces(one, "users")[:200] if isinstance(user, str))
        if (shown := sign(text(one, "name"))) and users:
            yield shown, users
