"""One message, form or page of the gallery, before a door renders it; and the voice that remembers what went into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.doors import Delivery, Label, Shown
from bot.model.base import Language
from bot.model.library import Library
from bot.model.place import Account, MessageRef, Place
from bot.outcome import At, Button, Direct, Now, OpenForm, Say, Under, Whisper
from bot.show import label, show
from bot.voice import Voice

MARK = re.compile(r"\s+@@([a-z]+\.(?:\\?\w)+)")
PERSON = re.compile(r"\(guyub:person/([0-9a-zA-Z-]+)\)")
LINK = re.compile(r"\((guyub:(?:message|card)/[^()\s]+)\)")
Kind = Literal["channel", "whisper", "direct", "toast", "form", "sheet", "errors", "home"]


@dataclass(frozen=True)
class Scene:
    """`what`: a Delivery, a Shown, or a home page's data. `form`: the open form that `errors` are told in."""

    feature: str
    name: str
    language: Language
    kind: Kind
    what: Any
    keys: frozenset[str]
    form: Shown | None = None


class Remembering(Voice):
    """The real words. Each is told with its template's name behind it, and `inside` knows what it was made of."""

    def __init__(self) -> None:
        super().__init__(Library("demo", "Perpustakaan Contoh"))
        self.inside: dict[str, set[str]] = {}
        self.depth: list[str] = []

    def __call__(self, template: str, data: Mapping[str, object], language: Language) -> str:
        self.depth.append(template)
        self.inside.setdefault(self.depth[0], set()).add(template)
        try:
            words = super().__call__(template, data, language)
        finally:
            self.depth.pop()
        return words if self.depth else f"{words}\n\n@@{template}"


def clear(text: str) -> str:
    """Without the marks."""
    return MARK.sub("", text)


def marks(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(key.replace("\\", "") for text in texts for key in MARK.findall(text))


def cleared(what: Any) -> Any:
    """A Delivery, a Shown, a home page or anything in them, without marks; and the keys that were marked."""
    match what:
        case str():
            return clear(what)
        case Delivery():
            return replace(what, text=clear(what.text), buttons=_labels(what.buttons))
        case Shown():
            now = what.now
            if isinstance(now, OpenForm):
                fields = [
                    replace(f, choices=tuple(replace(c, label=clear(c.label)) for c in f.choices), value=clear(f.value))
                    for f in now.fields
                ]
                now = replace(now, fields=tuple(fields))
            return Shown(now, {key: clear(text) for key, text in what.words.items()}, _labels(what.buttons))
        case Mapping():
            return {key: cleared(value) for key, value in what.items()}
        case list() | tuple():
            return [cleared(one) for one in what]
    return what


def _labels(labels: tuple[Label, ...]) -> tuple[Label, ...]:
    return tuple(replace(one, text=clear(one.text)) for one in labels)


def keys_of(what: Any) -> frozenset[str]:
    match what:
        case str():
            return marks([what])
        case Delivery():
            return marks([what.text, *(one.text for one in what.buttons)])
        case Shown():
            fields = what.now.fields if isinstance(what.now, OpenForm) else ()
            own = {key.partition("#")[0] for key in what.words}
            return marks([one.text for one in what.buttons] + [c.label for f in fields for c in f.choices]) | own
        case Mapping():
            return frozenset().union(*map(keys_of, what.values()))
        case list() | tuple():
            return frozenset().union(*map(keys_of, what))
    return frozenset()


def scene(feature: str, name: str, language: Language, kind: Kind, what: Any, voice: Remembering, form: Any = None) -> Scene:
    """Of what was said or shown with its marks still in it."""
    keys = keys_of(what)
    return Scene(feature, name, language, kind, cleared(what), keys.union(*(voice.inside.get(k, ()) for k in keys)), form)


def kind_of(delivery: Delivery) -> Kind:
    return "whisper" if delivery.only_for else "direct" if delivery.private_to else "channel"


def delivery_of(say: Say, voice: Voice) -> Delivery:
    """As the outbox prepares it, without a store: everybody has an account, every link leads somewhere."""
    text = voice(say.template, say.data, say.language)
    buttons = tuple(label(one, voice, say.language) for one in say.buttons)
    people: dict[str, Account | None] = {id: Account("gallery", id, id) for id in PERSON.findall(text)}
    links = dict.fromkeys(LINK.findall(text), "https://guyub.test")
    d = Delivery("once", text, say.language, buttons=buttons, people=people, links=links, files=say.files)
    match say.to:
        case At(place):
            return replace(d, place=place)
        case Whisper(place, account):
            return replace(d, place=place, only_for=account)
        case Direct(member):
            return replace(d, private_to=Account("gallery", member, member))
        case Under(card):
            return replace(d, place=Place("gallery", "umum", card))


def said(template: str, data: Mapping[str, Any], language: Language, *buttons: Button, kind: Kind = "whisper") -> Say:
    """A Say of this kind, for what the walk did not meet."""
    place, who = Place("gallery", "#umum"), Account("gallery", "sari", "Sari")
    to = {"whisper": Whisper(place, who), "direct": Direct("sari"), "channel": At(place)}[kind]
    return Say(to, template, data, language, buttons)  # type: ignore[arg-type]


def shown_of(now: Now, voice: Voice) -> Shown:
    """With links as addresses, as the app gives it."""
    shown = show(now, voice)
    words = {key: LINK.sub("(https://guyub.test)", text) for key, text in shown.words.items()}
    return replace(shown, words=words)


def at(channel: str = "umum") -> MessageRef:
    return MessageRef("gallery", channel, "m1")
