"""The one way in, over HTTP and Socket Mode: what Slack sends is understood, stored, and only then acknowledged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from adapters.slack.errors import SlackRefused
from adapters.slack.ids import is_id, split
from adapters.slack.interactions import Heard, needs_direct, person_of, to_heard
from adapters.slack.payload import Json, Sent, items, obj, text, texts
from adapters.slack.people import person_of as person_of_user
from adapters.slack.showing import Showing
from adapters.slack.translate import to_event, wanted
from adapters.slack.workspace import Workspace
from bot.doors import Ears, Shown
from bot.errors import GuyubError, Unavailable
from bot.events import Event, Reacted, Room, Said
from bot.held import Held
from bot.ports import Clock

log = logging.getLogger(__name__)
IN_TIME = 2.7  # seconds that a form which was sent may take: then it is acknowledged, and answered behind


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack gets to hear: an HTTP status, and a body where one is due."""

    status: int = 200
    body: Json | None = None


DONE, JUNK, STRANGER, NOT_NOW = Answer(), Answer(400), Answer(403), Answer(503)


class Reception:
    """`take` is all of it. `missed` is called where Slack may have kept something from us; True: it surely tried."""

    def __init__(self, ears: Ears, showing: Showing, missed: Callable[[Workspace, bool], None], clock: Clock) -> None:
        self._ears, self._showing, self._missed, self._clock = ears, showing, missed, clock
        self._behind = Held("slack: failed behind the acknowledgement")

    async def take(self, sent: Sent, workspaces: Sequence[Workspace]) -> Answer:
        """`workspaces`: those whose secret or socket vouches for it."""
        kind = text(sent.payload, "type")
        if sent.kind == "event" and kind == "url_verification":
            challenge = text(sent.payload, "challenge")
            return Answer(body={"challenge": challenge}) if challenge else JUNK
        try:
            space = await self._whose(sent.payload, workspaces)
            if space is None:
                return STRANGER if workspaces and all(one.team for one in workspaces) else NOT_NOW
            if await space.hear():
                self._missed(space, sent.again)
            if sent.kind != "event":
                return await self._act(sent, space)
            if kind == "app_rate_limited":
                space.missed(self._clock())
                self._missed(space, True)
                return DONE
            event = obj(sent.payload, "event")
            return await self._event(event, space) if kind == "event_callback" and text(event, "type") else JUNK
        except Unavailable:
            return NOT_NOW

    async def settled(self) -> None:
        """Until nothing goes on behind the acknowledgement any more."""
        await self._behind.settled()

    # ---- whose -----------------------------------------------------------------------------------------------------------

    async def _whose(self, payload: Json, workspaces: Sequence[Workspace]) -> Workspace | None:
        named = teams_of(payload)
        for space in workspaces:
            if await space.known() and space.team in named:
                return space
        return None

    # ---- events ----------------------------------------------------------------------------------------------------------

    async def _event(self, told: Json, space: Workspace) -> Answer:
        kind = text(told, "type")
        if kind == "app_home_opened":
            if text(told, "tab") == "home" and is_id(text(told, "user")):
                self._behind.later(self._showing.home(space, text(told, "user")))
            return DONE
        if kind == "app_uninstalled" or (kind == "tokens_revoked" and texts(obj(told, "tokens"), "bot")):
            space.api.rest(kind)
            return DONE
        if kind == "user_change" and is_id(text(obj(told, "user"), "id")):
            space.people.changed(text(obj(told, "user"), "id"), person_of_user(obj(told, "user")))
        event = await self._understood(told, space)
        if event is not None:
            await self._ears.receive(event)
        return DONE

    async def _understood(self, told: Json, space: Workspace) -> Event | None:
        """Names are looked up only for what is understood without them."""
        bare = to_event(told, await space.scene())
        if bare is None:
            return None
        name = await self._name_of(text(told, "channel"), space) if isinstance(bare.what, Room) else ""
        event = to_event(told, await space.scene(wanted(told), name=name)) or bare
        return await self._placed(event, space)

    async def _name_of(self, channel: str, space: Workspace) -> str:
        if not is_id(channel):
            return ""
        try:
            async with asyncio.timeout(IN_TIME / 2):
                answer = await space.api.read("conversations.info", channel=channel)
        except (GuyubError, SlackRefused, TimeoutError):
            return ""
        return text(obj(answer, "channel"), "name")

    @staticmethod
    async def _placed(event: Event, space: Workspace) -> Event:
        """Threads are learnt from messages; of a reaction Slack does not say in which it was."""
        if event.place is None:
            return event
        channel = split(event.place.channel)[1]
        if isinstance(event.what, Said):
            space.learn_thread(channel, event.what.message, event.place.thread)
            if event.what.direct and event.account:
                await space.learn_direct(split(event.account.user)[1], channel)
        if isinstance(event.what, Reacted) and (root := space.threads.get(f"{channel}:{event.what.message}")):
            return replace(event, place=replace(event.place, thread=root))
        return event

    # ---- what wants an answer at once ------------------------------------------------------------------------------------

    async def _act(self, sent: Sent, space: Workspace) -> Answer:
        user, _ = person_of(sent)
        if not user:
            return JUNK
        others = wanted(obj(sent.payload, "message")) if text(sent.payload, "type") == "message_action" else ()
        heard = to_heard(sent, await space.scene((user, *others), direct=needs_direct(sent)))
        if heard is None:
            return DONE
        if heard.event.place and heard.event.place.thread:
            space.learn_thread(split(heard.event.place.channel)[1], "", heard.event.place.thread)
        if heard.submitted:
            return await self._submission(heard, sent, space)
        stored = asyncio.Event()
        work = asyncio.create_task(self._ears.respond(heard.event, stored))
        await _either(work, stored)
        if work.done() and not stored.is_set():
            work.result()  # what went wrong before it was stored is for the sender to hear
        self._behind.later(self._show(work, heard, space))
        return DONE

    async def _show(self, work: asyncio.Task[Shown | None], heard: Heard, space: Workspace) -> None:
        if shown := await work:
            await self._showing.show(shown, heard, space)

    async def _submission(self, heard: Heard, sent: Sent, space: Workspace) -> Answer:
        """A form's own answer carries errors at its fields; so it waits for them."""
        stored = asyncio.Event()
        work = asyncio.create_task(self._ears.respond(heard.event, stored))
        await asyncio.wait({work}, timeout=IN_TIME)
        if not work.done():
            await _either(work, stored)
            self._behind.later(self._show(work, heard, space))
            return Answer(body={"response_action": "clear"})
        shown = work.result()
        if shown is None:
            return Answer(body={"response_action": "clear"})
        body = self._showing.in_answer(shown, heard, obj(sent.payload, "view"))
        if body is None:
            self._behind.later(self._showing.show(shown, replace(heard, modal=""), space))
        return Answer(body=body or {"response_action": "clear"})


async def _either(work: asyncio.Task[Shown | None], stored: asyncio.Event) -> None:
    """Until it is stored, or over."""
    waiting = asyncio.create_task(stored.wait())
    try:
        await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


def teams_of(payload: Json) -> frozenset[str]:
    """Every workspace that a payload names as the one whose app is meant."""
    named = [
        text(payload, "team_id"),
        text(payload, "context_team_id"),
        text(obj(payload, "team"), "id"),
        text(obj(payload, "view"), "app_installed_team_id"),
        text(obj(payload, "view"), "team_id"),
        *(text(one, "team_id") for one in items(payload, "authorizations")),
    ]
    return frozenset(team for team in named if team)
