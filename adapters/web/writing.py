"""Writes to the messenger's database. Each function runs inside one transaction and notes what open pages must learn."""

from __future__ import annotations

import json
from sqlite3 import Connection

from adapters.web.rows import Channel, Kept, Message, Person
from adapters.web.translate import Payload

KEEP_CHANGES = 5000


def note(c: Connection, kind: str, channel: str = "", message: str = "", viewer: str = "") -> None:
    """Tell open pages: of everybody, or of one viewer."""
    cursor = c.execute(
        "INSERT INTO changes (kind, channel, message, viewer) VALUES (?, ?, ?, ?)", (kind, channel, message, viewer)
    )
    c.execute("DELETE FROM changes WHERE seq < ?", ((cursor.lastrowid or 0) - KEEP_CHANGES,))


def queue(c: Connection, payload: Payload, lane: str) -> None:
    """Keep an event until the bot has it."""
    c.execute("INSERT INTO undelivered (id, lane, payload) VALUES (?, ?, ?)", (payload["id"], lane, json.dumps(payload)))


def add_person(c: Connection, new: Person, room: Channel) -> None:
    c.execute(
        "INSERT INTO people (id, name, about, language, seq) VALUES (?, ?, ?, ?, (SELECT COUNT(*) FROM people))",
        (new.id, new.name, new.about, new.language),
    )
    add_channel(c, room)


def change_person(c: Connection, changed: Person) -> None:
    c.execute(
        "UPDATE people SET name = ?, about = ?, language = ?, left_ = ?, steps_hidden = ? WHERE id = ?",
        (changed.name, changed.about, changed.language, changed.left, changed.steps_hidden, changed.id),
    )
    note(c, "rooms")


def add_channel(c: Connection, new: Channel) -> None:
    c.execute(
        "INSERT INTO channels (id, name, topic, kind, owner, seq) VALUES (?, ?, ?, ?, ?, (SELECT COUNT(*) FROM channels))",
        (new.id, new.name, new.topic, new.kind, new.owner),
    )
    note(c, "rooms")


def add_message(c: Connection, new: Message) -> None:
    """Store it with its files; its author has read it."""
    cursor = c.execute(
        """INSERT INTO messages (id, channel, thread, author, text, at, language, only_for, history, card)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            new.id,
            new.channel,
            new.thread,
            new.author,
            new.text,
            new.at.isoformat(),
            new.language,
            new.only_for,
            new.history,
            card(new),
        ),
    )
    add_files(c, new.id, new.files)
    read(c, new.author, new.channel, cursor.lastrowid or 0)
    tell(c, new)


def add_files(c: Connection, message: str, files: tuple[Kept, ...]) -> None:
    c.executemany(
        "INSERT INTO files (id, message, name, media_type, size) VALUES (?, ?, ?, ?, ?)",
        [(kept.id, message, kept.name, kept.media_type, kept.size) for kept in files],
    )


def change_message(c: Connection, changed: Message) -> None:
    """Its text, buttons and flags as they are now."""
    c.execute(
        "UPDATE messages SET text = ?, language = ?, edited = ?, deleted = ?, card = ? WHERE id = ?",
        (changed.text, changed.language, changed.edited, changed.deleted, card(changed), changed.id),
    )
    tell(c, changed)


def drop_files(c: Connection, message: str) -> None:
    c.execute("DELETE FROM files WHERE message = ?", (message,))


def react(c: Connection, on: Message, user: str, emoji: str, remove: bool) -> bool:
    """Whether anything changed."""
    statement = (
        "DELETE FROM reactions WHERE message = ? AND user = ? AND emoji = ?"
        if remove
        else "INSERT OR IGNORE INTO reactions VALUES (?, ?, ?)"
    )
    changed = c.execute(statement, (on.id, user, emoji)).rowcount > 0
    if changed:
        tell(c, on)
    return changed


def read(c: Connection, user: str, channel: str, seq: int) -> None:
    """The user has looked at the channel up to that message."""
    c.execute("INSERT INTO reads VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seq = MAX(seq, excluded.seq)", (user, channel, seq))


def tell(c: Connection, about: Message) -> None:
    """The message changed, and with it the line under its root that counts replies. Who cannot see it learns nothing."""
    room = c.execute("SELECT owner FROM channels WHERE id = ?", (about.channel,)).fetchone()
    viewer = about.only_for or (room["owner"] if room else "")
    note(c, "message", about.channel, about.id, viewer)
    if about.thread:
        note(c, "message", about.channel, about.thread, viewer)


def card(of: Message) -> str:
    """What only the bot's messages have, as JSON."""
    buttons = [(b.text, b.action, b.value, b.style) for b in of.buttons]
    return json.dumps({"buttons": buttons, "people": dict(of.people), "links": dict(of.links)})
