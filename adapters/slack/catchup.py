"""After a gap longer than Slack's own retries: what happened meanwhile is read from the history, as the same events.

Read are the channels that Guyub serves, the threads of what is not settled, and private chats; messages, edits, ✅ and what can
be known of deletions. An event that was heard before stops at its id.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.errors import SlackRefused
from adapters.slack.ids import DOOR, moment, split
from adapters.slack.payload import Json, items, obj, text, texts
from adapters.slack.translate import Scene, deleted, edited, reacted, said, thread_of, wanted
from adapters.slack.workspace import Workspace
from bot.doors import Ears, Memory
from bot.errors import DeliveryError, Unavailable
from bot.events import Event, Missed
from bot.held import Held
from bot.ports import Clock

log = logging.getLogger(__name__)

SILENCE = timedelta(seconds=60)  # on a socket; shorter, Slack itself brings it again
OVERLAP = timedelta(minutes=10)
WALL = timedelta(days=90)  # what a workspace without a paid plan keeps in sight
CHECKS = frozenset({"white_check_mark", "heavy_check_mark", "ballot_box_with_check"})
PAGE = 200
AT_EASE = 30  # calls a minute: whoever delivers meanwhile needs some of Slack's fifty
MOST_CHATS = 200  # private chats that are looked through
BEAT = 60.0  # seconds
CALM = timedelta(hours=1)  # between two looks for which silence is the only reason
GONE = ("channel_not_found", "not_in_channel", "missing_scope", "method_not_supported_for_channel_type")


class CatchUp:
    """One for all workspaces; each is caught up with by itself, one gap at a time."""

    def __init__(self, ears: Ears, library: str, memory: Memory, clock: Clock) -> None:
        self._ears, self._library, self._memory, self._clock = ears, library, memory, clock
        self._tasks = Held("slack: catching up broke off")  # the gap is kept, and looked at again at the next start
        self._busy: dict[str, asyncio.Lock] = {}
        self._looked_at: dict[str, datetime] = {}
        self._in_turn: set[str] = set()

    # ---- when ------------------------------------------------------------------------------------------------------------

    def begin(self, space: Workspace) -> None:
        """At the start. With a socket it begins once that stands."""
        if not space.keys.app_token:
            self.missed(space)

    async def connected(self, space: Workspace) -> None:
        """A socket stands (again). Before it did, `Workspace.opening` held fast when we last heard."""
        self._tasks.later(self._look(space, SILENCE))

    def missed(self, space: Workspace, surely: bool = True) -> None:
        """Something may have been kept from us: looked for at once, or in its turn where nothing but silence says so."""
        if surely:
            self._tasks.later(self._look(space, timedelta(0)))
        elif space.team not in self._in_turn:
            self._in_turn.add(space.team)
            self._tasks.later(self._look_in_turn(space))

    async def _look_in_turn(self, space: Workspace) -> None:
        """Mostly a channel was only quiet, and to read everything anew costs a call a thread: once an hour is enough.

        The gap stays written down meanwhile. Nothing tells an unheard question from a quiet hour but looking."""
        try:
            while (last := self._looked_at.get(space.team)) and self._clock() - last < CALM:  # noqa: ASYNC110  # the clock is not ours
                await asyncio.sleep(BEAT)
        finally:
            self._in_turn.discard(space.team)
        await self._look(space, timedelta(0))

    async def beat(self, space: Workspace, stands: Callable[[], bool]) -> None:
        """While a socket stands, silence means that nothing happened."""
        while True:
            await asyncio.sleep(BEAT)
            if stands() and space.team:
                await space.hear()

    def watch(self, work: Coroutine[Any, Any, None]) -> None:
        """Held, and ended with the rest."""
        self._tasks.later(work)

    async def stop(self) -> None:
        """What was not finished goes on at the next start."""
        await self._tasks.stop()

    async def _look(self, space: Workspace, least: timedelta) -> None:
        """One look at a time: whoever waits finds what is left. A gap shorter than `least` is none."""
        while True:
            if await space.known():
                break
            await asyncio.sleep(5)
        await space.hear()
        async with self._busy.setdefault(space.team, asyncio.Lock()):
            kept = await self._memory.recall(_gap(space))
            gap = _Gap.read(kept) if kept else None
            since = space.gap()
            if since and self._clock() - since > least:
                gap = _Gap(min(since, gap.since), gap.read_at) if gap else _Gap(since, {})
                await self._memory.remember({_gap(space): gap.written()})
            if since:
                space.looked(since)
            if gap:
                self._looked_at[space.team] = self._clock()
                await self._run(space, gap)

    # ---- what ------------------------------------------------------------------------------------------------------------

    async def _run(self, space: Workspace, gap: _Gap) -> None:
        """Place by place; of each it is written down when it was read, since another gap may come before all were."""
        begun = self._clock()
        limited = begun - gap.since + OVERLAP > WALL
        for name, work in await self._places(space):
            at = self._clock()
            limited = await self._insist(work, space, gap.read_at.get(name, gap.since) - OVERLAP) or limited
            gap.read_at[name] = at
            await self._memory.remember({_gap(space): gap.written()})
        if limited:
            id = f"{DOOR}:{space.team}:missed:{(gap.since - OVERLAP).isoformat()}"
            await self._give(Event(id, self._library, begun, Missed(DOOR, gap.since, begun)))
        await self._memory.forget(_gap(space))

    async def _places(self, space: Workspace) -> list[tuple[str, Work]]:
        """Channels first, then threads in which somebody waits, then private chats."""
        watched = await self._ears.watched(DOOR)
        channels = [split(one)[1] for one in watched.channels if split(one)[0] == space.team]
        threads = [(split(one.channel)[1], one.message) for one in watched.threads if split(one.channel)[0] == space.team]
        chats = list((await self._memory.recall_all(f"direct:{space.team}:")).values())[:MOST_CHATS]
        found: list[tuple[str, Work]] = [(c, _Channel(c)) for c in dict.fromkeys([*channels, *chats])]
        return found[: len(channels)] + [(f"{c}:{ts}", _Thread(c, ts)) for c, ts in threads] + found[len(channels) :]

    async def _insist(self, work: Work, space: Workspace, oldest: datetime) -> bool:
        """Until it is read, however often Slack is busy. Whether Slack keeps less than we looked for."""
        while True:
            try:
                if isinstance(work, _Thread):
                    return await self._thread(space, work.channel, work.ts, oldest)
                return await self._channel(space, work.channel, oldest)
            except SlackRefused as refused:
                if refused.code not in GONE:
                    log.warning("slack: could not catch up (%s)", refused.code)
                return False
            except DeliveryError as error:
                await asyncio.sleep(getattr(error, "after", 5.0))

    async def _channel(self, space: Workspace, channel: str, oldest: datetime) -> bool:
        """A channel's messages since then, oldest first, and the replies in threads that went on."""
        found: list[Json] = []
        limited = False
        async for answer in self._pages(space, "conversations.history", channel=channel, oldest=_ts(oldest), inclusive=True):
            found += items(answer, "messages")
            limited = limited or answer.get("is_limited") is True
        for message in reversed(found):
            await self._tell(space, channel, message, oldest)
            if text(message, "latest_reply") and moment(text(message, "latest_reply"), oldest) >= oldest:
                await self._replies(space, channel, text(message, "ts"), oldest)
        return limited

    async def _replies(self, space: Workspace, channel: str, ts: str, oldest: datetime) -> None:
        given = {"channel": channel, "ts": ts, "oldest": _ts(oldest), "inclusive": True}
        async for answer in self._pages(space, "conversations.replies", **given):
            for message in items(answer, "messages"):
                if text(message, "ts") != ts:
                    await self._tell(space, channel, message, oldest)

    async def _thread(self, space: Workspace, channel: str, ts: str, oldest: datetime) -> bool:
        """The whole of a thread that is waited on: an old message in it may have been edited, or marked as the answer."""
        there = False
        try:
            async for answer in self._pages(space, "conversations.replies", channel=channel, ts=ts):
                for message in items(answer, "messages"):
                    there = True
                    await self._tell(space, channel, message, oldest)
        except SlackRefused as refused:
            if refused.code not in ("thread_not_found", "message_not_found"):
                raise
        gone = None if there else deleted(ts, channel, "", "", await space.scene())
        await self._give(gone)
        return False

    async def _pages(self, space: Workspace, method: str, **given: object) -> AsyncIterator[Json]:
        cursor: str | None = None
        while True:
            answer = await space.api.read(method, AT_EASE, **given, limit=PAGE, cursor=cursor, include_all_metadata=True)
            yield answer
            cursor = text(obj(answer, "response_metadata"), "next_cursor") or None
            if cursor is None:
                return

    # ---- telling ---------------------------------------------------------------------------------------------------------

    async def _tell(self, space: Workspace, channel: str, message: Json, oldest: datetime) -> None:
        reactors = [user for one in items(message, "reactions") if text(one, "name") in CHECKS for user in texts(one, "users")]
        scene = await space.scene((*wanted(message), *reactors[:20]))
        space.learn_thread(channel, text(message, "ts"), thread_of(message))
        for event in _events(message, channel, oldest, scene):
            await self._give(event)

    async def _give(self, event: Event | None) -> None:
        """Until it is stored."""
        while event is not None:
            try:
                await self._ears.receive(event)
                return
            except Unavailable:
                await asyncio.sleep(2)


