"""A scene as Telegram gets it: HTML and keyboards from the door's own render functions, forms as the steps that they become."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from telegram import InlineKeyboardMarkup

from adapters.telegram.form import Form, Where, opened, pressed, refused, wrote
from adapters.telegram.guide import Guide
from adapters.telegram.keyboard import button, data_of, keyboard, link
from adapters.telegram.render import CAPTION, Part, render
from adapters.telegram.shows import LONG_TOAST, MOST_TOAST
from adapters.telegram.text import units
from adapters.telegram.translate import OPAQUE
from bot.commonmark import prose
from bot.doors import Delivery, Label, Shown
from bot.model.base import Language
from bot.model.place import Account
from bot.outcome import FieldErrors, OpenForm, Sheet, Toast
from bot.show import plain
from tests.gallery.scene import MARK, Remembering, Scene, clear
from tests.gallery.slack import OURS

LINK = "https://t.me/c/1900000001/42"
BOT = "https://t.me/guyub_bot?start="


@dataclass(frozen=True)
class Sent:
    """One thing that appears: a message ("says"), a pop-up at the top ("toast") or in the middle ("alert"), a file."""

    how: str
    part: Part
    markup: InlineKeyboardMarkup | None = None
    step: str = ""


def user_of(name: str) -> str:
    """A user id that is always the same."""
    return str(500_000_000 + zlib.crc32(name.split("@")[0].encode()) % 1_000_000)


def localised(what: Any) -> Any:
    match what:
        case Delivery():
            people = {id: a and Account("telegram", user_of(a.user), a.name) for id, a in what.people.items()}
            return replace(what, people=people, links={key: LINK if found else "" for key, found in what.links.items()})
        case Shown():
            return replace(what, words={key: OURS.sub(LINK, text) for key, text in what.words.items()})
    return what


class Clear:
    """The words without marks, for the door's own classes; the marks are remembered."""

    def __init__(self, voice: Remembering) -> None:
        self.voice, self.keys = voice, set[str]()

    def __call__(self, template: str, data: Any, language: Language) -> str:
        words = self.voice(template, data, language)
        self.keys.update(MARK.findall(words))
        return clear(words)


def sent(one: Scene, words: Clear) -> list[Sent]:
    """In order. A home page is Slack's alone."""
    what = localised(one.what)
    if one.kind == "home":
        return []
    if isinstance(what, Delivery):
        return _says(what)
    match what.now:
        case Toast(template):
            return [_toast(what.words[template])]
        case Sheet(template):
            return _says(Delivery("once", what.words[template], one.language, buttons=what.buttons))
        case OpenForm():
            return list(steps(what, words))
        case FieldErrors(errors):
            return _errors(one, what, words) if one.form else [_toast("\n".join(what.words[key] for _, key in errors))]
    raise TypeError(one.kind)


def _toast(text: str) -> Sent:
    if units(text) > MOST_TOAST:
        return Sent("says", render(prose(text), {}, {})[0])
    return Sent("alert" if len(text) > LONG_TOAST else "toast", Part(text, text))


def data(label: Label) -> str:
    """As `Notes.data` makes it, without its memory."""
    if (plain_data := data_of(label)) is not None:
        return plain_data
    return OPAQUE + hashlib.sha256(json.dumps([label.action, label.value, None]).encode()).hexdigest()[:32]


def _says(d: Delivery) -> list[Sent]:
    """As `Sender.post` does it."""
    markup = keyboard([button(one.text, data(one), one.style) for one in d.buttons])
    texts = render(d.text, d.people, d.links)
    if len(d.files) == 1 and len(short := render(d.text, d.people, d.links, CAPTION)) == 1 and d.text.strip():
        return [Sent(f"file {d.files[0][0]}", short[0], markup)]
    made = [Sent("says", part, markup if part is texts[-1] else None) for part in texts]
    return made + [Sent(f"file {name}", Part("", "")) for name, _ in d.files]


