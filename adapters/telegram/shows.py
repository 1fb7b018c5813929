"""Shows at once what the core answers: a toast, a sheet, a form, in the place where the person is."""

from __future__ import annotations

import logging
from dataclasses import replace

from telegram.error import BadRequest

from adapters.telegram.errors import says
from adapters.telegram.form import Form
from adapters.telegram.guide import START, Guide
from adapters.telegram.mail import Target
from adapters.telegram.send import WAITS, Sender
from adapters.telegram.tasks import insist
from adapters.telegram.text import clean, units
from adapters.telegram.translate import DOOR, Heard
from adapters.telegram.whisper import Whispers
from bot.commonmark import prose
from bot.doors import Delivery, Label, Shown
from bot.events import Event
from bot.model.base import Language, new_id
from bot.model.place import Place
from bot.outcome import FieldErrors, OpenForm, Sheet, Toast
from bot.show import plain
from bot.voice import Voice

log = logging.getLogger(__name__)
MOST_TOAST, LONG_TOAST = 200, 80  # characters of a toast; from the second number on it waits for a tap


class Shows:
    """Every way to show something that did not come through the outbox."""

    def __init__(self, sender: Sender, whispers: Whispers, guide: Guide, words: Voice) -> None:
        self.sender, self.whispers, self.guide, self.words = sender, whispers, guide, words

    async def show(self, heard: Heard, shown: Shown | None) -> None:
        """What the core answered to this; None: nothing, or it comes later."""
        match shown.now if shown else None:
            case None:
                await self.answer(heard)
            case Toast(template, _, language) if shown:
                await self._toast(heard, shown.words[template], language)
            case FieldErrors(errors=errors, language=language) if shown:
                await self._toast(heard, "\n".join(shown.words[key] for _, key in errors), language)
            case Sheet(template, _, language) if shown:
                if await self._led(heard, self._delivery(shown.words[template], language, shown.buttons)):
                    return
                await self.answer(heard)
                await self._tell(heard, shown.words[template], language, shown.buttons)
            case OpenForm() as form if shown:
                await self._form(heard, shown, form)

    async def word(self, heard: Heard, template: str, data: dict[str, str] | None = None) -> None:
        """A word of the door's own."""
        language = heard.event.locale or self.words.library.language
        text = self.words(template, data or {}, language)
        if heard.query:
            await self._toast(heard, plain(text), language)
        else:
            await self._tell(heard, text, language)

    async def answer(self, heard: Heard, text: str = "", url: str = "") -> bool:
        """Answers a button's press; False where that is too late, and so nobody saw it."""
        if not heard.query:
            return not text
        alert = len(text) > LONG_TOAST
        try:
            await insist(
                lambda: self.sender.mail.api.answer_callback_query(
                    heard.query, text=text or None, show_alert=alert or None, url=url or None
                )
            )
        except BadRequest as error:
            if not says(error, "query is too old", "query_id_invalid"):
                raise
            return False
        return True

    async def sent(self, form: Form, event: Event, shown: Shown | None) -> None:
        """A form was sent: its message says what came of it."""
        match shown.now if shown else None:
            case Toast(template) if shown:
                await insist(lambda: self.guide.say(form, prose(shown.words[template])))
            case Sheet(template, _, language) if shown:
                await insist(lambda: self.guide.say(form, self.words("telegram.form_sent", {}, language)))
                d = self._delivery(shown.words[template], language, shown.buttons)
                place = None if event.private else event.place
                await insist(lambda: self.sender.post(Target(int(form.user)), d, place=place, first=False))
            case OpenForm() if shown:
                await self.guide.open(Heard(event, form.seen, int(form.user)), shown)
                await self.guide.show(form.user)
            case _:
                await insist(lambda: self.guide.say(form, self.words("telegram.form_sent", {}, form.language)))

    # ---- in words ------------------------------------------------------------------------------------------------------

    async def _toast(self, heard: Heard, text: str, language: Language) -> None:
        text = clean(text)
        if heard.query and units(text) <= MOST_TOAST and await self.answer(heard, text):
            return
        await self.answer(heard)
        await self._tell(heard, prose(text), language)

    async def _tell(self, heard: Heard, text: str, language: Language, buttons: tuple[Label, ...] = ()) -> None:
        """A message to the person alone."""
        event = heard.event
        d = self._delivery(text, language, buttons)
        if heard.chat > 0:
            place = None if event.private else event.place
            await insist(lambda: self.sender.post(Target(heard.chat), d, place=place, first=False))
        elif event.account and event.place:
            whisper = replace(d, only_for=event.account, place=event.place)
            await insist(lambda: self.whispers.say(whisper, first=False))

    async def _led(self, heard: Heard, d: Delivery) -> bool:
        """From a button in a group straight to the private chat, where they have not opened it: there it waits for them."""
        event = heard.event
        if not heard.query or heard.chat > 0 or event.account is None or event.place is None:
            return False
        if await self.sender.notes.opened(heard.user) is not False:
            return False
        await self.sender.notes.keep(heard.user, replace(d, only_for=event.account, place=event.place))
        led = await self.answer(heard, url=self.whispers.start(f"{WAITS}{d.once}"))
        if not led:
            await self.sender.notes.memory.forget(f"said:{heard.user}:{d.once}")
        return led

    @staticmethod
    def _delivery(text: str, language: Language, buttons: tuple[Label, ...] = ()) -> Delivery:
        return Delivery(new_id(), text, language, buttons=buttons)

    # ---- forms ---------------------------------------------------------------------------------------------------------

    async def _form(self, heard: Heard, shown: Shown, form: OpenForm) -> None:
        """In private; from a group by a link that leads there, where the bot may not begin."""
        if self.guide.fits_here(heard, shown):
            await insist(lambda: self.guide.ask_here(heard, shown))
            return
        opened = await self.guide.open(heard, shown)
        user, private = heard.user, heard.chat > 0
        known = await self.sender.notes.opened(user)
        may = private or known or (known is None and not heard.query)  # a button can lead there without trying
        if may and await insist(lambda: self.guide.show(user)):
            text = "" if private else plain(self.words("telegram.form_in_private", {}, form.language))
            await self.answer(heard, text)
            return
        payload = f"{START}{opened.token}"
        answered = bool(heard.query) and await self.answer(heard, url=self.whispers.start(payload))
        event = heard.event
        if not answered and event.account and event.place:
            await self.whispers.hint(event.account, event.place or Place(DOOR, ""), form.language, payload)
