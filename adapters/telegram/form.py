"""A form as a conversation: a field a step, a summary, then it is sent. Pure: a state and what happened → the next state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import TypeAdapter

from bot.doors import Shown
from bot.model.base import Language
from bot.outcome import FieldErrors, OpenForm

A_PAGE = 20  # choices shown at a time
ERROR_EMPTY, ERROR_LONG, ERROR_PICK = "telegram.form_empty", "telegram.form_long", "telegram.form_pick"


@dataclass(frozen=True, slots=True)
class Asked:
    """One field, its words ready. `value`: what stands there now."""

    name: str
    kind: Literal["line", "text", "one", "many", "tick"]
    label: str
    hint: str = ""
    value: str = ""
    required: bool = False
    longest: int = 3000
    choices: tuple[tuple[str, str], ...] = ()  # (value, label)

    @property
    def written(self) -> bool:
        return self.kind in ("line", "text")

    def shown(self, value: str) -> str:
        """A value as people read it; "yes" and "no" of a tick stay for the caller to say."""
        named = dict(self.choices)
        if self.kind == "one":
            return named.get(value, value)
        return ", ".join(named.get(one, one) for one in value.split("\n") if one) if self.kind == "many" else value


@dataclass(frozen=True, slots=True)
class Form:
    """A form that somebody fills in.

    `todo`: fields still to ask, the first of them now; `done`: those behind, for going back. `seen`: the last update that
    changed it, so that the same one again changes nothing. `message`: the one that shows it, `on_show` the step it shows
    (-2: none; the number of fields: the summary). `channel`, `thread`, `private`: where it was opened, and so is answered.
    """

    token: str
    name: str
    subject: str
    title: str
    submit: str
    intro: str
    language: Language
    fields: tuple[Asked, ...]
    user: str
    called: str
    channel: str
    thread: str
    private: bool
    locale: Language | None = None
    values: tuple[tuple[str, str], ...] = ()
    todo: tuple[int, ...] = ()
    done: tuple[int, ...] = ()
    error: str = ""  # a template key of ours, or
    told: str = ""  # what the core said is wrong
    wrong: tuple[tuple[int, str], ...] = ()  # what the core said of the fields still to ask
    page: int = 0
    seen: int = 0
    message: int = 0
    on_show: int = -2
    paused: bool = False
    touched: bool = False

    @property
    def step(self) -> int:
        """The field that is asked now; the number of fields at the summary."""
        return self.todo[0] if self.todo else len(self.fields)

    @property
    def asked(self) -> Asked | None:
        return self.fields[self.todo[0]] if self.todo else None

    def value(self, name: str) -> str:
        return dict(self.values).get(name, "")

    def answered(self) -> tuple[tuple[str, str], ...]:
        """Every field with its value, as a Submitted has them."""
        return tuple((one.name, self.value(one.name)) for one in self.fields)


STORED = TypeAdapter(Form)


@dataclass(frozen=True, slots=True)
class Where:
    """Who opened a form, and where."""

    user: str
    called: str
    channel: str
    thread: str
    private: bool
    locale: Language | None = None


def opened(shown: Shown, where: Where, token: str, update: int) -> Form:
    """`shown.now` is an OpenForm."""
    form = shown.now
    assert isinstance(form, OpenForm)
    words = shown.words
    fields = tuple(
        Asked(
            f.name,
            f.kind,
            words.get(f.label, f.label),
            words.get(f.hint, "") if f.hint else "",
            f.value,
            f.required,
            f.longest,
            tuple((c.value, c.label) for c in f.choices),
        )
        for f in form.fields
    )
    return Form(
        token,
        form.name,
        form.subject,
        words[form.title],
        words[form.submit],
        words.get(form.intro, "") if form.intro else "",
        form.language,
        fields,
        where.user,
        where.called,
        where.channel,
        where.thread,
        where.private,
        where.locale,
        values=tuple((f.name, f.value) for f in fields),
        todo=tuple(range(len(fields))),
        seen=update,
    )


def wrote(form: Form, text: str, update: int) -> Form:
    """A message by the person: the value of a field to write; elsewhere, perhaps an option by its name."""
    if update <= form.seen:
        return form
    form = replace(form, seen=update, error="", told="")
    asked, text = form.asked, text.strip()
    if asked is None:
        return replace(form, error=ERROR_PICK)
    if not asked.written:
        found = [value for value, label in asked.choices if label.casefold() == text.casefold()]
        return _took(form, found[0]) if found and asked.kind == "one" else replace(form, error=ERROR_PICK)
    if asked.kind == "line":
        text = " ".join(text.split())
    if len(text) > asked.longest:
        return replace(form, error=ERROR_LONG)
    return _took(form, text)


def pressed(form: Form, act: str, update: int) -> Form:
    """A button: k keep · s skip · d done · b back · o<n> an option · y, n a tick · p<n> a page. Others change nothing."""
    if update <= form.seen:
        return form
    form = replace(form, seen=update, error="", told="", paused=False)
    kind, number, asked = act[:1], act[1:], form.asked
    index = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else -1
    if kind == "b" and form.done:
        return replace(form, todo=(form.done[-1], *form.todo), done=form.done[:-1], page=0)
    if asked is None:
        return form
    match kind:
        case "k":
            return _took(form, asked.value)
        case "s" if not asked.required:
            return _took(form, "")
        case "d" if asked.kind == "many":
            return _took(form, form.value(asked.name))
        case "y" | "n" if asked.kind == "tick":
            return _took(form, "yes" if kind == "y" else "")
        case "p":
            return replace(form, page=max(index, 0))
        case "o" if 0 <= index < len(asked.choices):
            value = asked.choices[index][0]
            return _took(form, value) if asked.kind == "one" else _toggled(form, asked, value)
    return form


def refused(form: Form, shown: Shown) -> Form:
    """The core found something wrong: those fields are asked again, all else is kept."""
    errors = shown.now
    assert isinstance(errors, FieldErrors)
    places = {one.name: n for n, one in enumerate(form.fields)}
    told = [(places[name], shown.words[key]) for name, key in errors.errors if name in places]
    again = replace(form, touched=True, wrong=tuple(told), todo=tuple(n for n, _ in told), done=(), page=0)
    if told:
        return replace(again, told=told[0][1])
    return replace(again, told=next((shown.words[key] for _, key in errors.errors), ""))


def _took(form: Form, value: str) -> Form:
    """The value is in; the next field's turn."""
    asked = form.fields[form.todo[0]]
    if asked.required and not value.strip():
        return replace(form, error=ERROR_EMPTY)
    todo = form.todo[1:]
    said = dict(form.wrong).get(todo[0], "") if todo else ""
    return replace(
        form,
        values=_with(form.values, asked.name, value),
        todo=todo,
        done=(*form.done, form.todo[0]),
        page=0,
        touched=True,
        told=said,
    )


