"""What must always hold. The judge sees what goes in and out of the house, and looks into its database by itself."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.doors import Delivery, Shown
from bot.events import Commanded, Event, Said
from bot.model.place import MessageRef
from bot.outbox import LATEST, SOONEST, TRIES
from bot.ports import Outgoing
from tests.simulation import knowledge, questions
from tests.simulation.engine import Looking
from tests.simulation.fate import Fate
from tests.simulation.sight import Sights

SELF = ("the member is gone", "the member has no account at an open door")  # why our own outbox gives a row up


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold."""

    invariant: str
    detail: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Row:
    """An outbox row as it was written."""

    seq: int
    lane: str
    card: str
    at: datetime


class Judge:
    def __init__(self, fate: Fate, path: str, library: str) -> None:
        self.fate, self.library = fate, library
        self.look = Looking(path)
        self.broken: list[Broken] = []
        self.rows: dict[str, Row] = {}
        self.accepts: Counter[str] = Counter()
        self.excuses: Counter[str] = Counter()
        self.silent: Counter[str] = Counter()  # failures without a word when to come again
        self.wait_until: dict[str, datetime] = {}
        self.for_good: set[str] = set()
        self.gone_then: dict[str, frozenset[tuple[str, str]]] = {}
        self.known: set[str] = set()  # events that were acknowledged as ours
        self.asking: dict[str, str] = {}  # event → the question in it
        self.asked: set[str] = set()  # texts of all questions that there ever were
        self.led: set[tuple[str, str]] = set()
        self.sights = Sights(self)

    def fail(self, invariant: str, *detail: object) -> None:
        self.broken.append(Broken(invariant, " ".join(map(str, detail))))

    def find(self, sql: str, **values: object) -> list[Any]:
        return self.look.rows(sql, l=self.library, **values)

    # ---- in --------------------------------------------------------------------------------------------------------

    def happened(self, event: Event) -> None:
        """A person did something. What asks beyond doubt must become a question."""
        match event.what:
            case Commanded(name="tanya" | "ask", args=text):
                self.asking[event.id] = text
            case Said(text=text, mentioned=True) if event.place and not event.place.thread:
                self.asking[event.id] = text

    def acknowledged(self, event: Event, ours: bool) -> None:
        """The door tells the platform that it need not say it again."""
        if ours:
            self.known.add(event.id)
            if not self._stored(event.id):
                self.fail("acknowledged before it was stored", event.id)
        elif isinstance(event.what, Said) and (event.what.mentioned or event.what.direct):
            self.fail("addressed to the bot and dropped", event)

    def _stored(self, id: str) -> bool:
        return bool(self.find("SELECT 1 FROM inbox WHERE library=:l AND id=:id", id=id))

    def saw(self, event: Event, shown: Shown) -> None:
        """What somebody is shown at once."""
        if event.account:
            account = (event.account.door, event.account.user)
            self.sights.read("\n".join(shown.words.values()), [account], self.fate())

    # ---- out -------------------------------------------------------------------------------------------------------

    def begun(self, row: Outgoing) -> None:
        """The outbox takes it in hand: who is gone by now must not hear of it."""
        self.gone_then[row.id] = frozenset((a, u) for a, u in self.find(GONE))

    def tried(self, door: str, once: str) -> None:
        if once in self.wait_until and self.fate() < self.wait_until[once]:
            self.fail("tried again before Retry-After", door, once, self.wait_until[once])

    def attempted(self, door: str, delivery: Delivery) -> None:
        once = delivery.once
        self.tried(door, once)
        to = delivery.only_for or delivery.private_to
        if to and (to.door, to.user) in self.gone_then.get(once, ()):
            self.fail("sent to somebody who left", to, delivery.text)
        if once not in self.rows:
            self.fail("another library's message", once, delivery.text)
            return
        self.sights.delivered(delivery, self.rows[once].at)

    def accepted(self, door: str, delivery: Delivery, _ref: MessageRef) -> None:
        once = delivery.once
        self.accepts[once] += 1
        if self.accepts[once] == 1:
            self._in_order(once)
        elif self.accepts[once] > 1 + self.excuses[once]:
            self.fail("delivered twice", door, once, delivery.text)

    def reacted(self, once: str) -> None:
        self.accepts[once] += 1
        self._in_order(once)

    def _in_order(self, once: str) -> None:
        if earlier := self.find(EARLIER, id=once):
            self.fail("out of order in its lane", once, "before", earlier[0].id)

    def excused(self, once: str) -> None:
        """Nobody can know whether it was accepted: it may come once more."""
        self.excuses[once] += 1
        self.silent[once] += 1

    def told_to_wait(self, once: str, after: float) -> None:
        self.wait_until[once] = self.fate() + timedelta(seconds=min(max(after, SOONEST), LATEST) - 0.001)

    def failed_silently(self, once: str) -> None:
        self.silent[once] += 1

    def refused(self, once: str) -> None:
        self.for_good.add(once)

    def cut_short(self) -> None:
        """The process was killed: what was being sent may be sent once more."""
        for (id,) in self.find("SELECT id FROM outbox WHERE library=:l AND sent_at IS NULL AND held_by IS NOT NULL"):
            self.excuses[id] += 1
            self.wait_until.pop(id, None)  # it died before it could write down what the platform had said

    # ---- after every commit and every step ---------------------------------------------------------------------------

    def committed(self) -> None:
        """What is seen only while it lasts."""
        last = max((row.seq for row in self.rows.values()), default=0)
        for row in self.find(NEW_ROWS, last=last):
            self.rows[row.id] = Row(row.seq, row.lane, row.card or "", moment(row.created_at))
            subject = json.loads(row.payload or "{}").get("subject", "")
            if subject and not self.find(KNOWN, id=subject):
                self.fail("a message about what is not stored", row.id, subject)
        self.asked |= {text for (text,) in self.find("SELECT text FROM question WHERE library=:l")}
        self.led |= {(m, c) for m, c in self.find(LEADERS)}
        self.sights.look()

    def step(self) -> None:
        """Everything that can be read from the database."""
        self.committed()
        self._told(questions.ownerless(self))
        self._told(questions.asked_twice(self))
        self._told(knowledge.unreviewed(self))
        self._told(knowledge.credits_wrong(self))
        self._outbox_whole()
        for row in self.find("SELECT id, why FROM inbox WHERE library=:l AND parked_at IS NOT NULL"):
            self.fail("an event was given up", row.id, row.why)

    def _told(self, found: Iterable[tuple[str, str]]) -> None:
        for invariant, detail in found:
            self.fail(invariant, detail)

    def _outbox_whole(self) -> None:
        """Every message is waiting, was accepted, or was refused for good."""
        found = {row.id: row for row in self.find("SELECT id, sent_at, parked_at, why FROM outbox WHERE library=:l")}
        for id in self.rows.keys() - found.keys():
            self.fail("a message vanished", id)
        for id, row in found.items():
            if row.sent_at and not self.accepts[id]:
                self.fail("recorded as sent, and never accepted", id)
            if row.parked_at and not self._may_be_parked(id, row.why):
                self.fail("a message was given up", id, row.why, self.rows[id])

    def _may_be_parked(self, id: str, why: str) -> bool:
        if id in self.for_good or why in SELF or self.silent[id] >= TRIES:
            return True
        card = why.removeprefix("card ").removesuffix(" was never posted")
        if card != why:  # under a card that the platform refused
            return bool(self.find("SELECT 1 FROM outbox WHERE library=:l AND card=:card AND parked_at IS NOT NULL", card=card))
        return False

    def reopened(self) -> None:
        """After a death: whatever was acknowledged is there."""
        for id in sorted(self.known):
            if not self._stored(id):
                self.fail("acknowledged, and lost in the crash", id)

    # ---- at the end --------------------------------------------------------------------------------------------------

    def settled(self) -> None:
        """Ten minutes after the last fault."""
        for queue, done in (("inbox", "done_at"), ("outbox", "sent_at")):
            sql = f"SELECT id, lane, tries, not_before FROM {queue} WHERE library=:l AND {done} IS NULL AND parked_at IS NULL"
            for row in self.find(sql):
                self.fail(f"the {queue} is not empty", *row)
        before = sql_time(self.fate() - timedelta(seconds=10))
        for row in self.find("SELECT what, subject, at FROM due WHERE library=:l AND at < :before", before=before):
            self.fail("something due was not looked at", *row)
        for id in sorted(self.known):
            if not self.find("SELECT 1 FROM inbox WHERE library=:l AND id=:id AND done_at IS NOT NULL", id=id):
                self.fail("an event was never handled", id)
            elif id in self.asking and self.asking[id] not in self.asked:
                self.fail("a question was lost", id, self.asking[id])
        self._told(knowledge.thanks_wrong(self))
        self._told(knowledge.not_kept(self))


