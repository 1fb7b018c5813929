"""People: what they do in Slack's client, and what they see there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tests.emulators.slack.forms import Refused, entered, find, missing
from tests.emulators.slack.model import JSON, Channel, File, Message, User, View
from tests.emulators.slack.texts import rich_text, typed

if TYPE_CHECKING:
    from tests.emulators.slack.delivery import Delivery
    from tests.emulators.slack.interactions import Reply
    from tests.emulators.slack.workspace import Workspace


class Person:
    """Made by `add_person`. Each act waits until the app was told once (unless the emulator has `wait=False`).

    Raises Refused for what Slack's client would not let a person do.
    """

    def __init__(self, space: Workspace, user: User) -> None:
        self.space, self.user, self.id = space, user, user.id
        self._states: dict[str, dict[str, JSON]] = {}

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    @property
    def dm(self) -> Channel:
        """The direct messages with the app."""
        return self.space.im(self.id, self.space.app.bot_user)

    async def _told(self, deliveries: list[Delivery]) -> None:
        if self.space.slack.wait:
            for one in deliveries:
                await one.tried.wait()

    def _in(self, where: Channel | str) -> Channel:
        channel = self.space.channel(where)
        if self.user.deleted or self.id not in channel.members:
            raise Refused(f"{self.user.real_name} is not in #{channel.name}")
        if channel.archived:
            raise Refused(f"#{channel.name} is archived")
        return channel

    # ---- talking ---------------------------------------------------------------------------------------------------------

    async def says(self, where: Channel | str, text: str = "", thread_ts: str | Message | None = None,
                   files: Iterable[tuple[str, bytes]] = (), broadcast: bool = False) -> Message:  # fmt: skip
        """`text` as typed; `<@U…>` mentions. A thread by its parent's ts, or by any message in it."""
        channel, space = self._in(where), self.space
        thread = (thread_ts.thread_ts or thread_ts.ts) if isinstance(thread_ts, Message) else thread_ts
        if thread is not None and (thread not in channel.by_ts or channel.by_ts[thread].is_reply):
            raise Refused(f"no thread starts at {thread}")
        shared = [self._file(channel, name, content) for name, content in files]
        subtype = "file_share" if shared else "thread_broadcast" if broadcast and thread else None
        body = typed(text)
        message = Message(space.new_ts(), channel.id, self.id, body, rich_text(body, space.new_id("b")[1:6]) if body else [],
                          thread_ts=thread, subtype=subtype, client_msg_id=None if self.user.is_bot else space.uuid(),
                          bot_id=self.user.bot_id or None, files=shared,
                          broadcast=subtype == "thread_broadcast")  # fmt: skip
        told = space.post(message)
        for one in shared:
            told += space.emit({"type": "file_shared", "file_id": one.id, "file": {"id": one.id}, "user_id": self.id,
                                "channel_id": channel.id, "event_ts": space.new_ts()}, channel)  # fmt: skip
        await self._told(told)
        return message

    def _file(self, channel: Channel, name: str, content: bytes) -> File:
        file = File(self.space.new_id("F"), name, self.id, length=len(content), content=content,
                    created=int(self.space.slack.clock()), channels=[channel.id], complete=True)  # fmt: skip
        self.space.files[file.id] = file
        return file

    async def edits(self, message: Message, text: str) -> Message:
        if message.user != self.id or message.deleted:
            raise Refused("only one's own messages can be edited")
        body = typed(text)
        await self._told(self.space.edit(message, body, rich_text(body, self.space.new_id("b")[1:6]), self.id))
        return message

    async def deletes(self, message: Message) -> None:
        if message.user != self.id or message.deleted:
            raise Refused("only one's own messages can be deleted")
        await self._told(self.space.delete(message))

    async def reacts(self, message: Message, name: str) -> None:
        from tests.emulators.slack.api_reactions import emoji_name

        self._in(message.channel)
        name = emoji_name(self.space, name)
        if message.only_for is not None or message.deleted or self.id in message.reactions.get(name, []):
            raise Refused("nothing to react to, or reacted already")
        await self._told(self.space.react(message, self.id, name))

    async def unreacts(self, message: Message, name: str) -> None:
        from tests.emulators.slack.api_reactions import emoji_name

        name = emoji_name(self.space, name)
        if self.id not in message.reactions.get(name, []):
            raise Refused("no such reaction")
        await self._told(self.space.react(message, self.id, name, add=False))

    # ---- commands, buttons, shortcuts ------------------------------------------------------------------------------------

    async def runs(self, where: Channel | str, command: str, text: str = "") -> Reply:
        """A slash command, with what comes after it."""
        from tests.emulators.slack import interactions

        channel = self._in(where)
        if self.space.app.commands is not None and command not in self.space.app.commands:
            raise Refused(f"{command} is not a valid command")
        return await interactions.command(self, channel, command, text)

    async def presses(self, where: Message | View, which: str, value: Any = None) -> Reply:
        """A button by action_id, block_id or text; menus, checkboxes and pickers outside inputs take a `value`."""
        from tests.emulators.slack import interactions

        if isinstance(where, View):
            if not where.open or where.user != self.id:
                raise Refused("this view is not open")
            return await interactions.press_on_view(self, where, find(where.body["blocks"], which), value)
        if not self.sees(where):
            raise Refused("this message cannot be seen")
        spot = find(where.blocks, which)
        return await interactions.press_on_message(self, where, spot, value or (which if spot.kind == "overflow" else None))

    def message_state(self, message: Message) -> dict[str, JSON]:
        from tests.emulators.slack.interactions import fresh_state

        return self._states.setdefault(message.ts, fresh_state(message))

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Reply:
        """A message shortcut, or a global one without a message."""
        from tests.emulators.slack import interactions

        declared = self.space.app.shortcuts
        if declared is not None and callback_id not in declared:
            raise Refused(f"no shortcut {callback_id}")
        if message is not None and (message.only_for is not None or not self.sees(message)):
            raise Refused("ephemeral messages have no shortcuts")
        return await interactions.shortcut(self, callback_id, message)

    # ---- modals and the home ---------------------------------------------------------------------------------------------

    @property
    def modals(self) -> list[View]:
        return list(self.space.stack(self.id))

    @property
    def modal(self) -> View:
        """The modal in front."""
        if not self.modals:
            raise Refused("no modal is open")
        return self.modals[-1]

    @property
    def home(self) -> View | None:
        return self.space.homes.get(self.id)

    def fills(self, values: Mapping[str, Any]) -> View:
        """Enter values into the modal in front, by action_id, block_id or label; options by value or text."""
        view = self.modal
        for which, value in values.items():
            spot = find(view.body["blocks"], which)
            view.state[spot.key[0]][spot.key[1]] = entered(spot, value)
        return view

    async def suggests(self, which: str, typed: str) -> list[JSON]:
        """Type into an external select of the modal in front: the options that the app offers."""
        from tests.emulators.slack import interactions

        return (await interactions.suggest(self, self.modal, find(self.modal.body["blocks"], which), typed)).options

    async def submits(self, values: Mapping[str, Any] | None = None) -> Reply:
        """Fill and submit the modal in front. Raises Refused where a required field is empty."""
        from tests.emulators.slack import interactions

        view = self.fills(values or {})
        if not view.body.get("submit"):
            raise Refused("this modal has nothing to submit")
        empty = missing(view.body["blocks"], view.state)
        if empty:
            raise Refused(f"required and empty: {empty}")
        return await interactions.submit(self, view)

    async def closes(self, everything: bool = False) -> Reply | None:
        from tests.emulators.slack import interactions

        return await interactions.close(self, self.modal, everything)

    async def opens_home(self, tab: str = "home") -> View | None:
        """Look at the app's home (`tab="messages"`: at its messages)."""
        from tests.emulators.slack.shapes import view_json

        space = self.space
        event: JSON = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.dm.id,
            "tab": tab,
            "event_ts": space.new_ts(),
        }
        if tab == "home" and self.home is not None:
            event["view"] = view_json(space, self.home)
        await self._told(space.emit(event))
        return self.home

    async def opens_assistant(self, looking_at: Channel | str | None = None) -> Message:
        """Begin a thread with the app's assistant; the returned message is the thread's root."""
        space, channel = self.space, self.dm
        app = space.app
        root = Message(space.new_ts(), channel.id, app.bot_user, "New Assistant Thread", subtype="assistant_app_thread",
                       bot_id=app.bot_id, app_id=app.id)  # fmt: skip
        root.thread_ts = root.ts
        channel.put(root)
        context = {"channel_id": space.channel(looking_at).id, "team_id": space.id} if looking_at else {}
        thread = {"user_id": self.id, "context": context, "channel_id": channel.id, "thread_ts": root.ts}
        await self._told(
            space.emit({"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": space.new_ts()})
        )
        return root

    # ---- coming and going ------------------------------------------------------------------------------------------------

    async def joins(self, where: Channel | str) -> None:
        await self._told(self.space.join(self.space.channel(where), self.id))

    async def leaves(self, where: Channel | str) -> None:
        await self._told(self.space.leave(self._in(where), self.id))

    async def invites(self, where: Channel | str, who: Person | str | None = None) -> None:
        """Somebody, or the app, into a channel that this person is in."""
        await self._told(self.space.join(self._in(where), self._who(who), inviter=self.id))

    async def kicks(self, where: Channel | str, who: Person | str | None = None) -> None:
        """Somebody, or the app, out of a channel."""
        await self._told(self.space.leave(self._in(where), self._who(who), kicked_by=self.id))

    def _who(self, who: Person | str | None) -> str:
        return self.space.app.bot_user if who is None else who if isinstance(who, str) else who.id

    async def creates(self, name: str, private: bool = False) -> Channel:
        """A new channel with this person alone in it."""
        space = self.space
        channel = space.add_channel(name, [self.id], private=private, bot=False)
        about = {"id": channel.id, "name": name, "created": channel.created, "creator": self.id}
        await self._told(
            [] if private else space.tell_all({"type": "channel_created", "channel": about, "event_ts": space.new_ts()})
        )
        return channel

    async def renames(self, where: Channel | str, name: str) -> None:
        channel, space = self._in(where), self.space
        old, channel.name = channel.name, name
        channel.previous_names.insert(0, old)
        told = space.say_in(
            channel, self.id, "channel_name", f'has renamed the channel from "{old}" to "{name}"', old_name=old, name=name
        )
        told += space.channel_event(
            channel,
            "rename",
            {
                "id": channel.id,
                "name": name,
                "name_normalized": name,
                "created": channel.created,
                "is_channel": True,
                "is_mpim": False,
            },
        )
        await self._told(told)

    async def archives(self, where: Channel | str) -> None:
        channel = self._in(where)
        told = self.space.say_in(channel, self.id, "channel_archive", "archived the channel", members=list(channel.members))
        channel.archived = True
        await self._told(told + self.space.channel_event(channel, "archive", channel.id, user=self.id, is_moved=0))

    async def unarchives(self, where: Channel | str) -> None:
        channel = self.space.channel(where)
        channel.archived = False
        told = self.space.channel_event(channel, "unarchive", channel.id, user=self.id)
        await self._told(told + self.space.say_in(channel, self.id, "channel_unarchive", "un-archived the channel"))

    async def deactivated(self) -> None:
        self.user.deleted = True
        for channel in self.space.channels.values():
            if channel.kind != "im" and self.id in channel.members:
                channel.members.remove(self.id)
        await self._told(self.space.user_event(self.user))

    async def reactivated(self) -> None:
        self.user.deleted = False
        await self._told(self.space.user_event(self.user))

    async def changes(self, **fields: Any) -> None:
        """Own profile: display_name, real_name, locale, zone …"""
        for name, value in fields.items():
            setattr(self.user, name, value)
        await self._told(self.space.user_event(self.user))

    # ---- seeing ----------------------------------------------------------------------------------------------------------

    def sees(self, message: Message) -> bool:
        channel = self.space.channels[message.channel]
        return not message.deleted and self.id in channel.members and message.only_for in (None, self.id)

    def reads(self, where: Channel | str | None = None) -> list[Message]:
        """The messages that this person sees in a channel (in the direct messages with the app, if none is named)."""
        channel = self.dm if where is None else self.space.channel(where)
        return [one for one in channel.log if self.sees(one)]
