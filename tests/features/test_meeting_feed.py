"""A member's private calendar of a community: fetched over HTTP as a calendar program does, read back by icalendar."""

from __future__ import annotations

import re

import httpx
import pytest
from icalendar import Calendar, Event

from bot.log import Redaction
from bot.serve import asgi
from bot.settings import Settings
from tests.features.test_meeting import held
from tests.world import World

pytestmark = pytest.mark.anyio

ADDRESS = re.compile(r"http\S+/calendar/([0-9a-f]{48})\.ics")


async def fetch(world: World, secret: str, **headers: str) -> httpx.Response:
    return await got(world, f"/calendar/{secret}.ics", **headers)


async def got(world: World, path: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(asgi(world.house)), base_url="http://guyub") as client:
        return await client.get(path, headers=named)


async def subscribed(world: World, who: str, through: str = "meeting_more") -> str:
    """Through the card; the secret in the address that they alone are shown."""
    await world.presses(who, through, world.card("meeting.card"))
    before = len(world.door.messages)
    await world.presses(who, "meeting_feed")
    assert world.toast == "meeting.feed" and len(world.door.messages) == before, "nothing of it is posted anywhere"
    return secret(world)


def secret(world: World) -> str:
    assert world.shown
    found = ADDRESS.search("".join(world.shown.words.values()))
    assert found, world.shown.words
    return found[1]


def events(made: httpx.Response) -> list[Event]:
    assert made.status_code == 200, made.text
    return list(Calendar.from_ical(made.content).walk("VEVENT"))


async def test_a_member_subscribes_and_sees_the_series_with_its_zone(world: World) -> None:
    meeting = await held(world)
    made = await fetch(world, await subscribed(world, "Wati"))
    assert made.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = events(made)
    assert (str(event["UID"]), event["RRULE"].to_ical()) == (f"guyub-{meeting.id}", b"FREQ=MONTHLY;BYDAY=2TH")
    assert (event["DTSTART"].dt.isoformat(), str(event["LOCATION"])) == ("2026-12-10T14:00:00+07:00", "ruang baca")
    zones = Calendar.from_ical(made.content).walk("VTIMEZONE")
    assert [str(zone["TZID"]) for zone in zones] == ["Asia/Jakarta"]


async def test_the_calendar_file_offers_it_too(world: World) -> None:
    await held(world)
    await world.presses("Wati", "meeting_file")
    await world.presses("Wati", "meeting_feed", world.card("meeting.file"))
    assert world.toast == "meeting.feed" and len(events(await fetch(world, secret(world)))) == 1


async def test_each_member_has_an_address_of_their_own_that_stays(world: World) -> None:
    await held(world)
    mine, other = await subscribed(world, "Wati"), await subscribed(world, "Sari")
    assert mine != other and mine == await subscribed(world, "Wati")


async def test_a_new_address_kills_the_old_one(world: World) -> None:
    await held(world)
    old = await subscribed(world, "Wati")
    await world.presses("Wati", "meeting_feed_new")
    assert world.toast == "meeting.feed_renewed"
    new = secret(world)
    assert new != old and (await fetch(world, old)).status_code == 404 and len(events(await fetch(world, new))) == 1


async def test_leaving_kills_it_also_for_who_comes_back(world: World) -> None:
    await held(world)
    old = await subscribed(world, "Wati")
    await world.commands("Wati", "keluar sirkulasi")
    assert (await fetch(world, old)).status_code == 404
    await world.presses("Wati", "meeting_more", world.card("meeting.card"))
    await world.presses("Wati", "meeting_feed")
    assert world.toast == "meeting.feed_members"
    await world.commands("Wati", "gabung sirkulasi")
    assert (await fetch(world, old)).status_code == 404
    assert (await fetch(world, await subscribed(world, "Wati"))).status_code == 200


async def test_who_left_the_platform_reads_it_no_more(world: World) -> None:
    await held(world)
    old = await subscribed(world, "Wati")
    await world.leaves("Wati")
    assert (await fetch(world, old)).status_code == 404


async def test_what_opens_nothing_looks_all_the_same(world: World) -> None:
    await held(world)
    old = await subscribed(world, "Wati")
    await world.commands("Wati", "keluar sirkulasi")
    paths = (f"{old}.ics", f"{'0' * 48}.ics", ".ics", "x.ics", old, f"{old[:-1]}.ics", "%00.ics", f"{'a' * 4000}.ics")
    answers = [await got(world, f"/calendar/{path}") for path in paths]
    assert {(one.status_code, one.text, tuple(sorted(one.headers.items()))) for one in answers} == {
        (404, answers[0].text, tuple(sorted(answers[0].headers.items())))
    }
    assert answers[0].headers["cache-control"] == "no-store"


async def test_a_calendar_program_is_told_when_nothing_changed(world: World) -> None:
    await held(world)
    key = await subscribed(world, "Wati")
    first = await fetch(world, key)
    tag, date = first.headers["etag"], first.headers["last-modified"]
    assert first.headers["cache-control"].startswith("private")
    assert (await fetch(world, key)).content == first.content
    for asked in ({"if_none_match": tag}, {"if_none_match": f'"x", W/{tag}'}, {"if_modified_since": date}):
        same = await fetch(world, key, **asked)
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        assert same.headers["cache-control"].startswith("private")
    for asked in ({"if_none_match": '"x"', "if_modified_since": date}, {"if_modified_since": "yesterday"}):
        assert (await fetch(world, key, **asked)).status_code == 200
    await moves(world, "Sari", "Jumat 11 Desember jam 10")
    changed = await fetch(world, key, if_none_match=tag, if_modified_since=date)
    assert changed.status_code == 200 and changed.headers["etag"] != tag
    assert (await fetch(world, key, if_modified_since=date)).status_code == 200


