"""Leads people through forms in their private chat: keeps each state before the update is confirmed, then shows it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from weakref import WeakValueDictionary

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, TelegramError

from adapters.telegram.errors import GONE, NOBODY, says
from adapters.telegram.form import STORED, Form, Key, Where, opened, pressed, refused, step_of, whole, wrote
from adapters.telegram.keyboard import button, columns
from adapters.telegram.mail import Target
from adapters.telegram.notes import A_DAY, MOST_KNOWN, Mark
from adapters.telegram.render import Part, render
from adapters.telegram.send import Sender
from adapters.telegram.tasks import insist
from adapters.telegram.translate import FORM, Heard, chat_of
from bot.commonmark import Raw
from bot.doors import Shown
from bot.events import Commanded
from bot.outcome import FieldErrors, OpenForm
from bot.show import plain
from bot.voice import Voice

KEPT = timedelta(days=7)
DECIDES = ("x", "l", "c", "r")  # acts on the form as a whole: cancel, leave it for the next one, stay with it, go on
START = "f"  # how the payload of a link begins that goes on with a form
Later = Callable[[Awaitable[object]], None]


class Guide:
    """`later` runs what need not be done before an update is confirmed. `submit`: a form and the update that sends it."""

    def __init__(self, sender: Sender, words: Voice, later: Later, submit: Callable[[Form, int], Awaitable[None]]) -> None:
        self.sender, self.notes, self.words, self.later, self.submit = sender, sender.notes, words, later, submit
        self.sending: set[str] = set()
        self._passed: dict[str, int] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def resume(self) -> None:
        """After a restart: what was stored and not yet shown."""
        for text in (await self.notes.memory.recall_all("form:")).values():
            form = STORED.validate_json(text)
            if form.on_show != form.step and not form.paused:
                self.later(insist(partial(self.show, form.user)))

    async def of(self, user: str) -> Form | None:
        found = await self.notes.memory.recall(f"form:{user}")
        return STORED.validate_json(found) if found else None

    async def _keep(self, form: Form, kind: str = "form", update: int | None = None) -> None:
        """`update`: the one that made it so, which does so once only."""
        kept = {f"{kind}:{form.user}": STORED.dump_json(form).decode()}
        if update is None:
            await self.notes.memory.remember(kept, KEPT)
        else:
            await self.notes.use(form.user, update, kept, KEPT)

    async def forget(self, user: str) -> None:
        await self.notes.memory.forget(f"form:{user}", f"next:{user}")

    async def again(self, heard: Heard) -> bool:
        """Whether the door has dealt with this update already."""
        return heard.update in await self.notes.used(heard.user)

    async def use(self, heard: Heard) -> None:
        """The door has dealt with it."""
        async with self._lock(heard.user):
            await self.notes.use(heard.user, heard.update)

    def passed_on(self, heard: Heard) -> None:
        """The core has it: should it come again, it is none of the business of a form opened since."""
        if len(self._passed) >= MOST_KNOWN:
            self._passed.clear()
        self._passed[heard.user] = max(heard.update, self._passed.get(heard.user, 0))

    # ---- opening -------------------------------------------------------------------------------------------------------

    async def open(self, heard: Heard, shown: Shown) -> Form:
        """The form stored as the one being filled in; or, where another is half done, as the one that may come next."""
        event = heard.event
        assert event.account and event.place
        who = Where(
            event.account.user, event.account.name, event.place.channel, event.place.thread, event.private, event.locale
        )
        async with self._lock(who.user):
            seen = max(heard.update, self._passed.get(who.user, 0))
            form = opened(shown, who, secrets.token_hex(4), seen)
            old = await self.of(who.user)
            if old and old.touched and (old.name, old.subject) != (form.name, form.subject):
                await self._keep(form, "next")
            else:
                await self._keep(form)
        return form

    def fits_here(self, heard: Heard, shown: Shown) -> bool:
        """One thing to write, asked for by a command in a group: it may be asked for there."""
        form = shown.now
        one = form.fields[0] if isinstance(form, OpenForm) and len(form.fields) == 1 else None
        written = bool(one and one.kind in ("line", "text") and one.required and not one.value)
        return written and not heard.event.private and isinstance(heard.event.what, Commanded) and heard.message > 0

    async def ask_here(self, heard: Heard, shown: Shown) -> None:
        """Asks in the group, as a reply that only this person's client opens an answer to."""
        event = heard.event
        assert event.account and event.place
        who = event.account
        form = opened(shown, Where(who.user, who.name, event.place.channel, event.place.thread, False, event.locale), "", 0)
        asked = form.fields[0]
        data = {"who": {"id": who.user, "name": who.name or who.user}, "label": asked.label, "hint": asked.hint}
        (part,) = render(self.words("telegram.ask_here", data, form.language), {who.user: who}, {})[:1]
        chat, topic = chat_of(event.place.channel)
        ask = ForceReply(selective=True, input_field_placeholder=asked.label[:64] or None)
        sent = await self.sender.mail.send(Target(chat, topic, heard.message), part, ask)
        await self.notes.memory.remember({f"ask:{chat}:{sent}": STORED.dump_json(form).decode()}, A_DAY)
        await self.notes.mark(chat, sent, Mark(topic))

    async def answered_here(self, heard: Heard, text: str) -> Form | None:
        """The form that a reply in a group fills in, ready to be sent; None where it is just a reply."""
        found = await self.notes.memory.recall(_ask(heard)) if heard.ours and text.strip() else None
        form = STORED.validate_json(found) if found else None
        if form is None or form.user != heard.user:
            return None
        form = wrote(form, text, heard.update)
        return form if form.step == len(form.fields) else None

    async def was_answered(self, heard: Heard, shown: Shown | None) -> None:
        """Asked in a group and sent: the next reply is just a reply, unless something was wrong with this one."""
        if shown is None or not isinstance(shown.now, FieldErrors):
            await self.notes.memory.forget(_ask(heard))

    # ---- filling in ----------------------------------------------------------------------------------------------------

    async def hears(self, heard: Heard, text: str) -> bool:
        """Whether the message was meant for the form. Stored when it returns."""
        async with self._lock(heard.user):
            form, again = await self.of(heard.user), await self.again(heard)
            if form is None or form.paused or (again and form.seen != heard.update):
                return again
            if heard.update > form.seen and form.on_show == form.step:
                before, form = form, replace(wrote(form, text, heard.update), message=0, on_show=-2)
                await self._keep(form, update=heard.update)
                self.later(self._strip(heard.user, before.message))
            elif not again:  # written before the question was to be seen
                await self.notes.use(heard.user, heard.update)
        await self._onward(form, form.seen)
        return True

    async def press(self, heard: Heard, data: str) -> bool:
        """A form's button. False: that form is gone, and this is the first that the door hears of it."""
        token, _, rest = data.partition(".")
        step, _, act = rest.partition(".")
        async with self._lock(heard.user):
            form, again = await self.of(heard.user), await self.again(heard)
            if form is None or form.token != token:
                return again
            if again and _over(form, act, heard.update):
                return True
            form = replace(form, message=heard.message)
            if act in DECIDES:
                await self._decided(form, act, heard.update)
                return True
            if step != str(form.step):
                await self.notes.use(heard.user, heard.update)
            else:
                form = form if act == "g" else replace(pressed(form, act, heard.update), on_show=-2)
                await self._keep(form, update=heard.update)
        sends = act == "g" and form.step == len(form.fields)
        await (self._send(form, heard.update) if sends else self._onward(form, heard.update))
        return True

    async def _decided(self, form: Form, act: str, update: int) -> None:
        """x cancel · l leave it for the next one · c stay with it · r go on."""
        if act == "x":
            await self.forget(form.user)
            await self.notes.use(form.user, update)
            self.later(self.say(form, self.words("telegram.form_cancelled", {"title": form.title}, form.language)))
            return
        following = await self.notes.memory.recall(f"next:{form.user}")
        if act == "l" and following:
            form = replace(STORED.validate_json(following), message=form.message)
        await self.notes.memory.forget(f"next:{form.user}")
        await self._keep(replace(form, paused=False, seen=max(form.seen, update), on_show=-2), update=update)
        self.later(insist(lambda: self.show(form.user)))

    async def _onward(self, form: Form, update: int) -> None:
        complete = form.step == len(form.fields) and not form.error and not form.told
        if complete and not whole(form):
            await self._send(form, update)
        else:
            self.later(insist(lambda: self.show(form.user)))

    async def _send(self, form: Form, update: int) -> None:
        if form.token not in self.sending:
            self.sending.add(form.token)
            await self.submit(form, update)

    async def came_back(self, form: Form, shown: Shown | None, update: int) -> None:
        """What was wrong with it is asked again. None: it is done with. `update`: the one that had sent it."""
        async with self._lock(form.user):
            now = await self.of(form.user)
            mine = now is not None and now.token == form.token
            if now and mine and shown:
                seen = max(now.seen, update)
                await self._keep(replace(refused(form, shown), message=now.message, seen=seen, on_show=-2))
            elif mine:
                await self.notes.memory.forget(f"form:{form.user}")
            self.sending.discard(form.token)
        if mine and shown:
            await insist(lambda: self.show(form.user))

    async def pause(self, heard: Heard) -> None:
        """A command in the middle: what was filled in is kept, an untouched form is let go.

        Not for a command older than what the form shows: it comes again, perhaps it even opened this form.
        """
        user = heard.user
        self.passed_on(heard)
        async with self._lock(user):
            form = await self.of(user)
            if form is None or form.paused or heard.update <= form.seen:
                return
            if not form.touched:
                await self.forget(user)
                self.later(self._strip(user, form.message))
                return
            await self._keep(replace(form, paused=True))
        text = self.words("telegram.form_paused", {"title": form.title}, form.language)
        key = self._button(form, Key("r", "telegram.form_resume"))
        self.later(self._strip(user, form.message))
        self.later(self.say(replace(form, message=0), text, columns([[key]])))

    async def cancel(self, user: str) -> Form | None:
        """The form that is gone now, None where there was none."""
        async with self._lock(user):
            form = await self.of(user)
            if form:
                await self.forget(user)
                self.later(self._strip(user, form.message))
        return form

    # ---- showing -------------------------------------------------------------------------------------------------------

    async def show(self, user: str, *, anew: bool = False) -> bool:
        """The form as it stands; False where the person cannot be written to in private. `anew`: at the end of the chat."""
        async with self._lock(f"show:{user}"):
            form = await self.of(user)
            if form is None:
                return True
            form = replace(form, message=0) if anew else form
            following = await self.notes.memory.recall(f"next:{user}")
            part, markup = self._conflict(form, STORED.validate_json(following)) if following else self._step(form)
            try:
                message = await self._put(form, part, markup)
            except (Forbidden, BadRequest) as error:
                if isinstance(error, BadRequest) and not says(error, *NOBODY):
                    raise
                await self.notes.set_open(user, False)
                return False
            await self.notes.set_open(user, True)
            async with self._lock(user):
                now = await self.of(user)
                if now and now.token == form.token:
                    await self._keep(replace(now, message=message, on_show=form.step if now.seen == form.seen else -2))
            return True

    async def say(self, form: Form, text: str, markup: InlineKeyboardMarkup | None = None) -> None:
        """A last or other word in place of the form; at the end of the chat where its message is 0."""
        await self._put(form, render(text, {}, {})[0], markup)

    async def _put(self, form: Form, part: Part, markup: InlineKeyboardMarkup | None) -> int:
        chat = int(form.user)
        if form.message:
            try:
                await self.sender.mail.edit(chat, form.message, part, markup)
                return form.message
            except BadRequest as error:
                if not says(error, *GONE):
                    raise
        return await self.sender.mail.send(Target(chat), part, markup)

    def _step(self, form: Form) -> tuple[Part, InlineKeyboardMarkup]:
        step, language = step_of(form), form.language
        data = dict(step.data)
        if "intro" in data:
            data["intro"] = Raw(form.intro) if data["intro"] else ""
        if form.error:
            longest = form.asked.longest if form.asked else 0
            data["error"] = plain(self.words(form.error, {"longest": longest}, language))
        rows = data.get("rows")
        if isinstance(rows, list):
            data["rows"] = [self._said(row, form) for row in rows]
        text = self.words(step.template, data, language)
        return render(text, {}, {})[0], columns([[self._button(form, key) for key in row] for row in step.rows])

    def _said(self, row: dict[str, str], form: Form) -> dict[str, str]:
        if row["kind"] != "tick":
            return row
        key = "telegram.form_yes" if row["value"] else "telegram.form_no"
        return {**row, "value": plain(self.words(key, {}, form.language))}

    def _conflict(self, form: Form, following: Form) -> tuple[Part, InlineKeyboardMarkup]:
        language = following.language
        text = self.words("telegram.form_other", {"title": form.title, "other": following.title}, language)
        keys = (Key("l", "telegram.form_leave"), Key("c", "telegram.form_stay"))
        return render(text, {}, {})[0], columns([[self._button(replace(form, language=language), key)] for key in keys])

    def _button(self, form: Form, key: Key) -> InlineKeyboardButton:
        text = plain(self.words(key.words, {"value": key.value}, form.language)) if key.words else key.text
        return button(text, f"{FORM}{form.token}.{form.step}.{key.act}", key.style)

    async def _strip(self, user: str, message: int) -> None:
        """An old step keeps its words and loses its buttons."""
        if message > 0:
            with suppress(TelegramError):
                await self.sender.mail.unbutton(int(user), message)

    def _lock(self, name: str) -> asyncio.Lock:
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock


def _over(form: Form, act: str, update: int) -> bool:
    """Whether a press that comes again has nothing left to do: only what a crash cut short is taken up."""
    if act == "g":
        return update <= form.seen  # it came back from the core since
    return act in DECIDES or update != form.seen


def _ask(heard: Heard) -> str:
    """Where the form is kept that a reply in a group may fill in."""
    place = heard.event.place
    return f"ask:{heard.chat}:{place.thread if place else ''}"