def guide_of(words: Clear) -> Guide:
    async def nobody(form: Form, update: int) -> None: ...

    sender: Any = SimpleNamespace(notes=None)
    return Guide(sender, words, lambda task: None, nobody)  # type: ignore[arg-type]


def form_of(shown: Shown) -> Form:
    language = shown.now.language
    return opened(shown, Where(user_of("tono"), "Tono", "-1900000001", "", False, language), "7f3a9c21", 1)


def steps(shown: Shown, words: Clear) -> Iterator[Sent]:
    """Every step as it is asked, with what stands there kept, the summary, and what is said around it."""
    guide, form = guide_of(words), form_of(shown)
    update = 2
    while form.asked:
        asked = form.asked
        part, markup = guide._step(form)
        yield Sent("says", part, markup, f"{form.step + 1}/{len(form.fields)}")
        if asked.kind == "many":
            form = pressed(form, "d", update)
        elif asked.kind == "tick":
            form = pressed(form, "y", update)
        elif asked.choices:
            form = pressed(form, f"o{len(asked.choices) - 1}", update)
        else:
            form = wrote(form, asked.value or sample(form.language), update)
        update += 1
    if len(form.fields) > 1:
        part, markup = guide._step(form)
        yield Sent("says", part, markup, "summary")


def sample(language: Language) -> str:
    return "Buku referensi yang hilang" if language == "id" else "Lost reference books"


def _errors(one: Scene, what: Shown, words: Clear) -> list[Sent]:
    guide = guide_of(words)
    part, markup = guide._step(refused(form_of(localised(one.form)), what))
    return [Sent("says", part, markup, "refused")]


def around(shown: Shown, words: Clear, language: Language) -> Iterator[tuple[str, Sent]]:
    """What the Telegram door says by itself: around forms, and where somebody cannot be written to."""
    guide, form = guide_of(words), form_of(shown)

    def says(key: str, data: Any, markup: InlineKeyboardMarkup | None = None) -> Sent:
        return Sent("says", render(words(f"telegram.{key}", data, language), {}, {})[0], markup)

    for key in ("form_empty", "form_long", "form_pick"):
        part, markup = guide._step(replace(form, error=f"telegram.{key}"))
        yield f"telegram.{key}", Sent("says", part, markup)
    part, markup = guide._conflict(form, replace(form, title=sample(language)))
    yield "telegram.form_other", Sent("says", part, markup)
    resume = guide._button(form, SimpleNamespace(words="telegram.form_resume", value="", act="r", style="plain"))  # type: ignore[arg-type]
    yield "telegram.form_paused", says("form_paused", {"title": form.title}, keyboard([resume]))
    yield "telegram.form_cancelled", says("form_cancelled", {"title": form.title})
    yield "telegram.form_sent", says("form_sent", {})
    for key in ("form_in_private", "form_gone"):
        yield f"telegram.{key}", _toast(plain(words(f"telegram.{key}", {}, language)))
    for count in (1, 3):
        who = {"id": "501", "name": "Sari"}
        text = words("telegram.hint", {"who": who, "count": count}, language)
        part = render(text, {"501": Account("telegram", user_of("sari"), "Sari")}, {})[0]
        markup = keyboard([link(words("telegram.button_hint", {}, language), f"{BOT}w1")])
        yield f"telegram.hint, {count}", Sent("says", part, markup)
    for name, other in (("more choices than fit", replace(many(form), page=1)), ("yes or no", tick(form))):
        part, markup = guide._step(other)
        yield f"telegram.form_step, {name}", Sent("says", part, markup)


def many(form: Form) -> Form:
    """The same form about a choice of fifty."""
    name = "Komunitas" if form.language == "id" else "Community"
    choices = tuple((str(n), f"{name} {n}") for n in range(1, 51))
    return replace(form, fields=(replace(form.fields[0], kind="one", choices=choices, required=True),), todo=(0,))


def tick(form: Form) -> Form:
    """The same form about a yes or no."""
    return replace(form, fields=(replace(form.fields[0], kind="tick"),), todo=(0,))
