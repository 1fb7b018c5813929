"""An album is one message, also where Telegram brings a picture of it again, late, or to another life of ours."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from adapters.telegram import album as albums
from bot.events import Said
from tests.emulators.telegram import Person, TelegramEmulator
from tests.emulators.telegram.media import PIXEL
from tests.telegram.house import Home, PaperMemory, ScriptedEars, alone
from tests.telegram.test_again import Repeats

pytestmark = pytest.mark.anyio
QUESTION = "Bagaimana memperbaiki buku yang sampulnya rusak seperti ini?"


@pytest.fixture
def sari(telegram: TelegramEmulator) -> Person:
    telegram.rates.on = False
    return telegram.person(501, "Sari", started=True)


def said(ears: ScriptedEars) -> list[Said]:
    return [what for what in ears.what if isinstance(what, Said)]


async def test_a_picture_that_comes_again_alone_is_no_second_message(
    telegram: TelegramEmulator, tmp_path: Path, sari: Person
) -> None:
    repeats = Repeats(telegram, tmp_path)
    async with repeats.door() as it:
        sari.sends_album([PIXEL, PIXEL + b"2", PIXEL + b"3"], QUESTION)
        await it.hears()
        await telegram.until(lambda: not any(key.startswith("album:") for key in repeats.memory.texts))
    for picture in repeats.all:
        telegram.bot.waiting.append(picture)
        async with alone(telegram, tmp_path, repeats.ears, repeats.memory):
            await telegram.settled()
            await asyncio.sleep(albums.MOMENT + 0.3)
    assert [(one.text, len(one.files)) for one in said(repeats.ears)] == [(QUESTION, 3)]


async def test_a_picture_that_comes_late_joins_the_first_ones(telegram: TelegramEmulator, tmp_path: Path, sari: Person) -> None:
    """Also over a stop in the middle: what was kept is told, the rest goes into the same thread."""
    ears, memory = ScriptedEars(), PaperMemory()
    async with alone(telegram, tmp_path, ears, memory):
        first = sari.sends_photo(PIXEL, QUESTION, album="77")
        sari.sends_photo(PIXEL + b"2", album="77")
        await telegram.settled()
    assert not ears.heard
    async with alone(telegram, tmp_path, ears, memory) as it:
        await it.hears()
        sari.sends_photo(PIXEL + b"3", album="77")
        late = await it.hears(2)
    assert [(one.text, len(one.files)) for one in said(ears)] == [(QUESTION, 2), ("", 1)]
    assert late.place is not None and late.place.thread == str(first.id)


async def test_a_death_between_the_telling_and_the_noting_loses_no_picture(
    telegram: TelegramEmulator, tmp_path: Path, sari: Person
) -> None:
    ears, memory = ScriptedEars(), PaperMemory()

    def dies(_: object) -> None:
        memory.forget = stuck  # type: ignore[method-assign]

    async def stuck(*_: str) -> None:
        await asyncio.sleep(60)

    ears.before = dies
    forget = memory.forget
    async with alone(telegram, tmp_path, ears, memory) as it:
        sari.sends_album([PIXEL, PIXEL + b"2"], QUESTION)
        await it.hears()
        kept = [key for key in memory.texts if key.startswith("album:")]
    assert len(kept) == 2
    memory.forget, ears.before = forget, lambda _: None  # type: ignore[method-assign]
    async with alone(telegram, tmp_path, ears, memory):
        sari.sends_photo(PIXEL + b"3", album=kept[0].split(":")[2])
        await telegram.until(lambda: len(ears.heard) == 2)
    assert [len(one.files) for one in said(ears)] == [2, 1]
    assert not [key for key in memory.texts if key.startswith("album:")]


async def test_an_album_with_a_late_picture_is_one_question(home: Home, telegram: TelegramEmulator, sari: Person) -> None:
    sari.sends_photo(PIXEL, QUESTION, album="79")
    await telegram.until(lambda: sari.inbox())
    before = len(sari.inbox())
    sari.sends_photo(PIXEL + b"2", album="79")
    await telegram.settled()
    await asyncio.sleep(albums.MOMENT + 0.5)
    [question] = await home.house.store.questions.recent(5)
    [more] = await home.house.store.questions.answers(question.id)
    assert (more.author, len(more.files)) == (question.asker, 1)
    assert len(sari.inbox()) == before
