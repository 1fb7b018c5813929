"""A community's meetings, walked: proposed, agreed on, come to, moved, reminded of, prepared, written down and ended."""

from __future__ import annotations

from datetime import timedelta

from bot.events import FileRef, Pressed
from bot.outcome import FieldErrors
from tests.gallery.walk import Walk, home

LINES = {
    "monthly": ("rapat tiap Kamis kedua jam 14 di ruang baca", "meeting second Thursday of the month at 2 pm"),
    "weekly": ("rapat tiap Kamis jam 14 di ruang baca", "meeting every Thursday at 2 pm"),
    "feast": ("rapat tiap tanggal 25 jam 10 di aula", "meeting the 25th of every month at 10 am"),
    "doubtful": ("rapat tiap Kamis", "meeting every Thursday"),
    "friday": ("Jumat jam 10", "Friday at 10 am"),
    "topic": ("Denda buku hilang", "Fines for lost books"),
    "notes": ("Semua cabang memakai harga sekarang.", "All branches use the price now."),
    "action": ("Wati: kirim contoh formulir, besok", "Wati: send the sample form, tomorrow"),
}


async def meetings(w: Walk) -> None:
    for chapter in (proposes, understands, attends, prepares, changes, comes_due, ends):
        await chapter(w)


def line(w: Walk, name: str) -> str:
    return w.command(*LINES[name])


async def press(w: Walk, who: str, *actions: str) -> None:
    for action in actions:
        await w.world.presses(who, action)
        w.look()


async def on_card(w: Walk, who: str, *actions: str) -> None:
    """The first on the newest card of a meeting, the rest on what that showed."""
    await w.world.presses(who, actions[0], w.world.card("meeting.card"))
    w.look()
    await press(w, who, *actions[1:])


async def proposes(w: Walk) -> None:
    """A member's idea goes to the steward, who agrees; another one is declined."""
    world = w.world
    for who, action in (("Sari", "meeting_decline"), ("Sari", "meeting_confirm")):
        await world.commands("Wati", line(w, "monthly" if action == "meeting_decline" else "weekly"), "#sirkulasi")
        w.look()
        await world.presses("Wati", "meeting_confirm")
        w.look()
        await world.presses(who, action, world.card("meeting.proposal"))
        w.look()


async def understands(w: Walk) -> None:
    """Alone a form; in doubt the form says of what; a feast is a question."""
    world = w.world
    await world.commands("Daniel", w.command("rapat", "meeting"), "@daniel")
    w.look()
    await world.commands("Sari", line(w, "doubtful"), "#sirkulasi")
    w.again("meeting.form_title")
    await world.fills_in("Sari", "#sirkulasi")
    assert world.shown and isinstance(world.shown.now, FieldErrors)
    w.look()
    await world.commands("Sari", line(w, "feast"), "#sirkulasi")
    w.look()
    await press(w, "Sari", "meeting_skip", "meeting_edit")
    await press(w, "Sari", "meeting_drop")
    await world.commands("Tono", line(w, "monthly"), "#sirkulasi")
    w.look()


async def attends(w: Walk) -> None:
    for who, action in (("Sari", "meeting_yes"), ("Wati", "meeting_yes"), ("Daniel", "meeting_maybe"), ("Tono", "meeting_no")):
        await on_card(w, who, action)
    await on_card(w, "Daniel", "meeting_file")
    await on_card(w, "Daniel", "meeting_more", "meeting_hours")
    await w.world.fills("Daniel")
    w.look()
    await on_card(w, "Daniel", "meeting_more", "meeting_host")
    await on_card(w, "Sari", "meeting_more", "meeting_series")


async def prepares(w: Walk) -> None:
    await w.world.asks("Budi", w.words["fine"])
    await on_card(w, "Sari", "meeting_agenda")
    await press(w, "Sari", "meeting_topic")
    await w.world.fills("Sari", topic=line(w, "topic"))
    w.look()
    await on_card(w, "Sari", "meeting_agenda", "meeting_fill")
    await on_card(w, "Wati", "meeting_agenda", "meeting_vote")


async def changes(w: Walk) -> None:
    await on_card(w, "Sari", "meeting_more", "meeting_move")
    await w.world.fills("Sari", when=line(w, "friday"))
    w.look()
    await press(w, "Sari", "meeting_moved")
    await home(w, "home, before a meeting", "Wati")


async def comes_due(w: Walk) -> None:
    """Reminders as they come, then the minutes, and what was agreed on when it is due."""
    world = w.world
    session = (await world.house.store.meetings.upcoming(None, world.clock(), 1))[0]
    for before in (timedelta(hours=24), timedelta(hours=1), timedelta(hours=-1, minutes=-1)):
        wait = session.when.starts - before + timedelta(seconds=5) - world.clock()
        if wait > timedelta(0):
            await world.later(seconds=wait.total_seconds())
        w.look()
    world.door.files["f1"] = b"JPEG"
    card = next(m for m in world.door.messages if m.template == "meeting.card")
    await world.says("Wati", "", "#sirkulasi", card.ref.message, files=(FileRef("f1", "foto.jpg", "image/jpeg", 4),))
    await world.happens("Sari", Pressed("meeting_minutes", session.session.id, ""), "@sari")
    w.look()
    await world.fills("Sari", notes=line(w, "notes"), decisions=line(w, "notes"), actions=line(w, "action"))
    w.look()
    await world.later(days=1, hours=12)
    w.look()
    await press(w, "Wati", "meeting_done")


async def ends(w: Walk) -> None:
    for who in ("Wati", "Daniel"):
        await on_card(w, who, "meeting_yes")
    await on_card(w, "Sari", "meeting_more", "meeting_off", "meeting_off_now")
    await on_card(w, "Wati", "meeting_yes")
    await on_card(w, "Sari", "meeting_more", "meeting_stop", "meeting_stop_now")
