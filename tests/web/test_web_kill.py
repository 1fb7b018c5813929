"""PROMISES 1, 3 and 6 at this door: killed at any moment, no message is lost, none is told twice, and order holds."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from web_world import ScriptedEars, make_door

from bot.events import Event, Said

pytestmark = pytest.mark.anyio
KILLS = 4


async def talk(folder: Path) -> None:
    """The child: talks without end; prints each message once it is acknowledged; its ears write down what they hold."""
    door = make_door(folder)
    held = os.open(folder / "held", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    class Ears(ScriptedEars):
        async def receive(self, event: Event) -> None:
            assert isinstance(event.what, Said)
            os.write(held, f"{event.id} {event.what.text}\n".encode())
            os.fsync(held)

    await door.start(Ears())
    sari = await door.platform.add_person("Sari")
    room = await door.platform.add_channel("umum")
    start = len(await door.platform.messages(room))
    root = (await door.platform.messages(room))[0].id if start else await door.platform.say(sari, room, "0")
    number = (await door.platform.messages(room, root))[-1].text
    print("ready", flush=True)
    while True:
        number = str(int(number) + 1)
        await door.platform.say(sari, room, number, thread=root)
        print(number, flush=True)


def kill_while_talking(folder: Path, after: int) -> list[str]:
    """What the child had acknowledged when it was killed, so many lines after it began."""
    child = subprocess.Popen([sys.executable, __file__, str(folder)], stdout=subprocess.PIPE, text=True, env=_environment())
    assert child.stdout is not None and child.stdout.readline() == "ready\n"
    lines = [child.stdout.readline().strip() for _ in range(after)]
    child.kill()
    lines += child.stdout.read().split()
    child.wait()
    return lines


async def test_killed_at_any_moment_nothing_is_lost_or_told_twice(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    for _ in range(KILLS):
        acknowledged += kill_while_talking(tmp_path, random.randint(0, 40))
    door, ears = make_door(tmp_path), ScriptedEars()
    await door.start(ears)
    root = (await door.platform.messages("umum"))[0].id
    stored = [m.text for m in await door.platform.messages("umum", root)]
    before = (tmp_path / "held").read_text().split("\n")[:-1]
    async with asyncio.timeout(20):
        while await door.platform.store.read(lambda c: c.execute("SELECT COUNT(*) FROM undelivered").fetchone()[0]):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    told = dict(line.split(" ") for line in before) | {e.id: e.what.text for e in ears.heard if isinstance(e.what, Said)}
    await door.stop()
    assert set(acknowledged) <= set(stored)
    assert list(told.values()) == stored == [str(n) for n in range(len(stored))]


def _environment() -> dict[str, str]:
    here = Path(__file__)
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(here.parent), str(here.parents[2])])}


if __name__ == "__main__":
    asyncio.run(talk(Path(sys.argv[1])))
