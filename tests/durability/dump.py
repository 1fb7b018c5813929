"""What a house holds, as lines that two runs can be compared by: no ids, no times, everything else.

Ids are made anew in each run. Each gets a name made of the rows that it stands in, and of the names beside it there, refined a
few times: the same thing has the same name in both runs, and a row that hangs on another thing has another line.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from hashlib import blake2s
from pathlib import Path

from bot.show import plain

ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(\+00:00|Z)?"  # 2026-11-24T02:00:00+00:00
    r"|\d{1,2} [A-Z][a-z]+ 20\d\d|\b\d{1,2}[.:]\d\d\b"  # 24 November 2026, 09.30
    r"|\b\d{1,2} (?:Jan|Feb|Mar|Apr|Mei|May|Jun|Jul|Agu|Aug|Sep|Okt|Oct|Nov|Des|Dec)\b"  # 24 Nov
)
ROUNDS = 4
CORE = (
    "SELECT * FROM {}",
    (
        *("account", "answer", "ask", "binding", "community", "due", "edition", "example"),
        *("item", "member", "membership", "posting", "question", "verdict"),
    ),
)
QUEUES = (
    "SELECT id, lane, done_at IS NOT NULL, parked_at IS NOT NULL, payload IS NULL, why FROM inbox",
    "SELECT lane, card, under, parked_at IS NOT NULL, why FROM outbox WHERE sent_at IS NULL",
)
MESSENGER = (
    "SELECT channel, id, thread, author, text, language, edited, deleted, only_for, history, card FROM messages",
    "SELECT message, user, emoji FROM reactions",
    "SELECT id, name, left_ FROM people",
    "SELECT id, lane, payload FROM undelivered",
    "SELECT message FROM delivered",
)
#: what people are told alone, and how often
WHISPERS = "SELECT text, id FROM messages WHERE author = 'guyub' AND only_for <> ''"


def rows(db: Path, queries: tuple[str, ...]) -> Iterator[str]:
    """Each row as text, its table's name before it."""
    with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as c:
        for query in queries:
            table = query.split(" FROM ")[1].split()[0]
            for row in c.execute(query):
                yield TIME.sub("TIME", f"{table}: " + " | ".join(_plain(value) for value in row))


def _plain(value: object) -> str:
    """A message's links are left out: which of two cards is posted first decides whether one can link to the other."""
    if isinstance(value, str) and value.startswith('{"buttons"'):
        return json.dumps({k: v for k, v in json.loads(value).items() if k != "links"}, sort_keys=True)
    return str(value)


def core(folder: Path) -> tuple[str, ...]:
    """Nouns, postings and queues."""
    return tuple(rows(folder / "guyub.db", (*(CORE[0].format(table) for table in CORE[1]), *QUEUES)))


def ledger(folder: Path, without: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """What stands in the messenger. `without`: ids of messages to leave out."""
    return tuple(line for line in rows(folder / "messenger.db", MESSENGER) if without.isdisjoint(ID.findall(line)))


def said_late(folder: Path, shown: frozenset[str]) -> frozenset[str]:
    """Ids of whispers that say what would have been shown at once, had the process lived to show it."""
    with closing(sqlite3.connect(f"file:{folder / 'messenger.db'}?mode=ro", uri=True)) as c:
        timeless = {TIME.sub("TIME", words) for words in shown}
        return frozenset(id for text, id in c.execute(WHISPERS) if TIME.sub("TIME", plain(text)) in timeless)


def named(lines: Iterable[str], rounds: int) -> Counter[str]:
    """The lines with every id replaced by a name that is the same in every run; how often each comes."""
    parts = [(ID.split(line), ID.findall(line)) for line in lines]
    names = dict.fromkeys((id for _, ids in parts for id in ids), "")
    for _ in range(rounds):
        seen: dict[str, list[str]] = {id: [] for id in names}
        for words, ids in parts:
            for id in set(ids):
                seen[id].append(_joined(words, ["ME" if other == id else names[other] for other in ids]))
        names = {id: blake2s("\n".join(sorted(told)).encode(), digest_size=4).hexdigest() for id, told in seen.items()}
    return Counter(_joined(words, [f"<{names[id]}>" for id in ids]) for words, ids in parts)


def _joined(words: list[str], ids: list[str]) -> str:
    return "".join(word + id for word, id in zip(words, [*ids, ""], strict=True))


def differences(expected: Iterable[str], found: Iterable[str]) -> str:
    """What is lost and what is doubled or new, a line each; "" where nothing is.

    Words first: only where they agree does it look at what hangs on what, since there one difference spreads to its neighbours.
    """
    before, after = tuple(expected), tuple(found)
    for rounds in range(ROUNDS + 1):
        lost = named(before, rounds) - named(after, rounds)
        more = named(after, rounds) - named(before, rounds)
        if lost or more:
            return "\n".join(
                [f"- {line[:600]}" for line in sorted(lost.elements())]
                + [f"+ {line[:600]}" for line in sorted(more.elements())]
            )
    return ""
