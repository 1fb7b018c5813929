"""Finders over the messenger's database. Whoever looks is named: `viewer` None sees all (for scripts, never for a page)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from sqlite3 import Connection, Row

from adapters.web.rows import BOT, BOT_NAME, Change, Channel, Kept, Message, Person
from bot.doors import Label

SEEN = "(m.only_for = '' OR :viewer IS NULL OR m.only_for = :viewer)"
STANDS = (
    "(m.deleted = 0 OR EXISTS (SELECT 1 FROM messages r WHERE r.channel = m.channel AND r.thread = m.id AND r.deleted = 0))"
)


def people(c: Connection, also_left: bool = False) -> tuple[Person, ...]:
    """In the order they came."""
    rows = c.execute("SELECT * FROM people WHERE left_ = 0 OR ? ORDER BY seq", (also_left,))
    return tuple(_person(row) for row in rows)


def person(c: Connection, id: str) -> Person | None:
    row = c.execute("SELECT * FROM people WHERE id = ?", (id,)).fetchone()
    return _person(row) if row else None


def channels(c: Connection, viewer: str | None = None) -> tuple[Channel, ...]:
    """Open channels, and the viewer's own private one; all of them where nobody is named."""
    rows = c.execute(
        "SELECT * FROM channels WHERE kind = 'open' OR :viewer IS NULL OR owner = :viewer ORDER BY kind DESC, seq",
        {"viewer": viewer},
    )
    return tuple(_channel(row) for row in rows)


def channel(c: Connection, id: str) -> Channel | None:
    row = c.execute("SELECT * FROM channels WHERE id = ?", (id,)).fetchone()
    return _channel(row) if row else None


def message(c: Connection, id: str, viewer: str | None = None) -> Message | None:
    """One message whatever its state; None where the viewer may not see it."""
    rows = c.execute(f"SELECT * FROM messages m WHERE id = :id AND {SEEN}", {"id": id, "viewer": viewer}).fetchall()
    return next(iter(_messages(c, rows, viewer)), None)


def page(c: Connection, channel: str, viewer: str | None, before: str = "", limit: int = 60) -> tuple[Message, ...]:
    """The last `limit` messages on top level that stand before the message named `before` (or the newest), oldest first."""
    rows = c.execute(
        f"""SELECT * FROM messages m WHERE channel = :channel AND thread = '' AND {SEEN} AND {STANDS}
            AND (:before = '' OR (at, seq) < (SELECT at, seq FROM messages WHERE id = :before))
            ORDER BY at DESC, seq DESC LIMIT :limit""",
        {"channel": channel, "viewer": viewer, "before": before, "limit": limit},
    ).fetchall()
    return _messages(c, rows[::-1], viewer)


def since(c: Connection, channel: str, viewer: str | None, first: str, limit: int = 400) -> tuple[Message, ...]:
    """Top-level messages from `first` on, with ten before it: what a link to an old message opens."""
    rows = c.execute(
        f"""SELECT * FROM messages m WHERE channel = :channel AND thread = '' AND {SEEN} AND {STANDS}
            AND (at, seq) >= (SELECT at, seq FROM messages WHERE id = :first) ORDER BY at, seq LIMIT :limit""",
        {"channel": channel, "viewer": viewer, "first": first, "limit": limit},
    ).fetchall()
    return page(c, channel, viewer, first, 10) + _messages(c, rows, viewer)


def thread(c: Connection, root: str, viewer: str | None, limit: int = 500) -> tuple[Message, ...]:
    """The root, then its replies, oldest first."""
    rows = c.execute(
        f"""SELECT * FROM messages m WHERE (id = :root OR (thread = :root AND deleted = 0
            AND channel = (SELECT channel FROM messages WHERE id = :root))) AND {SEEN}
            ORDER BY id != :root, at, seq LIMIT :limit""",
        {"root": root, "viewer": viewer, "limit": limit},
    ).fetchall()
    return _messages(c, rows, viewer)


def unread(c: Connection, user: str) -> dict[str, int]:
    """Channel id → how many messages of others came since they last looked; only where there are any."""
    rows = c.execute(
        """SELECT m.channel, COUNT(*) FROM messages m JOIN channels h ON h.id = m.channel
           LEFT JOIN reads r ON r.user = :user AND r.channel = m.channel
           WHERE m.seq > COALESCE(r.seq, 0) AND m.author != :user AND m.deleted = 0 AND m.history = 0
           AND (m.only_for = '' OR m.only_for = :user) AND (h.kind = 'open' OR h.owner = :user) GROUP BY m.channel""",
        {"user": user},
    )
    return {row[0]: row[1] for row in rows}


