"""Messages in order of time, grouped into threads: one opens a thread, what belongs to it follows. Streams; memory is bounded.

Slack says itself what a thread is; on Telegram it is what replies to each other; on WhatsApp, which knows neither, a question
and what is said after it until the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.importing.talk import talks
from bot.importing.told import Told

MOST_OPEN = 1_000  # threads at a time
MOST_REPLIES = 200  # of a thread that are kept: the answer comes early
MOST_REMEMBERED = 20_000  # ids of messages, to know whose thread a reply goes on
MOST_ALONE = 2_000  # messages nobody replied to yet
QUIET = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Thread:
    """What opened it and what followed, in order."""

    root: Told
    replies: tuple[Told, ...]


@dataclass(slots=True)
class _Open:
    root: Told
    last: datetime
    replies: dict[str, Told] = field(default_factory=dict)


def threads(messages: Iterable[Told]) -> Iterator[Thread]:
    """The threads with at least one reply, each as soon as it is surely over. A channel's messages come one after the other."""
    grouping: _Replies | None = None
    channel = ""
    for kind, run in _runs(messages):
        if kind == "whatsapp-export":
            yield from (Thread(root, replies) for root, replies in talks(run))
            continue
        for one in run:
            if grouping is None or one.channel != channel:
                if grouping:
                    yield from grouping.close()
                grouping, channel = _Replies(), one.channel
            yield from grouping.add(one)
    if grouping:
        yield from grouping.close()


def _runs(messages: Iterable[Told]) -> Iterator[tuple[str, Iterator[Told]]]:
    """Neighbours of one source and channel."""
    stream = iter(messages)
    ahead = next(stream, None)

    def run(first: Told) -> Iterator[Told]:
        nonlocal ahead
        one: Told | None = first
        while one is not None and (one.source, one.channel) == (first.source, first.channel):
            yield one
            one = next(stream, None)
        ahead = one

    while ahead is not None:
        yield ahead.source, run(ahead)


class _Replies:
    """One channel whose messages say what they reply to: a thread's root (Slack) or any message of it (Telegram)."""

    def __init__(self) -> None:
        self.alone: dict[str, Told] = {}
        self.open: dict[str, _Open] = {}  # by the root's id; the longest quiet first
        self.root_of: dict[str, str] = {}

    def add(self, one: Told) -> Iterator[Thread]:
        """Takes a message in; gives the threads that are over by now."""
        above = one.reply_to or (one.thread if one.thread != one.id else "")
        if one.id in self.root_of:
            return
        root = above if above in self.open or above in self.alone else self.root_of.get(above, "")
        self.root_of[one.id] = root or one.id
        if not root or root == one.id:
            self.alone[one.id] = one
        elif thread := self._thread(root):
            thread.last = max(thread.last, one.at)
            if len(thread.replies) < MOST_REPLIES:
                thread.replies[one.id] = one
            self.open[root] = self.open.pop(root, thread)
        yield from self._over(one.at)
        _forget(self.alone, MOST_ALONE)
        _forget(self.root_of, MOST_REMEMBERED)

    def close(self) -> Iterator[Thread]:
        """The channel is at its end."""
        while self.open:
            yield self._take()

    def _thread(self, root: str) -> _Open | None:
        if root not in self.open and (first := self.alone.pop(root, None)):
            return _Open(first, first.at)
        return self.open.get(root)

    def _over(self, now: datetime) -> Iterator[Thread]:
        while self.open:
            quiet = now - next(iter(self.open.values())).last
            if quiet < QUIET and len(self.open) <= MOST_OPEN:
                return
            yield self._take()

    def _take(self) -> Thread:
        thread = self.open.pop(next(iter(self.open)))
        return Thread(thread.root, tuple(thread.replies.values()))


def _forget(kept: dict[str, Told] | dict[str, str], most: int) -> None:
    while len(kept) > most:
        del kept[next(iter(kept))]
