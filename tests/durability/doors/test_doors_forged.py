"""PROMISES 30 and 31: whatever is forged at either HTTP door is refused and leaves nothing; a replay does nothing, also after a
restart; the secret of before is good while it is changed. GUYUB_TEST_FORGED makes it longer, GUYUB_TEST_SEED repeats it."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import httpx
import pytest

from bot.compose import House
from storage.sqlite import SqliteEngine
from tests.doors.house import lived_in, settings_for
from tests.durability.doors.houses import HOOK_SECRET
from tests.durability.doors.towns import Platforms, platforms
from tests.durability.houses import seeded
from tests.emulators.slack.delivery import encode
from tests.emulators.slack.model import Channel, Message
from tests.emulators.slack.person import Person
from tests.emulators.slack.signing import sign, signed
from tests.emulators.telegram import Person as Chatter

pytestmark = pytest.mark.anyio
FORGED = int(os.environ.get("GUYUB_TEST_FORGED", "240"))
OLD = "the-signing-secret-of-before"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
Request = tuple[str, list[tuple[bytes, bytes]], bytes]


@asynccontextmanager
async def a_house(both: Platforms, folder: Path) -> AsyncIterator[House]:
    """Both HTTP doors; Slack's secret is being changed."""
    given = both.settings(webhook=True)
    given |= {"slack_bot_token": both.slack.bot_token, "slack_app_token": "", "messenger": "off"}
    given["slack_signing_secret"] = f"{both.slack.signing_secret}|{OLD}"
    async with lived_in(settings_for(folder, both.port, given)) as house:
        await both.telegram.until(lambda: both.telegram.bot.hook, 20)
        yield house


async def stored(house: House) -> int:
    """Every event ever."""
    engine = house.store._engine
    assert isinstance(engine, SqliteEngine)
    return int(await engine.read(lambda c: c.exec_driver_sql("SELECT COUNT(*) FROM inbox").scalar()) or 0)


class Forger:
    """Takes what is genuine and spoils it in one way."""

    def __init__(self, both: Platforms, random: Random) -> None:
        self.both, self.random, self.number = both, random, 0
        self.sari = both.slack.add_person("Sari Dewi")
        self.room = both.slack.add_channel("umum", [self.sari])
        both.telegram.person(501, "Sari", started=True)

    def said(self) -> bytes:
        self.number += 1
        ts = f"{int(time.time())}.{self.number:06}"
        event = {"type": "message", "channel": self.room.id, "user": self.sari.id, "ts": ts, "channel_type": "channel",
                 "text": f"{self.both.slack.workspace.mention} berapa dendanya?"}  # fmt: skip
        told = {
            "type": "event_callback",
            "team_id": self.both.slack.workspace.id,
            "event_id": f"Ev{self.number}",
            "event": event,
        }
        return json.dumps(told).encode()

    def update(self) -> bytes:
        self.number += 1
        sari, now = {"id": 501, "is_bot": False, "first_name": "Sari"}, int(time.time())
        message = {"message_id": self.number, "date": now, "chat": {"id": 501, "type": "private"}, "from": sari,
                   "text": "berapa dendanya?"}  # fmt: skip
        return json.dumps({"update_id": 9_000_000 + self.number, "message": message}).encode()

    def junk(self) -> bytes:
        """No JSON object."""
        some = bytes(self.random.randrange(256) for _ in range(self.random.randrange(200)))
        half = self.said()[: -self.random.randrange(1, 60)]
        return self.random.choice([some.replace(b"{", b"("), half, b"[]", b"17", b"null", b'"a"', b"{}", b"[" * 50_000])

    def spoilt(self, text: str) -> str:
        """Another text, as long as a header may carry it."""
        at = self.random.randrange(len(text))
        return self.random.choice(
            [
                text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :],
                text[:at],
                text + self.random.choice("0af "[:3]),
                text[at:] + text[:at] + "x",
                "",
                "A" * self.random.choice([1, 64, 4000]),
                "é" * self.random.randrange(1, 80),
            ]
        )

    def slack(self) -> Request:
        body, secret, now = self.said(), self.both.slack.signing_secret, int(time.time())
        media = "application/json"
        way = self.random.randrange(9)
        if way == 0:
            body = self.junk()
        head = signed(secret, now, body, media)
        rows = [(name.encode(), value.encode()) for name, value in head.items()]
        stamp, signature = "X-Slack-Request-Timestamp", "X-Slack-Signature"
        if way == 1:
            head[signature] = self.spoilt(head[signature])
        elif way == 2:
            head[stamp] = self.spoilt(head[stamp])
        elif way == 3:
            head.pop(self.random.choice([stamp, signature]))
        elif way == 4:
            at = self.random.randrange(len(body))
            body = body[:at] + bytes([body[at] ^ (1 << self.random.randrange(8))]) + body[at + 1 :]
        elif way == 5:
            old = now + self.random.choice([-1, 1]) * self.random.randrange(310, 10**9)
            head |= {stamp: str(old), signature: sign(secret, old, body)}
        elif way == 6:
            head[signature] = sign(self.random.choice(["", secret[:-1], secret.upper(), OLD + "x", HOOK_SECRET]), now, body)
        elif way == 7:
            return "/slack/events", [*rows, (self.random.choice([stamp, signature]).encode(), b"1")], body
        elif way == 8:
            body = b" " * 1_000_001
            head = signed(secret, now, body, media)
        return "/slack/events", [(name.encode(), value.encode()) for name, value in head.items()], body

    def telegram(self) -> Request:
        body, name = self.update(), SECRET_HEADER.encode()
        way = self.random.randrange(6)
        rows = [(b"Content-Type", b"application/json"), (name, HOOK_SECRET.encode())]
        if way == 0:
            body = self.junk()
        elif way == 1:
            rows = rows[:1]
        elif way == 2:
            rows.append(rows[1])
        elif way == 3:
            body = b" " * (2**20 + 1)
        elif way == 4:
            rows[1] = (b"X-Telegram-Bot-Api-Secret", HOOK_SECRET.encode())
        else:
            rows[1] = (name, self.spoilt(HOOK_SECRET).encode())
        return "/telegram/webhook", rows, body


