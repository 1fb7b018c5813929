"""The time on a question's card: read from its trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.desk import Rules
from bot.flow.waiting import next_look, sure_of
from bot.model.question import State
from tests.words import NOW, question

RULES = Rules()
LATER = NOW + timedelta(hours=5)


def test_others_are_asked_after_the_first_wave() -> None:
    assert next_look(question(State.OPEN), RULES) == NOW + RULES.next_wave


def test_the_time_stays_when_the_card_is_drawn_again() -> None:
    joined = question(State.OPEN).noted(LATER, "joined", who="Budi").noted(LATER, "edited")
    assert next_look(joined, RULES) == NOW + RULES.next_wave


def test_each_wave_sets_the_clock_anew() -> None:
    more = question(State.OPEN).noted(LATER, "asked_more", asked="2")
    assert next_look(more, RULES) == LATER + RULES.next_wave
    assert next_look(more.noted(LATER, "asked_more", asked="0"), RULES) == LATER + RULES.to_steward


def test_no_time_is_promised_where_nobody_else_is_asked_by_itself() -> None:
    q = question(State.OPEN)
    assert next_look(q.noted(LATER, "to_steward", stewards="1"), RULES) is None
    assert next_look(q.noted(LATER, "not_yet"), RULES) is None
    assert next_look(replace(q, state=State.ANSWERED), RULES) is None
    assert next_look(replace(q, trace=()), RULES) is None


def test_only_the_router_gives_a_probability() -> None:
    assert sure_of(question(State.OPEN)) == 0.82
    assert sure_of(question(State.OPEN, how="chosen")) is None
    assert sure_of(question(State.OPEN).noted(LATER, "moved", community="reference", sure="", asked="1")) is None
    assert sure_of(replace(question(State.OPEN), trace=())) is None
