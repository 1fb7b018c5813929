"""One message after the other through the app that serves members, at the time it was written; nothing later is known.

People do not press buttons in an export, so three things are assumed, and the report says so: whoever answered once may be
asked from then on; a thank-you, or a quiet day after an answer, settles a question; reviewers publish every draft at once.
"""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.compose import House
from bot.desk import Rules
from bot.events import Event, Pressed, Said
from bot.importing.told import Told
from bot.loops import settle
from bot.model.access import Sight
from bot.model.member import Member, Membership
from bot.model.place import Account, Binding, MessageRef, Place
from bot.model.question import Question, State
from bot.ports import Unit
from bot.rehearse.fate import Decision, Fate
from bot.threads import question_around
from bot.triage.capture import Message
from bot.triage.capture import answers as read
from bot.triage.intent import is_thanks
from bot.triage.text import shorten

STEP = timedelta(hours=2)  # between two looks at what came due
IDLE = timedelta(days=3)  # after the last message nothing is waited for any more
FOLLOWED = timedelta(days=14)  # a question that is not settled by then is told as it stands
SHOWN = 240  # characters of a question or a title in the report
DECISIONS: dict[str, Decision] = {
    "offered": "answered",
    "same": "repeated",
    "routed": "routed",
    "asked_back": "asked_back",
    "nothing_fits": "nobodys",
}


