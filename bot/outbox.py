"""Delivers what was decided: resolves addresses, mentions and links, keeps cards in place, sorts the doors' errors."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.chance import chance
from bot.doors import Delivery, Door
from bot.errors import Conflict, Moved, Rejected, TryLater, Unavailable, Unopened, Unreachable
from bot.events import Event, Happened
from bot.insist import insist
from bot.links import Links, pruned
from bot.log import traced
from bot.model.member import Member
from bot.model.place import Account, MessageRef, Place, Posting
from bot.outcome import At, Direct, React, Say, Under, Whisper
from bot.ports import Clock, Outgoing, Store, Unit
from bot.show import label
from bot.voice import Voice

log = structlog.get_logger(__name__)

HANDS = 16  # deliveries at the same time, each in a lane of its own
TRIES = 12  # for what breaks without a word when to come again
LINK_LOOKS, LINK_PAUSE = 8, 0.05  # looks for a card that is linked to, and seconds between them
PATIENCE = timedelta(days=1)
ROOTLESS = timedelta(hours=1)  # how long what belongs under a card waits for the card
SOONEST, LATEST = 0.5, 3600.0  # seconds: what a platform asks for is kept within


class _NotYet(Exception):
    """A limit of the platform is reached until `at`."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at


class _Refused(Exception):
    """Given up for good. `events`: what follows from that."""

    def __init__(self, why: str, events: tuple[Event, ...]) -> None:
        super().__init__()
        self.why, self.events = why, events


