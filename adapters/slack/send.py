"""Delivers: posts, edits in place, whispers, reacts. What Slack refuses is sorted by what the outbox must do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from adapters.slack.attach import Attaching
from adapters.slack.errors import RATELIMITED, SlackRefused, sorted_out
from adapters.slack.fields import cut
from adapters.slack.ids import DOOR, emoji_name, joined, split
from adapters.slack.once import found, metadata
from adapters.slack.payload import Json, text
from adapters.slack.render import Block, Message, look_of, messages
from adapters.slack.workspace import Workspace
from bot.doors import Delivery, Memory
from bot.errors import Rejected, TryLater, Unreachable
from bot.model.place import MessageRef
from bot.ports import Clock

UNFIT = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "block_mismatch", "invalid_attachments", "msg_too_long"}
)
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "cant_broadcast_message"})
NOT_HERE = frozenset(
    {"not_in_channel", "channel_not_found", "user_not_in_channel", "is_archived", "thread_not_found", "cannot_reply_to_message"}
)
KEEP = timedelta(days=90)  # how long it is known that a message went on in its thread
LONGEST_NOTICE, LONGEST_TEXT = 3_900, 39_000  # beside blocks, for notifications; alone
BETWEEN = 1.05  # seconds between two messages into one channel


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a message goes: a channel, perhaps a thread in it, perhaps for one person's eyes only."""

    channel: str
    thread: str = ""
    only_for: str = ""


