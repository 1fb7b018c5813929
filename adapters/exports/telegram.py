"""A Telegram Desktop export, "machine-readable JSON": one group, or a whole account, of which only the groups are read.

Fields as Telegram Desktop writes them (export_output_json.cpp): ids are bare, topics show only as replies to the service
message that made them, files left out are named by a sentence in parentheses.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from adapters.exports import records as json
from adapters.exports.archive import Archive, Member, Progress, open_archive
from adapters.exports.encoding import Utf8
from adapters.exports.errors import BadExport, BadMember
from adapters.exports.order import in_order
from adapters.exports.records import Json, Record, number, text
from adapters.exports.telegram_text import plain
from adapters.exports.words import body, media_type, moment, name
from bot.importing.told import Author, Report, Told, ToldFile, Trouble

GROUPS = ("private_group", "private_supergroup", "public_supergroup")
PRIVATE = ("personal_chat", "bot_chat", "saved_messages", "replies", "private_channel", "public_channel")
IN_CHAT, IN_ACCOUNT = ("messages", "[]"), (("chats", "list", "[]"), ("left_chats", "list", "[]"))
LEFT_OUT = ("(File not included.", "(File exceeds maximum size.", "(File unavailable,")
MOST_REMEMBERED = 20_000  # messages whose topic is remembered, to follow replies
MOST_TOPICS = 5_000
GENERAL = "1"
_BOT = re.compile(r"(?:\bbot|Bot|_bot)$")  # an export does not mark bots; their names mostly end so, as their handles must


@dataclass(slots=True)
class _Chat:
    """A chat being read, and what its later messages refer to."""

    id: str = ""
    name: str = ""
    type: str = ""
    topics: dict[str, str] = field(default_factory=dict)  # id of the message that made it → title
    topic_of: OrderedDict[str, str] = field(default_factory=OrderedDict)

    @property
    def channel(self) -> str:
        """The id as the Bot API has it."""
        return f"-{self.id}" if self.type == "private_group" else f"-100{self.id}"


def read_telegram(path: Path, report: Report, zone: tzinfo = UTC) -> Iterator[Told]:
    """The messages of each group. `zone`: where it was exported, for old exports whose times have no Unix time beside.

    `channel` and `message` are the Bot API's ids. Raises BadExport: no JSON export, a private chat only, damaged, hostile.
    """
    with open_archive(path, report) as archive:
        member = _result(archive)
        reading = _Reading(archive, member, report, zone)
        chats = reading.chats()
        for messages in chats:
            yield from in_order(messages)
        reading.end()


def _result(archive: Archive) -> Member:
    """The JSON of the export. Raises BadExport, saying which other export this is where that shows."""
    found = [one for one in archive.members.values() if one.base == "result.json"]
    others = [one for one in archive.members.values() if one.base.lower().endswith(".json")]
    if not found and len(others) == 1:
        return others[0]
    if not found:
        names = [one.base.lower() for one in archive.members.values()]
        if any(base.startswith("messages") and base.endswith(".html") for base in names):
            raise BadExport("import.telegram_html")
        raise BadExport("import.nested" if any(base.endswith(".zip") for base in names) else "import.not_telegram")
    return min(found, key=lambda one: (one.name.count("/"), one.name))


class _Reading:
    """One pass over the JSON. A chat's name, type and id come before its messages."""

    def __init__(self, archive: Archive, member: Member, report: Report, zone: tzinfo) -> None:
        self.archive, self.member, self.report, self.zone = archive, member, report, zone
        self.progress = Progress(report, member.size)
        self.chat = _Chat()
        self.place = self.groups = self.private = 0
        self.is_export = False

    def chats(self) -> Iterator[Iterator[Told]]:
        """The messages of one chat after the other; each is to be read to its end before the next."""
        stream = self._stream()
        waiting = next(stream, None)
        while waiting is not None:
            chat, _ = waiting
            first = [waiting]

            def same(chat: _Chat = chat, first: list[tuple[_Chat, Told]] = first) -> Iterator[Told]:
                nonlocal waiting
                yield first.pop()[1]
                while (waiting := next(stream, None)) is not None and waiting[0] is chat:
                    yield waiting[1]

            yield same()

    def end(self) -> None:
        """Says what was left out on purpose. Raises BadExport when there was nothing to read at all."""
        self.progress.end()
        if not self.is_export:
            raise BadExport("import.not_telegram")
        if not self.groups and self.private:
            raise BadExport("import.private_chat")
        if self.private:
            self.report.trouble(Trouble(self.member.name, 0, "import.private_left_out", {"number": self.private}, lost=False))

    def _stream(self) -> Iterator[tuple[_Chat, Told]]:
        report, file = self.report, self.member.name
        try:
            with self.archive.open(self.member, self.progress) as raw:
                stream = Utf8(raw, file, json=True)
                for record in json.records(stream, self._is_message, self._beside):
                    self.place += 1
                    if self.chat.type not in GROUPS:
                        continue
                    try:
                        told = self._told(record)
                    except _Broken:
                        report.trouble(Trouble(file, self.place, "import.record_damaged"))
                        continue
                    if told:
                        yield self.chat, told
            if stream.mended:
                report.trouble(Trouble(file, 0, "import.encoding", lost=False))
        except BadMember as error:
            if not self.is_export:
                raise BadExport("import.not_telegram") from error
            report.trouble(Trouble(file, self.place, error.template, error.data))

    def _is_message(self, path: json.Path) -> bool:
        return path == IN_CHAT or (path[-2:] == IN_CHAT and path[:-2] in IN_ACCOUNT)

    def _beside(self, path: json.Path, value: Json) -> None:
        """Where the chat's name, type and id stand. A new name or type after messages starts a new chat."""
        if path[:-1] not in ((), *IN_ACCOUNT) or path[-1:] not in (("id",), ("name",), ("type",)):
            return
        if self.place:
            self.chat, self.place = _Chat(), 0
        known = value if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
        setattr(self.chat, path[-1], name(str(known)))
        if path[-1] == "type":
            self.is_export |= self.chat.type in (*GROUPS, *PRIVATE)
            self.groups += self.chat.type in GROUPS
            self.private += self.chat.type not in GROUPS

    def _told(self, record: Record | None) -> Told | None:
        """The message, or None for what nobody said. Raises _Broken."""
        if record is None:
            raise _Broken
        kind, message = text(record, "type"), number(record, "id")
        if kind == "service":
            self._service(record, str(message))
            return None
        if kind == "unsupported":
            return None
        at, sender = self._at(record), text(record, "from_id")
        if not message or at is None or kind != "message":
            raise _Broken
        words, files = body(plain(record)), tuple(_files(record, self._packed()))
        topic, reply = self._topic(record, str(message))
        author = _author(sender, text(record, "from"))
        if text(record, "via_bot") or not (words or files) or not sender or _BOT.search(author.name):
            return None
        chat = self.chat
        return Told(
            id=f"{chat.channel}:{message}",
            source="telegram-export",
            channel=chat.channel,
            channel_name=chat.name,
            message=str(message),
            author=author,
            at=at,
            text=words,
            reply_to=f"{chat.channel}:{reply}" if reply else "",
            topic=topic,
            topic_name=chat.topics.get(topic, ""),
            forwarded_from=name(text(record, "forwarded_from")),
            files=files,
            edited=bool(text(record, "edited", "edited_unixtime")),
            reactions=tuple(_reactions(record)),
        )

    def _at(self, record: Record) -> datetime | None:
        if seconds := number(record, "date_unixtime"):
            return moment(seconds)
        try:
            local = datetime.fromisoformat(text(record, "date")[:40])
            return moment(local.replace(tzinfo=local.tzinfo or self.zone).timestamp())
        except (ValueError, OverflowError):
            return None

    def _service(self, record: Record, message: str) -> None:
        """Topics are made and renamed by service messages."""
        topics, action = self.chat.topics, text(record, "action")
        if action == "topic_created" and len(topics) < MOST_TOPICS:
            topics[message] = name(text(record, "title"))
        elif action == "topic_edit" and text(record, "new_title"):
            about = str(number(record, "reply_to_message_id") or number(record, "message_id"))
            if about in topics:
                topics[about] = name(text(record, "new_title"))

    def _topic(self, record: Record, message: str) -> tuple[str, str]:
        """The topic, and the message replied to. What replies to nothing but the topic replies to nothing."""
        chat = self.chat
        reply = str(number(record, "reply_to_message_id") or "")
        if text(record, "reply_to_peer_id"):  # a reply to a message in another chat
            reply = ""
        if not chat.topics:
            return "", reply
        if reply in chat.topics:
            topic, reply = reply, ""
        else:
            topic = chat.topic_of.get(reply, GENERAL if not reply else "")
        chat.topic_of[message] = topic
        if len(chat.topic_of) > MOST_REMEMBERED:
            chat.topic_of.popitem(last=False)
        return topic, reply

    def _packed(self) -> tuple[Archive, str]:
        return self.archive, self.member.name.removesuffix(self.member.base)


