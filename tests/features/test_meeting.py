"""Meetings: in words or by a form, shown before they bind, one card a session, who comes and who hosts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.events import Pressed
from bot.model.meeting import Meeting, Next
from tests.fakes import user_of
from tests.world import World

pytestmark = pytest.mark.anyio

MONTHLY = "rapat tiap Kamis kedua jam 14 di ruang baca"


async def held(world: World, line: str = MONTHLY, who: str = "Sari") -> Meeting:
    """Proposed by a steward and confirmed."""
    await world.commands(who, line, "#sirkulasi")
    await world.presses(who, "meeting_confirm")
    assert world.toast == "meeting.held"
    return await newest(world)


async def newest(world: World) -> Meeting:
    return (await world.house.store.meetings.held())[-1]


async def upcoming(world: World) -> Next:
    return (await world.house.store.meetings.upcoming(None, world.clock(), 1))[0]


async def test_words_are_shown_in_full_before_anything_binds(world: World) -> None:
    await world.commands("Sari", MONTHLY, "#sirkulasi")
    shown = world.card("meeting.understood")
    assert shown.alone == "sari"
    for part in (
        "setiap Kamis kedua, 14.00 WIB",
        "Kamis, 10 Desember 2026, 14.00 WIB",
        "Kamis, 14 Januari 2027",
        "11 Februari 2027",
        "ruang baca",
    ):
        assert part in shown.text
    assert await world.house.store.meetings.held() == () and world.heard("#sirkulasi") == []
    await world.presses("Sari", "meeting_confirm")
    assert world.toast == "meeting.held" and world.heard("#sirkulasi") == ["meeting.card"]
    meeting = await newest(world)
    assert (meeting.rule, meeting.place, meeting.minutes, meeting.leads) == (
        "FREQ=MONTHLY;BYDAY=2TH",
        "ruang baca",
        60,
        (1440, 60),
    )
    await world.presses("Sari", "meeting_confirm", shown)
    assert world.toast == "error.already" and world.heard("#sirkulasi") == ["meeting.card"]


async def test_what_was_assumed_is_named(world: World) -> None:
    await world.commands("Sari", "rapat senin depan jam 2", "#sirkulasi")
    assert "siang" in world.card("meeting.understood").text


async def test_english_is_understood_and_answered_in_english(world: World) -> None:
    await world.commands("Sari", "meeting every other Monday 9.30 at https://meet.example.org/abc", "#sirkulasi")
    shown = world.card("meeting.understood")
    assert "every 2 weeks on Monday" in shown.text and "Monday, 30 November 2026, 09:30 WIB" in shown.text
    await world.presses("Sari", "meeting_confirm")
    assert (await newest(world)).link == "https://meet.example.org/abc"


@pytest.mark.parametrize(
    ("line", "doubt"), [("tiap Kamis", "time"), ("31 Februari jam 10", "date"), ("jam 10 kemarin", "past")]
)
async def test_a_doubt_says_which_part_and_keeps_the_words(world: World, line: str, doubt: str) -> None:
    await world.commands("Sari", f"rapat {line}", "#sirkulasi")
    assert world.shown and world.shown.now.intro == f"meeting.doubt_{doubt}"  # type: ignore[union-attr]
    when = next(f for f in world.shown.now.fields if f.name == "when")  # type: ignore[union-attr]
    assert when.value == line
    await world.fills_in("Sari", "#sirkulasi")
    assert dict(world.shown.now.errors) == {"when": f"meeting.doubt_{doubt}"}  # type: ignore[union-attr]
    assert await world.house.store.meetings.held() == ()


async def test_alone_it_is_a_form_and_in_private_asks_which_community(world: World) -> None:
    await world.commands("Daniel", "rapat", "@daniel")
    names = [f.name for f in world.shown.now.fields]  # type: ignore[union-attr]
    assert names == ["community", "when", "title", "where", "minutes", "format", "leads"]
    community = await world.house.store.communities.by_key("pengolahan")
    assert community
    place = "Aula https://meet.example.org/x"
    fields = {
        "when": "besok jam 10",
        "title": "Bedah MARC",
        "where": place,
        "minutes": "90",
        "format": "clinic",
        "leads": "1440\n15",
    }
    await world.fills_in("Daniel", "@daniel", community=community.id, **fields)
    await world.presses("Daniel", "meeting_confirm")  # nobody leads there yet: any member may
    meeting = await newest(world)
    assert (meeting.community, meeting.title, meeting.place, meeting.link) == (
        community.id,
        "Bedah MARC",
        "Aula",
        "https://meet.example.org/x",
    )
    assert (meeting.minutes, meeting.format, meeting.leads) == (90, "clinic", (1440, 15))
    assert world.heard("#pengolahan") == ["meeting.card"]


async def test_strangers_join_first(world: World) -> None:
    await world.commands("Tono", MONTHLY, "#sirkulasi")
    assert world.toast == "meeting.join_first"
    await world.commands("Tono", "rapat", "@tono")
    assert world.toast == "meeting.join_any"


async def test_a_members_proposal_takes_one_tap_of_the_steward(world: World) -> None:
    await world.commands("Wati", MONTHLY, "#sirkulasi")
    assert "meeting_confirm" in world.card("meeting.understood").buttons
    await world.presses("Wati", "meeting_confirm")
    assert world.toast == "meeting.sent_on" and await world.house.store.meetings.held() == ()
    proposal = world.card("meeting.proposal", "@sari")
    assert "Wati" in proposal.text and "10 Desember 2026" in proposal.text
    await world.presses("Sari", "meeting_confirm", proposal)
    assert world.heard("#sirkulasi") == ["meeting.card"] and "meeting.accepted" in world.told("Wati")
    assert world.card("meeting.decided", "@sari").edits == 1
    assert (await newest(world)).made_by == (await world.member("Wati")).id


async def test_a_proposal_may_be_declined(world: World) -> None:
    await world.commands("Wati", MONTHLY, "#sirkulasi")
    await world.presses("Wati", "meeting_confirm")
    await world.presses("Wati", "meeting_decline", world.card("meeting.proposal"))
    assert world.toast == "meeting.not_yours"
    await world.presses("Sari", "meeting_decline", world.card("meeting.proposal"))
    assert "meeting.declined" in world.told("Wati")
    await world.happens(
        "Sari", Pressed("meeting_confirm", (world.card("meeting.understood")).buttons["meeting_confirm"].value, "")
    )
    assert world.toast == "meeting.forgotten" and await world.house.store.meetings.held() == ()


async def test_a_draft_can_be_changed_dropped_and_is_forgotten(world: World) -> None:
    await world.commands("Sari", MONTHLY, "#sirkulasi")
    await world.presses("Sari", "meeting_edit")
    form = {f.name: f.value for f in world.shown.now.fields}  # type: ignore[union-attr]
    assert form["when"].startswith("setiap Kamis kedua, 14.00 WIB") and form["where"] == "ruang baca"
    await world.fills_in("Sari", "#sirkulasi", when="tiap Rabu jam 9")
    await world.presses("Wati", "meeting_drop", world.card("meeting.understood"))
    assert world.toast == "meeting.not_yours"
    await world.presses("Sari", "meeting_confirm", world.card("meeting.understood"))
    assert (await newest(world)).rule == "FREQ=WEEKLY;BYDAY=WE" and len(await world.house.store.meetings.held()) == 1

    await world.commands("Sari", MONTHLY, "#sirkulasi")
    kept = world.card("meeting.understood").buttons["meeting_confirm"].value
    await world.later(days=1, minutes=1)
    draft = await world.house.store.meetings.get(kept)
    assert draft and (draft.status, draft.place) == ("dropped", "")
    await world.presses("Sari", "meeting_confirm", world.card("meeting.understood"))
    assert world.toast == "meeting.forgotten"


async def test_a_holiday_is_a_question_not_a_silent_skip(world: World) -> None:
    await world.commands("Sari", "rapat 25 Desember jam 10", "#sirkulasi")
    assert "Natal" in world.card("meeting.understood").text
    await world.commands("Sari", "rapat tiap tanggal 25 jam 10", "#sirkulasi")
    shown = world.card("meeting.understood")
    assert "Natal" in shown.text and "meeting_skip" in shown.buttons
    await world.presses("Sari", "meeting_skip", shown)
    shown = world.card("meeting.understood")
    assert "meeting_skip" not in shown.buttons and "dilewati" in shown.text
    await world.presses("Sari", "meeting_confirm", shown)
    found = await world.house.store.meetings.upcoming(None, world.clock(), 2)
    assert [one.when.original for one in found] == [datetime(2026, 11, 25, 10), datetime(2027, 1, 25, 10)]


# ---- coming and hosting ------------------------------------------------------------------------------------------------


async def test_who_comes_stands_on_the_one_card(world: World) -> None:
    await held(world)
    card = world.card("meeting.card", "#sirkulasi")
    for who, action, toast in (
        ("Sari", "yes", "yes"),
        ("Wati", "maybe", "maybe"),
        ("Daniel", "no", "no"),
        ("Tono", "yes", "yes"),
    ):
        await world.presses(who, f"meeting_{action}", card)
        assert world.toast == f"meeting.said_{toast}"
    assert world.heard("#sirkulasi") == ["meeting.card"]
    for part in ("Hadir (2): Kak Sari dan Kak Tono", "Mungkin (1): Kak Wati", "Berhalangan: 1"):
        assert part in card.text
    await world.presses("Wati", "meeting_yes", card)
    await world.presses("Wati", "meeting_yes", card)
    assert world.toast == "error.already"
    assert "Hadir (3)" in card.text and "Mungkin" not in card.text


async def test_the_host_is_passed_round_among_those_who_would(world: World) -> None:
    await held(world)
    card = world.card("meeting.card", "#sirkulasi")
    assert "Belum ada tuan rumah" in card.text
    for who in ("Wati", "Daniel"):
        await world.presses(who, "meeting_more", card)
        await world.presses(who, "meeting_host")
        assert world.toast == "meeting.host_noted"
    assert "Tuan rumah: Kak Wati" in card.text
    await world.presses("Wati", "meeting_more", card)
    await world.presses("Wati", "meeting_pass")
    assert "Tuan rumah: Kak Daniel" in card.text, "this time"
    session = (await upcoming(world)).session
    await world.happens("Wati", Pressed("meeting_pass", session.id, ""))
    assert world.toast == "meeting.not_your_turn"
    await world.later(days=17)  # it is held
    assert world.heard("#sirkulasi")[-1] == "meeting.card"
    assert "Tuan rumah: Kak Wati" in world.card("meeting.card", "#sirkulasi").text
    wati, daniel = (await world.member("Wati")).id, (await world.member("Daniel")).id
    assert (await newest(world)).hosts == (wati, daniel), "who hosted goes to the end"


async def test_the_calendar_file_is_the_session(world: World) -> None:
    from icalendar import Calendar

    await held(world)
    await world.presses("Wati", "meeting_file", world.card("meeting.card"))
    ((name, sha256),) = world.card("meeting.file").delivery.files
    assert name == "guyub-2026-12-10.ics" and world.card("meeting.file").alone == "wati"
    (event,) = Calendar.from_ical(await world.house.files.get(sha256)).events
    assert event.start.astimezone(UTC) == datetime(2026, 12, 10, 7, tzinfo=UTC) and str(event["location"]) == "ruang baca"


async def test_each_reads_times_on_their_own_clock(world: World) -> None:
    await held(world)
    card = world.card("meeting.card")
    await world.presses("Wati", "meeting_more", card)
    await world.presses("Wati", "meeting_hours")
    await world.fills("Wati", zone="Asia/Jayapura", quiet="21-6")
    assert world.toast == "meeting.hours_saved"
    await world.presses("Wati", "meeting_more", card)
    assert world.shown and "16.00 WIT · 14.00 WIB" in world.shown.words["meeting.more"]
    await world.presses("Wati", "meeting_yes", card)
    assert "14.00 WIB · 16.00 WIT" in card.text


async def test_the_home_page_tells_the_next_ones(world: World) -> None:
    from bot.model.place import Account

    await held(world)
    page = await world.house.app.view("home", Account("paper", user_of("Wati"), "Wati"))
    (section,) = [s for s in page["sections"] if s["key"] == "meeting"]  # type: ignore[union-attr,index,call-overload]
    (*_, last) = section["rows"]  # type: ignore[index,call-overload,misc]
    assert "11 Februari" in last["text"] and section["rows"][0]["link"].startswith("https://paper.test/#sirkulasi/")  # type: ignore[index,call-overload,union-attr]