async def test_what_is_forged_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    random = seeded("forged")
    async with platforms() as both, a_house(both, tmp_path) as house, httpx.AsyncClient(timeout=20) as client:
        forger, told = Forger(both, random), Counter[int]()
        before = await stored(house)
        for n in range(FORGED):
            path, headers, body = forger.slack() if n % 2 else forger.telegram()
            answer = await client.post(f"http://127.0.0.1:{both.port}{path}", content=body, headers=headers)
            told[answer.status_code] += 1
            assert answer.status_code in (400, 401, 413), (answer.status_code, headers, body[:300])
            assert answer.content == b""
        print(f"{FORGED} forged requests: {dict(told)}")
        assert await stored(house) == before


async def test_a_replay_does_nothing_and_the_secret_of_before_is_good(tmp_path: Path) -> None:
    async with platforms() as both:
        sari = both.slack.add_person("Sari Dewi")
        room = both.slack.add_channel("umum", [sari])
        tono = both.telegram.person(501, "Tono", started=True)
        async with a_house(both, tmp_path) as house:
            await everything_once(both, sari, room, tono)
            requests = replays(both)
            before = await ours(house)
            await again(both, requests)
            assert await ours(house) == before
        async with a_house(both, tmp_path) as house:
            requests = replays(both)
            await again(both, requests)
            assert await ours(house) == before, "nor after a restart"
            print(f"{before} events; {len(requests)} requests came six times more, over a restart: nothing new")
            both.slack.workspace.app.signing_secret = OLD
            await sari.says(room, f"{both.slack.workspace.mention} masih ada?")
            assert both.slack.deliveries[-1].state == "accepted"
            assert await ours(house) == before + 1, "the secret of before is good"


async def everything_once(both: Platforms, sari: Person, room: Channel, tono: Chatter) -> None:
    """An event, a command, a button, a form; an update."""
    asked = await sari.says(room, f"{both.slack.workspace.mention} Bagaimana menghitung denda buku?")
    assert (await sari.runs(sari.dm, "/gabung", "sirkulasi")).ok
    assert (await sari.runs(sari.dm, "/profil")).ok
    await both.slack.until(lambda: sari.modals, 20)
    assert (await sari.submits({})).ok
    cards = await both.slack.until(lambda: [m for m in room.thread(asked.ts) if buttons(m)], 20)
    assert (await sari.presses(cards[0], buttons(cards[0])[0])).ok
    tono.says("Bagaimana memesan buku dari penerbit?")
    await both.telegram.settled(20)
    await both.slack.settled()


def buttons(message: Message) -> list[str]:
    actions = [one for block in message.blocks if block["type"] == "actions" for one in block["elements"]]
    return [one["text"]["text"] for one in actions if one["type"] == "button"]


def replays(both: Platforms) -> list[tuple[str, bytes, str]]:
    """Path, body and media type of everything that came over HTTP."""
    found = [("/slack/events", *encode(one)) for one in both.slack.deliveries]
    assert {one.kind for one in both.slack.deliveries} == {"event", "command", "interaction"}
    updates = [json.dumps(shape).encode() for shape in both.updates.values()]
    assert updates
    return found + [("/telegram/webhook", body, "application/json") for body in updates]


async def again(both: Platforms, requests: list[tuple[str, bytes, str]]) -> None:
    """Each three times: the very same request twice, and once with a time and a signature of its own."""
    now = int(time.time())
    async with httpx.AsyncClient(timeout=20) as client:
        for at in (now - 3, now - 3, now):
            for path, body, media in requests:
                headers = signed(both.slack.signing_secret, at, body, media)
                if path != "/slack/events":
                    headers = {"Content-Type": media, SECRET_HEADER: HOOK_SECRET}
                answer = await client.post(f"http://127.0.0.1:{both.port}{path}", content=body, headers=headers)
                assert answer.status_code == 200, (path, answer.status_code)


async def ours(house: House) -> int:
    """Events that a door handed over, without what followed from them."""
    engine = house.store._engine
    assert isinstance(engine, SqliteEngine)
    query = "SELECT COUNT(*) FROM inbox WHERE (id LIKE 'slack:%' OR id LIKE 'telegram:%') AND id NOT LIKE '%/%'"
    return int(await engine.read(lambda c: c.exec_driver_sql(query).scalar()) or 0)