class _Broken(Exception):
    """A record without what a message must have."""


def _author(sender: str, shown: str) -> Author:
    """ "user123" is 123 for the Bot API, "channel5" (a group's nameless admin, or a channel) is -1005."""
    user = sender.removeprefix("user")
    if sender.startswith("channel"):
        user = "-100" + sender.removeprefix("channel")
    user = name(user)
    return Author(user, name(shown))


def _files(record: Record, packed: tuple[Archive, str]) -> Iterator[ToldFile]:
    """A photo, document or voice message; stickers and moving pictures are only mood."""
    if text(record, "media_type") in ("sticker", "animation"):
        return
    archive, folder = packed
    for key, size in (("photo", "photo_file_size"), ("file", "file_size")):
        path = text(record, key)[:500]
        if not path:
            continue
        mark = min((at for part in LEFT_OUT if (at := path.find(part)) >= 0), default=-1)
        inside = archive.members.get(folder + path) if mark < 0 else None
        shown = name(text(record, "file_name") or (path[:mark].strip() if mark >= 0 else path.rpartition("/")[2]))
        told = text(record, "mime_type")[:100] or ("image/jpeg" if key == "photo" else "")
        shown = shown or ("photo.jpg" if key == "photo" else "file")
        length = inside.size if inside else max(number(record, size), 0)
        yield ToldFile(shown, media_type(shown, told), length, inside.name if inside else "")


def _reactions(record: Record) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Those whose givers the export names (the most recent ones)."""
    for one in json.children(record, "reactions")[:50]:
        givers = tuple(
            _author(text(who, "from_id"), "").id for who in json.children(one, "recent")[:50] if text(who, "from_id")
        )
        if givers and (shown := text(one, "emoji")[:16]):
            yield shown, givers
