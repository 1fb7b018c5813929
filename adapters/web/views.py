"""What a page shows of a message to one reader: times in their language and zone, colours, who reacted. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from markupsafe import Markup

from adapters.web.render import Names, bot_html, person_html, plain
from adapters.web.rows import BOT, BOT_NAME, Kept, Message, Person
from adapters.web.words import say

QUICK = ("✅", "👍", "❤️", "👀", "🙏")
LOCALES = {"id": "id_ID", "en": "en_GB"}
TOGETHER = timedelta(minutes=5)
HUES = 8


@dataclass(frozen=True, slots=True)
class Chip:
    """A reaction with its count. `label` for screen readers, `names` of those who gave it."""

    emoji: str
    count: int
    mine: bool
    label: str
    names: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message ready for the template. `follow`: by the same author shortly after; `newday`: first of its day."""

    m: Message
    html: Markup
    mine: bool
    bot: bool
    about: str
    initials: str
    hue: int
    time: str
    moment: str
    day: str
    day_label: str
    follow: bool
    newday: bool
    chips: tuple[Chip, ...]
    last_reply: str

    @property
    def says(self) -> str:
        """One line for the announcement to screen readers."""
        return f"{self.m.name}: {plain(self.m.text)}"


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader's eyes. `people`: all, also those who left; `now` aware."""

    me: Person
    people: tuple[Person, ...]
    zone: ZoneInfo
    now: datetime

    def bubbles(self, messages: Iterable[Message]) -> list[Bubble]:
        """A list in order, grouped."""
        shown: list[Bubble] = []
        for message in messages:
            shown.append(self.bubble(message, shown[-1].m if shown else None))
        return shown

    def bubble(self, m: Message, before: Message | None = None) -> Bubble:
        local = m.at.astimezone(self.zone)
        author = next((p for p in self.people if p.id == m.author), None)
        return Bubble(
            m=m,
            html=self._html(m),
            mine=m.author == self.me.id,
            bot=m.author == BOT,
            about=author.about if author else "",
            initials=initials(m.name),
            hue=hue(m.author),
            time=self.clock(m.at),
            moment=format_datetime(local, "full" if self.me.language == "id" else "long", locale=self._locale),
            day=local.date().isoformat(),
            day_label=self._day(local.date()),
            follow=before is not None and self._together(before, m),
            newday=before is None or before.at.astimezone(self.zone).date() != local.date(),
            chips=tuple(self._chip(emoji, users) for emoji, users in m.reactions.items()),
            last_reply=self._when(m.last_reply) if m.last_reply else "",
        )

    def clock(self, at: datetime) -> str:
        return format_time(at.astimezone(self.zone), "short", locale=self._locale)

    def size(self, kept: Kept) -> str:
        """A file's size for people."""
        if kept.size < 1000:
            return f"{kept.size} B"
        mega = kept.size >= 1_000_000
        number = f"{kept.size / (1_000_000 if mega else 1000):.1f}".removesuffix(".0")
        return f"{number.replace('.', ',') if self.me.language == 'id' else number} {'MB' if mega else 'kB'}"

    @property
    def _locale(self) -> str:
        return LOCALES[self.me.language]

    def _html(self, m: Message) -> Markup:
        if m.deleted:
            return Markup("")
        if m.author == BOT:
            names = Names(self.me.id, members=tuple(m.people.items()), links=tuple(m.links.items()))
            return Markup(bot_html(m.text, names))
        typed = ((BOT_NAME, BOT), *((p.name, p.id) for p in self.people))
        return Markup(person_html(m.text, Names(self.me.id, typed=typed)))

    def _together(self, before: Message, m: Message) -> bool:
        same = (before.author, before.only_for, before.deleted) == (m.author, m.only_for, m.deleted)
        local = before.at.astimezone(self.zone).date() == m.at.astimezone(self.zone).date()
        return same and local and m.author != BOT and timedelta(0) <= m.at - before.at <= TOGETHER

    def _day(self, day: date) -> str:
        today = self.now.astimezone(self.zone).date()
        if day == today:
            return say("today", self.me.language)
        if day == today - timedelta(days=1):
            return say("yesterday", self.me.language)
        return format_date(day, "full", locale=self._locale)

    def _when(self, at: datetime) -> str:
        day = at.astimezone(self.zone).date()
        if day == self.now.astimezone(self.zone).date():
            return self.clock(at)
        return format_date(day, "d MMM", locale=self._locale)

    def _chip(self, emoji: str, users: Sequence[str]) -> Chip:
        mine = self.me.id in users
        names = {p.id: p.name for p in self.people} | {BOT: BOT_NAME}
        label = say("reacted.me" if mine else "reacted", self.me.language, emoji=emoji, count=len(users))
        return Chip(emoji, len(users), mine, label, ", ".join(names.get(user, "?") for user in users))


def initials(name: str) -> str:
    """One or two letters for an avatar."""
    words = [word for word in name.split() if word[:1].isalnum()]
    letters = words[0][:1] + (words[-1][:1] if len(words) > 1 else "") if words else name[:1]
    return letters.upper() or "?"


def hue(id: str) -> int:
    """A stable colour class of a person."""
    return zlib.crc32(id.encode()) % HUES