def _toggled(form: Form, asked: Asked, value: str) -> Form:
    chosen = [one for one in form.value(asked.name).split("\n") if one]
    chosen = [one for one in chosen if one != value] if value in chosen else [*chosen, value]
    order = [one for one, _ in asked.choices]
    kept = "\n".join(sorted(chosen, key=lambda one: order.index(one) if one in order else len(order)))
    return replace(form, values=_with(form.values, asked.name, kept), touched=True)


def _with(values: tuple[tuple[str, str], ...], name: str, value: str) -> tuple[tuple[str, str], ...]:
    changed: Mapping[str, str] = {**dict(values), name: value}
    return tuple(changed.items())


@dataclass(frozen=True, slots=True)
class Key:
    """A button of a form. `words`: a template key of ours with its `value`, or `text` as it is."""

    act: str
    words: str = ""
    text: str = ""
    value: str = ""
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Step:
    """What to show: a template of ours with its fields, and rows of buttons."""

    template: str
    data: Mapping[str, object]
    rows: tuple[tuple[Key, ...], ...] = field(default_factory=tuple)


def whole(form: Form) -> bool:
    """A single field needs no summary."""
    return len(form.fields) > 1


def step_of(form: Form) -> Step:
    """What the person sees now. Values of ticks in the summary are "yes" or "": the caller says them."""
    asked = form.asked
    if asked is None:
        rows = [{"label": one.label, "value": one.shown(form.value(one.name)), "kind": one.kind} for one in form.fields]
        data: dict[str, object] = {"title": form.title, "rows": rows, "error": form.told}
        return Step("telegram.form_summary", data, ((Key("g", text=form.submit, style="good"),), *_foot(form)))
    data = {
        "title": form.title,
        "intro": "" if form.done else form.intro,
        "number": form.step + 1,
        "of": len(form.fields),
        "label": asked.label,
        "hint": asked.hint,
        "kind": "write" if asked.written else asked.kind,
        "error": form.told,
    }
    return Step("telegram.form_step", data, (*_options(form, asked), *_outs(form, asked), *_foot(form)))


def _options(form: Form, asked: Asked) -> tuple[tuple[Key, ...], ...]:
    if asked.kind == "tick":
        return ((Key("y", "telegram.form_yes"), Key("n", "telegram.form_no")),)
    pages = max(1, -(-len(asked.choices) // A_PAGE))
    page = min(form.page, pages - 1)
    chosen = form.value(asked.name).split("\n")
    rows = tuple(
        (Key(f"o{n}", text=f"✓ {label}" if value in chosen and asked.kind == "many" else label),)
        for n, (value, label) in list(enumerate(asked.choices))[page * A_PAGE : (page + 1) * A_PAGE]
    )
    less = (Key(f"p{page - 1}", "telegram.form_less"),) if page else ()
    more = (Key(f"p{page + 1}", "telegram.form_more"),) if page < pages - 1 else ()
    return (*rows, (*less, *more)) if less or more else rows


def _outs(form: Form, asked: Asked) -> tuple[tuple[Key, ...], ...]:
    if asked.kind == "many":
        return ((Key("d", "telegram.form_done", style="good"),),)
    if asked.value and asked.kind != "tick":
        keep = Key("k", "telegram.form_keep", value=asked.shown(asked.value))
        return ((keep,),) if asked.required or asked.kind == "one" else ((keep,), (Key("s", "telegram.form_skip"),))
    return () if asked.required or asked.kind == "tick" else ((Key("s", "telegram.form_skip"),),)


def _foot(form: Form) -> tuple[tuple[Key, ...], ...]:
    back = (Key("b", "telegram.form_back"),) if form.done else ()
    return ((*back, Key("x", "telegram.form_cancel")),)
