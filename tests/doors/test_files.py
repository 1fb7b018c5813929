"""Files go with the words, each way between the platforms: the picture of a damaged book, the scan that answers it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.compose import House
from bot.model.question import State
from tests.doors.house import OPERATOR
from tests.doors.test_line import ANSWER, PAIRS, QUESTION, gathered
from tests.doors.three import three_doors
from tests.doors.town import Seen, Town, sees, until

pytestmark = pytest.mark.anyio
DAMAGE = ("rusak.pdf", b"%PDF-1.7 sampul yang robek")
SCAN = ("perda.pdf", b"%PDF-1.7 Pasal 12")
MORE = ("punggung.pdf", b"%PDF-1.7 punggung buku")


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[tuple[House, dict[str, Town]]]:
    async with three_doors(tmp_path) as opened:
        yield opened


async def gets(town: Town, who: str, file: tuple[str, bytes], room: str) -> Seen:
    """Waits for the bot's message that carries it; the bytes are the same."""
    found: list[Seen] = []

    async def there() -> bool:
        found[:] = [m for m in await town.reads(who, room) if file[0] in m.files]
        return bool(found)

    await until(there, f"{who} on {town.name} in {room} has no {file[0]}")
    assert await town.downloads(who, found[0]) == file[1]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(("here", "there"), PAIRS, ids=[f"{a}-{b}" for a, b in PAIRS])
async def test_files_of_a_question_its_answer_and_what_is_added(
    doors: tuple[House, dict[str, Town]], here: str, there: str
) -> None:
    walk = await gathered(doors, here, there)
    await walk.asked.asks("Budi", QUESTION, "private", DAMAGE)
    await walk.question(State.OPEN)
    await gets(walk.answered, "Daniel", DAMAGE, "sirkulasi")
    post = await sees(walk.answered, "Daniel", QUESTION, "sirkulasi")
    await walk.answered.replies("Daniel", ANSWER, post, SCAN)
    relay = await sees(walk.asked, "Budi", ANSWER)
    await gets(walk.asked, "Budi", SCAN, "private")
    await walk.asked.replies("Budi", "Ini punggungnya.", relay, MORE)
    await gets(walk.answered, "Daniel", MORE, "sirkulasi")
    assert not [m for m in await walk.asked.reads("Budi", "private") if {DAMAGE[0], MORE[0]} & {*m.files}]


@pytest.mark.parametrize("there", ["web", "slack", "telegram"])
async def test_a_file_reaches_who_is_asked_in_private(doors: tuple[House, dict[str, Town]], there: str) -> None:
    """The community has no channel at all: each who knows gets the question and its file alone."""
    walk = await gathered(doors, "telegram" if there == "slack" else "slack", there)
    town = walk.answered
    await town.runs(OPERATOR, "kanal", room="sirkulasi")
    await town.fills(OPERATOR, {walk.words("steward.field_mode"): walk.words("steward.mode_off")})

    async def off() -> bool:
        return all(b.mode == "off" for b in await walk.house.store.places.bindings())

    await until(off, "the channel is still served")
    await walk.asked.asks("Budi", QUESTION, "umum", DAMAGE)
    await walk.question(State.OPEN)
    await gets(town, "Daniel", DAMAGE, "private")
    assert not [m for m in await walk.asked.reads("Budi", "umum") if m.files]