class Outbox:
    """One worker's delivering hands."""

    hands = HANDS

    def __init__(self, store: Store, doors: Mapping[str, Door], voice: Voice, clock: Clock, worker: str) -> None:
        self.store, self.doors, self.voice, self.clock, self.worker = store, doors, voice, clock, worker
        self.links = Links(store, doors)
        self.wake = asyncio.Event()
        self.in_hand: set[str] = set()  # rows being delivered, which are held on to (`Loops.hold`)
        self.broke: Counter[str] = Counter()  # by row: failures here without a word when to come again
        self.bulk_from = clock()  # one of very many found its way blocked: until then the rest of them need not try

    async def claim(self, most: int) -> tuple[Outgoing, ...]:
        """What is due, the oldest of each free lane. What is in hand here still is not taken twice: its hold may have run out,
        where the machine slept or its clock was set ahead."""
        rows = await self.store.claim_out(self.worker, most, bulk=self.clock() >= self.bulk_from)
        fresh = tuple(row for row in rows if row.id not in self.in_hand)
        self.in_hand.update(row.id for row in fresh)
        return fresh

    async def do(self, row: Outgoing) -> None:
        """One delivery, in hand until it is written down what became of it."""
        self.in_hand.add(row.id)
        try:
            await self._do(row)
        finally:
            self.in_hand.discard(row.id)

    async def _do(self, row: Outgoing) -> None:
        """Its error decides what becomes of the row."""
        try:
            posting, refused = await self._deliver(row)
        except _NotYet as turn:
            await self._defer(row, turn.at)
        except TryLater as wait:
            await self._wait(row, wait)
        except Unavailable:  # our own store, before anything was sent
            await self._failed(row, "store", self.clock() + timedelta(seconds=SOONEST))
        except (Unreachable, Rejected, _Refused) as no:
            log.warning("outbox.refused", row=row.id, why=no.why)
            events = no.events if isinstance(no, _Refused) else self._unheard(row, dead=False)
            await self._failed(row, no.why, None, events)
        except Exception as error:  # a door is at the edge: whatever breaks there, the row is kept
            log.error("outbox.failed", row=row.id, tries=row.tries, error=traced(error))
            self.broke[row.id] += 1  # not `row.tries`: a platform that asks us to wait loses nothing
            after = timedelta(seconds=min(300, 2**row.tries) * chance().spread(0.8, 1.2))
            at = self.clock() + after if self.broke[row.id] < TRIES else None
            await self._failed(row, type(error).__name__, at)
        else:
            self.broke.pop(row.id, None)
            await insist(lambda: self.store.sent(row.id, self.worker, posting, refused))

    async def _defer(self, row: Outgoing, at: datetime) -> None:
        """The platform's limits are reached: its turn comes. Whoever sleeps is woken then."""
        if isinstance(row.out, Say) and row.out.bulk:
            self.bulk_from = at
        await insist(lambda: self.store.out_deferred(row.id, self.worker, at))
        asyncio.get_running_loop().call_later(max(0.0, (at - self.clock()).total_seconds()), self.wake.set)

    async def _in_turn(self, door: Door, what: Delivery | React) -> None:
        """`_NotYet`: sending this now would be over a limit."""
        if (limits := door.limits(what)) and (at := await self.store.pace(limits)):
            raise _NotYet(at)

    async def _wait(self, row: Outgoing, wait: TryLater) -> None:
        """The platform says when; however often it does, an outage of some hours loses nothing."""
        now = self.clock()
        after = min(max(wait.after, SOONEST), LATEST) if math.isfinite(wait.after) else LATEST
        at = now + timedelta(seconds=after) if now - row.created_at < PATIENCE else None
        await self._failed(row, wait.why or "try later", at)

    async def _failed(self, row: Outgoing, why: str, at: datetime | None, events: tuple[Event, ...] = ()) -> None:
        if at is None:
            self.broke.pop(row.id, None)
        await insist(lambda: self.store.out_failed(row.id, self.worker, why, at, events))

    def _unheard(self, row: Outgoing, *, dead: bool) -> tuple[Event, ...]:
        """What was meant for all in a channel is heard by nobody there: told in the transaction that gives it up, once."""
        say = row.out
        if not isinstance(say, Say) or not isinstance(say.to, At) or say.to.place.thread:
            return ()
        place = say.to.place
        facts = (("door", place.door), ("channel", place.channel), ("card", say.card), ("dead", "yes" if dead else ""))
        what = Happened("channel.refused", say.subject or place.key, facts)
        return (Event(f"out:{row.id}:refused", row.library, self.clock(), what),)

    async def _deliver(self, row: Outgoing) -> tuple[Posting | None, tuple[Event, ...]]:
        """Where a card ended up, and what follows where that is not the place it was meant for."""
        if isinstance(row.out, React):
            react, door = row.out, self._door(row.out.ref.door)
            await self._in_turn(door, react)
            try:
                await door.react(react.ref, react.emoji, react.remove, row.id)
            except Unreachable as gone:  # the message was taken back: nobody misses a sign on it
                log.info("outbox.nothing_to_react_to", row=row.id, why=gone.why)
            return None, ()
        say = row.out
        unheard: tuple[Event, ...] = ()
        door, delivery = await self._prepare(row, say)
        await self._in_turn(door, delivery)
        try:
            ref = await door.deliver(delivery)
        except Moved as moved:
            ref = await door.deliver(await self._follow(delivery, moved.to))
        except Unopened as no:
            await self._shut(row, say, door.name, no)
            raise
        except (Unreachable, Rejected) as no:
            ref, unheard = await self._instead(row, say, delivery, no)
        card = say.card or (f"said:{row.id}" if say.subject else "")  # so that a reply to it finds its question
        return (Posting(row.library, card, say.subject, ref) if card else None), unheard

    async def _instead(
        self, row: Outgoing, say: Say, delivery: Delivery, no: Unreachable | Rejected
    ) -> tuple[MessageRef, tuple[Event, ...]]:
        """Said where it was meant to be, nobody would hear it: so to the one whom it is for. `_Refused`: there is nobody."""
        place = delivery.place
        meant = place is not None and (delivery.edit is None or _stands_in(place, delivery.edit))
        unheard = self._unheard(row, dead=isinstance(no, Unreachable)) if meant else ()
        if not say.instead or place is None or isinstance(no, Rejected):
            raise _Refused(no.why, unheard) from no
        try:
            return await self._in_private(row, say, place.door), unheard
        except (Unreachable, Rejected) as neither:
            raise _Refused(neither.why, unheard) from neither

    async def _shut(self, row: Outgoing, say: Say, door: str, no: Unopened) -> None:
        """Written down once: what can wait is not sent to them until they open the chat, and they are told how."""
        member = await self.store.members.get(say.to.member) if isinstance(say.to, Direct) else None
        account = member.on(door) if member else None
        if member is None or account is None or account.shut:
            return
        now = self.clock()
        shut = tuple(replace(a, shut=now, blocked=no.blocked) if a == account else a for a in member.accounts)
        told = Event(f"{row.id}/shut", row.library, now, Happened("member.shut", member.id, (("door", door),)))
        with suppress(Conflict):  # the next message finds it out as well
            await self.store.commit(Unit(row.library, save=(replace(member, accounts=shut),), events=(told,)))

    async def _in_private(self, row: Outgoing, say: Say, door: str) -> MessageRef:
        """To them alone, with a word on why; what stands where nobody hears it is left as it is."""
        theirs, delivery = await self._prepare(row, replace(say, to=Direct(say.instead, door)))
        edit = None if isinstance(say.to, At) and _stands_in(say.to.place, delivery.edit) else delivery.edit
        await self._in_turn(theirs, delivery)
        why = self.voice("ask.in_private", say.data, say.language)
        return await theirs.deliver(replace(delivery, edit=edit, text=f"{delivery.text}\n\n{why}"))

    async def _follow(self, delivery: Delivery, to: str) -> Delivery:
        """The channel has another name now: there, and from now on. Threads and cards of the old one are left behind."""
        if delivery.place is None:
            raise Unreachable("moved from nowhere")
        place = delivery.place
        binding = await self.store.places.binding(place.door, place.channel)
        if binding:
            with suppress(Conflict):  # somebody else has followed it already
                await self.store.commit(Unit(binding.library, save=(replace(binding, channel=to),)))
        return replace(delivery, place=Place(place.door, to), edit=None)

    async def _prepare(self, row: Outgoing, say: Say) -> tuple[Door, Delivery]:
        posting = await self.store.places.posting(say.card) if say.card else None
        if isinstance(say.to, Under) and await self.store.places.posting(say.to.card) is None:
            self._not_there(say.to.card, row)
        place, only_for, private_to = await self._where(say, posting)
        name = place.door if place else private_to.door if private_to else ""
        text = self.voice(say.template, say.data, say.language)
        links = await self._links(text, place, only_for or private_to)
        return self._door(name), Delivery(
            once=row.id,
            text=pruned(text, links),
            language=say.language,
            place=place,
            edit=posting.ref if posting and posting.ref.door == name else None,
            only_for=only_for,
            private_to=private_to,
            buttons=tuple(label(b, self.voice, say.language) for b in say.buttons),
            people=await self.links.people(text, name),
            links=links,
            files=say.files,
            again=row.tries > 1,
        )

    def _not_there(self, card: str, row: Outgoing) -> None:
        """What belongs under a card follows it closely: perhaps another hand is posting it just now, or waits for its turn."""
        if self.clock() - row.created_at < ROOTLESS:
            raise TryLater(min(2.0**row.tries / 4, 60.0), f"card {card} is not posted yet")
        raise Unreachable(f"card {card} was never posted")

    async def _links(self, text: str, place: Place | None, alone: Account | None) -> dict[str, str]:
        """Addresses. A card that it links to is perhaps being posted at this moment by another hand: a short wait for it."""
        for _ in range(LINK_LOOKS):
            if await self.links.posted(text):
                break
            await asyncio.sleep(LINK_PAUSE)
        return await self.links.addresses(text, place, alone)

    async def _where(self, say: Say, before: Posting | None) -> tuple[Place | None, Account | None, Account | None]:
        match say.to:
            case At(place):
                return place, None, None
            case Whisper(place, account):
                member = await self.store.members.by_account(account.door, account.user)
                if member and member.gone:
                    raise Unreachable("the member is gone")
                return place, account, None
            case Under(card):
                posting = await self.store.places.posting(card)
                if posting is None:
                    raise Unreachable(f"card {card} is gone")
                return posting.ref.as_thread, None, None
            case Direct(member, door):
                door = door or (before.ref.door if before else "")  # where their card stands already
                return None, None, self._reach(await self.store.members.get(member), door)

    def _reach(self, member: Member | None, door: str) -> Account:
        """The account to write to in private: where they may be written to, at the door asked for, else at another open one."""
        if member is None or member.gone:
            raise Unreachable("the member is gone")
        accounts = sorted(
            (a for a in member.accounts if a.door in self.doors), key=lambda a: (a.shut is not None, a.door != door)
        )
        if not accounts:
            raise Unreachable("the member has no account at an open door")
        return accounts[0]

    def _door(self, name: str) -> Door:
        if name not in self.doors:
            raise Unreachable(f"door {name} is not open")
        return self.doors[name]


def _stands_in(place: Place, ref: MessageRef | None) -> bool:
    return ref is not None and (ref.door, ref.channel) == (place.door, place.channel)
