"""How a meeting goes: a format chosen when it is made or later, its steps shown with the agenda."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.events import Pressed
from bot.flow.scheduling import FORMATS
from bot.voice import FOLDER
from tests.features.test_meeting import held, newest, upcoming
from tests.world import World

pytestmark = pytest.mark.anyio

WEEKLY = "rapat tiap Kamis jam 14 di ruang baca"


async def picks(world: World, who: str, format: str) -> None:
    assert world.shown
    label = next(b for b in world.shown.buttons if b.value.endswith(f"/{format}"))
    world.shown = await world.happens(who, Pressed(label.action, label.value, ""), f"@{who.lower()}")


async def opens(world: World, who: str, *actions: str) -> str:
    """What the agenda, or what it leads to, shows."""
    await world.presses(who, "meeting_agenda", world.card("meeting.card"))
    for action in actions:
        await world.presses(who, action)
    assert world.shown
    return "\n".join(world.shown.words.values())


async def test_it_is_chosen_before_the_meeting_binds(world: World) -> None:
    await world.commands("Sari", WEEKLY, "#sirkulasi")
    await world.presses("Sari", "meeting_formats")
    assert world.toast == "meeting.formats" and "Klinik kasus" in "".join(world.shown.words.values())  # type: ignore[union-attr]
    await picks(world, "Sari", "clinic")
    assert "Klinik kasus" in world.card("meeting.understood").text and await world.house.store.meetings.held() == ()
    await world.presses("Sari", "meeting_confirm")
    assert (await newest(world)).format == "clinic"
    assert "Klinik kasus" in world.card("meeting.card").text
    told = await opens(world, "Daniel")
    assert "Bertanya**, 15 menit" in told and "Pertanyaan yang menolong" in told and "pemandu" in told


async def test_it_is_changed_later_by_who_may_change_the_meeting(world: World) -> None:
    await held(world, WEEKLY)
    session = (await upcoming(world)).session.id
    assert "menit" not in await opens(world, "Daniel")
    assert "meeting_formats" not in [b.action for b in world.shown.buttons]  # type: ignore[union-attr]
    await world.presses("Daniel", "meeting_agenda", world.card("meeting.card"))
    shown = await world.happens("Daniel", Pressed("meeting_format", f"{session}/book", ""), "@daniel")
    assert shown and shown.now.template == "meeting.not_yours"  # type: ignore[union-attr]
    await opens(world, "Sari", "meeting_formats")
    await picks(world, "Sari", "story")
    assert world.toast == "meeting.agenda" and "Benang merah" in "".join(world.shown.words.values())  # type: ignore[union-attr]
    assert (await newest(world)).format == "story" and "Lingkar cerita" in world.card("meeting.card").text
    await opens(world, "Sari", "meeting_formats")
    await picks(world, "Sari", "open")
    assert "Lingkar cerita" not in world.card("meeting.card").text and "Benang merah" not in await opens(world, "Daniel")


async def test_an_unknown_format_is_none(world: World) -> None:
    await held(world, WEEKLY)
    session = (await upcoming(world)).session.id
    shown = await world.happens("Sari", Pressed("meeting_format", f"{session}/party", ""), "@sari")
    assert shown and shown.now.template == "error.stale"  # type: ignore[union-attr]


async def test_somebody_elses_draft_is_theirs(world: World) -> None:
    await world.commands("Sari", WEEKLY, "#sirkulasi")
    draft = world.card("meeting.understood").buttons["meeting_formats"].value
    shown = await world.happens("Wati", Pressed("meeting_format", f"{draft}/book", ""), "@wati")
    assert shown and shown.now.template == "meeting.gone"  # type: ignore[union-attr]


def guides() -> list[Path]:
    return sorted((FOLDER / "meetings").glob("*.yaml"))


def test_every_format_has_its_guide() -> None:
    assert {path.stem for path in guides()} == set(FORMATS[1:])


@pytest.mark.parametrize("path", guides(), ids=lambda path: path.stem)
def test_a_guide_says_for_what_how_long_who_and_what_to_ask(path: Path) -> None:
    both = yaml.safe_load(path.read_text("utf-8"))
    assert list(both) == ["id", "en"]
    steps = {language: [line for line in text.splitlines() if line[:1].isdigit()] for language, text in both.items()}
    assert len(steps["id"]) == len(steps["en"]) >= 5
    assert all("menit" in line for line in steps["id"]) and all("minutes" in line for line in steps["en"])
    assert "Yang berperan" in both["id"] and "Roles" in both["en"]
    for text in both.values():
        assert sum(line.startswith("- ") for line in text.splitlines()) >= 3 and len(text) < 2200