class Sending:
    """One for all workspaces."""

    def __init__(self, attaching: Attaching, memory: Memory, clock: Clock) -> None:
        self._attaching, self._memory, self._clock = attaching, memory, clock
        self._refused: dict[str, None] = {}  # deliveries that surely did not reach Slack: no need to look for them there

    async def deliver(self, space: Workspace, delivery: Delivery) -> MessageRef:
        """Post, or edit in place. A text too long for one message goes on in the thread."""
        names = ", ".join(name for name, _ in delivery.files)
        look = look_of(space.team, delivery.people, delivery.links)
        try:
            parts = messages(delivery.text or names, look, delivery.buttons)
            return await self._delivered(space, delivery, parts)
        except SlackRefused as refused:
            raise sorted_out(refused) from None
        except ValueError as error:
            raise Rejected(f"slack: {error}") from None

    async def react(self, space: Workspace, ref: MessageRef, emoji: str, remove: bool) -> None:
        """A second time changes nothing."""
        name, channel = emoji_name(emoji), split(ref.channel)[1]
        if not name:
            raise Rejected("slack: invalid_name")
        method = "reactions.remove" if remove else "reactions.add"
        try:
            await space.api.call(method, channel=channel, timestamp=ref.message, name=name)
        except SlackRefused as refused:
            if refused.code not in ("already_reacted", "no_reaction"):
                raise sorted_out(refused) from None

    # ---- one delivery ----------------------------------------------------------------------------------------------------

    async def _delivered(self, space: Workspace, delivery: Delivery, parts: tuple[Message, ...]) -> MessageRef:
        spot = await self._spot(space, delivery)
        if spot.only_for:
            return await self._whispered(space, delivery, parts, spot)
        ref = await self._edited(space, delivery, parts[0]) if delivery.edit else None
        channel, ts = ref or await self._posted(space, spot, parts[0], delivery.once, again=delivery.again)
        thread = spot.thread or (ts if not ref else await space.root_of(channel, ts))
        await self._rest(space, Spot(channel, thread), ts, parts[1:], again=bool(ref) or delivery.again)
        await self._attaching.attach(space, channel, thread, ts, delivery, bool(ref) or delivery.again)
        return MessageRef(DOOR, joined(space.team, channel), ts)

    async def _spot(self, space: Workspace, delivery: Delivery) -> Spot:
        if delivery.private_to:
            return Spot(await space.direct_with(split(delivery.private_to.user)[1]))
        place = delivery.place or (delivery.edit.as_thread if delivery.edit else None)
        if place is None:
            raise Unreachable("slack: nowhere")
        channel = split(place.channel)[1]
        thread = await space.root_of(channel, place.thread) if place.thread and delivery.place else ""
        private = channel[:1] in ("D", "U", "W")
        if delivery.only_for and not private:
            reader = split(delivery.only_for.user)[1]  # Slack whispers no files: they come in private
            return Spot(await space.direct_with(reader)) if delivery.files else Spot(channel, thread, reader)
        return Spot(channel, thread)

    async def _edited(self, space: Workspace, delivery: Delivery, message: Message) -> tuple[str, str] | None:
        """None: the message is gone, or can no longer be edited."""
        assert delivery.edit is not None
        channel, ts = split(delivery.edit.channel)[1], delivery.edit.message
        given = {"channel": channel, "ts": ts, "metadata": metadata(delivery.once)}
        try:
            await _sent(space, "chat.update", message, given)
        except SlackRefused as refused:
            if refused.code in GONE:
                return None
            raise
        return channel, ts

    async def _posted(self, space: Workspace, spot: Spot, message: Message, once: str, *, again: bool) -> tuple[str, str]:
        """Channel and ts; of the message that is there already, where an earlier try had reached Slack after all."""
        perhaps = again and once not in self._refused
        if perhaps and (ts := await found(space, spot.channel, spot.thread, once, self._clock())):
            return spot.channel, ts
        self._refused.pop(once, None)  # of this try nothing is known yet
        given: dict[str, Any] = {"channel": spot.channel, "thread_ts": spot.thread or None, "metadata": metadata(once)}
        try:
            answer = await _sent(space, "chat.postMessage", message, given | {"unfurl_links": False, "unfurl_media": False})
        except SlackRefused:
            self._surely_not(once)
            raise
        except TryLater as later:
            if later.why == RATELIMITED:
                self._surely_not(once)
            raise
        channel, ts = text(answer, "channel") or spot.channel, text(answer, "ts")
        space.learn_thread(channel, ts, spot.thread)
        if spot.channel[:1] in ("U", "W"):
            await space.learn_direct(spot.channel, channel)
        return channel, ts

    async def _rest(self, space: Workspace, spot: Spot, first: str, parts: Sequence[Message], *, again: bool) -> None:
        """What did not fit into the message `first`, in its thread; `again`: some of it may be there already, or too much."""
        before = await self._memory.recall(f"more:{space.team}:{spot.channel}:{first}") if again else None
        for number in range(1, max(len(parts), int(before or 0)) + 1):
            once = f"{first}/{number}"
            ts = await found(space, spot.channel, spot.thread, once, self._clock()) if again else ""
            if ts and number > len(parts):
                await space.api.call("chat.delete", channel=spot.channel, ts=ts)
            elif ts:
                given = {"channel": spot.channel, "ts": ts, "metadata": metadata(once)}
                await _sent(space, "chat.update", parts[number - 1], given)
            elif number <= len(parts):
                await asyncio.sleep(BETWEEN)
                await self._posted(space, spot, parts[number - 1], once, again=False)
        if parts or before:
            await self._memory.remember({f"more:{space.team}:{spot.channel}:{first}": str(len(parts))}, KEEP)

    async def _whispered(self, space: Workspace, delivery: Delivery, parts: tuple[Message, ...], spot: Spot) -> MessageRef:
        """For one person's eyes; in private where they are not in the channel, or we are not."""
        ts = ""
        where = {"channel": spot.channel, "user": spot.only_for, "thread_ts": spot.thread or None}
        try:
            for message in parts:
                answer = await _sent(space, "chat.postEphemeral", message, where)
                ts = ts or text(answer, "message_ts")
        except SlackRefused as refused:
            if refused.code not in NOT_HERE or ts:
                raise
            direct = Spot(await space.direct_with(spot.only_for))
            channel, ts = await self._posted(space, direct, parts[0], delivery.once, again=delivery.again)
            await self._rest(space, Spot(channel, ts), ts, parts[1:], again=delivery.again)
            return MessageRef(DOOR, joined(space.team, channel), ts)
        return MessageRef(DOOR, joined(space.team, spot.channel), ts)

    def _surely_not(self, once: str) -> None:
        self._refused[once] = None
        while len(self._refused) > 10_000:
            del self._refused[next(iter(self._refused))]


async def _sent(space: Workspace, method: str, message: Message, given: Mapping[str, Any]) -> Json:
    """With its blocks; as plain text where Slack does not take them."""
    short = cut(message.text, LONGEST_NOTICE)
    try:
        return await space.api.call(method, text=short, blocks=list(message.blocks), **given)
    except SlackRefused as refused:
        if refused.code not in UNFIT:
            raise
    none: list[Block] | None = [] if method == "chat.update" else None
    return await space.api.call(method, text=cut(message.text, LONGEST_TEXT), blocks=none, **given)
