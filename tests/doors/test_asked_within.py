"""Asked by a mention within a colleague's thread: the asking message is the question, the root stays the colleague's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.compose import House
from bot.model.question import Question, State
from bot.ports import Unit
from tests.doors.slack_town import SlackTown
from tests.doors.telegram_town import TelegramTown
from tests.doors.test_line import Walk
from tests.doors.three import three_doors
from tests.doors.town import Town, until
from tests.emulators.telegram.belonging import Person

pytestmark = pytest.mark.anyio

PEOPLE = ("Tono", "Budi", "Daniel")
TALK = "Rapat hari ini jam dua, ya."
QUESTION = "Bagaimana menghitung denda buku yang telat dikembalikan?"
OTHERWISE = "Bagaimana menghitung denda majalah yang telat dikembalikan?"
ANSWER = "Seribu rupiah per hari kerja per buku, hari libur tidak dihitung."


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[tuple[House, dict[str, Town]]]:
    async with three_doors(tmp_path) as opened:
        yield opened


async def seen_by_the_bot(walk: Walk, message: str) -> None:
    async def noticed() -> bool:
        return "👀" in await walk.asked.emoji_on(message, "umum")

    await until(noticed, "no 👀 on the asking message")


async def told(walk: Walk, q: Question, text: str) -> None:
    async def so() -> bool:
        now = await walk.house.store.questions.get(q.id)
        return now is not None and now.text == text

    await until(so, "the question did not change with its message")


async def answered(walk: Walk, q: Question) -> list[str]:
    return [a.text for a in await walk.house.store.questions.answers(q.id)]


def _ended(q: Question, house: House) -> Unit:
    """Solved: only then a mention in the same thread asks anew."""
    now = house.app.dispatcher.clock()
    return Unit(q.library, save=(replace(q, state=State.SOLVED, ended_at=now),))


async def quiet(walk: Walk) -> None:
    async def still() -> bool:
        health = await walk.house.store.health(walk.house.app.dispatcher.clock())
        return not health.inbox_waiting and not health.outbox_waiting

    await until(still, "something still waits")


async def test_on_slack_the_asking_message_is_the_question(doors: tuple[House, dict[str, Town]]) -> None:
    house, towns = doors
    town = towns["slack"]
    assert isinstance(town, SlackTown)
    for who in PEOPLE:
        await town.arrives(who)
    tono, budi, daniel = (town.people[who] for who in PEOPLE)
    walk, umum = Walk(house, town, town), town.rooms["umum"]
    root = await tono.says(umum, TALK)
    asked = await budi.says(umum, f"{town.slack.workspace.mention} {QUESTION}", root)
    q = await walk.question(State.UNPLACED, State.OPEN, State.ASKED_BACK)
    await seen_by_the_bot(walk, asked.ts)
    assert await town.emoji_on(root.ts, "umum") == []

    await budi.edits(asked, f"{town.slack.workspace.mention} {OTHERWISE}")
    await told(walk, q, OTHERWISE)
    await tono.edits(root, f"{TALK} Bagaimana menghitung konsumsinya?")
    await tono.deletes(root)
    await town.slack.settled()
    await quiet(walk)
    now = await house.store.questions.get(q.id)
    assert now and (now.state.ended, now.text) == (False, OTHERWISE), "the root is a colleague's"
    await daniel.says(umum, ANSWER, root)
    await walk.question(State.ANSWERED)

    await budi.deletes(asked)
    await walk.question(State.WITHDRAWN)


async def on_telegram(house: House, towns: dict[str, Town]) -> tuple[Walk, TelegramTown, list[Person]]:
    town = towns["telegram"]
    assert isinstance(town, TelegramTown)
    for who in PEOPLE:
        await town.arrives(who)
    return Walk(house, town, town), town, [town.people[who] for who in PEOPLE]


async def test_on_telegram_replies_to_either_are_heard(doors: tuple[House, dict[str, Town]]) -> None:
    walk, town, (tono, budi, daniel) = await on_telegram(*doors)
    house, root = walk.house, tono.says(TALK, town.rooms["umum"][0])
    asked = budi.mentions(QUESTION, reply_to=root)
    q = await walk.question(State.UNPLACED, State.OPEN, State.ASKED_BACK)
    await seen_by_the_bot(walk, str(asked.id))
    assert await town.emoji_on(str(root.id), "umum") == []
    await quiet(walk)

    daniel.says(ANSWER, reply_to=asked)
    await walk.question(State.ANSWERED)
    tono.says("Ada daftar tarifnya di meja sirkulasi, hari libur dilewati.", reply_to=root)

    async def both() -> bool:
        return len(await answered(walk, q)) == 2

    await until(both, "a reply to the root or to the asking message was not heard")

    budi.edits(asked, f"@{town.telegram.bot.username} {OTHERWISE}")
    await told(walk, q, OTHERWISE)
    tono.edits(root, f"{TALK} Bagaimana menghitung konsumsinya?")
    await town.telegram.settled(20)
    await quiet(walk)
    now = await house.store.questions.get(q.id)
    assert now and (now.text, now.state) == (OTHERWISE, State.ANSWERED), "the root is a colleague's"


async def test_on_telegram_a_reply_to_one_of_two_questions_of_a_thread_answers_that_one(
    doors: tuple[House, dict[str, Town]],
) -> None:
    walk, town, (tono, budi, daniel) = await on_telegram(*doors)
    house, root = walk.house, tono.says(TALK, town.rooms["umum"][0])
    first = budi.mentions(QUESTION, reply_to=root)
    q = await walk.question(State.UNPLACED, State.OPEN, State.ASKED_BACK)
    await quiet(walk)
    await house.store.commit(_ended(q, house))
    second = budi.mentions("Bagaimana cara memperbaiki punggung buku yang lepas?", reply_to=root)
    other = await walk.question(State.UNPLACED, State.OPEN, State.ASKED_BACK)
    assert other.id != q.id
    await quiet(walk)
    daniel.says(ANSWER, reply_to=first)
    daniel.says("Pakai lem PVA, lalu dipres semalam.", reply_to=second)

    async def each_its_own() -> bool:
        return bool(await answered(walk, q)) and bool(await answered(walk, other))

    await until(each_its_own, "a reply went to the other question")
    assert (await answered(walk, q), await answered(walk, other)) == ([ANSWER], ["Pakai lem PVA, lalu dipres semalam."])
