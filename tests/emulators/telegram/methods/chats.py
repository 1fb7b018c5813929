"""getChat and its members, forum topics, leaveChat."""

from __future__ import annotations

from typing import Any

from tests.emulators.telegram import shapes
from tests.emulators.telegram.bots import Bot
from tests.emulators.telegram.errors import bad, forbidden
from tests.emulators.telegram.methods import Call, method
from tests.emulators.telegram.model import Chat

ICON_COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


def inside(call: Call) -> Chat:
    """A chat that the bot may ask about."""
    chat = call.chat()
    member = chat.member(call.bot)
    if member.status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.type} chat")
    if not member.inside and not chat.username:
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    return chat


@method("getChat")
def get_chat(call: Call) -> Any:
    chat = inside(call)
    return shapes.full_chat(chat, shapes.message(chat.pinned, deep=False) if chat.pinned else None)


@method("getChatMember")
def get_member(call: Call) -> Any:
    chat = inside(call)
    user = call.state.users.get(call.params.whole("user_id"))
    if user is None:
        raise bad("invalid user_id specified" if not call.params.whole("user_id") else "user not found")
    return shapes.member(user, chat.member(user), chat)


@method("getChatAdministrators")
def get_administrators(call: Call) -> Any:
    """Other bots are left out, as Telegram does."""
    chat = inside(call)
    if chat.type == "private":
        raise bad("there are no administrators in the private chat")
    shown = [chat.users[one] for one, member in chat.members.items() if member.admin]
    return [shapes.member(one, chat.member(one), chat) for one in shown if not isinstance(one, Bot) or one is call.bot]


@method("getChatMemberCount", "getChatMembersCount")
def count_members(call: Call) -> int:
    return sum(one.inside for one in inside(call).members.values())


@method("leaveChat")
def leave_chat(call: Call) -> bool:
    chat = inside(call)
    if chat.type == "private":
        raise bad("chat member status can't be changed in private chats")
    if not chat.member(call.bot).inside:
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    call.state.set_member(chat, call.bot, call.bot, "left")
    return True


def manageable(call: Call) -> Chat:
    chat = inside(call)
    if not chat.is_forum:
        raise bad("the chat is not a forum")
    if not chat.member(call.bot).may("can_manage_topics"):
        raise bad("not enough rights to create a topic")
    return chat


@method("createForumTopic")
def create_topic(call: Call) -> Any:
    chat = manageable(call)
    name = call.params.text("name").strip()
    if not 1 <= len(name) <= 128:
        raise bad("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG")
    color = call.params.whole("icon_color", ICON_COLORS[0])
    if color not in ICON_COLORS:
        raise bad("invalid icon color specified")
    call.spend(chat, 0)
    return shapes.topic(call.state.new_topic(chat, call.bot, name, color))
