"""Search: the same candidates on both engines, never one that may not be seen, and figures of what may be seen only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model.access import Sight
from bot.model.base import new_id
from bot.model.knowledge import Item
from bot.ports import Candidate, Corpus, Terms, Unit, Vector
from storage.search.lexical import ENOUGH, MOST_TERMS, rarest, storable
from storage.search.shelves import is_open, shelf_of
from storage.store import SqlStore, open_store
from tests.contract.store_things import LIBRARY, Opener, TestClock, item, save

pytestmark = pytest.mark.anyio

ALL = Sight(LIBRARY, frozenset(), everything=True)
WORDS = (
    "pinjam",
    "buku",
    "denda",
    "a",
    "zz61",
    "É",
    "telat-nya",
    "שלום",
    "x_1",
    "Ab",
    "ab",
    "'\"*",
    "a b",
    "",
    "n\0l",
    "\ud800",
)
COMMUNITIES = ("sirkulasi", "rujukan")
VISIBLE = ("community", "library", "shared", "public")
STATES = ("draft", "published", "published", "rejected", "merged")
SIGHTS = st.builds(Sight, st.sampled_from((LIBRARY, "cabang")), st.frozensets(st.sampled_from(COMMUNITIES)), st.booleans())


def vector(seed: int) -> Vector:
    numbers = np.random.default_rng(seed).normal(size=8).astype(np.float32)
    return numbers / np.float32(np.linalg.norm(numbers))


def mean_taken(vectors: Vector) -> Vector:
    return vectors - vector(99)


def cosine(a: Vector, b: Vector) -> float:
    a, b = mean_taken(a), mean_taken(b)
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@dataclass(frozen=True)
class Text:
    """What a test puts: an item, its words, and the seed of its vector (None: it has none)."""

    item: Item
    words: tuple[str, ...]
    seed: int | None


ITEMS = st.builds(
    lambda library, community, visibility, status: item(
        library=library, community=community, visibility=visibility, status=status
    ),
    st.sampled_from((LIBRARY, "cabang")),
    st.sampled_from(COMMUNITIES),
    st.sampled_from(VISIBLE),
    st.sampled_from(STATES),
)
TEXTS = st.builds(Text, ITEMS, st.lists(st.sampled_from(WORDS), max_size=6).map(tuple), st.none() | st.integers(0, 50))


def expected(
    texts: Sequence[Text], words: Sequence[str], seed: int | None, sight: Sight, most: int
) -> tuple[Corpus, dict[str, Any]]:
    """The plain way: look at every text."""
    seen = [
        t for t in texts if t.item.status == "published" and sight.sees(t.item.library, t.item.community, t.item.visibility)
    ]
    stored = {t.item.id: storable(t.words) for t in seen}
    asked = storable(words)
    counts = {word: sum(word in own for own in stored.values()) for word in asked}
    mean = sum(map(len, stored.values())) / len(seen) if seen else 0.0
    chosen = set(rarest({word: n for word, n in counts.items() if n}))
    hits = {id for id, own in stored.items() if chosen.intersection(own)}
    near = {t.item.id: cosine(vector(t.seed), vector(seed)) for t in seen if t.seed is not None} if seed is not None else {}
    hits.update(sorted(near, key=lambda id: -near[id])[:most])
    return Corpus(len(seen), mean, counts), {id: (stored[id], near.get(id)) for id in hits}


def told(candidates: Sequence[Candidate]) -> dict[str, Any]:
    return {c.id: (c.terms, c.cosine if c.cosine is None else pytest.approx(c.cosine, abs=1e-5)) for c in candidates}


@pytest.fixture
async def both(sqlite_url: str, postgres_url: str, clock: TestClock) -> Any:
    """A store on each engine, side by side."""
    stores = [await open_store(url, library=LIBRARY, clock=clock, centre=mean_taken) for url in (sqlite_url, postgres_url)]
    yield stores
    for store in stores:
        await store.close()


async def put(store: SqlStore, text: Text) -> None:
    await store.commit(Unit(text.item.library, save=(text.item,)))
    await index(store, text)


async def index(store: SqlStore, text: Text, model: str = "m") -> None:
    own = None if text.seed is None else vector(text.seed)
    await store.search.put(
        "item", text.item.id, text.item.library, Terms(text.words), own, model if text.seed is not None else ""
    )


async def moved(store: SqlStore, text: Text, visibility: str, status: str) -> Text:
    """Saved in another state; not indexed anew."""
    anew = replace(text.item, version=text.item.version + 1, visibility=visibility, status=status)  # type: ignore[arg-type]
    await store.commit(Unit(text.item.library, save=(anew,)))
    return replace(text, item=anew)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    texts=st.lists(TEXTS, max_size=10, unique_by=lambda t: t.seed if t.seed is not None else new_id()),
    moves=st.lists(st.tuples(st.integers(0, 9), st.sampled_from(VISIBLE), st.sampled_from(STATES)), max_size=4),
    words=st.lists(st.sampled_from(WORDS), max_size=5),
    seed=st.none() | st.integers(100, 105),
    sight=SIGHTS,
    most=st.integers(1, 4),
)
async def test_both_engines_find_what_the_plain_way_finds(
    both: list[SqlStore],
    texts: list[Text],
    moves: list[tuple[int, Any, Any]],
    words: list[str],
    seed: int | None,
    sight: Sight,
    most: int,
) -> None:
    texts = [replace(t, item=replace(t.item, id=new_id())) for t in texts]
    query = None if seed is None else vector(seed)
    for store in both:
        now = list(texts)
        for text in now:
            await put(store, text)
        for at, visibility, status in moves:
            if at < len(now):
                now[at] = await moved(store, now[at], visibility, status)
        corpus, candidates = await store.search.items(Terms(tuple(words)), query, "m", sight, most)
        wanted_corpus, wanted = expected(now, words, seed, sight, most)
        assert (corpus.texts, dict(corpus.documents)) == (wanted_corpus.texts, wanted_corpus.documents)
        assert corpus.mean_length == pytest.approx(wanted_corpus.mean_length)
        assert told(candidates) == wanted
        for text in now:  # off the shelves, for the next example
            await moved(store, text, "community", "rejected")


@given(SIGHTS, st.sampled_from((LIBRARY, "cabang")), st.sampled_from(COMMUNITIES), st.sampled_from(VISIBLE))
def test_a_shelf_is_open_to_who_may_see_its_items(sight: Sight, library: str, community: str, visibility: str) -> None:
    assert is_open(sight, library, shelf_of("published", visibility, community)) == sight.sees(library, community, visibility)
    assert not is_open(sight, library, shelf_of("draft", visibility, community))


async def test_published_items_are_those_in_sight(store: SqlStore) -> None:
    made = [
        item(library=library, community=community, visibility=visibility, status=status)
        for library in (LIBRARY, "cabang")
        for community in COMMUNITIES
        for visibility in VISIBLE
        for status in ("draft", "published")
    ]
    for one in made:
        await store.commit(Unit(one.library, save=(one,)))
    for library in (LIBRARY, "cabang"):
        for communities in (frozenset[str](), frozenset(COMMUNITIES[:1]), frozenset(COMMUNITIES)):
            for everything in (False, True):
                sight = Sight(library, communities, everything)
                wanted = {i.id for i in made if i.status == "published" and sight.sees(i.library, i.community, i.visibility)}
                assert {i.id for i in await store.items.published(sight)} == wanted
                assert {i.id for i in await store.items.many(tuple(i.id for i in made), sight)} == wanted


async def test_the_newest_items_come_first_and_many_keep_their_order(store: SqlStore) -> None:
    made = [item(title=str(n), published_at=item().created_at.replace(hour=n)) for n in range(3)]
    await save(store, *made)
    assert [i.title for i in await store.items.published(ALL, limit=2)] == ["2", "1"]
    assert [i.title for i in await store.items.many((made[1].id, "none", made[0].id), ALL)] == ["1", "0"]


async def found(store: SqlStore, *words: str, seed: int | None = None, model: str = "m", sight: Sight = ALL) -> dict[str, Any]:
    query = None if seed is None else vector(seed)
    return told((await store.search.items(Terms(words), query, model, sight))[1])


async def test_an_edit_replaces_terms_and_vector(store: SqlStore) -> None:
    text = Text(item(), ("denda", "buku"), 1)
    await put(store, text)
    assert await found(store, seed=1) == {text.item.id: (("denda", "buku"), pytest.approx(1.0, abs=1e-5))}
    await index(store, replace(text, words=("telat",), seed=None))
    assert await found(store, "denda", seed=1) == {}
    assert await found(store, "telat", seed=1) == {text.item.id: (("telat",), None)}


async def test_a_dropped_text_is_found_no_more(store: SqlStore, opened: Opener) -> None:
    other = await opened()
    text = Text(item(), ("denda",), 1)
    await put(store, text)
    assert list(await found(other, "denda", seed=1)) == [text.item.id]
    await store.search.drop("item", text.item.id)
    await store.search.drop("item", "never there")
    assert await found(store, "denda", seed=1) == await found(other, "denda", seed=1) == {}
    corpus, _ = await other.search.items(Terms(("denda",)), None, "", ALL)
    assert corpus == Corpus(0, 0.0, {"denda": 0})
    assert await store.search.missing("m", 5) == ()
    await index(store, text)
    assert list(await found(other, "denda")) == [text.item.id]


async def test_an_item_indexed_before_it_is_published_is_found_from_then_on(store: SqlStore) -> None:
    text = Text(item(status="draft"), ("denda",), 1)
    await put(store, text)
    assert await found(store, "denda", seed=1) == {}
    await moved(store, text, "library", "published")
    assert list(await found(store, "denda", seed=1)) == [text.item.id]


async def test_what_another_process_changed_is_seen_at_once(store: SqlStore, opened: Opener) -> None:
    other = await opened()
    texts = [Text(item(), ("denda",), n) for n in range(5)]
    for n, text in enumerate(texts):
        await put((store, other)[n % 2], text)
        for own in (store, other):
            assert set(await found(own, seed=n)) == {t.item.id for t in texts[: n + 1]}


async def test_the_vector_of_another_model_counts_as_none(store: SqlStore) -> None:
    old, new = Text(item(), ("denda",), 1), Text(item(), ("denda",), 2)
    await put(store, old)
    await put(store, new)
    await index(store, new, "better")
    assert await store.search.missing("better", 5) == (("item", old.item.id),)
    assert await store.search.missing("better", 0) == ()
    cosines = await found(store, "denda", seed=2, model="better")
    assert cosines[old.item.id][1] is None and cosines[new.item.id][1] == pytest.approx(1.0, abs=1e-5)
    assert (await found(store, "denda", seed=1, model="m"))[new.item.id][1] is None


async def test_a_query_of_another_dimension_meets_no_vector(store: SqlStore) -> None:
    text = Text(item(), ("denda",), 1)
    await put(store, text)
    _, candidates = await store.search.items(Terms(("denda",)), np.ones(3, np.float32), "m", ALL)
    assert [c.cosine for c in candidates] == [None]


@pytest.mark.parametrize("bad", [[np.nan, 1.0], [np.inf, 0.0], []])
async def test_a_vector_that_is_none_is_refused(store: SqlStore, bad: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        await store.search.put("item", "i", LIBRARY, Terms(()), np.array(bad, np.float32), "m")


async def test_small_sets_are_whole_and_their_figures_their_own(store: SqlStore) -> None:
    search = store.search
    await search.put("example", "1", LIBRARY, Terms(("denda", "buku", "denda")), vector(1), "m")
    await search.put("example", "2", LIBRARY, Terms(("buku",)), None, "")
    await search.put("example", "3", LIBRARY, Terms(("buku",)), vector(3), "m")
    await search.put("question", "1", LIBRARY, Terms(("lain",)), vector(1), "m")
    await search.put("example", "1", "cabang", Terms(("lain",)), vector(1), "m")
    corpus, candidates = await search.texts("example", LIBRARY, ["2", "1", "none", "1"], Terms(("denda", "x")), vector(1), "m")
    assert corpus == Corpus(2, 2.0, {"denda": 1, "x": 0})
    assert [(c.id, c.terms) for c in candidates] == [("2", ("buku",)), ("1", ("denda", "buku", "denda"))]
    assert candidates[0].cosine is None and candidates[1].cosine == pytest.approx(1.0, abs=1e-5)
    corpus, candidates = await search.texts("answer", LIBRARY, ["1"], Terms(("denda",)), vector(1), "m")
    assert (corpus, candidates) == (Corpus(0, 0.0, {"denda": 0}), ())


@given(st.dictionaries(st.text(min_size=1, max_size=4), st.integers(1, 2 * ENOUGH), max_size=20))
def test_the_rarest_terms_are_chosen_as_long_as_they_are_few(documents: dict[str, int]) -> None:
    chosen = rarest(documents)
    assert bool(chosen) == bool(documents) and len(chosen) <= MOST_TERMS
    assert len(chosen) <= 1 or sum(documents[t] for t in chosen) <= ENOUGH
    assert max((documents[t] for t in chosen), default=0) <= min(
        (documents[t] for t in documents if t not in chosen), default=10**9
    )


async def test_hard_words_are_found_exactly(store: SqlStore) -> None:
    for word in WORDS:
        text = Text(item(), (word,), None)
        await put(store, text)
        terms = storable((word,))
        assert (text.item.id in await found(store, word)) == bool(terms)
        await store.search.drop("item", text.item.id)


async def test_a_very_long_word_is_cut_and_found(store: SqlStore) -> None:
    text = Text(item(), ("é" * 40_000,), None)
    await put(store, text)
    assert set(await found(store, "é" * 40_000)) == {text.item.id}
