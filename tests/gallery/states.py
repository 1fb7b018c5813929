"""What the walk leaves out, each set as it comes: cards in every state, traces, imports, long texts, and every other word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.flow.cards import gone_posts
from bot.flow.people import item_data, link_to, person
from bot.model.base import Language
from bot.model.knowledge import Item
from bot.model.place import MessageRef
from bot.model.question import Guess, Question, State
from bot.outcome import Button, Data, FieldErrors, Say, Sheet, Toast
from tests.gallery.scene import Kind, Remembering, Scene, delivery_of, kind_of, said, scene, shown_of
from tests.gallery.states_meetings import meeting_says, meeting_sheets
from tests.test_house import variables
from tests.test_words_golden import told
from tests.words import (
    ANSWER,
    BINDING,
    BUDI,
    CASES,
    DEWI,
    ENGLISH,
    FACTS,
    ITEM,
    NAME,
    NOW,
    ORIGIN,
    REFERENCE,
    SARI,
    STEPS,
    TEXT,
    ask_of,
    question,
)
from tests.words import said as cards_of

ROOT = Path(__file__).parents[2]
ENGLISH_TEXT = "A patron lost a reference book.\nIs the fine based on the price then or the price now?"
TEXTS: dict[Language, str] = {"id": TEXT, "en": ENGLISH_TEXT}
WRITTEN: Item = replace(
    ENGLISH,
    problem=ENGLISH_TEXT,
    solution="The price now, and a processing fee.\nThere is a sample in the attachment.",
    steps=("Look the price up in an online bookshop", "Add Rp25,000 for processing", "Note it in SLiMS"),
    files=ITEM.files,
    thanks=3,
)
ITEMS: dict[Language, tuple[Item, Item]] = {"id": (ITEM, WRITTEN), "en": (WRITTEN, ITEM)}
ASKED: dict[Language, Any] = {
    "id": (ask_of(BUDI, "said:denda, buku hilang"), ask_of(DEWI, "answered:harga")),
    "en": (ask_of(BUDI, "said:fines, lost books"), ask_of(DEWI, "answered:prices")),
}
TURN = (ask_of(BUDI, "rotation"), ask_of(DEWI, "referred:Budi"))

#: Not for Slack or Telegram: a terminal's words, the local messenger's, and what Telegram shows in its own places
ELSEWHERE = (
    "firststeps.",
    "import.",
    "imported.summary",
    "rehearse.",
    "telegram.description",
    "telegram.short_description",
    "telegram.does_",
)
#: No words of their own: parts of others, and what stands on buttons, in forms and lists
PART = re.compile(
    r"card\.(question|why_them|why_you|contributors|language_mark)|find\.(about|steps|files|credits)|link\.door"
    r"|why\.(?!trace$|nothing$).*|home\..*|\w+\.(button|form|field|hint|usage|does|mode|visible|away)_.*"
    r"|\w+\.\w+_(title|submit|intro)|profile\.intro|profile\.intro_alone|steward\.any_community"
    r"|meeting\.(name|lead|free|what|dates|face|soon|quiet_none)|\w+\.intro|digest\.(body|load|language_reader|(date|day)_\w+)|meeting\.(about|format|assumed|lead)_\w+|meetings\.\w+|slack\.close|profile\.\w+_no"
)


def card_says(language: Language) -> Iterator[tuple[str, Say]]:
    """A name and a card, its buttons with it."""
    by_command = MessageRef("web", "umum", "")

    def q(state: State, **more: Any) -> Question:
        return replace(question(state, **more), text=TEXTS[language], language=language)

    def shown(name: str, q: Question, **more: Any) -> Iterator[tuple[str, Say]]:
        for say in cards_of(q, **({"asked": ASKED[language]} | more)):
            yield f"{say.template}, {name}", say

    for state in (State.OPEN, State.ANSWERED, State.SOLVED, State.WITHDRAWN):
        helped = (BUDI, DEWI) if state is State.SOLVED else ()
        yield from shown("asked by command", q(state, origin=by_command), helped=helped)
        yield from list(shown("asked by message", q(state, joined=("dewi1",)), helped=helped))[1:]
    yield from shown("in the community's own channel", q(State.OPEN), bindings=(replace(BINDING, channel="umum"),))
    yield from list(shown("asked in private", q(State.OPEN), bindings=()))[1:2]
    steward = q(State.OPEN).noted(NOW, "to_steward", stewards="1")
    yield from list(shown("a steward alone", steward, asked=(), bindings=()))[:1]
    yield from shown("it is their turn", q(State.OPEN), asked=TURN)
    yield from list(shown("nobody to ask", q(State.OPEN), asked=()))[1:]
    yield from list(shown("taken to the learning centre", q(State.OPEN), community=None, asked=(), bindings=()))
    reopened = q(State.OPEN, how="moved").noted(NOW, "not_yet")
    yield from list(shown("open again", reopened, helped=(BUDI,), answers=(ANSWER,)))[1:]
    for state in (State.ASKED_BACK, State.UNPLACED):
        lost = replace(q(state, origin=by_command), community=None)
        yield from shown("asked by command", lost, community=None, bindings=(), asked=())
    own, other = ITEMS[language]
    offered = q(State.OFFERED, offered=(Guess("i1", 0.86),))
    yield from list(shown("one item", offered, items=(own,)))[-1:]
    yield from list(shown("one item in the other language", offered, items=(other,)))[-1:]
    yield from list(shown("several items", offered, items=(own, other)))[-1:]
    yield from shown("solved by an item", q(State.SOLVED, solved_by="item"))
    yield from list(shown("refused", q(State.REFUSED)))[-1:]
    long = replace(q(State.OPEN), text=f"{TEXTS[language]} " * 60)
    yield from list(shown("a long question", long))[:1]
    yield from list(shown("a long question asked by command", replace(long, origin=by_command)))[:1]
    for to in (REFERENCE, None):
        for say in gone_posts(q(State.OPEN), (BINDING,), to):
            yield f"card.moved, to {'another community' if to else 'nowhere known'}", say


def traces() -> Iterator[tuple[str, Data]]:
    case = told()
    yield "why.trace", case.data
    steps = [{"at": NOW.isoformat(), "what": what, "facts": FACTS} for what in STEPS]
    yield "why.trace, every step there is", dict(case.data) | {"steps": steps}
    for state in State:
        yield f"why.trace, {state.value}", dict(case.data) | {"steps": steps[:1], "state": state.value, "guesses": []}


def set_says(language: Language) -> Iterator[tuple[str, Say]]:
    """Messages with buttons that the walk does not come by."""
    text = TEXTS[language]
    link = link_to(ORIGIN)
    same = {"text": text, "asker": "Budi", "mine": False, "card": "guyub:card/ask:q2"}
    join = (
        Button("join_question", "q1:q2", "ask.button_me_too", style="good"),
        Button("ask_anyway", "q1", "ask.button_different"),
    )
    for name, more in (("ask.same", {}), ("ask.same, mine", {"mine": True})):
        yield name, said("ask.same", same | more, language, *join)
    unopened = {"people": [person(SARI), person(BUDI)]}
    opens = Button("reach_me", "", "reach.button_open", style="good")
    yield "reach.please", said("reach.please", unopened, language, opens, kind="channel")
    pick = Button("place_other", "q1", "card.button_pick")
    centre = {"text": text, "cut": False, "asker": person(SARI), "origin": link}
    yield "card.centre", said("card.centre", centre, language, pick, kind="direct")
    review = Button("command", "tinjau", "imported.button_review", style="good")
    waiting = said("imported.waiting", {"community": NAME, "count": 14}, language, review, kind="direct")
    yield "imported.waiting", waiting
    mine = Button("my_imports", "0", "imported.button_mine")
    yield "imported.yours", said("imported.yours", {"count": 3}, language, mine, kind="direct")
    turn = {"asked": [{"who": person(m), "why": a.why} for m, a in TURN]}
    yield "helpers.turn", said("helpers.turn", turn, language, kind="channel")
    yield "helpers.steward", said("helpers.steward", {"text": text, "link": link}, language, kind="direct")
    files = (("contoh.pdf", "ab"), ("foto.jpg", "cd"))
    relay = {"author": person(BUDI), "text": TEXTS[language], "source": link, "files": 2, "deleted": False}
    yield "answer.relay, with files", said("answer.relay", relay, language, kind="channel")
    carried = {"author": person(BUDI), "files": 2, "missing": []}
    yield "carry.files", replace(said("carry.files", carried, language, kind="channel"), files=files)
    carried = carried | {"files": 0, "missing": ["skripsi-besar.zip"]}
    yield "carry.files, too big", said("carry.files", carried, language, kind="channel")
    yield "slack.home", said("slack.home", {}, language, kind="direct")


def sheets(language: Language) -> Iterator[tuple[str, Sheet]]:
    own, other = ITEMS[language]
    yield "card.whole", Sheet("card.whole", {"text": f"{TEXTS[language]} " * 20}, language)
    yield "link.code", Sheet("link.code", {"code": "7KQF-M3XW", "until": NOW.isoformat()}, language)
    for name, data in traces():
        yield name, Sheet("why.trace", data if language == "id" else dict(data) | {"text": ENGLISH_TEXT}, language)
    rows = [{"number": n, "title": i.title, "text": i.solution} for n, i in enumerate((own, other), 1)]
    keep = tuple(Button("withhold", f"a{n}", "imported.button_withhold", {"number": n}) for n in (1, 2))
    more = Button("my_imports", "5", "imported.button_more")
    other_one = Button("not_me", "", "imported.button_not_me")
    yield "imported.mine", Sheet("imported.mine", {"answers": rows}, language, (*keep, more, other_one))
    near = {"item": item_data(own), "near": item_data(other)}
    merge = Button("merge", "i1:i2", "review.button_merge", {"title": other.title})
    decide = (
        Button("approve", "i1", "review.button_approve", style="good"),
        Button("edit_item", "i1", "review.button_edit"),
        merge,
        Button("reject", "i1", "review.button_reject", style="danger"),
    )
    yield "review.sheet, something alike is there", Sheet("review.sheet", near, language, decide)
    overdue = {"item": item_data(own), "overdue": True}
    yield (
        "find.item, overdue",
        Sheet("find.item", overdue, language, (Button("fits", "q1:i1", "card.button_fits", style="good"),)),
    )
    long = replace(own, solution="\n".join(f"{n}. {own.solution}" for n in range(1, 120)), steps=own.steps * 20)
    yield "find.item, long", Sheet("find.item", {"item": item_data(long), "overdue": False}, language)


def how_said(source: str, key: str) -> Kind:
    """A toast where the code says so; else a word to the person alone."""
    named = re.escape(f'"{key}"')
    toast = key.startswith(("error.", "steward.bound_", "meeting.said_")) or re.search(
        rf"(Toast|Kindly)\(\s*{named}|{named} if .*Toast\(", source
    )
    if key.startswith("meeting.doubt_") or re.search(rf'\("\w+", {named}\)', source):
        return "errors"
    return "toast" if toast else "whisper"


def all_keys() -> list[str]:
    return sorted(key for language, key in Remembering().sources if language == "id")


def plain_data(voice: Remembering, key: str) -> list[Data]:
    """For a template without a case: it needs none, or it is not said (the test of every template then tells which)."""
    return [] if variables(voice.sources["id", key]) else [{}]


def source_code() -> str:
    folders = (ROOT / "bot", ROOT / "adapters")
    return "\n".join(path.read_text("utf-8") for folder in folders for path in sorted(folder.rglob("*.py")))


def others(language: Language, voice: Remembering, seen: frozenset[str], pressed: frozenset[str]) -> Iterator[Scene]:
    """Every word that is left, as a toast or a message, with every set of data. `pressed`: keys that come with buttons."""
    code = source_code()
    for key in all_keys():
        if PART.fullmatch(key) or key.startswith((*ELSEWHERE, "card.", "why.trace")) or key in pressed:
            continue
        kind = how_said(code, key)
        for number, data in enumerate([case.data for case in CASES if case.key == key] or plain_data(voice, key)):
            if key in seen and number == 0:
                continue
            name = key if number == 0 else f"{key}, {number + 1}"
            what: Any = delivery_of(said(key, data, language), voice)
            if kind == "toast":
                what = shown_of(Toast(key, data, language), voice)
            elif kind == "errors":
                what = shown_of(FieldErrors((("", key),), data, language), voice)
            yield scene(key.partition(".")[0], name, language, kind, what, voice)


def stated(language: Language, voice: Remembering) -> Iterator[Scene]:
    for name, say in (*card_says(language), *set_says(language), *meeting_says(language, voice)):
        made = delivery_of(say, voice)
        yield scene(say.template.partition(".")[0], name, language, kind_of(made), made, voice)
    for name, sheet in (*sheets(language), *meeting_sheets(language)):
        yield scene(sheet.template.partition(".")[0], name, language, "sheet", shown_of(sheet, voice), voice)
