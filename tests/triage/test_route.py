"""Routing on words alone and on given likeness; how good it is on labelled questions with the real model: tests/quality."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.communities_file import read_communities
from bot.ports import Candidate, Corpus
from bot.triage.route import Routing, route
from bot.triage.words import terms
from tests.quality.routing_set import cases, questions

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
    for name in ("dev", "other"):
        asked = questions(name)
        assert sum(one.community is None for one in asked) / len(asked) >= 0.2
    assert len(questions("dev")) >= 150
    assert {one.community for one in questions("dev")} - {None} == {one.key for one in read_communities()}


def test_words_alone_place_two_thirds_of_the_held_out_questions_and_route_hardly_a_stranger() -> None:
    held = [case for case in cases("dev", None) if case.asked.held_out]
    judged = [(case.asked.community, route(case.query, case.corpus, case.candidates, case.owner)) for case in held]
    inside = [(key, found) for key, found in judged if key is not None]
    assert sum(found.guesses[0].id == key for key, found in inside) / len(inside) >= 0.67
    outside = [found for key, found in judged if key is None]
    assert sum(found.decision == "routed" for found in outside) <= 1
