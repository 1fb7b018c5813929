"""What people said of the bot's decisions: stored whole, once a question and kind, the newest first, each library its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import Conflict
from bot.model.judgement import About, Judgement, judgement_id
from storage.store import SqlStore
from tests.contract.store_things import AT, LIBRARY, save

pytestmark = pytest.mark.anyio


def said(about: About, question: str, minutes: int = 0, *, right: bool = True, library: str = LIBRARY) -> Judgement:
    at = AT + timedelta(minutes=minutes)
    id = judgement_id(about, question)
    return Judgement(id=id, library=library, about=about, question=question, sure=0.875, right=right, at=at)


async def test_a_judgement_comes_back_whole_and_may_change(store: SqlStore) -> None:
    await save(store, said("note", "q1"), said("route", "q1", right=False))
    first = await store.judgements.get("note", "q1")
    assert first == replace(said("note", "q1"), version=1)
    with pytest.raises(Conflict):
        await save(store, said("note", "q1"))
    await save(store, replace(first, right=False))
    changed = await store.judgements.get("note", "q1")
    assert changed is not None and not changed.right
    assert await store.judgements.get("draft", "q1") is None


async def test_the_newest_come_first(store: SqlStore) -> None:
    await save(store, *(said("note", f"q{n}", n) for n in range(5)), said("route", "q9", 9))
    assert [one.question for one in await store.judgements.newest("note", 3)] == ["q4", "q3", "q2"]