@dataclass(slots=True)
class _Gap:
    """What was missed since when, and when each place of it was read."""

    since: datetime
    read_at: dict[str, datetime]

    @staticmethod
    def read(kept: str) -> _Gap:
        told = json.loads(kept)
        done = told["done"] if isinstance(told["done"], dict) else {}  # a list was kept before; then all is read again
        return _Gap(datetime.fromisoformat(told["since"]), {name: datetime.fromisoformat(at) for name, at in done.items()})

    def written(self) -> str:
        done = {name: at.isoformat() for name, at in self.read_at.items()}
        return json.dumps({"since": self.since.isoformat(), "done": done})


@dataclass(frozen=True, slots=True)
class _Channel:
    channel: str


@dataclass(frozen=True, slots=True)
class _Thread:
    channel: str
    ts: str


Work = _Channel | _Thread


def _events(message: Json, channel: str, oldest: datetime, scene: Scene) -> Iterator[Event | None]:
    ts, thread = text(message, "ts"), thread_of(message)
    if text(message, "subtype") == "tombstone":
        yield deleted(ts, channel, "", thread, scene)
        return
    if moment(ts, oldest) >= oldest:
        yield said(message, channel, scene)
    if text(obj(message, "edited"), "ts") and moment(text(obj(message, "edited"), "ts"), oldest) >= oldest:
        yield edited(message, channel, scene)
    for one in items(message, "reactions"):
        for user in texts(one, "users") if text(one, "name") in CHECKS else ():
            if user != scene.bot:
                yield reacted(text(one, "name"), user, channel, ts, "seen", False, scene)


def _ts(when: datetime) -> str:
    return f"{when.timestamp():.6f}"


def _gap(space: Workspace) -> str:
    return f"gap:{space.team}"
