"""The core's one way in and the order of one event: receive, desk, handler, commit. Knows no platform and no SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot.afterwards import afterwards
from bot.command_help import helps
from bot.dispatch import Dispatcher
from bot.doors import CommandHelp, Shown, Watched
from bot.early import Early, behind
from bot.errors import Conflict, Duplicate, Kindly, Unavailable
from bot.events import Deleted, Edited, Event, Reacted, Said
from bot.held import Held
from bot.insist import insist
from bot.links import Links
from bot.log import traced
from bot.model.place import Account, MessageRef, Place
from bot.outcome import Data, Now, Outcome, Toast
from bot.ports import Claimed, Store
from bot.reading import for_minutes, unfold
from bot.show import show
from bot.threads import answering, question_around, rooted, threads_of
from bot.triage.intent import LIKELY

log = structlog.get_logger(__name__)

BUDGET = 2.0  # seconds for what is answered at once; Slack's trigger lives three
TRIES = 5  # then a bad event is parked: it blocks nobody
WAITS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.5, 0.7)  # seconds: together what a platform leaves us to acknowledge
GLANCE = 0.25  # seconds that a look at a message's meaning may cost, before it is stored
HANDS = 8  # events handled at the same time
MOST_WATCHED = 500  # questions not settled, newest first, whose threads a door looks through after it was away


class App:
    """Implements `Ears`. `wake` is set whenever there may be something to deliver."""

    hands = HANDS

    def __init__(self, store: Store, dispatcher: Dispatcher, links: Links, worker: str) -> None:
        self.store = store
        self.dispatcher = dispatcher
        self.links = links
        self.worker = worker
        self.wake_inbox = asyncio.Event()
        self.wake_outbox = asyncio.Event()
        self.late = Held("late")
        self.early = Early(store)
        self.in_hand: set[str] = set()  # events being handled, which are held on to (`Loops.hold`)

    # ---- in --------------------------------------------------------------------------------------------------------

    async def receive(self, event: Event) -> bool:
        """Durable when it returns; what is none of our business is dropped before it is stored."""
        event = unfold(event, self.dispatcher.routes.command_names())
        if await self.early.overtakes(event):
            if await self.store.receive_early(event):
                self.wake_inbox.set()
            return True
        ours = await self._ours(event)
        if ours is None:
            self.early.passed(event)
            return False
        if await self.store.receive(ours):
            self.wake_inbox.set()
        return True

    async def respond(self, event: Event, stored: asyncio.Event | None = None) -> Shown | None:
        """Store, then handle at once within the budget; what takes longer goes on and is said where the person is."""
        event = await rooted(unfold(event, self.dispatcher.routes.command_names()), self.store)
        new = await self.store.receive(event, reserve=self.worker)
        if stored:
            stored.set()
        if not new:
            return None
        work = asyncio.create_task(self._handle_reserved(event))
        done, _ = await asyncio.wait({work}, timeout=BUDGET)
        self.wake_inbox.set()
        if not done:
            self.late.later(self._say_late(event, work))
            return None
        now = work.result()
        shown = show(now, self.dispatcher.voice) if now else None
        return await self.links.shown(shown, event.place, event.account) if shown else None

    async def _say_late(self, event: Event, work: asyncio.Task[Now | None]) -> None:
        if now := await work:
            says = afterwards(now, await self.dispatcher.desk(event))
            await self.store.commit(self.dispatcher.unit(event, Outcome(say=says), done=None, worker=self.worker))
            self.wake_outbox.set()

    async def _handle_reserved(self, event: Event) -> Now | None:
        """Waits for its turn in the lane, then handles. None where another worker took it."""
        for pause in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8):
            await asyncio.sleep(pause)
            if claimed := await self.store.claim_one(self.worker, event.id):
                return await self._do(claimed, at_once=True)
        return None

    async def watched(self, door: str) -> Watched:
        """The channels served at a door, and the threads in which a question there is not settled yet."""
        bindings = [b for b in await self.store.places.bindings() if b.door == door]
        threads = [t for q in await self.store.questions.open_in(None, MOST_WATCHED) for t in await threads_of(q, self.store)]
        return Watched(
            tuple(b.channel for b in bindings if b.mode != "off"),
            tuple(dict.fromkeys(t for t in threads if t.door == door)),
            tuple(b.channel for b in bindings if b.resumes),
        )

    async def view(self, name: str, account: Account) -> Data:
        """A page's data for this person, with addresses in it. KeyError: no such view."""
        return await self.links.resolved(await self.dispatcher.view(name, account), account)

    def commands(self) -> tuple[CommandHelp, ...]:
        """Every command with its words in both languages."""
        return helps(self.dispatcher.routes.commands, self.dispatcher.voice)

    async def _ours(self, event: Event) -> Event | None:
        """The event in its thread, under its root; None: none of our business."""
        what, place, store = event.what, event.place, self.store
        if isinstance(what, Reacted):  # perhaps on a card; whatever it is on, it is taken
            await self._recorded(event.library, "")
        if isinstance(what, (Edited, Deleted)) and (queued := await behind(event, store)):
            return queued
        if place is None or not isinstance(what, (Said, Edited)):
            return await rooted(event, store)
        root = MessageRef(place.door, place.channel, place.thread or what.message)
        addressed = isinstance(what, Said) and (what.direct or what.mentioned)
        if addressed and not place.thread:
            return await answering(event, store, self._asks)
        if q := await question_around(root, store):
            return await rooted(event, store, q)
        if queued := await behind(event, store):
            return await rooted(queued, store)
        if addressed:  # ours in any case; under a card just posted it is an answer, not a question
            await self._recorded(event.library, "")
            return await rooted(event, store)
        if isinstance(what, Edited) or place.thread:
            if await store.questions.answer_at(MessageRef(place.door, place.channel, what.message)):
                return await rooted(event, store)
            if not await self._recorded(event.library, Place(place.door, place.channel).key):
                raise Unavailable(why="a card's place is not recorded yet")
            q = await question_around(root, store)
            if q is None and isinstance(what, Said) and await for_minutes(what, root, store.places):
                return event
            return await rooted(event, store, q) if q else None
        binding = await store.places.binding(place.door, place.channel)
        asks = binding and binding.mode != "off" and await self._asks(what.text) >= LIKELY
        return event if asks else None

    async def _asks(self, text: str) -> float:
        """As the handlers will judge it, while a platform waits: in time, or by words alone."""
        return await self.dispatcher.finder.asks(text, GLANCE)

    async def _recorded(self, library: str, lane: str) -> bool:
        """Waits until it is written down where the cards went that are just being posted in this lane ("": anywhere).

        People may answer before that: they are fast, or a process died in between. False: it takes too long.
        """
        first = now = await self.store.unrecorded(library, lane)
        for pause in WAITS:
            if first.isdisjoint(now):
                return True
            await asyncio.sleep(pause)
            now = await self.store.unrecorded(library, lane)
        return False

    # ---- through ---------------------------------------------------------------------------------------------------

    async def claim(self, most: int) -> tuple[Claimed, ...]:
        """The oldest events of free lanes."""
        return await self.store.claim(self.worker, most)

    async def do(self, claimed: Claimed) -> None:
        """One event, all the way. Whatever goes wrong ends here: told kindly, tried again, or parked."""
        await self._do(claimed, at_once=False)

    async def _do(self, claimed: Claimed, *, at_once: bool) -> Now | None:
        self.in_hand.add(claimed.event.id)
        try:
            return await self._handled(claimed, at_once=at_once)
        except Unavailable as error:
            away = error  # Python forgets `error` at the end of this clause
            await insist(lambda: self._later(claimed, away))
            return None
        finally:
            self.in_hand.discard(claimed.event.id)

    async def _handled(self, claimed: Claimed, *, at_once: bool) -> Now | None:
        event = claimed.event
        try:
            outcome = await self.dispatcher.handle(event, self.worker, at_once=at_once)
        except Duplicate:
            return None
        except Kindly as kind:
            return await self._tell(event, kind.template, kind.data, at_once=at_once)
        except Unavailable:
            raise
        except Exception as error:  # a bad event must not stop the others: it is tried again, then parked and told
            log.error("event.failed", id=event.id, kind=event.what.kind, tries=claimed.tries, error=traced(error))
            return await self._again(claimed, error, at_once=at_once)
        if outcome.say or outcome.save:
            self.wake_outbox.set()
        if outcome.then or outcome.save:
            self.wake_inbox.set()
        return outcome.now

    async def _again(self, claimed: Claimed, error: Exception, *, at_once: bool) -> Now | None:
        if claimed.tries < TRIES:
            await self._later(claimed, error)
            return None
        await self.store.retry(claimed.event.id, self.worker, type(error).__name__, None)
        return await self._tell(claimed.event, "error.failed", {}, at_once=at_once, parked=True)

    async def _later(self, claimed: Claimed, error: Exception) -> None:
        """Back into the inbox, to be tried again after a while."""
        at = self.dispatcher.clock() + timedelta(seconds=min(60, 2**claimed.tries))
        await self.store.retry(claimed.event.id, self.worker, type(error).__name__, at)

    async def _tell(
        self, event: Event, template: str, data: Mapping[str, object], *, at_once: bool, parked: bool = False
    ) -> Now | None:
        """Kind words to the person: at once where that works, else where they are. The event is done with."""
        desk = await self.dispatcher.desk(event)
        fields: Data = data  # type: ignore[assignment]  # errors carry only texts and numbers
        toast = Toast(template, fields, desk.language)
        quiet = at_once or isinstance(event.what, (Reacted, Deleted, Edited))
        said = Outcome(say=() if quiet else afterwards(toast, desk))
        done = None if parked else event.id
        back = Outcome(save=(desk.me,) if desk.arrived and desk.me.version else ())  # who had left is here, also to be told no
        try:
            await self.store.commit(self.dispatcher.unit(event, back + said, done=done, worker=self.worker))
        except Conflict:  # saved as such by another event of theirs
            await self.store.commit(self.dispatcher.unit(event, said, done=done, worker=self.worker))
        self.wake_outbox.set()
        return toast if at_once else None
