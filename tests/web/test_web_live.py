"""Live updates: what happened while one looked, and what happened while one was away."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from web_world import SAME_ORIGIN, delivery, scene

from adapters.web.door import WebDoor
from bot.model.place import Account

pytestmark = pytest.mark.anyio
News = AsyncIterator[tuple[str, str, dict[str, object]]]


@asynccontextmanager
async def stream(address: str, channel: str, after: int = 0, last: str = "", user: str = "") -> AsyncIterator[News]:
    """(event, id, data) as they come."""
    async with httpx.AsyncClient(base_url=address, headers=SAME_ORIGIN, timeout=30) as browser:
        if user:
            await browser.post("/as", data={"user": user, "to": "/"})
        headers = {"last-event-id": last} if last else {}
        async with browser.stream("GET", f"/live?c={channel}&after={after}", headers=headers) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield _events(answer.aiter_lines())


async def _events(lines: AsyncIterator[str]) -> News:
    event: dict[str, str] = {}
    async for line in lines:
        if line:
            name, _, value = line.partition(":")
            event[name] = value.strip()
        elif "data" in event:
            yield event["event"], event.get("id", ""), json.loads(event["data"]) if event["event"] == "news" else {}
            event = {}


async def heard(news: News) -> tuple[str, list[dict[str, object]]]:
    """The next news: its id and messages."""
    async for event, id, data in news:
        if event == "news":
            messages = data["messages"]
            assert isinstance(messages, list)
            return id, messages
    raise AssertionError("the stream ended")


async def now(door: WebDoor) -> int:
    from adapters.web.reading import last_change

    return await door.platform.store.read(last_change)


async def test_a_new_message_and_an_edit_arrive_while_one_looks(door: WebDoor, address: str) -> None:
    await scene(door)
    async with stream(address, "umum", await now(door)) as news:
        ref = await door.deliver(delivery("baru saja", "umum"))
        _, (new,) = await heard(news)
        assert new["id"] == ref.message and "baru saja" in str(new["html"])
        await door.deliver(delivery("sudah berubah", "umum", edit=ref))
        _, (changed,) = await heard(news)
        assert changed["id"] == ref.message and "sudah berubah" in str(changed["html"])


async def test_a_reply_updates_the_line_under_its_root(door: WebDoor, address: str) -> None:
    ids = await scene(door)
    async with stream(address, "sirkulasi", await now(door)) as news:
        await door.platform.say(ids["daniel"], "sirkulasi", "satu lagi", thread=ids["card"])
        _, messages = await heard(news)
        assert [m["thread"] for m in messages] == [ids["card"], ""] and "4 balasan" in str(messages[1]["html"])


async def test_who_was_away_continues_where_they_stopped(door: WebDoor, address: str) -> None:
    await scene(door)
    async with stream(address, "umum", await now(door)) as news:
        await door.deliver(delivery("satu", "umum"))
        last, _ = await heard(news)
    await door.deliver(delivery("dua", "umum"))
    await door.deliver(delivery("tiga", "umum"))
    async with stream(address, "umum", 0, last) as news:
        _, missed = await heard(news)
    assert len(missed) == 2 and "dua" in str(missed[0]["html"]) and "tiga" in str(missed[1]["html"])


async def test_other_peoples_private_words_do_not_arrive(door: WebDoor, address: str) -> None:
    ids = await scene(door)
    async with stream(address, "umum", await now(door)) as news:
        await door.deliver(delivery("psst Daniel", "umum", only_for=Account("web", ids["daniel"])))
        await door.deliver(delivery("untuk Daniel", place=None, private_to=Account("web", ids["daniel"])))
        await door.deliver(delivery("untuk semua", "umum"))
        _, messages = await heard(news)
    assert "psst" not in str(messages) and "untuk Daniel" not in str(messages) and "untuk semua" in str(messages)


async def test_a_private_room_cannot_be_listened_to(door: WebDoor, address: str) -> None:
    ids = await scene(door)
    room = f"dm-{ids['daniel']}"
    async with stream(address, room, await now(door)) as news:
        await door.deliver(delivery("rahasia", room))
        await door.deliver(delivery("terbuka", "umum"))
        id, messages = await heard(news)
        assert messages == [] and id
    async with stream(address, room, int(id) - 2, user=ids["daniel"]) as news:
        _, messages = await heard(news)
        assert "rahasia" in str(messages)


async def test_the_stream_ends_when_the_door_closes(door: WebDoor, address: str) -> None:
    await scene(door)
    async with stream(address, "umum", await now(door)) as news:
        door.platform.bell.close()
        assert [event async for event, _, _ in news] in (["hello"], [])
