"""Who is who in a workspace: names and interface languages, asked once a day for each person."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.api import Api
from adapters.slack.errors import SlackRefused
from adapters.slack.payload import Json, obj, text
from adapters.slack.translate import Person
from bot.doors import Memory
from bot.errors import DeliveryError, GuyubError
from bot.held import Held
from bot.model.base import Language
from bot.ports import Clock

KEEP = timedelta(days=1)
PATIENCE = 1.2  # seconds: Slack wants its acknowledgement within three
MOST = 20_000


class People:
    """One workspace's. Whoever cannot be looked up in time is known by their id; the event goes in all the same."""

    def __init__(self, team: str, api: Api, memory: Memory, clock: Clock) -> None:
        self._team, self._api, self._memory, self._clock = team, api, memory, clock
        self._known: OrderedDict[str, tuple[datetime, Person]] = OrderedDict()
        self._writing = Held("slack: a name was not written down")

    async def named(self, users: Iterable[str]) -> dict[str, Person]:
        """Those that are known, or could be asked for in time."""
        wanted = tuple(dict.fromkeys(users))
        now = self._clock()
        missing = [user for user in wanted if user not in self._known or self._known[user][0] < now]
        if missing:
            asked = [asyncio.ensure_future(self._ask(user)) for user in missing]
            _, late = await asyncio.wait(asked, timeout=PATIENCE)
            for one in late:
                one.cancel()
        return {user: self._known[user][1] for user in wanted if user in self._known}

    def changed(self, user: str, person: Person) -> None:
        """Slack tells of a new name."""
        old = self._known[user][1] if user in self._known else Person()
        self._keep(user, Person(person.name or old.name, person.locale or old.locale))

    async def settled(self) -> None:
        """Until what was learnt is written down."""
        await self._writing.settled()

    async def _ask(self, user: str) -> None:
        try:
            if kept := await self._memory.recall(self._key(user)):
                name, locale = json.loads(kept)
                self._learn(user, Person(name, locale))
                return
            answer = await self._api.read("users.info", user=user, include_locale=True)
        except (DeliveryError, GuyubError, SlackRefused, ValueError):
            return  # known by their id, until the next time
        self._keep(user, person_of(obj(answer, "user")))

    def _keep(self, user: str, person: Person) -> None:
        self._learn(user, person)
        written = {self._key(user): json.dumps([person.name, person.locale])}
        self._writing.later(_quietly(self._memory.remember(written, KEEP)))

    def _learn(self, user: str, person: Person) -> None:
        self._known[user] = (self._clock() + KEEP, person)
        self._known.move_to_end(user)
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    def _key(self, user: str) -> str:
        return f"person:{self._team}:{user}"


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    """What was learnt is only a short cut: a database that is away just now loses nothing by it."""
    try:
        await work
    except GuyubError:
        return


def person_of(user: Json) -> Person:
    """As their colleagues see them: the display name, else the full one."""
    profile = obj(user, "profile")
    name = text(profile, "display_name") or text(profile, "real_name") or text(user, "real_name") or text(user, "name")
    return Person(" ".join(name.split())[:80], language_of(text(user, "locale")))


def language_of(locale: str) -> Language | None:
    """Slack has no Indonesian of its own: an English interface says nothing of what somebody wants to be spoken to in."""
    return "id" if locale.partition("-")[0] == "id" else None
