"""An Update → the core's neutral events. Pure.

Channel: the chat's id, in a forum topic "<chat>:<topic>" (General is the chat itself). Thread: the message replied to.
Anonymous administrators, channels and other bots have no account: they are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from adapters.telegram.text import cut, without
from adapters.telegram.updates import Belonging, Chat, Entity, Message, Query, Reaction, Repliable, Update, User, Written
from bot.events import Commanded, Edited, Event, FileRef, Marked, Pressed, Reacted, Room, Said, What
from bot.model.base import Language
from bot.model.place import Account, Place

DOOR = "telegram"
COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w{1,64}))?(?:\s+(.*))?", re.DOTALL)
ASKS = ("tanya", "ask")
KEEPS = ("simpan", "save")
STOPS = ("batal", "cancel")
START = "start"
OWN = (*KEEPS, *STOPS, START, "guyub")
OPAQUE, FORM = "~", "#"  # how callback data begins that only this door understands
NEAR: dict[str, Language] = {"id": "id", "in": "id", "ms": "id", "jv": "id", "su": "id", "en": "en"}


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself, and the names of the core's commands."""

    id: int
    username: str
    library: str
    commands: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """An event with what only this door needs.

    `message`: the one that brought it, or that the button sits on; `ours`: it answers a message of the bot; `query`: a
    button's press to be answered; `album`: the media group that it is a part of.
    """

    event: Event
    update: int
    chat: int
    message: int = 0
    ours: bool = False
    query: str = ""
    album: str = ""

    @property
    def user(self) -> str:
        return self.event.account.user if self.event.account else ""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether the bot may write to this person in private, from now on."""

    user: str
    open: bool


def translate(update: Update, me: Me, now: datetime) -> tuple[Heard | Reach, ...]:
    """What it means to us; nothing at all is an answer, too."""
    if update.message:
        return _Reader(update, me, update.message.chat, now).message(update.message)
    if update.edited_message:
        return _Reader(update, me, update.edited_message.chat, now).edited(update.edited_message)
    if update.callback_query and update.callback_query.message:
        return _Reader(update, me, update.callback_query.message.chat, now).pressed(update.callback_query)
    if update.message_reaction:
        return _Reader(update, me, update.message_reaction.chat, now).reacted(update.message_reaction)
    if update.my_chat_member:
        return _Reader(update, me, update.my_chat_member.chat, now).belongs(update.my_chat_member)
    return ()


def channel_of(chat: int, topic: int = 0) -> str:
    return f"{chat}:{topic}" if topic else str(chat)


def chat_of(channel: str) -> tuple[int, int]:
    """Chat and topic (0: none). ValueError: no channel of Telegram's."""
    chat, _, topic = channel.partition(":")
    return int(chat), int(topic or 0)


def locale_of(code: str) -> Language | None:
    """The nearer of our languages; None where neither is near."""
    return NEAR.get(code.lower().partition("-")[0])


