"""The main words as people see them, in both languages: the only test that asserts wording.

After a change on purpose: `python -m tests.test_words_golden`, then read the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.flow.cards import gone_posts
from bot.model.library import Library
from bot.model.place import MessageRef
from bot.model.question import Guess, State
from bot.voice import Voice
from tests.words import (
    ANSWER,
    BINDING,
    BUDI,
    CASES,
    DEWI,
    ENGLISH,
    ITEM,
    NAME,
    NOW,
    REFERENCE,
    TEXT,
    Case,
    ask_of,
    question,
    said,
)

GOLDEN = Path(__file__).parent / "words_golden.md"
WHOLE = (
    *("ask.suggest", "ask.same", "answer.relay", "answer.nudge", "answer.did_it_help", "card.centre", "keep.consent"),
    *("helpers.steward", "review.card", "review.sheet", "review.published", "find.results", "find.item", "find.nothing"),
    *("belong.list", "belong.joined", "help.help", "help.mistyped", "profile.intro"),
)


def by_command(state: State) -> list[Case]:
    """The cards of a question that was asked by command, in a channel of its own."""
    q = question(state, origin=MessageRef("web", "umum", ""))
    if state in (State.ASKED_BACK, State.UNPLACED):
        shown = said(replace(q, community=None), community=None, bindings=(), asked=())
    else:
        shown = said(q, helped=(BUDI, DEWI) if state is State.SOLVED else ())
    return [Case(s.template, s.data) for s in shown]


def told() -> Case:
    """A question's whole way, as /mengapa tells it."""
    way: list[tuple[str, dict[str, str]]] = [
        ("offered", {"items": "1", "sure": "0.71"}),
        ("not_quite", {}),
        ("routed", {"community": "Sirkulasi", "sure": "0.82", "asked": "2"}),
        ("next_wave", {}),
        ("asked_more", {"asked": "1"}),
        ("answered", {"who": "Budi"}),
        ("nudged", {}),
        ("solved", {"answers": "1"}),
    ]
    steps = [
        {"at": (NOW + timedelta(hours=n)).isoformat(), "what": what, "facts": facts} for n, (what, facts) in enumerate(way)
    ]
    guesses = [{"name": NAME, "sure": 0.82}, {"name": {"id": "Referensi", "en": "Reference"}, "sure": 0.11}]
    return Case("why.trace", {"text": TEXT, "state": "solved", "steps": steps, "guesses": guesses})


def scenes() -> Iterator[tuple[str, Case]]:
    """A title and a template with its data."""
    for state in (State.ASKED_BACK, State.UNPLACED, State.OPEN, State.ANSWERED, State.SOLVED, State.WITHDRAWN):
        for case in by_command(state):
            yield state.value, case
    here = said(question(State.OPEN), bindings=(replace(BINDING, channel="umum"),))[0]
    yield "asked in the community's own channel", Case(here.template, here.data)
    again = question(State.OPEN).noted(ANSWER.at, "not_yet")
    reopened = said(again, helped=(BUDI,), asked=(ask_of(BUDI, "rotation"), ask_of(DEWI, "referred:Budi")))[0]
    yield "open again", Case(reopened.template, reopened.data)
    private = said(question(State.OPEN), bindings=())[1]
    yield "asked in private", Case(private.template, private.data)
    offered = question(State.OFFERED, offered=(Guess("i1", 0.86),))
    for name, items in (("one item", (ITEM,)), ("one item in English", (ENGLISH,)), ("several items", (ITEM, ENGLISH))):
        card = said(offered, items=items)[0]
        yield name, Case(card.template, card.data)
    moved = gone_posts(question(State.OPEN), (BINDING,), REFERENCE)[0]
    yield "moved away", Case(moved.template, moved.data)
    for key in WHOLE:
        yield "", next((c for c in CASES if c.key == key), Case(key, {}))
    yield "", told()


def rendered() -> str:
    voice = Voice(Library("demo", "Perpustakaan Contoh"))
    out = ["# The main words. Written by tests/test_words_golden.py"]
    for title, case in scenes():
        for language in ("id", "en"):
            out += [f"\n## {case.key}{f' ({title})' if title else ''}, {language}\n", voice(case.key, case.data, language)]
    return "\n".join(out) + "\n"


def test_the_main_words_are_as_agreed() -> None:
    assert rendered() == GOLDEN.read_text("utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(rendered(), "utf-8")
