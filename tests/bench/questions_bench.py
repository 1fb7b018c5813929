"""Speed 5: questions a second of a core, with search and routing over 10,000 notes, beside the embedder alone.

python -m tests.bench.questions_bench [notes]
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bot.compose import House, open_house
from bot.events import Event, Said
from bot.model.access import Sight
from bot.model.place import Account, Place
from bot.settings import Settings
from bot.triage.words import expand
from tests.bench.filling import items_of, people_of
from tests.bench.room import ROOT, Row, at_least, in_turns, run
from tests.fakes import PaperDoor
from tests.world import COMMUNITIES

QUESTIONS = 100
DATA = ROOT / "tests/quality/data"


def texts(most: int = QUESTIONS) -> list[str]:
    """Real questions, none twice: those that the bot is tuned on."""
    lines = [line for path in sorted(DATA.glob("questions_dev*.jsonl")) for line in path.read_text().splitlines()]
    return list(dict.fromkeys(row["text"] for row in map(json.loads, lines) if row["is_question"]))[:most]


def cases(house: House) -> dict[str, Callable[[], Awaitable[float]]]:
    """Each: all the questions once; how many a second of processor time."""
    asked, finder, store = texts(), house.finder, house.store
    sight, count = Sight(store.library, frozenset()), 0

    async def embedder() -> None:
        assert finder.embedder
        for text in asked:
            finder.embedder.query([expand(text)])

    async def thinking() -> None:
        for text in asked:
            query = await finder.query(text)
            await finder.answered(query, sight)
            await finder.route(query)

    async def whole() -> None:
        nonlocal count
        for n, text in enumerate(asked):
            count += 1
            who, where = Account("paper", f"u{n}", f"Anggota {n}"), Place("paper", f"#r{count}", "")
            said = Said(text, f"m{count}", mentioned=True)
            await house.app.receive(Event(f"e{count}", store.library, datetime.now(UTC), said, who, where))
            for claimed in await house.app.claim(1):
                await house.app.do(claimed)

    def rate(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[float]]:
        async def case() -> float:
            begin = time.process_time()
            await work()
            return len(asked) / (time.process_time() - begin)

        return case

    return {"embedder": rate(embedder), "thinking": rate(thinking), "whole": rate(whole)}


async def bench() -> Sequence[Row]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    notes = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), communities=COMMUNITIES)
        async with open_house(settings, doors=(PaperDoor(),)) as house:
            await people_of(house, "paper", [f"u{n}" for n in range(QUESTIONS)], "#umum")
            await items_of(house, notes)
            await cases(house)["thinking"]()
            rate = await in_turns(cases(house))
    return (
        at_least("questions, with search and routing", rate["thinking"], rate["embedder"], 0.85, beside="the embedder"),
        at_least("… received, handled and stored", rate["whole"], rate["embedder"], 0.85, beside="the embedder"),
    )


if __name__ == "__main__":
    run("5", bench)
