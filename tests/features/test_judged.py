"""Whether a message in a served channel asks for help: judged by its meaning where its words leave it open, as `guyub eval`
measures it, by the packaged model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import cast

import pytest

from adapters.embedding.bundled import Bundled
from bot.app import GLANCE
from bot.ports import Vector
from bot.triage.intent import LIKELY, question_probability, unsure
from tests.world import WordVectors, a_library

pytestmark = pytest.mark.anyio

ASKS = "belum bisa login ke repositori sejak pagi"
CHATS = "gimana kabar semuanya semoga sehat"


@cache
def the_model() -> WordVectors:
    return cast(WordVectors, Bundled())


def test_words_alone_would_judge_both_wrongly() -> None:
    assert question_probability(ASKS) < LIKELY <= question_probability(CHATS)
    assert unsure(ASKS) and unsure(CHATS)


async def test_a_channel_is_served_as_it_is_measured(tmp_path: Path) -> None:
    async with a_library(tmp_path, embedder=the_model()) as world:
        world.house.finder.patience = 30.0
        await world.says("Andi", CHATS, "#sirkulasi")
        assert await world.house.store.questions.recent(5) == ()
        await world.says("Andi", ASKS, "#sirkulasi")
        assert (await world.question()).text == ASKS
        assert await world.house.finder.asks(ASKS) >= LIKELY > await world.house.finder.asks(CHATS)


async def test_a_message_is_looked_at_once(tmp_path: Path) -> None:
    """As it comes in, and not again when it is handled."""
    looked: list[str] = []

    class Watched(WordVectors):
        model = the_model().model
        dimension = the_model().dimension

        def query(self, texts: Sequence[str]) -> Vector:
            looked.extend(texts)
            return the_model().query(texts)

        def passage(self, texts: Sequence[str]) -> Vector:
            return the_model().passage(texts)

    async with a_library(tmp_path, embedder=Watched()) as world:
        await world.says("Andi", ASKS, "#sirkulasi")
        await world.question()
    assert looked.count(ASKS) <= 2  # the judgement; and the search, where its expanded words are the same


async def test_a_slow_model_keeps_no_platform_waiting(tmp_path: Path) -> None:
    class Slow(WordVectors):
        model = the_model().model
        dimension = the_model().dimension

        def query(self, texts: Sequence[str]) -> Vector:
            time.sleep(1.0)
            return the_model().query(texts)

    async with a_library(tmp_path, embedder=Slow()) as world:
        before = time.monotonic()
        assert await world.house.app._asks(CHATS) == question_probability(CHATS)
        assert time.monotonic() - before < GLANCE + 0.5
