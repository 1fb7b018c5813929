"""Finding what is kept: /cari over the items that the person may see, and reading one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import Commanded, Pressed, Submitted
from bot.flow.naming import match
from bot.flow.people import item_data
from bot.flow.settling import may_settle
from bot.model.access import Sight
from bot.model.knowledge import Item
from bot.model.question import State
from bot.outcome import JSON, Button, Field, OpenForm, Outcome, Sheet
from bot.registry import Feature
from bot.triage.text import is_blank
from bot.triage.words import terms

feature = Feature("find")

SHOWN = 5
LIKELY = 0.15  # the best hit's probability below which nothing was found: the nearest vector is always somewhere
AT_ALL = 0.02  # and that of the others beside it
FILTER = re.compile(r"(?<!\S)(di|in|komunitas|community|bahasa|lang|language):(\S+)", re.IGNORECASE)
BY_LANGUAGE = frozenset({"bahasa", "lang", "language"})
INDONESIAN = frozenset({"id", "indonesia", "indonesian"})
ENGLISH = frozenset({"en", "inggris", "english"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for. `community` as they wrote it, "" for all; `language` "id", "en" or ""."""

    text: str
    community: str = ""
    language: str = ""


def wanted(args: str) -> Wanted:
    """`denda di:sirkulasi bahasa:id` → words and filters."""
    found = {("language" if m[1].lower() in BY_LANGUAGE else "community"): m[2].lower() for m in FILTER.finditer(args)}
    language = found.get("language", "")
    short = "id" if language in INDONESIAN else "en" if language in ENGLISH else ""
    return Wanted(" ".join(FILTER.sub(" ", args).split()), found.get("community", ""), short)


@feature.command("cari", "find")
async def find(command: Commanded, desk: Desk) -> Outcome:
    look = wanted(command.args)
    if is_blank(look.text):
        field = Field("text", "line", "find.field_text", required=True, hint="find.hint_text", longest=500)
        return Outcome(now=OpenForm("find", "", "find.form_title", (field,), "find.form_submit", language=desk.language))
    return await _find(look, desk)


@feature.submits("find")
async def find_form(form: Submitted, desk: Desk) -> Outcome:
    look = wanted(form["text"])
    if is_blank(look.text):
        raise Kindly("find.what")
    return await _find(look, desk)


async def _find(look: Wanted, desk: Desk) -> Outcome:
    """To the person alone: titles, snippets and a button to read each."""
    sight = await desk.sight()
    ranked = await desk.find.ranked(await desk.find.query(look.text), sight)
    guesses = [g for g in ranked if g.probability >= AT_ALL] if ranked and ranked[0].probability >= LIKELY else []
    items = {i.id: i for i in await desk.items.many(tuple(g.id for g in guesses), sight)}
    everything = await desk.communities.all()
    keys = {c.id: c.key for c in everything}
    named = match(look.community, everything) if look.community else None
    fits = _Fits(look.language, bool(look.community), named.id if named else "")
    hits = [items[g.id] for g in guesses if g.id in items and fits(items[g.id])][:SHOWN]
    if not hits:
        return Outcome(
            say=(desk.reply("find.nothing", {"text": look.text[:200], "filtered": bool(look.community or look.language)}),)
        )
    rows = [
        item_data(i)
        | {"snippet": snippet(i, look.text), "community": keys.get(i.community, ""), "overdue": i.overdue(desk.now)}
        for i in hits
    ]
    buttons = tuple(
        Button("open", f"{i.id}:", "find.button_open", {"number": n, "title": i.title}) for n, i in enumerate(hits, 1)
    )
    return Outcome(say=(desk.reply("find.results", {"text": look.text[:200], "items": rows}, buttons=buttons),))


@dataclass(frozen=True, slots=True)
class _Fits:
    """Whether an item passes the filters. `narrow`: a community was named, whether or not there is one."""

    language: str
    narrow: bool
    community: str

    def __call__(self, item: Item) -> bool:
        return self.language in ("", item.language) and (not self.narrow or item.community == self.community)


def snippet(item: Item, text: str, most: int = 160) -> str:
    """The sentence of the answer that shares most words with what was looked for; the question stands in the title."""
    asked = set(terms(text).words)
    sentences = [s for part in (item.solution, *item.steps) for s in re.split(r"(?<=[.!?])\s+|\n+", part) if s.strip()]
    best = max(sentences, key=lambda s: len(asked & set(terms(s[:500]).words)), default=item.problem)
    return " ".join(best.split())[:most]


@feature.presses("open")
async def open_item(press: Pressed, desk: Desk) -> Outcome:
    """The whole item; where it was offered on a question, the asker may say that it fits."""
    id, _, question = press.value.partition(":")
    item = await _visible(id, await desk.sight(), desk)
    q = await desk.questions.get(question) if question else None
    fits = q is not None and q.state is State.OFFERED and may_settle(q, desk)
    buttons = (Button("fits", f"{question}:{id}", "card.button_fits", style="good"),) if fits else ()
    if any(f.sha256 for f in item.files):
        buttons = (*buttons, Button("item_files", item.id, "find.button_files"))
    if await desk.leads(item.community):
        buttons = (*buttons, Button("edit_item", item.id, "review.button_edit"))
    data: dict[str, JSON] = {"item": item_data(item), "overdue": item.overdue(desk.now)}
    return Outcome(now=Sheet("find.item", data, desk.language, buttons))


@feature.presses("item_files")
async def send_files(press: Pressed, desk: Desk) -> Outcome:
    """The item's attachments, to the person alone, from our own file store."""
    item = await _visible(press.value, await desk.sight(), desk)
    files = tuple((f.name, f.sha256) for f in item.files if f.sha256)
    return Outcome(say=(desk.reply("find.attached", {"title": item.title}, files=files),))


async def _visible(id: str, sight: Sight, desk: Desk) -> Item:
    found = await desk.items.many((id,), sight)
    if not found:
        raise Kindly("find.gone")
    return found[0]