@dataclass(slots=True)
class Clock:
    """As late as the export is."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Watch:
    """A question that is followed: until when, and when it counts as settled (None: nobody answered yet)."""

    until: datetime
    settle_at: datetime | None = None


class Replay:
    """`tell` gets each question's fate, once, as soon as nothing is added to it any more."""

    def __init__(self, house: House, door: str, clock: Clock, tell: Callable[[Fate], Awaitable[None]]) -> None:
        self.house, self.store, self.door, self.clock, self.tell = house, house.store, door, clock, tell
        self.nudge = Rules().nudge
        self.channels: dict[str, str] = {}
        self.willing: dict[tuple[str, str], str] = {}  # (member, community) → name
        self.watched: dict[str, Watch] = {}  # by question, the oldest first
        self.due: list[tuple[datetime, str]] = []

    async def play(self, messages: AsyncIterator[tuple[Told, str]]) -> None:
        """Messages in order of time, each with the message that its thread grows under ("": none)."""
        async for one, thread in messages:
            await self._until(one.at)
            await self._hear(one, thread)
        await self._until(self.clock.now + self.nudge + STEP)
        for id in list(self.watched):
            await self._close(id)

    async def _hear(self, one: Told, thread: str) -> None:
        await self._serve(one)
        who, place = Account(self.door, one.author.id, one.author.name), Place(self.door, one.channel, thread)
        event = Event(f"rehearse:{one.id}", self.store.library, one.at, Said(one.text, one.message), who, place)
        if not await self.house.app.receive(event):
            return
        await self._work()
        q = await question_around(MessageRef(self.door, one.channel, thread or one.message), self.store)
        if q and not thread:
            self.watched.setdefault(q.id, Watch(one.at + FOLLOWED))
        elif q and q.id in self.watched and q.state is State.ANSWERED:
            await self._answered(q, one)

    async def _answered(self, q: Question, one: Told) -> None:
        asker = await self.store.members.get(q.asker)
        mine = asker is not None and any(a.user == one.author.id for a in asker.accounts)
        if mine and is_thanks(one.text):
            await self._settle(q.id, thanked=True)
        elif not mine:
            when = self.watched[q.id].settle_at = self.clock.now + self.nudge
            heapq.heappush(self.due, (when, q.id))

    async def _serve(self, one: Told) -> None:
        """Guyub is in every channel, and takes questions up by itself."""
        if one.channel not in self.channels:
            self.channels[one.channel] = one.channel_name
            bound = Binding(
                library=self.store.library,
                door=self.door,
                channel=one.channel,
                name=one.channel_name,
                community=None,
                mode="auto",
            )
            await self.store.commit(Unit(self.store.library, save=(bound,)))

    async def _until(self, at: datetime) -> None:
        """Time goes by: what came due is done, what is quiet for a day is settled, what is old is told."""
        idle = self.clock.now + IDLE
        while self.clock.now < at:
            self.clock.now = min(at, self.clock.now + STEP) if self.clock.now < idle else at
            while await self.store.claim_due(self.clock.now, 200):
                await self._work()
            while self.due and self.due[0][0] <= self.clock.now:
                when, id = heapq.heappop(self.due)
                if id in self.watched and self.watched[id].settle_at == when:
                    await self._settle(id)
            while self.watched and (first := next(iter(self.watched.items())))[1].until <= self.clock.now:
                await self._close(first[0])

    async def _work(self) -> None:
        await settle(self.house.app, self.house.outbox)

    async def _settle(self, id: str, *, thanked: bool = False) -> None:
        """The asker says that it helped; where they never said a word, only if what was said reads like an answer."""
        q = await self.store.questions.get(id)
        asker = await self.store.members.get(q.asker) if q else None
        if q is None or asker is None or q.state is not State.ANSWERED:
            return
        given = await self.store.questions.answers(id)
        found = read(q.text, [Message(a.id, a.author, a.text, a.accepted) for a in given], q.asker)
        if not thanked and all(m.author == q.asker for m in found):
            return
        place = Place(self.door, q.origin.channel)
        press = Event(f"rehearse:settled:{id}", q.library, self.clock.now, Pressed("solved", id), asker.accounts[0], place)
        await self.house.app.respond(press)
        await self._work()
        await self._close(id)

    async def _close(self, id: str) -> None:
        """Tells a question's fate; what it taught is known from here on."""
        del self.watched[id]
        q = await self.store.questions.get(id)
        if q is None:
            return
        given = [a for a in await self.store.questions.answers(id) if a.author != q.asker]
        helped = [a for a in given if a.accepted]
        right = await self._agrees(q, "\n".join(a.text for a in helped)) if q.offered and helped else None
        writers = await self.store.members.many(tuple(dict.fromkeys(a.author for a in given)))
        kept = await self._publish(q, [m for m in writers if m.id in {a.author for a in helped}])
        await self.tell(await self._fate(q, right, tuple(m.name for m in writers), kept))

    async def _publish(self, q: Question, knowing: list[Member]) -> bool:
        """The draft is published; who wrote it may be asked in its community from now on."""
        item = await self.store.items.of_question(q.id)
        if item is None:
            return False
        item = replace(item, status="published", published_at=self.clock.now)
        new = [m for m in knowing if item.community and (m.id, item.community) not in self.willing]
        self.willing |= {(m.id, item.community): m.name for m in new}
        joined = [
            Membership(library=q.library, member=m.id, community=item.community, may_ask=True, joined_at=self.clock.now)
            for m in new
        ]
        await self.store.commit(Unit(q.library, save=(item, *joined)))
        await self.house.finder.put("item", item.id, item.text)
        return True

    async def _agrees(self, q: Question, said: str) -> bool:
        """Whether people answered of the same thing: asked for their words, the search finds the offered notes."""
        find = self.house.finder
        found = await find.answered(await find.query(said), Sight(q.library, frozenset(), everything=True))
        likely = {guess.id for guess in (found.best, *found.several) if guess} if found.decision != "none" else set()
        return not likely.isdisjoint(guess.id for guess in q.offered)

    async def _fate(self, q: Question, right: bool | None, writers: tuple[str, ...], kept: bool) -> Fate:
        steps = {s.what: dict(s.facts) for s in reversed(q.trace)}
        first = next((s.what for s in q.trace if s.what in DECISIONS), "")
        decision: Decision = "showed" if steps.get(first, {}).get("how") == "maybe" else DECISIONS.get(first, "none")
        sure = steps.get(first, {}).get("sure", "")
        asks = await self.store.questions.asks(question=q.id)
        names = {m.id: m.name for m in await self.store.members.many((q.asker, *(a.member for a in asks)))}
        shown = await self.store.items.get(q.offered[0].id) if q.offered else None
        return Fate(
            id=f"{q.origin.channel}:{q.origin.message}",
            at=q.asked_at,
            closed_at=self.clock.now,
            channel=self.channels[q.origin.channel],
            asker=names.get(q.asker, ""),
            text=shorten(q.text, SHOWN),
            decision=decision,
            outcome="settled" if q.state is State.SOLVED else "answered" if writers else "unanswered",
            sure=float(sure) if sure else None,
            community=steps["routed"].get("community", "") if first == "routed" else "",
            offered=shorten(shown.title, SHOWN) if shown else "",
            right=right if decision == "answered" else None,
            asked=tuple(names[a.member] for a in asks if a.member in names),
            by=writers,
            kept=kept,
        )
