"""Digests: what one tells, to whom, when, and who may change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.model.digest import first
from bot.model.meeting import Hours, Meeting
from bot.ports import Unit
from tests.features.digesting import MONDAY, TOLD, digests, in_channel, monday, of, planned, until, waits
from tests.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def answers() -> Iterator[str]:
    yield "Harga sekarang ditambah biaya pengolahan."


# ---- what it tells ---------------------------------------------------------------------------------------------------


async def test_a_week_comes_on_monday_at_eight_and_tells_each_thing_once(world: World, answers: str) -> None:
    await planned(world)
    await world.published("Andi", "Bagaimana menghitung denda buku hilang?", "Daniel", answers)
    await waits(world, "Wati", "Bagaimana cara memperpanjang buku yang dipesan orang lain?", "sirkulasi")
    await until(world, MONDAY - timedelta(minutes=20))
    assert digests(world, "Daniel") == []
    await monday(world)
    assert digests(world, "Daniel") == [TOLD] and in_channel(world, "#sirkulasi") == ["digest.community"]
    text = world.card(TOLD, "@daniel").text
    assert text.count("Bagaimana cara memperpanjang") == 1 and text.count("dibantu Kak Daniel") == 1
    assert "menolong 1 orang" in text
    shown = world.card("digest.community", "#sirkulasi").text
    assert "▁▁▁█ 0, 0, 0, 2 pertanyaan" in shown and "▁▁▁▅ 0, 0, 0, 1 terjawab" in shown
    await monday(world, 1)
    assert digests(world, "Daniel") == [] and in_channel(world, "#sirkulasi") == ["digest.quiet"]
    await monday(world, 2)
    assert in_channel(world, "#sirkulasi") == [], "a quiet week is said once"


async def test_one_message_for_all_of_a_members_communities(world: World) -> None:
    await planned(world)
    await world.joins("Budi", "sirkulasi", "pengolahan")
    await waits(world, "Andi", "Berapa lama buku referensi boleh dipinjam?", "sirkulasi")
    await waits(world, "Andi", "Subjek mana yang dipakai untuk buku resep?", "pengolahan")
    await monday(world)
    assert digests(world, "Daniel") == [TOLD]
    text = world.card(TOLD, "@daniel").text
    assert text.count("Kak Budi") == 1, "a newcomer of both communities is welcomed once"
    assert "buku referensi" in text and "buku resep" in text
    assert "buku resep" not in world.card(TOLD, "@wati").text, "Wati is not in cataloguing"


async def test_nothing_new_is_nothing_in_private(world: World) -> None:
    await planned(world)
    await monday(world)  # those who joined this week are welcomed
    await monday(world, 1)
    assert all(digests(world, who) == [] for who in ("Sari", "Daniel", "Wati"))


async def test_nobody_is_told_of_their_own_question_nor_welcomed_themselves(world: World) -> None:
    await planned(world)
    await monday(world)
    await world.joins("Wulan", "preservasi", may_ask=False)
    await planned(world)
    await waits(world, "Wati", "Bagaimana merawat buku yang berjamur?", "preservasi")
    await monday(world, 1)
    assert "berjamur" not in world.card(TOLD, "@wati").text and "Kak Wulan" in world.card(TOLD, "@wati").text
    assert "berjamur" in world.card(TOLD, "@wulan").text and "Selamat datang" not in world.card(TOLD, "@wulan").text


async def test_what_is_for_its_community_alone_is_told_to_nobody_else(world: World, answers: str) -> None:
    await planned(world)
    hidden = await world.published("Andi", "Bagaimana menghitung denda buku hilang?", "Daniel", answers)
    shown = await world.published("Andi", "Bagaimana memperpanjang masa pinjam buku?", "Daniel", answers)
    await world.house.store.commit(Unit(hidden.library, save=(replace(hidden, visibility="community", title="Rahasia kami"),)))
    shown = await world.item_of(shown)
    await world.house.store.commit(Unit(shown.library, save=(replace(shown, title="Untuk semua"),)))
    await world.joins("Budi", "preservasi")
    await planned(world)
    await waits(world, "Andi", "Bagaimana merawat buku yang berjamur?", "preservasi")
    await monday(world)
    text = world.card(TOLD, "@budi").text
    assert "Untuk semua" in text and "Rahasia" not in text
    assert (
        "Rahasia kami" in world.card(TOLD, "@sari").text and "Rahasia kami" in world.card("digest.community", "#sirkulasi").text
    )


async def test_the_next_meeting_is_told_on_the_readers_own_clock(world: World) -> None:
    wati = await world.member("Wati")
    place = await world.house.store.communities.by_key("preservasi")
    assert place is not None
    meeting = Meeting(
        library=wati.library, community=place.id, title="Temu rawat buku", start=datetime(2026, 12, 10, 14),
        zone="Asia/Jakarta", status="held", made_by=wati.id, since=world.clock(), changed_at=world.clock(),
    )  # fmt: skip
    hours = Hours(id=f"hours.{wati.id}", library=wati.library, member=wati.id, zone="Asia/Jayapura")
    await world.house.store.commit(Unit(wati.library, save=(meeting, hours)))
    await planned(world)
    await monday(world)
    await until(world, MONDAY + timedelta(days=7, hours=-2))
    assert digests(world, "Wati") == [TOLD], "eight in Jayapura is six in Jakarta"
    assert "16.00 WIT" in world.card(TOLD, "@wati").text
    await monday(world, 1)
    assert digests(world, "Wati") == [] and "14.00 WIB" in world.card("digest.community", "#preservasi").text


# ---- when, and whether -----------------------------------------------------------------------------------------------


async def test_quiet_hours_and_leave_are_respected(world: World) -> None:
    await planned(world)
    await waits(world, "Andi", "Berapa lama buku referensi boleh dipinjam?", "sirkulasi")
    daniel, sari = await world.member("Daniel"), await world.member("Sari")
    quiet = Hours(
        id=f"hours.{daniel.id}", library=daniel.library, member=daniel.id, quiet_from=datetime(2026, 1, 1, 21).time(),
        quiet_to=datetime(2026, 1, 1, 9).time(),
    )  # fmt: skip
    away = replace(sari, away_until=MONDAY + timedelta(days=3))
    await world.house.store.commit(Unit(daniel.library, save=(quiet, away)))
    await monday(world)
    assert digests(world, "Daniel") == [] and digests(world, "Sari") == []
    await until(world, MONDAY + timedelta(hours=1))
    assert digests(world, "Daniel") == [TOLD]
    await monday(world, 1)
    assert digests(world, "Sari") == [TOLD], "what came while she was away is told when she is back"
    assert "buku referensi" in world.card(TOLD, "@sari").text


async def test_down_on_monday_it_comes_late_once_down_till_friday_it_goes_into_the_next(world: World) -> None:
    await planned(world)
    await waits(world, "Andi", "Berapa lama buku referensi boleh dipinjam?", "sirkulasi")
    await monday(world)
    await waits(world, "Andi", "Boleh meminjam lebih dari lima buku?", "sirkulasi")
    await until(world, MONDAY + timedelta(days=8))
    assert digests(world, "Daniel") == [TOLD] and digests(world, "Wati") == [TOLD]
    await waits(world, "Andi", "Kartu anggota hilang, bagaimana menggantinya?", "sirkulasi")
    await until(world, MONDAY + timedelta(days=18))
    assert digests(world, "Daniel") == []
    await monday(world, 3)
    assert digests(world, "Daniel") == [TOLD] and "Kartu anggota" in world.card(TOLD, "@daniel").text


async def test_a_clock_set_back_or_far_ahead_sends_nothing_twice(world: World) -> None:
    await planned(world)
    await waits(world, "Andi", "Berapa lama buku referensi boleh dipinjam?", "sirkulasi")
    await monday(world)
    assert digests(world, "Daniel") == [TOLD]
    world.clock.now = MONDAY - timedelta(hours=3)
    await planned(world)
    await monday(world)
    assert digests(world, "Daniel") == []
    world.clock.now = MONDAY + timedelta(weeks=9, hours=-1)  # a clock that is wrong
    await waits(world, "Andi", "Boleh meminjam lebih dari lima buku?", "sirkulasi")
    await monday(world, 9)
    assert digests(world, "Daniel") == [TOLD]
    world.clock.now = MONDAY + timedelta(days=2)
    await planned(world)
    await waits(world, "Andi", "Kartu anggota hilang, bagaimana menggantinya?", "sirkulasi")
    weeks = []
    for week in range(1, 11):
        await waits(world, "Andi", f"Pertanyaan baru yang ke-{week}, bagaimana menjawabnya?", "sirkulasi")
        await monday(world, week)
        weeks.append(len(digests(world, "Daniel")))
    assert weeks == [1, 1, 1, 1, 1, 1, 1, 1, 0, 1], "the ninth week was told by the wrong clock"


async def test_two_who_are_planned_at_once_are_planned_once(world: World) -> None:
    await planned(world)
    before = {who: await of(world, who) for who in ("Sari", "Daniel", "Wati")}
    await planned(world)
    assert {who: await of(world, who) for who in before} == before


async def test_many_members_are_planned_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.features.digest.plan.BATCH", 1)
    await planned(world)
    for _ in range(4):
        await world.later(seconds=2)
    assert await world.house.store.digests.lacking(9) == ()


async def test_a_time_that_was_lost_is_set_again(world: World) -> None:
    await planned(world)
    daniel = await of(world, "Daniel")
    far = replace(daniel, next_at=MONDAY + timedelta(days=900))
    await world.house.store.commit(Unit(daniel.library, save=(far,)))
    await planned(world)
    assert (await of(world, "Daniel")).next_at == daniel.next_at
    await waits(world, "Andi", "Berapa lama buku referensi boleh dipinjam?", "sirkulasi")
    await monday(world)
    assert digests(world, "Daniel") == [TOLD]


async def test_who_was_gone_and_comes_back_is_told_again(world: World) -> None:
    await planned(world)
    await world.leaves("Daniel")
    await monday(world)
    assert (await of(world, "Daniel")).next_at is None
    await world.joins("Daniel", "sirkulasi")
    await planned(world)
    await waits(world, "Andi", "Berapa lama buku referensi boleh dipinjam?", "sirkulasi")
    await monday(world, 1)
    assert digests(world, "Daniel") == [TOLD]


async def test_many_that_are_due_at_once_go_in_batches_each_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.features.digest.send.BATCH", 1)
    await planned(world)
    await waits(world, "Andi", "Berapa lama buku referensi boleh dipinjam?", "sirkulasi")
    await monday(world)
    assert [digests(world, who) for who in ("Sari", "Daniel", "Wati")] == [[TOLD]] * 3


async def test_one_that_breaks_keeps_nobody_else_from_theirs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.features.digest import send

    daniel, whole = await world.member("Daniel"), send.told

    def breaks(found: Any, sight: Any, me: str = "", elsewhere: Any = ()) -> Any:
        if me == daniel.id:
            raise ValueError("a bug of ours")
        return whole(found, sight, me, elsewhere)

    monkeypatch.setattr(send, "told", breaks)
    await planned(world)
    await monday(world)
    assert [digests(world, who) for who in ("Sari", "Daniel", "Wati")] == [[TOLD], [], [TOLD]]


# ---- the learning centre ---------------------------------------------------------------------------------------------


async def test_a_librarian_of_the_centre_gets_every_communitys_month(world: World, answers: str) -> None:
    wati = await world.member("Wati")
    await world.house.store.commit(Unit(wati.library, save=(replace(wati, role="librarian"),)))
    await planned(world)
    await world.published("Andi", "Bagaimana menghitung denda buku hilang?", "Daniel", answers)
    await waits(world, "Andi", "Boleh meminjam lebih dari lima buku?", "sirkulasi")
    await until(world, datetime(2026, 12, 1, 1, tzinfo=UTC))
    assert "digest.centre" in digests(world, "Wati") and "digest.centre" not in digests(world, "Daniel")
    text = world.card("digest.centre", "@wati").text
    assert "2 pertanyaan, 1 di antaranya dijawab" in text and "Kak Daniel (1)" in text and "lima buku" in text
    await world.presses("Wati", "digest_stop", world.card("digest.centre", "@wati"))
    await until(world, datetime(2027, 1, 1, 1, tzinfo=UTC))
    assert "digest.centre" not in digests(world, "Wati") and not (await of(world, "Wati")).off


async def test_who_is_no_librarian_any_more_gets_it_no_more(world: World) -> None:
    wati = await world.member("Wati")
    await world.house.store.commit(Unit(wati.library, save=(replace(wati, role="librarian"),)))
    await planned(world)
    wati = await world.member("Wati")
    await world.house.store.commit(Unit(wati.library, save=(replace(wati, role="member"),)))
    await until(world, datetime(2026, 12, 1, 1, tzinfo=UTC))
    assert "digest.centre" not in digests(world, "Wati")


def test_a_first_digest_is_on_monday_or_the_first_of_the_month() -> None:
    assert first("member", "m", "l", MONDAY).day == 0 and first("centre", "m", "l", MONDAY).day == 1


@pytest.mark.parametrize("batch", [100, 1])
async def test_a_clock_that_was_days_ahead_takes_no_digest_away_and_doubles_none(
    world: World, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.features.digest.plan.BATCH", batch)
    await planned(world)
    for week in range(4):
        await waits(world, "Andi", f"Pertanyaan minggu ke-{week}: bagaimana denda dihitung?", "sirkulasi")
        await monday(world, week)
        assert digests(world, "Daniel") == [TOLD]
        now = world.clock()
        await until(world, now + timedelta(days=25))  # a clock that is wrong: over three Mondays
        world.clock.now = now + timedelta(hours=1)
        await planned(world)
        assert (await of(world, "Daniel")).handled <= world.clock()
        await until(world, now + timedelta(days=2))
        assert digests(world, "Daniel") == [], "this week was told"


async def test_who_sleeps_when_the_clock_is_right_again_loses_nothing(world: World) -> None:
    wati = await world.member("Wati")
    await planned(world)
    night = Hours(library=wati.library, member=wati.id, id=f"hours:{wati.id}", quiet_from=time(20), quiet_to=time(9))
    await world.house.store.commit(Unit(wati.library, save=(night,)))
    await waits(world, "Andi", "Bagaimana denda dihitung?", "sirkulasi")
    await until(world, MONDAY - timedelta(days=1))
    world.clock.now = MONDAY + timedelta(weeks=6, hours=4)  # wrong
    await until(world, world.clock.now)
    world.clock.now = MONDAY - timedelta(hours=5)  # three in the morning
    await planned(world)
    await waits(world, "Andi", "Berapa lama buku boleh dipinjam?", "sirkulasi")
    await until(world, MONDAY + timedelta(hours=1, minutes=1))
    assert digests(world, "Wati") == [TOLD]
