"""What every page and answer is made of: templates in the reader's language, bubbles, the bot's immediate words."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment
from markupsafe import Markup
from starlette.requests import Request

from adapters.web import reading
from adapters.web.platform import Platform, Refused
from adapters.web.render import bot_html
from adapters.web.rows import BOT_NAME, Channel, Message, Person
from adapters.web.translate import DOOR
from adapters.web.views import QUICK, Reader, hue, initials
from adapters.web.words import find, say
from bot.doors import Shown
from bot.errors import Unavailable
from bot.model.base import Language
from bot.model.place import Account
from bot.outcome import FieldErrors, OpenForm, Sheet, Toast
from bot.ports import Clock

Answer = dict[str, Any]
log = logging.getLogger(__name__)


class Surface:
    """Shared by pages, acts and stream. `who` tells whom a request acts as."""

    def __init__(
        self,
        platform: Platform,
        clock: Clock,
        zone: ZoneInfo,
        environment: Environment,
        who: Callable[[Request], Awaitable[Person | None]],
    ) -> None:
        self.platform, self.who = platform, who
        self._now, self._zone, self._environment = clock, zone, environment

    async def me(self, request: Request) -> Person:
        """Whom the request acts as. `Refused`: there is nobody yet."""
        person = await self.who(request)
        if person is None:
            raise Refused("refused.person", 404)
        return person

    async def reader(self, me: Person) -> Reader:
        return Reader(me, await self.platform.store.read(reading.people, True), self._zone, self._now())

    def template(self, name: str, language: Language, **data: object) -> str:
        """A template filled in; inside, `t(key)` is the messenger's own words."""

        def t(key: str, **fields: str | int) -> str:
            return say(key, language, **fields)

        common = {"t": t, "language": language, "quick": QUICK, "initials": initials, "hue": hue, "bot_name": BOT_NAME}
        return self._environment.get_template(name).render(common | data)

    def room_name(self, room: Channel) -> str:
        return BOT_NAME if room.kind == "dm" else f"#{room.name}"

    async def rooms(self, me: Person, current: str) -> str:
        """The channel list."""
        channels = await self.platform.store.read(reading.channels, me.id)
        unread = await self.platform.store.read(reading.unread, me.id)
        return self.template("_rooms.html", me.language, channels=channels, unread=unread, current=current)

    async def steps(self, me: Person) -> list[Answer] | None:
        """The first steps as the bot knows them; None where it has no such list, or is not there."""
        ears = self.platform.courier.ears
        if ears is None or me.steps_hidden:
            return None
        try:
            data = await ears.view("first_steps", Account(DOOR, me.id, me.name))
        except (KeyError, Unavailable):
            return None
        except Exception:  # a bug behind the ears must not keep the chat from opening
            log.exception("the bot failed on its list of first steps")
            return None
        steps = data.get("steps")
        if not isinstance(steps, (list, tuple)):
            return None
        told = [_step(dict(step), me.language) for step in steps if isinstance(step, dict)]
        return [step for step in told if step["title"]] or None

    def pieces(self, reader: Reader, messages: Iterable[Message]) -> list[Answer]:
        """Messages as the page's scripts take them: ready HTML for the list and for the thread panel, and where they go."""
        return [self._piece(reader, message) for message in messages]

    def _piece(self, reader: Reader, message: Message) -> Answer:
        bubble = reader.bubble(message)
        html = [
            self.template("_message.html", reader.me.language, b=bubble, panel=panel, reader=reader)
            for panel in ((True,) if message.thread else (False, True))
        ]
        return {
            "id": message.id,
            "thread": message.thread,
            "gone": message.deleted and not message.replies,
            "mine": bubble.mine,
            "says": bubble.says,
            "html": html[0],
            "panel": html[-1],
        }

    def now(self, shown: Shown | None, language: Language) -> Answer:
        """What the bot wants shown at once, as the page's scripts take it."""
        if shown is None:
            return {"kind": "none"}
        match shown.now:
            case OpenForm() as form:
                data = {"form": form, "words": _Words(shown)}
                return {"kind": "form", "html": self.template("_form.html", form.language, **data)}
            case FieldErrors(errors=errors):
                return {"kind": "errors", "errors": {name: _Words(shown)[key] for name, key in errors}}
            case Sheet() as sheet:
                body = Markup(bot_html(shown.words[sheet.template]))
                html = self.template("_sheet.html", sheet.language, body=body, buttons=shown.buttons)
                return {"kind": "sheet", "html": html}
            case Toast(template=template):
                return {"kind": "toast", "text": shown.words[template]}


def _step(step: Answer, language: Language) -> Answer:
    """A step with its words: the bot's own, else the messenger's for that key."""
    words = {part: step.get(part) or find(f"steps.{step.get('key')}.{part}", language) for part in ("title", "hint")}
    return {"done": bool(step.get("done")), **words}


class _Words:
    """The bot's words by template key: plain text, but for `body`, which is CommonMark made HTML."""

    def __init__(self, shown: Shown) -> None:
        self._words = shown.words

    def __getitem__(self, key: str) -> str:
        return self._words.get(key, key)

    def body(self, key: str) -> Markup:
        return Markup(bot_html(self[key]))
