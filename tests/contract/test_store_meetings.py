"""Meetings: stored whole, found by community, and worked out to the next dates the same on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from bot.errors import Conflict
from bot.model.attachment import Attachment
from bot.model.base import Noun
from bot.model.feed import Feed
from bot.model.meeting import Action, Hours, Meeting, Rsvp, Session, Topic
from storage.store import SqlStore
from tests.contract.store_things import AT, LIBRARY, Opener, member, rows_that_name, save

pytestmark = pytest.mark.anyio

FIRST = datetime(2026, 12, 10, 14)
NEW, OLD = "a" * 32, "b" * 32


def meeting(**more: Any) -> Meeting:
    first: dict[str, Any] = {
        "library": LIBRARY, "community": "c", "title": "Temu bulanan", "start": FIRST, "zone": "Asia/Jakarta",
        "rule": "FREQ=MONTHLY;BYDAY=2TH", "status": "held", "made_by": "sari", "since": AT, "changed_at": AT,
    }  # fmt: skip
    return Meeting(**first | more)


SERIES = meeting(
    id="s",
    place="Ruang baca",
    link="https://meet.example.org/abc",
    minutes=90,
    until=date(2027, 6, 30),
    count=7,
    leads=(1440, 60, 0),
    hosts=("sari", "budi"),
    format="clinic",
    revision=2,
    shown=FIRST,
    turned_at=AT,
    replaces="r",
)
SESSION = replace(
    SERIES.session(FIRST),
    start=datetime(2026, 12, 11, 15, 30),
    minutes=45,
    since=AT,
    host="budi",
    cancelled=True,
    passed=("sari",),
    agenda=(Topic("t", "sari", "Denda", "q", None, ("budi", "sari")), Topic("u", "budi", "x\0", None, "i")),
    sent=("1440/", "60/sari"),
    asked_at=AT + timedelta(microseconds=7),
    item="i",
    files=(Attachment("foto.jpg", "image/jpeg", 7, "ab" * 32, "web", "f1"),),
)
RSVP = Rsvp(id="s.sari", library=LIBRARY, session=SESSION.id, member="sari", coming="maybe", at=AT)
ACTION = Action(
    library=LIBRARY, meeting="s", session=SESSION.id, text="Tulis", owner="budi", owner_name="Budi", due=date(2026, 12, 20),
    done_at=AT, asked_at=AT,
)  # fmt: skip
HOURS = Hours(id="hours.sari", library=LIBRARY, member="sari", zone="Asia/Jayapura", quiet_from=time(21, 30), quiet_to=time(6))
FEED = Feed(id="c:sari", library=LIBRARY, member="sari", community="c", secret="7f" * 24, key="k1", made_at=AT)


async def stored(store: SqlStore, noun: Noun) -> Noun | None:
    match noun:
        case Session(id=id):
            return await store.meetings.session(id)
        case Rsvp(session=session):
            return (await store.meetings.rsvps(session))[0]
        case Action(id=id):
            return await store.meetings.action(id)
        case Feed(id=id, key=key):
            found = await store.meetings.feed_by(key)
            assert found == await store.meetings.feed(id) and await store.meetings.feed_by("k2") is None
            return found
        case Hours(member=who):
            return (await store.meetings.hours((who, "x")))[0]
    return await store.meetings.get(noun.id)


@pytest.mark.parametrize("noun", [SERIES, SESSION, RSVP, ACTION, HOURS, FEED], ids=lambda noun: type(noun).__name__)
async def test_a_noun_comes_back_whole_and_once(store: SqlStore, noun: Noun) -> None:
    from storage.clean import cleaned

    await save(store, noun)
    assert await stored(store, noun) == replace(cleaned(noun), version=1)
    with pytest.raises(Conflict):
        await save(store, noun)
    await save(store, replace(noun, version=1))
    with pytest.raises(Conflict):
        await save(store, replace(noun, version=1))


async def test_only_what_binds_is_held(store: SqlStore) -> None:
    await save(store, *(meeting(id=status, status=status) for status in ("draft", "proposed", "held", "ended", "dropped")))
    await save(store, meeting(id="other", community="d"))
    assert [m.id for m in await store.meetings.held(("c",))] == ["held"]
    assert [m.id for m in await store.meetings.held()] == ["held", "other"]
    assert await store.meetings.held(()) == ()


async def test_another_library_sees_none_of_it(store: SqlStore, opened: Opener) -> None:
    other = await opened("cabang")
    await save(store, SERIES, SESSION, RSVP, ACTION, HOURS)
    there = other.meetings
    assert await there.get("s") is None and await there.held() == () and await there.sessions("s") == ()
    assert await there.rsvps(SESSION.id) == () and await there.actions("s") == () and await there.hours(("sari",)) == ()
    assert await there.upcoming(None, AT) == ()


async def test_the_next_dates_are_those_of_all_series_with_what_was_changed(store: SqlStore) -> None:
    monthly, weekly = (
        meeting(id="m"),
        meeting(id="w", start=datetime(2026, 12, 7, 9, 30), rule="FREQ=WEEKLY", zone="Asia/Makassar"),
    )
    moved = replace(monthly.session(FIRST), start=datetime(2026, 12, 8, 10))
    off = replace(weekly.session(datetime(2026, 12, 14, 9, 30)), cancelled=True)
    await save(store, monthly, weekly, moved, off)
    found = await store.meetings.upcoming(("c",), AT, 4)
    assert [(one.meeting.id, one.when.starts, one.session.version) for one in found] == [
        ("w", datetime(2026, 12, 7, 1, 30, tzinfo=UTC), 0),
        ("m", datetime(2026, 12, 8, 3, 0, tzinfo=UTC), 1),
        ("w", datetime(2026, 12, 21, 1, 30, tzinfo=UTC), 0),
        ("w", datetime(2026, 12, 28, 1, 30, tzinfo=UTC), 0),
    ]
    assert found[1].session == replace(moved, version=1)


async def test_a_session_is_next_until_it_is_over(store: SqlStore) -> None:
    await save(store, meeting(id="m", minutes=90))
    begins = datetime(2026, 12, 10, 7, tzinfo=UTC)
    for minutes, day in ((0, 10), (89, 10), (90, 14)):
        (found,) = await store.meetings.upcoming(None, begins + timedelta(minutes=minutes), 1)
        assert found.when.starts.day == day


async def test_one_that_turns_out_to_be_another_comes_once(store: SqlStore, url: str) -> None:
    new, old = member("Sari", id=NEW), member("Sari S", id=OLD)
    topic = Topic("t", OLD, "Denda", votes=(NEW, OLD))
    await save(store, new, old, meeting(id="m", made_by=OLD, hosts=(NEW, OLD)))
    session = replace(meeting(id="m").session(FIRST), passed=(OLD,), host=OLD, agenda=(topic,), sent=(f"60/{OLD}",))
    said = [
        Rsvp(id=f"{session.id}.{who}", library=LIBRARY, session=session.id, member=who, coming="yes", at=AT)
        for who in (NEW, OLD)
    ]
    feeds = [
        replace(FEED, id=f"c:{who}", member=who, key=f"k{who}") for who in (NEW, OLD)
    ] + [replace(FEED, id=f"d:{OLD}", member=OLD, community="d", key="kd")]  # fmt: skip
    hours = [Hours(id=f"hours.{who}", library=LIBRARY, member=who) for who in (NEW, OLD)]
    owned = Action(library=LIBRARY, meeting="m", session=session.id, text="Tulis", owner=OLD)
    await save(store, session, *said, *hours, *feeds, owned)
    await save(store, replace(new, version=1), replace(old, version=1, gone=True, merged_into=NEW))
    assert rows_that_name(url, OLD) == []
    kept = await store.meetings.get("m")
    assert kept is not None and kept.hosts == (NEW,)
    assert [one.member for one in await store.meetings.rsvps(session.id)] == [NEW]
    assert [one.id for one in await store.meetings.hours((NEW, OLD))] == [f"hours.{NEW}"]
    assert [await store.meetings.feed_by(key) is None for key in (f"k{NEW}", f"k{OLD}", "kd")] == [False, True, False]
    assert await store.meetings.feed(f"d:{NEW}") == await store.meetings.feed_by("kd")
    assert [one.owner for one in await store.meetings.actions("m")] == [NEW]
