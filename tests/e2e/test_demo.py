"""`guyub demo`: days out of its month, played with the bundled model, and what it leaves behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import ValidationError

import bot.demo
from adapters.web.rows import BOT
from adapters.web.scene import timed
from bot.compose import Act, House, Scene, open_house, read_scene, utc_now
from bot.demo import demo
from bot.model.access import Sight
from bot.model.question import State
from bot.scene import moments
from bot.settings import Settings

pytestmark = pytest.mark.anyio

DAYS = {20, 18, 14, 13, 12, 10, 1, 0}  # with steps, a "not yet", a rejected draft, a move, a find in the other language


def short_month() -> Scene:
    month = read_scene("demo")
    return month.model_copy(update={"acts": tuple(act for act in month.acts if act.day in DAYS)})


@asynccontextmanager
async def played(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[House, tuple[Act, ...]]]:
    """The house that `guyub demo` would serve, and the acts that it could not play."""
    missed: list[Act] = []
    real = bot.demo.play_month

    async def play(*args: object) -> tuple[Act, ...]:
        missed.extend(await real(*args))  # type: ignore[arg-type]
        return tuple(missed)

    async def listen(house: House) -> None:
        """Nobody opens a page."""

    monkeypatch.setattr(bot.demo, "read_scene", lambda name: short_month())
    monkeypatch.setattr(bot.demo, "play_month", play)
    monkeypatch.setattr(bot.demo, "listen", listen)
    await demo(Settings(data_dir=folder))
    own = Settings(data_dir=folder / "demo", database_url=f"sqlite:///{folder / 'demo' / 'guyub.db'}")
    async with open_house(own) as house:
        yield house, tuple(missed)


async def talk(house: House) -> Counter[str]:
    """How many messages each channel holds."""
    return Counter({room.id: len(await house.web.platform.messages(room.id)) for room in await house.web.platform.channels()})


async def test_the_month_leaves_a_library_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with played(tmp_path, monkeypatch) as (house, missed):
        assert missed == ()
        await everything_was_asked_and_settled(house)
        await what_was_found_out_is_kept(house)
        await all_is_in_order(house)
        before = await talk(house)
    assert all(before[room.name] >= 2 for room in short_month().channels if room.name != "rujukan")
    async with played(tmp_path, monkeypatch) as (house, _):
        assert await talk(house) == before, "a second start plays nothing"


async def everything_was_asked_and_settled(house: House) -> None:
    questions = await house.store.questions.recent(100)
    asked = [act for act in short_month().acts if act.to or act.press == "fits"]
    assert len(questions) == len(asked), "other talk is no question"
    states = Counter((q.state, q.solved_by) for q in questions)
    assert states == {
        (State.SOLVED, "people"): len(asked) - 3,
        (State.SOLVED, "item"): 1,
        (State.ANSWERED, ""): 1,
        (State.OPEN, ""): 1,
    }
    turns = {step.what for q in questions for step in q.trace}
    assert {"not_yet", "moved", "asked_more", "solved_by_item"} <= turns


async def what_was_found_out_is_kept(house: House) -> None:
    items = {i.title: i for i in await house.store.items.published(Sight(house.store.library, frozenset(), True))}
    assert len(items) == 8
    proxy = items["Login EZproxy berulang: periksa jam server"]
    assert [(c.name, c.part) for c in proxy.credits][:2] == [("Rina", "asker"), ("Bayu", "answerer")]
    assert len(proxy.steps) == 4
    assert items["Membersihkan buku lembap dan berjamur setelah banjir"].thanks == 1
    waiting = await house.store.items.drafts(tuple(c.id for c in await house.store.communities.all()))
    assert len(waiting) == 1, "one draft is left for whoever tries the demo"


async def all_is_in_order(house: House) -> None:
    """Nothing waits or is parked, no message is of the future, each channel tells its story in order."""
    health = await house.store.health(utc_now())
    assert (health.inbox_waiting, health.inbox_parked, health.outbox_waiting, health.outbox_parked) == (0, 0, 0, 0)
    for room in await house.web.platform.channels():
        told = await house.web.platform.messages(room.id)
        assert all(m.at <= utc_now() for m in told)
        assert all(before.at <= after.at for before, after in pairwise(told)), room.name
        assert all(len(m.text) > 1 for m in told if m.author == BOT and not m.deleted)


def test_days_are_working_days_and_never_in_the_future() -> None:
    class Anywhere:
        settings = Settings(timezone="Asia/Jakarta")

    monday = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 09:00 in Jakarta
    moment = moments(Anywhere(), monday, "08:10")  # type: ignore[arg-type]
    days = [moment(Act(who="a", say="b", day=day, time="08:00")) for day in range(12)]
    assert [str(at.date()) for at in days[:3]] == ["2026-11-23", "2026-11-20", "2026-11-19"]
    assert all(at.weekday() < 5 for at in days)
    assert moment(Act(who="a", say="b", time="23:00")) == monday
    early = moments(Anywhere(), monday, "09:10")  # type: ignore[arg-type]
    assert str(early(Act(who="a", say="b", time="08:00")).date()) == "2026-11-20"


@pytest.mark.parametrize(
    "acts",
    [
        [{"who": "nobody", "say": "halo"}],
        [{"who": "sari", "say": "halo", "under": "nothing"}],
        [{"who": "sari", "say": "halo", "press": "solved"}],
        [{"who": "sari", "sya": "halo"}],
        [{"who": "sari", "say": "halo", "time": "9:00"}],
        [{"who": "sari", "say": "halo", "day": 1}, {"who": "sari", "say": "halo", "day": 2}],
    ],
)
def test_a_mistake_in_a_scene_is_an_error(acts: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError):
        Scene.model_validate({"people": [{"key": "sari", "name": "Sari"}], "channels": [], "acts": timed(acts)})


def test_an_act_without_a_time_follows_the_one_before() -> None:
    acts = timed([{"day": 2, "time": "09:00"}, {}, {"day": 1}])
    assert [(act["day"], act["time"]) for act in acts] == [(2, "09:00"), (2, "09:03"), (1, "08:03")]
