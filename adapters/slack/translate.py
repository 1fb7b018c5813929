"""What Slack tells of messages, reactions, people and channels → the core's neutral events. Pure, and never surprised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from adapters.slack import ids
from adapters.slack.ids import DOOR, is_id, is_ts, joined, message_id, moment
from adapters.slack.payload import Json, items, number, obj, text
from adapters.slack.text import people_in, readable, without
from bot.events import Deleted, Edited, Event, FileRef, Left, Reacted, Room, Said, What
from bot.model.base import Language
from bot.model.place import Account, Place

SAID = frozenset({"", "file_share", "thread_broadcast", "me_message"})
CLOSED = frozenset({"channel_left", "group_left", "channel_archive", "group_archive", "channel_deleted", "group_deleted"})
AWAY = ("tombstone", "external", "hidden_by_limit")
REOPENED = frozenset({"channel_unarchive", "group_unarchive"})
RENAMED = frozenset({"channel_rename", "group_rename"})


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack shows of somebody. `locale` is their interface language where Slack told it."""

    name: str = ""
    locale: Language | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What a payload does not say itself: who we are in this workspace, who is who, what time it is.

    `direct`: the channel of each one's direct messages with us, where it is known. `name`: a channel's name.
    """

    library: str
    team: str
    bot: str
    now: datetime
    people: Mapping[str, Person] = field(default_factory=dict)
    direct: Mapping[str, str] = field(default_factory=dict)
    name: str = ""

    def account(self, user: str, name: str = "") -> Account:
        person = self.people.get(user, Person())
        return Account(DOOR, joined(self.team, user), person.name or name or user)

    def locale(self, user: str) -> Language | None:
        return self.people.get(user, Person()).locale

    def place(self, channel: str, thread: str = "") -> Place:
        return Place(DOOR, joined(self.team, channel), thread)

    def readable(self, words: str) -> str:
        return readable(words, {user: person.name for user, person in self.people.items()})


def wanted(event: Json) -> tuple[str, ...]:
    """Whose names are needed to understand this: who did it, and who is mentioned."""
    inner = obj(event, "message") or obj(event, "previous_message") or event
    who = text(inner, "user") or text(event, "user")
    actors = (who, text(event, "inviter"), text(event, "actor_id"))
    return tuple(user for user in dict.fromkeys((*actors, *people_in(text(inner, "text"))[:20])) if is_id(user))


def to_event(event: Json, scene: Scene) -> Event | None:
    """The neutral event; None for what is not for us (joins, other bots, unfurls) or not understood."""
    kind = text(event, "type")
    if kind in ("message", "app_mention"):
        return _message(event, scene)
    if kind in ("reaction_added", "reaction_removed"):
        return _reaction(event, kind == "reaction_removed", scene)
    if kind in ("user_change", "team_join"):
        return _left(event, scene)
    return _room(event, kind, scene)


def ours(message: Json, scene: Scene) -> bool:
    """Written by us or by another program: never answered."""
    return bool(text(message, "bot_id")) or text(message, "user") in (scene.bot, "USLACKBOT", "")


def thread_of(message: Json) -> str:
    """The root of the thread that a message stands in; "" for one that stands in the channel."""
    thread = text(message, "thread_ts")
    return thread if is_ts(thread) and thread != text(message, "ts") else ""


def files_of(message: Json, team: str) -> tuple[FileRef, ...]:
    """Files that Slack holds. Those elsewhere (a link to another service) and those withheld from us are not files to fetch."""
    held = [one for one in items(message, "files") if is_id(text(one, "id")) and text(one, "mode") not in AWAY]
    return tuple(
        FileRef(joined(team, text(one, "id")), text(one, "name") or text(one, "title") or text(one, "id"),
                text(one, "mimetype") or "application/octet-stream", max(0, number(one, "size")))
        for one in held[:20]
    )  # fmt: skip


def _message(event: Json, scene: Scene) -> Event | None:
    match text(event, "subtype"):
        case "message_changed":
            return _changed(event, scene)
        case "message_deleted":
            return _deleted(text(event, "deleted_ts"), obj(event, "previous_message"), event, scene)
        case subtype if subtype in SAID:
            return said(event, text(event, "channel"), scene)
    return None


def said(message: Json, channel: str, scene: Scene) -> Event | None:
    """A message, live or from the history."""
    ts, user = text(message, "ts"), text(message, "user")
    if text(message, "subtype") not in SAID or ours(message, scene) or not (is_ts(ts) and is_id(user) and is_id(channel)):
        return None
    words, mentioned = without(text(message, "text"), scene.bot)
    direct = channel.startswith("D")
    what = Said(scene.readable(words), ts, files_of(message, scene.team), mentioned, direct)
    return _event(message_id(scene.team, channel, ts), what, user, channel, thread_of(message), moment(ts, scene.now), scene)


def edited(message: Json, channel: str, scene: Scene) -> Event | None:
    """A message's newest text, where it was changed by its writer."""
    ts, user, at = text(message, "ts"), text(message, "user"), text(obj(message, "edited"), "ts")
    if ours(message, scene) or not (is_ts(ts) and is_ts(at) and is_id(user) and is_id(channel)):
        return None
    words, mentioned = without(text(message, "text"), scene.bot)
    what = Edited(scene.readable(words), ts, mentioned)
    id = message_id(scene.team, channel, ts, "edited", at)
    return _event(id, what, user, channel, thread_of(message), moment(at, scene.now), scene)