GONE = (
    "SELECT a.door, a.user FROM account a JOIN member m ON m.library=a.library AND m.id=a.member WHERE m.library=:l AND m.gone"
)
EARLIER = """SELECT e.id FROM outbox o JOIN outbox e ON e.library=o.library AND e.lane=o.lane AND e.seq < o.seq
WHERE o.library=:l AND o.id=:id AND e.sent_at IS NULL AND e.parked_at IS NULL"""
NEW_ROWS = "SELECT seq, id, lane, card, created_at, payload FROM outbox WHERE library=:l AND seq > :last ORDER BY seq"
KNOWN = """SELECT 1 FROM question WHERE library=:l AND id=:id UNION ALL SELECT 1 FROM item WHERE library=:l AND id=:id
UNION ALL SELECT 1 FROM answer WHERE library=:l AND id=:id UNION ALL SELECT 1 FROM meeting WHERE library=:l AND id=:id"""
LEADERS = """SELECT member, community FROM membership WHERE library=:l AND role='steward'
UNION SELECT id, '' FROM member WHERE library=:l AND role IN ('librarian', 'operator')"""


def moment(text: str) -> datetime:
    """A time as SQLite keeps it."""
    return datetime.fromisoformat(f"{text}+00:00")


def sql_time(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


def nested(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)
    return found
