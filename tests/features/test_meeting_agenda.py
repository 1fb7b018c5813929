"""What is talked about, and what is kept of it: topics and votes, minutes that become knowledge, actions followed up once."""

from __future__ import annotations

from datetime import date

import pytest

from bot.events import Pressed
from bot.model.question import State
from tests.features.test_meeting import held, newest, upcoming
from tests.world import World

pytestmark = pytest.mark.anyio

WEEKLY = "rapat tiap Kamis jam 14 di ruang baca"
LOST = "Bagaimana mengganti buku pinjaman yang hilang?"
NOTES = "Kami membahas denda buku hilang. Semua cabang memakai harga sekarang."


async def proposes(world: World, who: str, topic: str) -> None:
    await world.presses(who, "meeting_agenda", world.card("meeting.card"))
    await world.presses(who, "meeting_topic")
    await world.fills(who, topic=topic)


async def test_members_propose_topics_and_vote(world: World) -> None:
    await held(world, WEEKLY)
    for who, topic in (("Wati", "Denda buku hilang"), ("Daniel", "SLiMS baru"), ("Sari", " ")):
        await proposes(world, who, topic)
    assert world.toast == "FieldErrors"
    await world.presses("Sari", "meeting_agenda", world.card("meeting.card"))
    second = [b for b in world.shown.buttons if b.action == "meeting_vote"][1]  # type: ignore[union-attr]
    await world.happens("Sari", Pressed("meeting_vote", second.value, ""))
    assert [(t.text, len(t.votes)) for t in (await upcoming(world)).session.agenda] == [
        ("Denda buku hilang", 1),
        ("SLiMS baru", 2),
    ]
    card = world.card("meeting.card").text
    assert card.index("SLiMS baru (2 suara)") < card.index("Denda buku hilang (1 suara)")
    await world.happens("Sari", Pressed("meeting_vote", second.value, ""))
    assert len((await upcoming(world)).session.agenda[1].votes) == 1, "a second tap takes it back"
    await world.happens("Sari", Pressed("meeting_vote", second.value[:-1] + "x", ""))
    assert world.toast == "error.stale"


async def test_the_first_agenda_is_what_the_community_still_asks(world: World) -> None:
    await world.asks("Budi", "Bagaimana menghitung denda majalah?")
    wanted = await world.asks("Tono", LOST)
    await world.presses("Endah", "me_too", world.card("card.post", "#sirkulasi"))
    await held(world, WEEKLY)
    await world.presses("Wati", "meeting_agenda", world.card("meeting.card"))
    assert "meeting_fill" not in [b.action for b in world.shown.buttons]  # type: ignore[union-attr]
    await world.presses("Sari", "meeting_agenda", world.card("meeting.card"))
    await world.presses("Sari", "meeting_fill")
    topics = (await upcoming(world)).session.agenda
    assert topics[0].question == wanted.id and len(topics) == 2 and LOST in world.card("meeting.card").text
    await world.presses("Sari", "meeting_agenda", world.card("meeting.card"))
    assert "meeting_fill" not in [b.action for b in world.shown.buttons]  # type: ignore[union-attr]


async def test_notes_due_for_another_review_are_proposed(world: World) -> None:
    item = await world.published(
        "Budi", "Bagaimana cara menghitung denda buku yang terlambat?", "Wati", "Seribu rupiah sehari."
    )
    await world.later(days=350)
    await held(world, WEEKLY)
    await world.presses("Sari", "meeting_agenda", world.card("meeting.card"))
    await world.presses("Sari", "meeting_fill")
    assert [t.item for t in (await upcoming(world)).session.agenda] == [item.id]


