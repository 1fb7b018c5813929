"""Files go with the words, each way between the platforms: the picture of a damaged book, the scan that answers it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.compose import House
from bot.model.question import State
from tests.doors.house import OPERATOR
from tests.doors.slack_town import SlackTown
from tests.doors.test_line import ANSWER, PAIRS, QUESTION, gathered
from tests.doors.three import three_doors
from tests.doors.town import Seen, Town, sees, until

pytestmark = pytest.mark.anyio
DAMAGE = ("rusak.pdf", b"%PDF-1.7 sampul yang robek")
SCAN = ("perda.pdf", b"%PDF-1.7 Pasal 12")
LEADS = "Lihat di tempat asalnya"
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
    assert LEADS not in post.text, "into somebody's private chat"
    await walk.answered.replies("Daniel", ANSWER, post, SCAN)
    relay = await sees(walk.asked, "Budi", ANSWER)
    assert (LEADS in relay.text) == (here == there), "to another platform, where the reader is nobody"
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


@pytest.mark.parametrize(("here", "there"), [("web", "web"), ("slack", "slack"), ("telegram", "telegram"), ("slack", "web")])
async def test_a_link_is_shown_to_those_who_can_open_it(doors: tuple[House, dict[str, Town]], here: str, there: str) -> None:
    """From one room to another of the same platform: a public one, or one that the reader is in."""
    walk = await gathered(doors, here, there)
    await walk.asked.asks("Budi", QUESTION, "umum")
    post = await sees(walk.answered, "Daniel", QUESTION, "sirkulasi")
    assert (LEADS in post.text) == (here == there and here != "telegram"), post.text
    await walk.answered.replies("Daniel", ANSWER, post)
    await sees(walk.asked, "Budi", ANSWER, "umum")


async def test_a_private_channel_of_slack_is_no_place_to_send_others(doors: tuple[House, dict[str, Town]]) -> None:
    walk = await gathered(doors, "slack", "slack")
    town = walk.asked
    assert isinstance(town, SlackTown)
    town.rooms["rahasia"] = town.slack.add_channel(
        "rahasia", [town.people["Budi"].id, town.slack.workspace.app.bot_user], private=True
    )
    await town.asks("Budi", QUESTION, "rahasia", DAMAGE)
    post = await sees(town, "Daniel", QUESTION, "sirkulasi")
    assert LEADS not in post.text
    await gets(town, "Daniel", DAMAGE, "sirkulasi")


@pytest.mark.parametrize(("here", "there"), [("web", "web"), ("slack", "slack"), ("telegram", "telegram")])
async def test_a_draft_leads_its_reviewer_into_no_private_chat(
    doors: tuple[House, dict[str, Town]], here: str, there: str
) -> None:
    """The asker's message lies in their own chat with the bot: it is named there, and not linked to."""
    walk = await gathered(doors, here, there)
    town = walk.asked
    await town.asks("Budi", QUESTION, "private")
    post = await sees(town, "Daniel", QUESTION, "sirkulasi")
    await town.replies("Daniel", ANSWER, post)
    solved = walk.words("card.button_solved")
    await town.presses("Budi", solved, await sees(town, "Budi", "", button=solved))
    draft = await walk.item("draft")
    read = walk.words("review.button_read")
    await town.presses("Sari", read, await sees(town, "Sari", draft.title, button=read))
    sheet = await sees(town, "Sari", "Diambil dari pesan")
    assert sheet.text.count("↗") == 1, "the answer's, from the room, and not the question's"
    assert "Budi" in sheet.text and "Daniel" in sheet.text
