"""Whom to ask: never those who did not agree, are away, over their cap, the asker, or asked already."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.model.member import Askable
from bot.model.place import MessageRef
from bot.model.question import Answer
from bot.triage.who import Practitioner, practitioners, who_knows
from bot.triage.words import terms

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
QUESTION = terms("Bagaimana membersihkan buku yang berjamur?")
SARI = Practitioner("sari", knows="jamur dan naskah kuno", may_ask=True)
BUDI = Practitioner("budi", answered=("Buku berjamur disikat kering di luar ruangan",), may_ask=True)
TONO = Practitioner("tono", knows="katalog", may_ask=True)

PEOPLE = st.lists(
    st.builds(
        Practitioner,
        member=st.sampled_from([f"m{n}" for n in range(12)]),
        knows=st.sampled_from(["", "jamur", "mould, rare books", "sirkulasi"]),
        answered=st.sampled_from([(), ("buku berjamur dijemur",)]),
        may_ask=st.booleans(),
        away=st.booleans(),
        cap=st.integers(0, 4),
        asked=st.integers(0, 5),
        last_asked=st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    unique_by=lambda person: person.member,
    max_size=12,
)


@given(PEOPLE, st.frozensets(st.sampled_from([f"m{n}" for n in range(12)])), st.integers(0, 4))
def test_nobody_is_asked_who_should_not_be(people: list[Practitioner], asked: frozenset[str], most: int) -> None:
    by_name = {person.member: person for person in people}
    chosen = who_knows(QUESTION, people, asker="m0", asked=asked, most=most)
    assert len(chosen) <= most
    assert len({one.member for one in chosen}) == len(chosen)
    for one in chosen:
        person = by_name[one.member]
        assert person.may_ask and not person.away and person.asked < person.cap
        assert one.member != "m0" and one.member not in asked
        assert bool(one.words) == (one.why != "rotation")


@given(PEOPLE, st.randoms())
def test_the_order_they_come_in_does_not_matter(people: list[Practitioner], random: object) -> None:
    turned = sorted(people, key=lambda person: person.member, reverse=True)
    assert who_knows(QUESTION, people, asker="") == who_knows(QUESTION, turned, asker="")


def test_those_who_know_come_first_and_are_told_why() -> None:
    first, second = who_knows(QUESTION, [TONO, BUDI, SARI], asker="")
    assert (first.member, first.why, first.words) == ("budi", "answered", ("buku", "berjamur"))
    assert (second.member, second.why) == ("sari", "said")


def test_english_words_match_an_indonesian_question() -> None:
    english = Practitioner("ann", knows="mould removal", may_ask=True)
    assert who_knows(QUESTION, [english], asker="")[0].why == "said"


def test_where_nobody_knows_two_are_asked_in_turn() -> None:
    waiting = [replace(TONO, member=f"t{n}", last_asked=NOW - timedelta(days=n)) for n in range(1, 5)]
    chosen = who_knows(terms("xyz"), waiting, asker="")
    assert [(one.member, one.why) for one in chosen] == [("t4", "rotation"), ("t3", "rotation")]


def test_what_is_stored_becomes_practitioners() -> None:
    sari = Askable("sari", 1, "jamur", 2, None, 1, NOW - timedelta(days=1))
    away = replace(sari, member="budi", away_until=NOW + timedelta(seconds=1))
    back = replace(sari, member="tono", away_until=NOW)
    ref = MessageRef("web", "c", "1")
    given_ = Answer(library="l", question="q", author="sari", text="sikat", language="id", at=NOW, source=ref, accepted=True)
    found, gone, here = practitioners([sari, away, back], [given_, replace(given_, accepted=False)], NOW)
    assert (gone.away, here.away) == (True, False)
    assert found == Practitioner(
        "sari", knows="jamur", answered=("sikat",), may_ask=True, cap=2, asked=1, last_asked=NOW - timedelta(days=1)
    )