async def test_moved_and_called_off_occurrences_are_exceptions(world: World) -> None:
    await held(world)
    key = await subscribed(world, "Wati")
    await moves(world, "Sari", "Jumat 11 Desember jam 10")
    whole, moved = events(await fetch(world, key))
    assert moved["RECURRENCE-ID"].dt.isoformat() == "2026-12-10T14:00:00+07:00"
    assert moved["DTSTART"].dt.isoformat() == "2026-12-11T10:00:00+07:00" and moved["SEQUENCE"] > 0
    await calls_off(world, "Sari")
    (whole,) = events(await fetch(world, key))
    assert [one.dt.isoformat() for one in whole["EXDATE"].dts] == ["2026-12-10T14:00:00+07:00"]


async def test_one_meeting_that_moves_and_is_called_off_stays_one_event(world: World) -> None:
    await held(world, "rapat 10 Desember jam 14")
    key = await subscribed(world, "Wati")
    await moves(world, "Sari", "Jumat 11 Desember jam 10")
    (event,) = events(await fetch(world, key))
    assert event["DTSTART"].dt.isoformat() == "2026-12-11T10:00:00+07:00" and "RECURRENCE-ID" not in event
    await calls_off(world, "Sari")
    (event,) = events(await fetch(world, key))
    assert str(event["STATUS"]) == "CANCELLED"


async def test_a_series_that_ended_keeps_what_was_held(world: World) -> None:
    await held(world)
    key = await subscribed(world, "Wati")
    await world.later(days=20)  # one was held
    date = (await fetch(world, key)).headers["last-modified"]
    await world.presses("Sari", "meeting_more", world.card("meeting.card"))
    await world.presses("Sari", "meeting_stop")
    await world.presses("Sari", "meeting_stop_now")
    made = await fetch(world, key, if_modified_since=date)
    (event,) = events(made)
    assert event["RRULE"].to_ical() == b"FREQ=MONTHLY;UNTIL=20261210T165959Z;BYDAY=2TH"


async def test_only_what_binds_is_in_it_in_the_members_language(world: World) -> None:
    await held(world)
    await world.commands("Sari", "rapat besok jam 9", "#sirkulasi")  # not confirmed
    key = await subscribed(world, "Wati")
    await world.speaks("Wati", "en")
    (event,) = events(await fetch(world, key))
    made = Calendar.from_ical((await fetch(world, key)).content)
    assert str(event["SUMMARY"]) == "Circulation" and str(made["X-WR-CALNAME"]).startswith("Circulation · ")


async def test_a_clock_set_back_makes_no_address_that_opens_nothing(world: World) -> None:
    await held(world)
    world.clock.forward(days=-400)
    await world.presses("Wati", "meeting_more", world.card("meeting.card"))
    await world.presses("Wati", "meeting_feed")
    assert (await fetch(world, secret(world))).status_code == 200


async def test_the_words_say_where_it_opens(world: World) -> None:
    await held(world)
    await subscribed(world, "Wati")
    assert world.shown and "komputer atau jaringan yang sama" in "".join(world.shown.words.values())


@pytest.mark.parametrize(
    ("chosen", "site"),
    [
        ({}, ("http://127.0.0.1:8765", False)),
        ({"host": "0.0.0.0", "port": 80}, ("http://127.0.0.1:80", False)),
        ({"host": "::1"}, ("http://[::1]:8765", False)),
        ({"host": "10.0.0.7"}, ("http://10.0.0.7:8765", False)),
        ({"public_url": "https://guyub.example/bot/"}, ("https://guyub.example/bot", True)),
        ({"telegram_webhook_url": "https://guyub.example/telegram/webhook"}, ("https://guyub.example", True)),
    ],
)
def test_where_guyub_is_reached(chosen: dict[str, str | int], site: tuple[str, bool]) -> None:
    library = Settings(**chosen).as_library()  # type: ignore[arg-type]
    assert (library.site, library.public) == site


def test_the_address_is_never_logged() -> None:
    key = "7f" * 24
    logged = Redaction()(None, "info", {"event": f"GET /calendar/{key}.ics 200", "path": f"https://guyub/calendar/{key}.ics"})
    assert key not in str(logged) and "/calendar/" in str(logged)


async def moves(world: World, who: str, to: str) -> None:
    await world.presses(who, "meeting_more", world.card("meeting.card"))
    await world.presses(who, "meeting_move")
    await world.fills(who, when=to)
    await world.presses(who, "meeting_moved")
    assert world.toast == "meeting.saved"


async def calls_off(world: World, who: str) -> None:
    await world.presses(who, "meeting_more", world.card("meeting.card"))
    await world.presses(who, "meeting_off")
    await world.presses(who, "meeting_off_now")
    assert world.toast == "meeting.off_done"