async def test_minutes_become_a_draft_and_settle_what_was_asked(world: World) -> None:
    q = await world.asks("Tono", LOST)
    await held(world, WEEKLY)
    for who in ("Wati", "Daniel"):
        await world.presses(who, "meeting_yes", world.card("meeting.card"))
    await world.presses("Wati", "meeting_more", world.card("meeting.card"))
    await world.presses("Wati", "meeting_host")
    session = (await upcoming(world)).session.id
    await world.happens("Wati", Pressed("meeting_minutes", session, ""))
    assert world.toast == "meeting.not_yet"
    await world.later(days=2, hours=7)
    asked = world.card("meeting.minutes_please", "@wati")
    assert world.told("Wati").count("meeting.minutes_please") == 1 and "meeting.minutes_please" not in world.told("Sari")
    await world.presses("Daniel", "meeting_minutes", asked)
    assert world.toast == "meeting.not_yours"
    await world.presses("Wati", "meeting_minutes", asked)
    await world.fills_in("Wati", "@wati", notes=" ")
    assert world.toast == "FieldErrors"
    await world.presses("Wati", "meeting_minutes", asked)
    actions = "- Daniel: kirim daftar harga, 4 Desember\nBagian pengadaan: cek toko daring, 5 Desember\nRapikan rak"
    await world.fills_in("Wati", "@wati", notes=NOTES, decisions="Harga sekarang dipakai", actions=actions, solved=q.id)
    assert world.toast == "meeting.minutes_noted"

    kept = await world.house.store.meetings.session(session)
    assert kept and kept.item
    item = await world.house.store.items.get(kept.item)
    assert item and item.status == "draft" and item.solution == NOTES and "Harga sekarang dipakai" in item.steps
    assert {(c.name, c.part) for c in item.credits} == {("Wati", "answerer"), ("Daniel", "answerer")}
    assert "review.card" in world.told("Sari")
    assert (await world.again(q)).state is State.SOLVED
    await world.presses("Wati", "meeting_minutes", asked)
    assert world.toast == "meeting.minutes_there"
    await world.happens("Sari", Pressed("approve", item.id, ""), "@sari")
    assert "review.published" in world.heard("#sirkulasi")


async def test_actions_are_followed_up_once_when_they_are_due(world: World) -> None:
    await held(world, WEEKLY)
    await world.presses("Daniel", "meeting_yes", world.card("meeting.card"))
    session = (await upcoming(world)).session.id
    await world.later(days=2, hours=7)
    await world.presses("Sari", "meeting_minutes", world.card("meeting.minutes_please", "@sari"))
    actions = "Daniel: kirim daftar, 4 Desember\nBagian pengadaan: cek toko, 5 Desember\nRapikan rak\nTono: tanpa tanggal"
    await world.fills_in("Sari", "@sari", notes=NOTES, actions=actions)
    daniel = (await world.member("Daniel")).id
    found = await world.house.store.meetings.actions((await newest(world)).id)
    assert [(a.text, a.owner, a.owner_name, a.due) for a in found] == [
        ("kirim daftar", daniel, "Daniel", date(2026, 12, 4)),
        ("cek toko", None, "Bagian pengadaan", date(2026, 12, 5)),
        ("Rapikan rak", None, "", None),
        ("tanpa tanggal", None, "Tono", None),
    ]
    assert found[0].session == session
    await world.later(days=7)
    assert "meeting.action_due" not in world.told("Daniel")
    await world.later(days=3)
    assert world.told("Daniel").count("meeting.action_due") == 1 and world.told("Sari").count("meeting.action_due") == 1
    assert "Bagian pengadaan" in world.card("meeting.action_due", "@sari").text
    await world.presses("Daniel", "meeting_done", world.card("meeting.action_due", "@daniel"))
    assert world.toast == "meeting.done_noted"
    await world.presses("Daniel", "meeting_done", world.card("meeting.action_due", "@daniel"))
    assert world.toast == "error.already"


async def test_a_one_off_meeting_ends_with_its_minutes(world: World) -> None:
    await held(world, "rapat besok jam 10")
    await world.later(days=1, hours=3)
    assert world.card("meeting.minutes_please", "@sari") and "Selesai" in world.card("meeting.card").text
    await world.later(days=30)
    assert world.heard("#sirkulasi").count("meeting.card") == 1


async def test_minutes_written_while_it_runs_are_not_asked_for_again(world: World) -> None:
    await held(world, WEEKLY)
    for who in ("Wati", "Daniel"):
        await world.presses(who, "meeting_more", world.card("meeting.card"))
        await world.presses(who, "meeting_host")
    session = (await upcoming(world)).session.id
    await world.later(days=2, hours=5, minutes=30)
    await world.happens("Wati", Pressed("meeting_minutes", session, ""), "@wati")
    await world.fills_in("Wati", "@wati", notes=NOTES)
    assert world.toast == "meeting.minutes_noted"
    await world.later(hours=2)
    assert "meeting.minutes_please" not in world.told("Wati")
    assert world.heard("#sirkulasi").count("meeting.card") == 2
    assert (await newest(world)).hosts[0] == (await world.member("Daniel")).id
