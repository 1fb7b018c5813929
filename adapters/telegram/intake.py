"""One update at a time: what it means goes into the core, durably, before the update is confirmed; what to show comes after."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from adapters.telegram.album import Albums
from adapters.telegram.form import Form
from adapters.telegram.guide import START as FORM_START
from adapters.telegram.guide import Guide
from adapters.telegram.notes import Mark, Notes
from adapters.telegram.send import WAITS, Sender
from adapters.telegram.shows import Shows
from adapters.telegram.tasks import Tasks, insist
from adapters.telegram.translate import DOOR, OPAQUE, START, STOPS, Heard, Me, Reach, channel_of, translate
from adapters.telegram.updates import Update, number_of, read_update
from adapters.telegram.whisper import Whispers
from bot.doors import Ears, Shown
from bot.errors import Unavailable
from bot.events import Commanded, Edited, Event, Marked, Pressed, Reached, Reacted, Room, Said, Submitted
from bot.log import traced
from bot.model.place import Account, Place
from bot.outcome import FieldErrors
from bot.ports import Clock
from bot.voice import Voice

log = logging.getLogger(__name__)
TRIES = 5  # of an update at which we fail for another reason than a store that is away
LIKES, SETTLES = "👍", "✅"
JOIN = "join_"
OURS = re.compile(f"[{FORM_START}{WAITS}][0-9a-f]{{8,32}}")  # the payload of a link that leads to a form, or to what waits


class Intake:
    """`me` is set once Telegram has told who we are; before that, everything is `Unavailable`."""

    def __init__(self, ears: Ears, sender: Sender, whispers: Whispers, words: Voice, clock: Clock, tasks: Tasks) -> None:
        self.ears, self.sender, self.whispers, self.words, self.clock, self.tasks = ears, sender, whispers, words, clock, tasks
        self.notes: Notes = sender.notes
        self.guide = Guide(sender, words, tasks.later, self._submit)
        self.shows = Shows(sender, whispers, self.guide, words)
        self.albums = Albums(self.notes.memory, self._parts, self._one)
        self.me: Me | None = None
        self._failed: dict[int, int] = {}
        self._in_hand: dict[str, tuple[asyncio.Task[None], asyncio.Event]] = {}  # until their answers are shown

    async def resume(self) -> None:
        """What an earlier process kept and did not come to."""
        await self.albums.resume()
        await self.guide.resume()

    def read(self, raw: object) -> Update | None:
        """None for what cannot be read: it is logged by its id, and passed over."""
        try:
            return read_update(raw)
        except ValueError as error:
            log.warning("telegram update %s cannot be read: %s", number_of(raw), error)
            return None

    async def take(self, update: Update, raw: object) -> None:
        """Durable when it returns. `Unavailable`: do not confirm the update."""
        try:
            await self._take(update, raw)
        except Unavailable:
            raise
        except Exception as error:  # a bug of ours must neither lose the update at once nor hold up the others for ever
            tries = self._failed[update.update_id] = self._failed.get(update.update_id, 0) + 1
            log.error("telegram update %s failed %s times: %s", update.update_id, tries, traced(error))
            if tries < TRIES:
                raise Unavailable() from error
        self._failed.pop(update.update_id, None)

    async def _take(self, update: Update, raw: object) -> None:
        if self.me is None:
            raise Unavailable(why="not ready")
        if update.chat and update.chat.id < 0:
            await self.notes.named(update.chat.id, update.chat.username)
        for heard in translate(update, self.me, self.clock()):
            if isinstance(heard, Reach):
                await self._reach(heard.user, heard.open)
            elif heard.album:
                await self.albums.add(heard, raw)
            else:
                await self.albums.finish(heard.chat)
                await self._one(heard)

    def _parts(self, raw: object) -> list[Heard]:
        """An album's picture as it was kept."""
        update = self.read(raw)
        found = translate(update, self.me, self.clock()) if update and self.me else ()
        return [one for one in found if isinstance(one, Heard)]

    async def _reach(self, user: str, may: bool) -> None:
        """Where a private chat opens, what waited for this person is shown."""
        if await self.notes.opened(user) is not may:
            await self.notes.set_open(user, may)
            if may:
                self.tasks.later(self.whispers.show(user))

    async def _one(self, heard: Heard) -> None:
        starts = isinstance(heard.event.what, Commanded) and heard.event.what.name == START
        if heard.event.private and not heard.query and not starts:
            await self._reach(heard.user, True)
        heard = await self._known(heard)
        if heard.chat < 0 and heard.event.place and not heard.query and not isinstance(heard.event.what, Reacted):
            self.notes.said_here(heard.event.place.channel, heard.user, heard.message)
        match heard.event.what:
            case Commanded(name=name) as command if name in (START, *STOPS):
                await self._own(heard, command)
            case Commanded():
                if heard.event.private:
                    await self.guide.pause(heard)
                await self.ask(heard)
            case Pressed(action="#", value=data):
                if not await self.guide.press(heard, data):
                    await self._once(heard, "telegram.form_gone")
                elif heard.query:
                    self.tasks.later(self.shows.answer(heard))
            case Pressed(action="~"):
                await self._once(heard, "telegram.expired")
            case Pressed() | Marked():
                await self.ask(heard)
            case Said() as said:
                await self._said(heard, said)
            case Room(change="closed" | "opened") as room:
                await self._with_topics(heard, room)
            case _:
                await self.ears.receive(heard.event)

    async def _with_topics(self, heard: Heard, room: Room) -> None:
        """A chat that is lost takes all its topics with it, and one that is found again brings them back."""
        here, known = heard.event.place, await self.ears.watched(DOOR)
        assert here is not None
        channels = known.channels if room.change == "closed" else known.shut
        topics = sorted(c for c in channels if c.startswith(f"{here.channel}:"))
        await self.ears.receive(replace(heard.event, what=replace(room, also=tuple(topics))))

    async def _said(self, heard: Heard, said: Said) -> None:
        event = heard.event
        if event.private and await self.guide.hears(heard, said.text):
            return
        if form := await self.guide.answered_here(heard, said.text):
            await self._submit(form, heard.update, heard)
            return
        ours = await self.ears.receive(event)
        if event.private:
            self.guide.passed_on(heard)
        if ours:
            topic = int(event.place.channel.partition(":")[2] or 0) if event.place else 0
            await self.notes.mark(heard.chat, heard.message, Mark(topic, by=heard.user))

    # ---- what only this door understands -----------------------------------------------------------------------------------

    async def _known(self, heard: Heard) -> Heard:
        """With what was noted of the message that it is about."""
        match heard.event.what:
            case Reacted() as reacted:
                return await self._reacted(heard, reacted)
            case Pressed(action=action, value=value) if action == OPAQUE:
                return await self._meant(heard, value)
            case Marked() as marked:
                root = (await self.notes.mark_of(heard.chat, marked.message)).root
                return replace(heard, event=replace(heard.event, what=replace(marked, message=root))) if root else heard
            case Said() | Edited() | Commanded() if (heard.ours or heard.event.private) and heard.event.place:
                place = heard.event.place
                root = (await self.notes.mark_of(heard.chat, place.thread)).root if place.thread else ""
                return replace(heard, event=replace(heard.event, place=replace(place, thread=root))) if root else heard
        return heard

    async def _reacted(self, heard: Heard, reacted: Reacted) -> Heard:
        """Where it stands; and a 👍 that says "this helped", since Telegram offers no ✅.

        It does so under an answer. Under their own message, or under a card with buttons, it is just a kind sign: there the
        core would take it for the end of the whole question.
        """
        mark = await self.notes.mark_of(heard.chat, reacted.message)
        liked = reacted.emoji.startswith(LIKES) and not mark.pressable and mark.by != heard.user
        what = replace(reacted, emoji=SETTLES if liked else reacted.emoji, message=mark.root or reacted.message)
        place = Place(DOOR, channel_of(heard.chat, mark.topic))
        return replace(heard, event=replace(heard.event, what=what, place=place))

    async def _meant(self, heard: Heard, name: str) -> Heard:
        """A button whose meaning was kept; it may be about another place than the one where it was pressed."""
        meant = await self.notes.meant(name)
        if meant is None:
            return heard
        event = heard.event
        message = f"{heard.message}" if meant.place is None else ""
        event = replace(event, what=Pressed(meant.action, meant.value, message))
        return replace(heard, event=replace(event, place=meant.place, private=False) if meant.place else event)

    async def _own(self, heard: Heard, command: Commanded) -> None:
        linked = heard.event.private and command.name == START and bool(OURS.fullmatch(command.args))
        if (linked or command.name in STOPS) and await self.guide.again(heard):
            return
        if command.name in STOPS:
            form = await self.guide.cancel(heard.user) if heard.event.private else None
            data = {"title": form.title} if form else {}
            await self._once(heard, "telegram.form_cancelled" if form else "telegram.nothing_to_cancel", data)
        elif linked:
            await self.notes.set_open(heard.user, True)
            await self.ears.receive(replace(heard.event, what=Reached()))
            await self.guide.use(heard)
            leads = self._go_on if command.args.startswith(FORM_START) else self._show_waiting
            self.tasks.later(leads(heard))
        else:
            await self._starts(heard, command)

    async def _starts(self, heard: Heard, command: Commanded) -> None:
        """Help, or a community that a link leads to."""
        if heard.event.private:
            await self._reach(heard.user, True)
        language = heard.event.locale or self.words.library.language
        name, args = ("bantuan", "") if language == "id" else ("help", "")
        if command.args.startswith(JOIN):
            name, args = "gabung" if language == "id" else "join", command.args.removeprefix(JOIN)
        await self.ask(replace(heard, event=replace(heard.event, what=Commanded(name, args))))

    async def _once(self, heard: Heard, template: str, data: dict[str, str] | None = None) -> None:
        """A word of the door's own; not twice where the update comes again."""
        if not await self.guide.again(heard):
            await self.guide.use(heard)
            self.tasks.later(self.shows.word(heard, template, data))

    async def _go_on(self, heard: Heard) -> None:
        if await self.guide.of(heard.user) is None:
            await self.shows.word(heard, "telegram.form_gone")
        else:
            await insist(lambda: self.guide.show(heard.user, anew=True))
        await self.whispers.show(heard.user)

    async def _show_waiting(self, heard: Heard) -> None:
        if not await self.whispers.show(heard.user):
            await self.shows.word(heard, "telegram.nothing_waits")

    # ---- what wants an answer at once --------------------------------------------------------------------------------------

    async def ask(self, heard: Heard) -> None:
        """Returns once the event is durable; what there is to show is shown when it comes."""

        async def show(shown: Shown | None) -> None:
            await self.shows.show(heard, shown)

        await self._stored(heard.event, show)

    async def _stored(self, event: Event, show: Callable[[Shown | None], Awaitable[None]]) -> None:
        """A copy that comes while its event is in hand waits with it: its empty answer would come before the real one."""
        work, stored = self._in_hand.get(event.id) or self._begun(event, show)
        waiting = asyncio.create_task(stored.wait())
        try:
            await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if not stored.is_set():
            await work
        self.tasks.keep(work)

    def _begun(self, event: Event, show: Callable[[Shown | None], Awaitable[None]]) -> tuple[asyncio.Task[None], asyncio.Event]:
        stored = asyncio.Event()

        async def shows(shown: Shown | None) -> None:
            try:
                await show(shown)
            finally:
                del self._in_hand[event.id]

        async def answer() -> None:
            try:
                shown = await self.ears.respond(event, stored)
            except Exception as error:  # stored: it is tried again from the inbox, and there is nothing to show at once
                if not stored.is_set():
                    del self._in_hand[event.id]
                    raise
                log.error("telegram: no answer to %s: %s", event.id, traced(error))
                shown = None
            stored.set()
            self.tasks.later(shows(shown))

        hand = self._in_hand[event.id] = asyncio.create_task(answer()), stored
        return hand

    async def _submit(self, form: Form, update: int, heard: Heard | None = None) -> None:
        """A form is sent: it is about the place where it was opened. `heard`: it was answered there."""
        assert self.me is not None
        number = f"{DOOR}:{self.me.id}:{update}"
        what = Submitted(form.name, form.subject, form.answered())
        place, account = Place(DOOR, form.channel, form.thread), Account(DOOR, form.user, form.called)
        event = Event(number, self.me.library, self.clock(), what, account, place, form.locale, form.private)

        async def show(shown: Shown | None) -> None:
            if heard is not None:
                await self.guide.was_answered(heard, shown)
                await self.shows.show(replace(heard, event=event), shown)
            elif shown and isinstance(shown.now, FieldErrors):
                await self.guide.came_back(form, shown, update)
            else:
                now = await self.guide.of(form.user)
                await self.guide.came_back(form, None, update)
                await self.shows.sent(replace(now or form, seen=update), event, shown)

        try:
            await self._stored(event, show)
        except BaseException:
            self.guide.sending.discard(form.token)
            raise