def _changed(event: Json, scene: Scene) -> Event | None:
    message, before = obj(event, "message"), obj(event, "previous_message")
    if text(message, "subtype") == "tombstone":
        return _deleted(text(message, "ts"), before, event, scene)
    if before and text(before, "text") == text(message, "text"):
        return None  # an unfurled link, a pinned message: nobody changed a word
    return edited(message, text(event, "channel"), scene)


def _deleted(ts: str, before: Json, event: Json, scene: Scene) -> Event | None:
    if text(before, "user") == scene.bot or text(before, "bot_id"):
        return None
    return deleted(ts, text(event, "channel"), text(before, "user"), thread_of(before), scene)


def deleted(ts: str, channel: str, user: str, thread: str, scene: Scene) -> Event | None:
    """A message that was taken back, by its ts."""
    if not is_ts(ts) or not is_id(channel):
        return None
    return _event(message_id(scene.team, channel, ts, "deleted"), Deleted(ts), user, channel, thread, scene.now, scene)


def _reaction(event: Json, removed: bool, scene: Scene) -> Event | None:
    item, user = obj(event, "item"), text(event, "user")
    if text(item, "type") != "message" or user == scene.bot:
        return None
    name, at = text(event, "reaction"), text(event, "event_ts")
    return reacted(name, user, text(item, "channel"), text(item, "ts"), at, removed, scene)


def reacted(name: str, user: str, channel: str, ts: str, at: str, removed: bool, scene: Scene) -> Event | None:
    """A reaction. `at` tells two of the same apart."""
    if not (name and is_ts(ts) and is_id(user) and is_id(channel)):
        return None
    id = message_id(scene.team, channel, ts, name, user, at)
    return _event(id, Reacted(ids.character(name), ts, removed), user, channel, "", moment(at, scene.now), scene)


def _left(event: Json, scene: Scene) -> Event | None:
    who = obj(event, "user")
    user = text(who, "id")
    if who.get("deleted") is not True or not is_id(user) or user == scene.bot:
        return None
    id = f"{DOOR}:{scene.team}:{user}:left:{number(who, 'updated') or text(event, 'event_ts')}"
    return Event(id, scene.library, scene.now, Left(), scene.account(user, text(who, "name")))


def _room(event: Json, kind: str, scene: Scene) -> Event | None:
    inner = event.get("channel")
    channel = inner if isinstance(inner, str) else text(inner, "id")
    if kind == "member_joined_channel" and text(event, "user") == scene.bot:
        change = Room("opened", scene.name)
    elif kind in CLOSED:
        change = Room("closed")
    elif kind in REOPENED:
        change = Room("reopened")
    elif kind in RENAMED:
        change = Room("renamed", text(inner, "name"))
    elif kind == "channel_id_changed" and is_id(text(event, "new_channel_id")):
        channel, change = text(event, "old_channel_id"), Room("moved", to=joined(scene.team, text(event, "new_channel_id")))
    else:
        return None
    if not is_id(channel):
        return None
    id = message_id(scene.team, channel, change.change, text(event, "event_ts"))
    actor = text(event, "inviter") or text(event, "actor_id") or text(event, "user")
    account = scene.account(actor) if is_id(actor) and actor != scene.bot else None
    return Event(id, scene.library, scene.now, change, account, scene.place(channel))


def _event(id: str, what: What, user: str, channel: str, thread: str, at: datetime, scene: Scene) -> Event:
    account = scene.account(user) if is_id(user) else None
    private = channel.startswith("D")
    return Event(id, scene.library, at, what, account, scene.place(channel, thread), scene.locale(user), private)
