"""Things as the Bot API writes them in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.emulators.telegram.bots import Bot
from tests.emulators.telegram.model import RIGHTS, Chat, Member, Message, StoredFile, Topic, User

JSON = dict[str, Any]
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
SENDS = ("messages", "audios", "documents", "photos", "videos", "video_notes", "voice_notes", "polls", "other_messages")
CHANNEL_RIGHTS = {"can_post_messages", "can_edit_messages", "can_manage_direct_messages"}
GROUP_RIGHTS = {"can_pin_messages", "can_manage_topics"}
ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", language=None, is_bot=True)


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def some(**fields: Any) -> JSON:
    """Without what is None, False or empty: the Bot API leaves that out."""
    return {name: value for name, value in fields.items() if value not in (None, False, "", [], {})}


def user(one: User) -> JSON:
    shape = {"id": one.id, "is_bot": one.is_bot, "first_name": one.first_name}
    return shape | some(last_name=one.last_name, username=one.username, language_code=None if one.is_bot else one.language)


def me(bot: Bot) -> JSON:
    return user(bot) | {
        "can_join_groups": True, "can_read_all_group_messages": not bot.privacy, "supports_inline_queries": False,
        "can_connect_to_business": False, "has_main_web_app": False, "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }  # fmt: skip


def chat(one: Chat) -> JSON:
    if one.person is not None:
        person = one.person
        return {"id": one.id, "type": "private", "first_name": person.first_name} | some(
            last_name=person.last_name, username=person.username
        )
    return {"id": one.id, "type": one.type, "title": one.title} | some(username=one.username, is_forum=one.is_forum)


def full_chat(one: Chat, last_seen: JSON | None) -> JSON:
    shape = chat(one) | {
        "accent_color_id": one.id % 7, "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }  # fmt: skip
    if one.type in ("group", "supergroup"):
        may = one.members_may_send
        shape["permissions"] = {f"can_send_{kind}": may for kind in SENDS} | {
            "can_add_web_page_previews": may, "can_change_info": False, "can_invite_users": True, "can_pin_messages": False,
            "can_manage_topics": False, "can_edit_tag": False,
        }  # fmt: skip
    if one.allowed_reactions is not None:
        shape["available_reactions"] = [reaction(emoji) for emoji in one.allowed_reactions]
    return shape | some(pinned_message=last_seen)


def member(who: User, one: Member, where: Chat) -> JSON:
    shape: JSON = {"user": user(who), "status": one.status}
    if one.status == "creator":
        shape["is_anonymous"] = one.anonymous
    elif one.status == "administrator":
        unfit = GROUP_RIGHTS if where.type == "channel" else CHANNEL_RIGHTS
        shape |= {right: right in one.rights for right in RIGHTS if right not in unfit}
        shape |= {"can_be_edited": False, "is_anonymous": one.anonymous}
    elif one.status == "kicked":
        shape["until_date"] = 0
    elif one.status == "restricted":
        shape |= {f"can_send_{kind}": False for kind in SENDS} | {
            "is_member": True, "can_add_web_page_previews": False, "can_change_info": False, "can_invite_users": False,
            "can_pin_messages": False, "can_manage_topics": False, "can_edit_tag": False, "until_date": 0,
        }  # fmt: skip
    return shape


def reaction(emoji: str) -> JSON:
    return {"type": "emoji", "emoji": emoji}


def file_size(one: StoredFile) -> JSON:
    return {"file_id": one.id, "file_unique_id": one.unique_id, "file_size": one.size}


def document(one: StoredFile) -> JSON:
    return file_size(one) | {"file_name": one.name, "mime_type": one.mime}


def photo(one: StoredFile) -> list[JSON]:
    """The sizes, smallest first, as Telegram gives them: a thumbnail and the picture."""
    small = {"file_id": f"{one.id}s", "file_unique_id": f"{one.unique_id}s", "file_size": one.size}
    widest = max(one.width, one.height, 90)
    small |= {"width": max(one.width * 90 // widest, 1), "height": max(one.height * 90 // widest, 1)}
    return [small, file_size(one) | {"width": one.width, "height": one.height}]


def topic(one: Topic) -> JSON:
    return {"message_thread_id": one.id, "name": one.name, "icon_color": one.icon_color}


def message(one: Message, deep: bool = True) -> JSON:
    """With the message that it replies to, one level deep; in a topic that is at least the topic's creation."""
    shape: JSON = {"message_id": one.id, "date": seconds(one.at), "chat": chat(one.chat)}
    if one.sender_chat is not None and one.chat.type != "channel":
        shape |= {"from": user(ANONYMOUS)}
    elif one.sender is not None and one.chat.type != "channel":
        shape |= {"from": user(one.sender)}
    if one.sender_chat is not None:
        shape["sender_chat"] = chat(one.sender_chat)
    shape |= some(edit_date=seconds(one.edited_at) if one.edited_at else None, media_group_id=one.album)
    if one.topic is not None:
        shape |= {"message_thread_id": one.topic.id, "is_topic_message": True}
    elif one.thread is not None:
        shape["message_thread_id"] = one.thread
    answered = one.reply_to or (one.chat.by_id.get(one.topic.id) if one.topic else None)
    if deep and answered is not None and answered is not one and not answered.deleted:
        shape["reply_to_message"] = message(answered, deep=False)
    shape |= {name: message(value, deep=False) if isinstance(value, Message) else value for name, value in one.service.items()}
    for stored in one.files:
        shape |= {"photo": photo(stored)} if stored.kind == "photo" else {"document": document(stored)}
    if one.text:
        names = ("caption", "caption_entities") if one.files else ("text", "entities")
        shape |= {names[0]: one.text} | some(**{names[1]: one.entities})
    if one.markup and "inline_keyboard" in one.markup:
        shape["reply_markup"] = one.markup
    return shape