@dataclass(frozen=True, slots=True)
class _Reader:
    """One update of one chat."""

    update: Update
    me: Me
    where: Chat
    now: datetime

    def message(self, m: Message) -> tuple[Heard, ...]:
        if self.where.type == "channel":
            return ()
        if room := _room(m):
            return (self._heard(room, None, m.date, channel_of(self.where.id, m.topic)),)
        who = _account(m)
        if who is None:
            return ()
        if found := COMMAND.fullmatch(m.words):
            return self._command(m, who, found[1].lower(), found[2] or "", (found[3] or "").strip())
        return self._said(m, who)

    def edited(self, m: Message) -> tuple[Heard, ...]:
        who = _account(m)
        if who is None or self.where.type == "channel" or COMMAND.fullmatch(m.words) or not (m.words or _files(m)):
            return ()
        text, mentioned = self._unaddressed(m.words, m.entities or m.caption_entities)
        heard = self._from(m, who, Edited(text, str(m.message_id), mentioned))
        return (replace(heard, event=replace(heard.event, at=self._changed_at(m))),)

    def _changed_at(self, m: Message) -> datetime:
        """Two edits of one second are told apart by the order in which Telegram numbers what it tells."""
        return _moment(m.edit_date or m.date, self.now) + timedelta(microseconds=self.update.update_id % 1_000_000)

    def pressed(self, q: Query) -> tuple[Heard, ...]:
        m = q.message
        if m is None or not q.data or q.from_.is_bot:
            return ()
        sort = q.data[0] if q.data[0] in (OPAQUE, FORM) else ""
        action, _, value = (sort, "", q.data[1:]) if sort else q.data.partition(":")
        what = Pressed(action, value, str(m.message_id))
        place = channel_of(self.where.id, m.topic)
        return (self._heard(what, q.from_, 0, place, _replied(m), message=m.message_id, query=q.id),)

    def reacted(self, r: Reaction) -> tuple[Heard, ...]:
        if r.user is None or r.user.is_bot or self.where.type == "channel":
            return ()
        old, new = ([one.emoji for one in side if one.type == "emoji"] for side in (r.old_reaction, r.new_reaction))
        changes = [(emoji, True) for emoji in old if emoji not in new] + [(emoji, False) for emoji in new if emoji not in old]
        return tuple(
            self._heard(
                Reacted(emoji, str(r.message_id), removed), r.user, r.date, str(self.where.id), part=n, message=r.message_id
            )
            for n, (emoji, removed) in enumerate(changes)
        )

    def belongs(self, b: Belonging) -> tuple[Heard | Reach, ...]:
        """The bot itself came or went; in private, it was blocked or let in again."""
        before, after = b.old_chat_member.inside, b.new_chat_member.inside
        if self.where.type == "private":
            return (Reach(str(self.where.id), after),)
        if before == after or self.where.type == "channel":
            return ()
        what = Room("opened", self.where.title) if after else Room("closed", self.where.title)
        return (self._heard(what, b.from_ if after and not b.from_.is_bot else None, b.date, str(self.where.id)),)

    # ---- messages ------------------------------------------------------------------------------------------------------

    def _command(self, m: Message, who: User, name: str, to: str, args: str) -> tuple[Heard, ...]:
        mine = to.lower() == self.me.username.lower()
        if to and not mine:
            return ()
        if not mine and self.where.type != "private" and name not in self.me.commands and name not in OWN:
            return ()  # perhaps another bot's
        target = m.reply_to_message if _replied(m) else None
        if name in KEEPS and target and (marked := self._marked(target, who)):
            return (self._from(m, who, marked, thread=""),)
        if name in ASKS and _files(m):
            return (self._from(m, who, Said(args, str(m.message_id), _files(m), True, self.where.type == "private")),)
        return (self._from(m, who, Commanded(name, args)),)

    def _marked(self, target: Written, who: User) -> Marked | None:
        """Somebody's message; or the bot's own, whose words the core knows if they are worth keeping."""
        if target.from_ and target.from_.id == self.me.id:
            return Marked(str(target.message_id), "", account_of(who))
        author = _account(target)
        return Marked(str(target.message_id), target.words, account_of(author), _files(target)) if author else None

    def _said(self, m: Message, who: User) -> tuple[Heard, ...]:
        files = _files(m)
        if not m.words and not files:
            return ()  # a sticker, a place, somebody joined
        text, mentioned = self._unaddressed(m.words, m.entities or m.caption_entities)
        said = Said(text, str(m.message_id), files, mentioned, self.where.type == "private")
        return (self._from(m, who, said, album=m.media_group_id),)

    def _unaddressed(self, text: str, entities: list[Entity]) -> tuple[str, bool]:
        """The text without mentions of the bot, and whether there was one."""
        mine = [one for one in entities if self._names_me(text, one)]
        for one in sorted(mine, key=lambda one: -one.offset):
            text = without(text, one.offset, one.length)
        return (text.strip() if mine else text), bool(mine)

    def _names_me(self, text: str, one: Entity) -> bool:
        if one.type == "text_mention":
            return one.user is not None and one.user.id == self.me.id
        return one.type == "mention" and cut(text, one.offset, one.length).lower() == f"@{self.me.username}".lower()

    def _from(self, m: Message, who: User, what: What, *, thread: str | None = None, album: str = "") -> Heard:
        reply = m.reply_to_message if _replied(m) else None
        ours = bool(reply and reply.from_ and reply.from_.id == self.me.id)
        place = channel_of(self.where.id, m.topic)
        under = _replied(m) if thread is None else thread
        return self._heard(what, who, m.date, place, under, message=m.message_id, ours=ours, album=album)

    def _heard(
        self,
        what: What,
        who: User | None,
        date: int,
        channel: str,
        thread: str = "",
        *,
        part: int = 0,
        message: int = 0,
        ours: bool = False,
        query: str = "",
        album: str = "",
    ) -> Heard:
        number = f"{DOOR}:{self.me.id}:{self.update.update_id}" + (f":{part}" if part else "")
        event = Event(
            number,
            self.me.library,
            _moment(date, self.now),
            what,
            account_of(who) if who else None,
            Place(DOOR, channel, thread),
            locale_of(who.language_code) if who else None,
            self.where.type == "private",
        )
        return Heard(event, self.update.update_id, self.where.id, message, ours, query, album)


def account_of(who: User) -> Account:
    return Account(DOOR, str(who.id), who.name)


def _account(m: Written) -> User | None:
    """Who wrote it, where that is a person with a name of their own."""
    return None if m.sender_chat or m.from_ is None or m.from_.is_bot else m.from_


def _replied(m: Repliable) -> str:
    """The message replied to, "" for none. In a topic every message replies to the one that made it: that is none."""
    to = m.reply_to_message
    if to is None or to.forum_topic_created or (m.topic and to.message_id == m.topic) or to.chat.id != m.chat.id:
        return ""
    return str(to.message_id)


def _room(m: Message) -> Room | None:
    if m.migrate_to_chat_id:
        return Room("moved", to=str(m.migrate_to_chat_id))
    if m.new_chat_title:
        return Room("renamed", m.new_chat_title)
    if m.forum_topic_edited and m.forum_topic_edited.name:
        return Room("renamed", m.forum_topic_edited.name)
    if m.forum_topic_closed:
        return Room("closed")
    return Room("reopened") if m.forum_topic_reopened else None


def _files(m: Written) -> tuple[FileRef, ...]:
    found = [(one, "") for one in (m.document, m.video, m.audio, m.voice) if one]
    photo = [(m.photo[-1], "image/jpeg")] if m.photo else []
    return tuple(
        FileRef(one.file_id, one.file_name or _name(one, kind or one.mime_type), kind or one.mime_type, max(one.file_size, 0))
        for one, kind in photo + found[:1]
    )


def _name(one: object, media_type: str) -> str:
    kind, _, sort = media_type.partition("/")
    ending = {"jpeg": "jpg", "mpeg": "mp3"}.get(sort, re.sub(r"\W+", "", sort))
    return f"{'foto' if kind == 'image' else kind or 'berkas'}.{ending or 'bin'}"


def _moment(date: int, now: datetime) -> datetime:
    """A message's time; now, where it tells none that makes sense."""
    return datetime.fromtimestamp(date, UTC) if 0 < date < 2**33 else now