def file(c: Connection, id: str, viewer: str | None) -> Kept | None:
    """A file on a message that the viewer may see."""
    row = c.execute(
        f"""SELECT f.* FROM files f JOIN messages m ON m.id = f.message JOIN channels h ON h.id = m.channel
            WHERE f.id = :id AND m.deleted = 0 AND {SEEN} AND (:viewer IS NULL OR h.kind = 'open' OR h.owner = :viewer)""",
        {"id": id, "viewer": viewer},
    ).fetchone()
    return _kept(row) if row else None


def last_change(c: Connection) -> int:
    return int(c.execute("SELECT COALESCE(MAX(seq), 0) FROM changes").fetchone()[0])


def first_change(c: Connection) -> int:
    return int(c.execute("SELECT COALESCE(MIN(seq), 0) FROM changes").fetchone()[0])


def changes(c: Connection, after: int, viewer: str, limit: int = 200) -> tuple[Change, ...]:
    """What happened after that change, as far as it concerns the viewer."""
    rows = c.execute("SELECT * FROM changes WHERE seq > ? AND viewer IN ('', ?) ORDER BY seq LIMIT ?", (after, viewer, limit))
    return tuple(Change(row["seq"], row["kind"], row["channel"], row["message"]) for row in rows)


def _messages(c: Connection, rows: Sequence[Row], viewer: str | None) -> tuple[Message, ...]:
    ids = json.dumps([row["id"] for row in rows])
    names = {row["id"]: row["name"] for row in c.execute("SELECT id, name FROM people")} | {BOT: BOT_NAME}
    files: defaultdict[str, list[Kept]] = defaultdict(list)
    for row in c.execute("SELECT * FROM files WHERE message IN (SELECT value FROM json_each(?)) ORDER BY rowid", (ids,)):
        files[row["message"]].append(_kept(row))
    reactions: defaultdict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for row in c.execute("SELECT * FROM reactions WHERE message IN (SELECT value FROM json_each(?)) ORDER BY rowid", (ids,)):
        held = reactions[row["message"]]
        held[row["emoji"]] = (*held.get(row["emoji"], ()), row["user"])
    replies = _replies(c, ids, viewer)
    return tuple(_message(row, names, files[row["id"]], reactions[row["id"]], replies.get(row["id"])) for row in rows)


def _replies(c: Connection, ids: str, viewer: str | None) -> dict[str, tuple[int, str]]:
    rows = c.execute(
        f"""SELECT m.thread, COUNT(*), MAX(m.at) FROM json_each(:ids) r CROSS JOIN messages q ON q.id = r.value
            CROSS JOIN messages m ON m.channel = q.channel AND m.thread = q.id
            WHERE m.deleted = 0 AND {SEEN} GROUP BY m.thread""",
        {"ids": ids, "viewer": viewer},
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _message(
    row: Row,
    names: dict[str, str],
    files: Iterable[Kept],
    reactions: dict[str, tuple[str, ...]],
    replies: tuple[int, str] | None,
) -> Message:
    card = json.loads(row["card"])
    return Message(
        id=row["id"],
        channel=row["channel"],
        author=row["author"],
        text=row["text"],
        at=datetime.fromisoformat(row["at"]),
        name=names.get(row["author"], ""),
        seq=row["seq"],
        thread=row["thread"],
        language=row["language"],
        edited=bool(row["edited"]),
        deleted=bool(row["deleted"]),
        only_for=row["only_for"],
        history=bool(row["history"]),
        buttons=tuple(Label(*button) for button in card.get("buttons", ())),
        people=card.get("people", {}),
        links=card.get("links", {}),
        files=tuple(files),
        reactions=reactions,
        replies=replies[0] if replies else 0,
        last_reply=datetime.fromisoformat(replies[1]) if replies else None,
    )


def _person(row: Row) -> Person:
    return Person(row["id"], row["name"], row["about"], row["language"], bool(row["left_"]), bool(row["steps_hidden"]))


def _channel(row: Row) -> Channel:
    return Channel(row["id"], row["name"], row["topic"], row["kind"], row["owner"])


def _kept(row: Row) -> Kept:
    return Kept(row["id"], row["name"], row["media_type"], row["size"])
