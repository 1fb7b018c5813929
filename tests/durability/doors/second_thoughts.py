"""People who change and take back what they just wrote; a platform that tells of it in any order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta

from bot.compose import House
from bot.model.question import Question, State
from tests.doors.slack_town import SlackTown
from tests.doors.telegram_town import TelegramTown
from tests.doors.town import sees, until
from tests.emulators.slack.model import Message

ASKED = ("Berapa lama perpanjangan pinjaman boleh dilakukan?", "Berapa kali perpanjangan pinjaman boleh dilakukan?")
FINALLY = "Berapa kali perpanjangan pinjaman boleh dilakukan lewat telepon?"
TOLD = ("Dua kali.", "Tiga kali, masing-masing tujuh hari.")
NEWEST = "Dua kali, masing-masing tujuh hari, asal belum ada yang memesan."
WRONG = "Perpanjangan tidak bisa sama sekali, maaf."
NEEDLESS = ("Bagaimana mengurus surat bebas pustaka untuk mahasiswa?", "Bagaimana mengurus surat bebas pustaka untuk dosen?")
OVERHEARD = "Pemustaka menghilangkan buku pinjaman, apa gantinya?"
MIXED = 0.4  # seconds within which what happened is told


class Clock:
    """The platform's: a little behind ours, so that what people did lies behind us when we hear of it."""

    def __init__(self) -> None:
        self.behind = timedelta(seconds=60)

    def __call__(self) -> datetime:
        return datetime.now(UTC) - self.behind

    def seconds(self) -> float:
        return self().timestamp()

    def later(self) -> None:
        """Nobody edits twice in a second; and platforms tell no finer when it was."""
        self.behind -= timedelta(seconds=2)


async def quiet(house: House) -> None:
    """Until nothing is to be done any more, for half a second."""
    calm, end = 0, 600
    while calm < 10:
        health = await house.store.health(house.app.dispatcher.clock())
        calm = 0 if health.inbox_waiting or health.outbox_waiting else calm + 1
        end -= 1
        assert end, health
        await asyncio.sleep(0.05)
    assert (health.inbox_parked, health.outbox_parked) == (0, 0)


async def the_question(house: House, text: str, state: State) -> Question:
    found: list[Question] = []

    async def stands() -> bool:
        found[:] = [q for q in await house.store.questions.recent(9) if (q.text, q.state) == (text, state)]
        return bool(found)

    try:
        await until(stands, "")
    except AssertionError:
        now = [(q.text, q.state) for q in await house.store.questions.recent(9)]
        raise AssertionError(f"no question {text!r} is {state}, but: {now}") from None
    return found[0]


async def on_slack(house: House, town: SlackTown, clock: Clock, kept: Callable[[], AbstractContextManager[object]]) -> None:
    """`kept`: what happens within is told only after it, in whatever order: what stands on Slack stands so in each run."""
    slack = town.slack
    umum, sirkulasi, at_us = town.rooms["umum"], town.rooms["sirkulasi"], slack.workspace.mention
    budi, daniel, sari = (town.people[who] for who in ("Budi", "Daniel", "Sari"))

    async def together(*acts: Callable[[], Awaitable[object]]) -> None:
        slack.wait = False
        with kept():
            for act in acts:
                await act()
                clock.later()
        slack.wait = True
        await slack.settled()
        await quiet(house)

    written: list[Message] = []

    async def says(who: object, *where: object) -> None:
        written.append(await who.says(*where))  # type: ignore[attr-defined]

    await together(
        lambda: says(budi, umum, f"{at_us} {ASKED[0]}"),
        lambda: budi.edits(written[-1], f"{at_us} {ASKED[1]}"),
        lambda: budi.edits(written[-1], f"{at_us} {FINALLY}"),
    )
    await the_question(house, FINALLY, State.OPEN)
    post = (await sees(town, "Daniel", FINALLY, "sirkulasi")).handle
    await together(
        lambda: says(daniel, sirkulasi, TOLD[0], post),
        lambda: daniel.edits(written[-1], TOLD[1]),
        lambda: daniel.edits(written[-1], NEWEST),
    )
    q = await the_question(house, FINALLY, State.ANSWERED)
    await together(
        lambda: says(sari, sirkulasi, WRONG, post),
        lambda: sari.edits(written[-1], f"{WRONG} Rahasia."),
        lambda: sari.deletes(written[-1]),
    )
    assert [a.text for a in await house.store.questions.answers(q.id)] == [NEWEST]
    await together(
        lambda: says(budi, umum, f"{at_us} {NEEDLESS[0]}"),
        lambda: budi.edits(written[-1], f"{at_us} {NEEDLESS[1]}"),
        lambda: budi.deletes(written[-1]),
    )
    await the_question(house, NEEDLESS[1], State.WITHDRAWN)
    await together(lambda: says(budi, sirkulasi, OVERHEARD), lambda: budi.deletes(written[-1]))
    await the_question(house, OVERHEARD, State.WITHDRAWN)


async def on_telegram(
    house: House, town: TelegramTown, clock: Clock, mixed: Callable[[], AbstractContextManager[object]] | None
) -> None:
    """The same as far as Telegram tells: not of deletions."""
    umum, _ = town.rooms["umum"]
    budi, daniel = (town.people[who] for who in ("Budi", "Daniel"))
    at_us = f"@{town.telegram.bot.username}"

    async def together(*acts: Callable[[], object]) -> None:
        with mixed() if mixed else nullcontext():
            for act in acts:
                act()
                clock.later()
                if mixed is None:
                    await town.telegram.settled(20)
                    await quiet(house)
            await town.telegram.settled(20)
            await asyncio.sleep(2 * MIXED if mixed else 0)
        await quiet(house)

    asked = []
    await together(
        lambda: asked.append(budi.mentions(ASKED[0], umum)),
        lambda: budi.edits(asked[-1], f"{at_us} {ASKED[1]}"),
        lambda: budi.edits(asked[-1], f"{at_us} {FINALLY}"),
    )
    await the_question(house, FINALLY, State.OPEN)
    post = (await sees(town, "Daniel", FINALLY, "sirkulasi")).handle
    await together(
        lambda: asked.append(daniel.says(TOLD[0], reply_to=post)),  # type: ignore[arg-type]
        lambda: daniel.edits(asked[-1], TOLD[1]),
        lambda: daniel.edits(asked[-1], NEWEST),
    )
    q = await the_question(house, FINALLY, State.ANSWERED)
    assert [a.text for a in await house.store.questions.answers(q.id)] == [NEWEST]
