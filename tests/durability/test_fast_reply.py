"""People are faster than our bookkeeping: an answer under a card whose place is not written down yet is an answer all the same.

A card stands in the channel from the moment the platform has it; where it ended up is recorded a moment later. A process that
dies in between leaves a card that people see and the bot does not know.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.web.rows import BOT, Message
from bot.compose import House, open_house
from bot.events import Event
from bot.model.place import Posting
from bot.serve import living
from tests.durability.houses import settings
from tests.durability.script import CASTS, Player, arrive, ask, bind, join, open_room
from tests.world import WordVectors

pytestmark = pytest.mark.anyio
CAST = CASTS[0]
SOON = 15.0


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[House]:
    async with open_house(settings(folder), model=WordVectors()) as house:
        yield house


async def card(house: House) -> Message:
    """The question as it stands in the community's channel."""
    async with asyncio.timeout(SOON):
        while True:
            posts = [m for m in await house.web.platform.messages(CAST.key) if m.author == BOT and not m.thread]
            if posts:
                return posts[-1]
            await asyncio.sleep(0.01)


async def answers(house: House) -> list[str]:
    """What is kept as an answer, once there is one."""
    async with asyncio.timeout(SOON):
        while True:
            (question,) = await house.store.questions.recent(1)
            if found := await house.store.questions.answers(question.id):
                return [a.text for a in found]
            await asyncio.sleep(0.02)


async def a_card_without_a_record(house: House, delay: float) -> Message:
    """Asked and posted; the record of the post comes `delay` seconds later."""
    player, sent = Player(house, lambda _: None), house.store.sent
    for act in (arrive, open_room, bind, join):
        await act(player, CAST)

    async def late(out_id: str, worker: str, posting: Posting | None, events: tuple[Event, ...] = ()) -> None:
        if posting and posting.card.startswith("post:"):
            await asyncio.sleep(delay)
        await sent(out_id, worker, posting, events)

    house.store.sent = late  # type: ignore[method-assign]
    await ask(player, CAST)
    return await card(house)


async def test_an_answer_before_the_cards_place_is_written_down(tmp_path: Path) -> None:
    async with opened(tmp_path) as house, living(house):
        post = await a_card_without_a_record(house, 0.5)
        await house.web.platform.say(CAST.knower, CAST.key, CAST.answer, post.id)
        assert await answers(house) == [CAST.answer]


async def test_an_answer_to_a_card_of_a_process_that_died_before_it_wrote_its_place_down(tmp_path: Path) -> None:
    async with opened(tmp_path) as house, living(house):
        post = await a_card_without_a_record(house, 3600)
    async with opened(tmp_path) as house:
        await house.web.start(house.app)  # its doors are open before its hands have looked at what was left
        early = asyncio.create_task(house.web.platform.say(CAST.knower, CAST.key, CAST.answer, post.id))
        await asyncio.sleep(0.3)
        await house.loops.start()
        await early
        assert await answers(house) == [CAST.answer]
        assert [m.id for m in await house.web.platform.messages(CAST.key) if m.author == BOT] == [post.id], "posted once"
        await house.loops.stop()
        await house.web.stop()
