"""The Slack door: the Door port over one or several workspaces, by HTTP or Socket Mode."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from functools import partial

from adapters.slack.api import Api
from adapters.slack.attach import Attaching, trusted
from adapters.slack.catchup import CatchUp
from adapters.slack.http import Http
from adapters.slack.ids import DOOR, split
from adapters.slack.inside import Inside
from adapters.slack.keys import SlackKeys
from adapters.slack.limits import limits_of
from adapters.slack.reception import Reception
from adapters.slack.send import Sending
from adapters.slack.showing import Showing, Words
from adapters.slack.socket import Socket
from adapters.slack.workspace import Workspace
from bot.doors import Asgi, Delivery, Ears, Limit, Memory, Reader
from bot.errors import DeliveryError, TryLater, Unreachable
from bot.model.place import MessageRef
from bot.outcome import React
from bot.ports import Clock, Files

log = logging.getLogger(__name__)
PATH = "/slack/events"


class SlackDoor:
    """`keys`: one for each workspace. Those without an app token are heard over HTTP."""

    name = DOOR

    def __init__(
        self,
        keys: Sequence[SlackKeys],
        api_url: str,
        library: str,
        memory: Memory,
        words: Words,
        files: Files,
        clock: Clock,
    ) -> None:
        self._library, self._memory, self._words, self._clock = library, memory, words, clock
        self._api_url, self._trusts = api_url, trusted(api_url)
        self._workspaces = [Workspace(one, api_url, library, memory, clock) for one in keys]
        self._attaching = Attaching(files, self._trusts)
        self._sending = Sending(self._attaching, memory, clock)
        self._inside = Inside(clock)
        self._http = Http([one for one in self._workspaces if not one.keys.app_token], clock)
        self.paths: Mapping[str, Asgi] = {PATH: self._http} if not all(one.app_token for one in keys) else {}
        self._sockets: list[Socket] = []
        self._reception: Reception | None = None
        self._catching: CatchUp | None = None

    async def start(self, ears: Ears) -> None:
        """Listen. Slack need not be there: whoever we are is found out once it is."""
        self._catching = CatchUp(ears, self._library, self._memory, self._clock)
        showing = Showing(ears, self._words, self._trusts)
        self._reception = Reception(ears, showing, self._catching.missed, self._clock)
        await asyncio.gather(*(self._introduced(one) for one in self._workspaces))
        self._http.take = self._reception.take
        for space in self._workspaces:
            self._catching.begin(space)
            if space.keys.app_token:
                self._open(space, self._reception, self._catching)

    def _open(self, space: Workspace, reception: Reception, catching: CatchUp) -> None:
        take, connected = partial(reception.take, workspaces=[space]), partial(catching.connected, space)
        api = Api(space.keys.app_token, self._api_url, lambda: self._clock().timestamp())
        socket = Socket(api, take, space.opening, connected)
        self._sockets.append(socket)
        catching.watch(catching.beat(space, socket.stands))
        socket.open()

    async def _introduced(self, space: Workspace) -> None:
        try:
            async with asyncio.timeout(3):
                await space.introduce()
        except (DeliveryError, TimeoutError) as error:
            log.warning("slack does not say yet who we are there: %s", getattr(error, "why", "no answer"))
            if await space.known():
                log.warning("slack: gone on with what was known from an earlier start")

    async def stop(self) -> None:
        """No more is taken; what goes on behind is finished, and it is written down when we last heard."""
        self._http.take = None
        for socket in self._sockets:
            await socket.stop()
        self._sockets = []
        if self._catching:
            await self._catching.stop()
        if self._reception:
            await self._reception.settled()
        for space in self._workspaces:
            await space.save()
            await space.close()

    def limits(self, what: Delivery | React) -> tuple[Limit, ...]:
        """Slack's published limits, each per workspace and method, and a message a second in each channel."""
        return limits_of(what, {one.team: one for one in self._workspaces if one.team})

    async def deliver(self, delivery: Delivery) -> MessageRef:
        return await self._sending.deliver(await self._space(_where(delivery)), delivery)

    async def react(self, ref: MessageRef, emoji: str, remove: bool, once: str) -> None:
        """Put a reaction, or take ours off. `once` is not needed: a second time changes nothing."""
        await self._sending.react(await self._space(ref.channel), ref, emoji, remove)

    async def link(self, ref: MessageRef) -> str:
        """The message's address; "" where the workspace is not known."""
        try:
            space = await self._space(ref.channel)
        except DeliveryError:
            return ""
        return await space.permalink(split(ref.channel)[1], ref.message)

    async def opens(self, ref: MessageRef, reader: Reader) -> bool:
        """Public channels are open to the whole workspace, others to those in them; nothing of it to anybody elsewhere."""
        team, channel = split(ref.channel)
        mine = reader.at(DOOR)
        place = mine.user if mine else reader.place.channel if reader.place and not reader.accounts else ""
        if split(place)[0] != team:
            return False
        try:
            return await self._inside.opens(await self._space(ref.channel), channel, split(place)[1] if mine else "")
        except DeliveryError:
            return False

    async def fetch(self, file: str) -> bytes:
        """A file that somebody shared, by our name for it (workspace and Slack's id)."""
        return await self._attaching.fetch(await self._space(file), split(file)[1])

    async def _space(self, id: str) -> Workspace:
        """The workspace that an id of ours begins with."""
        team = split(id)[0]
        for space in self._workspaces:
            if space.team == team:
                return space
        unknown = [space for space in self._workspaces if not space.team]
        for space in unknown:
            if await space.known() and space.team == team:
                return space
        if any(not space.team for space in unknown):
            raise TryLater(30.0, "slack: not known yet who we are there")
        raise Unreachable("slack: no such workspace")


def _where(delivery: Delivery) -> str:
    """An id that names the workspace."""
    if delivery.private_to:
        return delivery.private_to.user
    if delivery.place:
        return delivery.place.channel
    return delivery.edit.channel if delivery.edit else ""
