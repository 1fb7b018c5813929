"""Routing on words alone and on given likeness; how good it is on labelled questions with the real model: tests/quality."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.communities_file import read_communities
from bot.ports import Candidate, Corpus
from bot.triage.language import language_of
from bot.triage.route import Routing, route
from bot.triage.words import terms
from tests.quality.routing_set import HELD_OUT, SETS, cases, questions

SMALL = {
    "garden": ["Bagaimana merawat anggrek?", "When do I prune roses?"],
    "kitchen": ["Resep soto ayam yang mudah", "How long do I boil eggs?"],
}


def ask(text: str, cosines: dict[str, float] | None = None, taught: dict[str, list[str]] | None = None) -> Routing:
    texts = {f"{key}{n}": (key, one) for key, many in (taught or SMALL).items() for n, one in enumerate(many)}
    own = {id_: terms(one).words for id_, (_, one) in texts.items()}
    holding = Counter(term for words in own.values() for term in set(words))
    corpus = Corpus(len(own), sum(map(len, own.values())) / len(own), holding)
    found = [Candidate(id_, own[id_], None if cosines is None else cosines[texts[id_][0]]) for id_ in own]
    return route(terms(text), corpus, found, {id_: key for id_, (key, _) in texts.items()})


def test_all_communities_come_back_best_first() -> None:
    found = ask("anggrek saya layu", {"garden": 0.5, "kitchen": 0.1})
    assert [guess.id for guess in found.guesses] == ["garden", "kitchen"]
    assert found.guesses[0].probability > found.guesses[1].probability


def test_what_is_far_from_everything_is_refused() -> None:
    far = ask("siapa juara liga tahun ini", {"garden": -0.1, "kitchen": -0.12})
    assert far.decision == "none"
    assert far.guesses[0].probability < 0.3


def test_without_vectors_the_bar_is_higher() -> None:
    words_only = ask("anggrek saya layu")
    assert words_only.guesses[0].id == "garden"
    assert words_only.decision != "routed"


def test_a_taught_move_pulls_the_next_question_over() -> None:
    text = "pupuk kompos dari sisa sayur"
    before = ask(text)
    after = ask(text, taught=SMALL | {"kitchen": [*SMALL["kitchen"], "membuat kompos dari sisa sayur dapur"]})
    chance = {guess.id: guess.probability for guess in before.guesses}["kitchen"]
    assert after.guesses[0].id == "kitchen"
    assert after.guesses[0].probability > chance


def test_no_community_no_guess() -> None:
    assert route(terms("apa saja"), Corpus(0, 0.0, {}), (), {}) == Routing((), "none")


@given(st.text(max_size=60), st.none() | st.floats(-1, 1), st.floats(-1, 1))
def test_any_question_gets_probabilities(text: str, garden: float | None, kitchen: float) -> None:
    found = ask(text, None if garden is None else {"garden": garden, "kitchen": kitchen})
    assert all(0.0 <= guess.probability <= 1.0 for guess in found.guesses)
    assert {guess.id for guess in found.guesses} == {"garden", "kitchen"}
    assert found.guesses[0].probability >= found.guesses[1].probability


def test_the_labelled_questions_are_enough_and_name_known_communities() -> None:
    asked = {name: questions(name) for name in SETS}
    everything = [one for many in asked.values() for one in many]
    assert len(everything) >= 600
    assert sum(not one.right for one in everything) / len(everything) >= 0.2
    assert sum(len(asked[name]) for name in HELD_OUT) / len(everything) >= 0.3
    assert sum(language_of(one.text, "id") == "id" for one in everything) / len(everything) >= 0.55
    for name, many in asked.items():
        assert {key for one in many for key in one.right} == {one.key for one in read_communities(SETS[name].path)}
    assert len({one.text for one in everything}) == len(everything)


@pytest.mark.parametrize("name", HELD_OUT)
def test_words_alone_place_most_questions_never_fitted_on_and_route_hardly_a_stranger(name: str) -> None:
    """What the model adds to this is in docs/quality.md."""
    judged = [(one.asked.right, route(one.query, one.corpus, one.candidates, one.owner)) for one in cases(name, None)]
    inside = [(right, found) for right, found in judged if right]
    assert sum(found.guesses[0].id in right for right, found in inside) / len(inside) >= 0.67
    outside = [found for right, found in judged if not right]
    assert sum(found.decision == "routed" for found in outside) / len(outside) <= 0.1
