"""The whole line on each platform and from each to each other: asked here, answered there, kept, reviewed, found again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.compose import House
from bot.model.base import Language
from bot.model.knowledge import Item
from bot.model.question import Question, State
from bot.show import plain
from tests.doors.house import OPERATOR
from tests.doors.three import three_doors
from tests.doors.town import Seen, Town, sees, until

pytestmark = pytest.mark.anyio

QUESTION = "Bagaimana menghitung denda buku yang telat dikembalikan?"
ANSWER = "Seribu rupiah per hari kerja per buku, hari libur tidak dihitung."
LATER = "How do I calculate the fine for overdue books?"
PAPER = ("perda.txt", b"Pasal 12: denda keterlambatan.")


@dataclass
class Walk:
    """Both towns of one walk, and the house between them."""

    house: House
    asked: Town
    answered: Town

    def words(self, key: str, language: Language = "id", **data: object) -> str:
        """What a button or label says."""
        return plain(self.house.app.dispatcher.voice(key, data, language))

    async def question(self, *states: State) -> Question:
        """The newest question, once it stands so."""
        store = self.house.store

        async def stands() -> bool:
            newest = await store.questions.recent(1)
            return bool(newest) and newest[0].state in states

        await until(stands, f"no question is {states}: {[q.state for q in await store.questions.recent(3)]}")
        return (await store.questions.recent(1))[0]

    async def item(self, status: str) -> Item:
        found: list[Item] = []

        async def there() -> bool:
            kept = [await self.house.store.items.of_question(q.id) for q in await self.house.store.questions.recent(5)]
            found[:] = [item for item in kept if item and item.status == status]
            return bool(found)

        await until(there, f"no item is {status}")
        return found[0]


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[tuple[House, dict[str, Town]]]:
    async with three_doors(tmp_path) as opened:
        yield opened


PAIRS = [(a, b) for a in ("web", "slack", "telegram") for b in ("web", "slack", "telegram")] + [("slack", "slack2")]


@pytest.mark.parametrize(("here", "there"), PAIRS, ids=[f"{a}-{b}" for a, b in PAIRS])
async def test_the_whole_line(doors: tuple[House, dict[str, Town]], here: str, there: str) -> None:
    house, towns = doors
    walk = Walk(house, towns[here], towns[there])
    await the_community_gathers(walk)
    await a_question_is_asked_and_answered(walk)
    await it_is_settled_reviewed_and_credited(walk)
    await the_next_asker_finds_it(walk)


async def gathered(doors: tuple[House, dict[str, Town]], here: str, there: str) -> Walk:
    """A walk whose community is there, and somebody who asks."""
    house, towns = doors
    walk = Walk(house, towns[here], towns[there])
    await the_community_gathers(walk)
    await walk.asked.arrives("Budi")
    return walk


async def the_community_gathers(walk: Walk) -> None:
    """An operator gives the channel to the community; a steward and one who knows join, and agree to be asked."""
    town = walk.answered
    for who in (OPERATOR, "Sari", "Daniel"):
        await town.arrives(who)
    await town.runs(OPERATOR, "kanal", room="sirkulasi")
    await town.fills(
        OPERATOR,
        {
            walk.words("steward.field_community"): "Sirkulasi",
            walk.words("steward.field_mode"): walk.words("steward.mode_auto"),
        },
    )
    for who in ("Sari", "Daniel"):
        await town.runs(who, "gabung", "sirkulasi")
        joined = await sees(town, who, "Sirkulasi")
        if who == "Sari":
            await town.presses(who, walk.words("belong.button_lead"), joined)
        await town.runs(who, "profil")
        knows = walk.words("profile.field_knows", community="Sirkulasi")
        await town.fills(who, {knows: "denda", walk.words("profile.field_may_ask"): "Sirkulasi"})

    async def willing() -> bool:
        memberships = await walk.house.store.members.memberships()
        return len(memberships) == 2 and all(m.may_ask for m in memberships) and any(m.role == "steward" for m in memberships)

    await until(willing, "the community has not gathered")


async def a_question_is_asked_and_answered(walk: Walk) -> None:
    here, there = walk.asked, walk.answered
    await here.arrives("Budi")
    asked = await here.asks("Budi", QUESTION, "umum")

    async def noticed() -> bool:
        return "👀" in await here.emoji_on(asked, "umum")

    await until(noticed, "no sign that it was heard")
    await walk.question(State.OPEN)
    post = await sees(there, "Daniel", QUESTION, "sirkulasi")
    await there.replies("Daniel", ANSWER, post, PAPER)
    await walk.question(State.ANSWERED)
    await sees(here, "Budi", ANSWER, "umum")


async def it_is_settled_reviewed_and_credited(walk: Walk) -> None:
    here, there = walk.asked, walk.answered
    solved = walk.words("card.button_solved")
    card = await sees(here, "Budi", "", "umum", button=solved)
    await here.presses("Budi", solved, card)
    await walk.question(State.SOLVED)

    async def edited_in_place() -> bool:
        return any(m.id == card.id and solved not in m.buttons for m in await here.reads("Budi", "umum"))

    await until(edited_in_place, "the card was not edited in place")
    draft = await walk.item("draft")
    approve = walk.words("review.button_approve")
    await there.presses("Sari", approve, await sees(there, "Sari", draft.title, button=approve))
    item = await walk.item("published")
    assert {(c.name.split()[0], c.part) for c in item.credits} == {
        ("Budi", "asker"),
        ("Daniel", "answerer"),
        ("Sari", "reviewer"),
    }
    await sees(there, "Daniel", item.title, "sirkulasi", button=walk.words("find.button_read"))


async def the_next_asker_finds_it(walk: Walk) -> None:
    here = walk.asked
    item = await walk.item("published")
    await here.arrives("Tono")
    await here.asks("Tono", LATER, "umum")
    q = await walk.question(State.OFFERED)
    assert q.offered[0].id == item.id
    fits = walk.words("card.button_fits", "en")
    await here.presses("Tono", fits, await sees(here, "Tono", item.title, "umum", button=fits))
    q = await walk.question(State.SOLVED)
    assert (q.solved_by, q.item) == ("item", item.id)
    await here.runs("Tono", "cari", "denda telat")
    found = await sees(here, "Tono", item.title, button=walk.words("find.button_open", number=1, title=item.title))
    await the_file_comes_along(walk, found)


async def the_file_comes_along(walk: Walk, found: Seen) -> None:
    """What was attached to the answer is had from the note, wherever it is read."""
    item = await walk.item("published")
    here = walk.asked

    async def copied() -> bool:
        now = await walk.house.store.items.get(item.id)
        return now is not None and all(f.sha256 for f in now.files) and bool(now.files)

    await until(copied, "the file was not copied")
    await here.presses("Tono", walk.words("find.button_open", number=1, title=item.title), found)
    [tono] = await walk.house.store.members.named("Tono")
    files = walk.words("find.button_files", tono.language or "id")
    await here.presses("Tono", files, await sees(here, "Tono", item.title, button=files))
    sent: list[Seen] = []

    async def came() -> bool:
        sent[:] = [m for m in await here.reads("Tono", "private") if PAPER[0] in m.files]
        return bool(sent)

    await until(came, "the file did not come")
    assert await here.downloads("Tono", sent[-1]) == PAPER[1]
