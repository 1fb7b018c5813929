"""What a chat export tells, the same for every platform. The readers are in adapters/exports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.outcome import Data

Source = Literal["slack-export", "telegram-export", "whatsapp-export"]


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it. `id`: the platform's id of the person (Slack "U…", Telegram digits); WhatsApp has none: the name as shown.

    `name` is "" where the export does not know it any more. Phone numbers are masked in both.
    """

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ToldFile:
    """A file that hung on a message. `size` in bytes, 0 unknown.

    `path`: where it lies in the export (`Archive.read`), "" when it was left out; `url`: where the platform keeps it, without
    secrets.
    """

    name: str
    media_type: str
    size: int
    path: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One message. `id` is "channel:message" and stays the same in every export of the same talk.

    `channel`, `message`: the platform's own ids, as a live door uses them; WhatsApp has none, so there they are the group's
    name and a digest. `at`: aware, UTC. `text`: plain, lines kept. `thread`: id of the thread's root (Slack; the root of a
    thread names itself), `reply_to`: id of the message it replies to, `topic`: Telegram's forum topic; "" where there is none.
    `forwarded_from`: whose words these are, where the author only passed them on.
    """

    id: str
    source: Source
    channel: str
    channel_name: str
    message: str
    author: Author
    at: datetime
    text: str
    thread: str = ""
    reply_to: str = ""
    topic: str = ""
    topic_name: str = ""
    forwarded_from: str = ""
    files: tuple[ToldFile, ...] = ()
    edited: bool = False
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()  # emoji, ids of who gave it


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a reader has to say about a file. `place`: line (WhatsApp) or record (JSON), from 1; 0 means the file as a whole.

    `why` is a template key with `data`. `lost` False: nothing is missing, but the reader had to guess or leave out on purpose.
    """

    file: str
    place: int
    why: str
    data: Data = field(default_factory=dict)
    lost: bool = True


class Report:
    """What a reader tells while it reads. Keeps the first `most` troubles and counts the rest: a hostile file has millions.

    `done` of `total` is in bytes; `on_progress` is called with both, about once in 256 KiB.
    """

    def __init__(self, on_progress: Callable[[int, int], None] | None = None, most: int = 200) -> None:
        self.troubles: list[Trouble] = []
        self.count = 0
        self.done = self.total = 0
        self._on_progress, self._most = on_progress, most

    def trouble(self, one: Trouble) -> None:
        """Something to tell the person who imports."""
        self.count += 1
        if len(self.troubles) < self._most:
            self.troubles.append(one)

    def progress(self, done: int, total: int) -> None:
        """So many bytes of so many are read."""
        self.done, self.total = done, total
        if self._on_progress:
            self._on_progress(done, total)
