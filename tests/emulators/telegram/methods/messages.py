"""sendMessage, the edits, deleteMessage, setMessageReaction, answerCallbackQuery, sendChatAction."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from tests.emulators.telegram import shapes
from tests.emulators.telegram.errors import bad
from tests.emulators.telegram.html import parse
from tests.emulators.telegram.keyboards import read_markup
from tests.emulators.telegram.methods import Call, method
from tests.emulators.telegram.model import Chat, Message, Topic
from tests.emulators.telegram.params import Params
from tests.emulators.telegram.reactions import ALLOWED, plain
from tests.emulators.telegram.text import Entity, clean, find_entities, units

MOST_TEXT, MOST_CAPTION, MOST_CALLBACK_TEXT = 4096, 1024, 200
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
ENTITY_FIELDS = (("type", str), ("offset", int), ("length", int))
DELETABLE = timedelta(hours=48)


def read_text(call: Call, name: str, values: dict[str, Any] | None = None) -> tuple[str, list[Entity], str | None]:
    """Plain text, entities and the HTML as sent, of `text` or `caption`; `values`: of an item of an album."""
    get = call.params.text if values is None else lambda key: str((values or {}).get(key) or "")
    raw, mode = get(name), get("parse_mode")
    entities: list[Entity] = []
    if mode and mode.lower() != "html":
        raise bad(f"unsupported parse_mode (here only HTML is parsed, not {mode})")
    if mode:
        words, entities = parse(raw)
        entities = [one for one in (_known(call, each) for each in entities) if one]
    else:
        words = raw
        given = call.params.json("entities" if name == "text" else "caption_entities", "entities") if values is None else None
        for one in given or []:
            if not isinstance(one, dict) or not all(isinstance(one.get(key), kind) for key, kind in ENTITY_FIELDS):
                raise bad("can't parse MessageEntity: Can't find field \"offset\"")
            entities.append(one)
    words, entities = clean(words, entities)
    if units(words) > (MOST_TEXT if name == "text" else MOST_CAPTION):
        raise bad("message is too long" if name == "text" else "message caption is too long")
    return words, find_entities(words, entities), raw if mode else None


def _known(call: Call, entity: Entity) -> Entity | None:
    """A mention by id names somebody that the bot has met, or is nothing."""
    if "user_id" not in entity:
        return entity
    who = call.state.users.get(entity["user_id"])
    if who is None or who.id not in call.bot.met:
        return None
    return {name: value for name, value in entity.items() if name != "user_id"} | {"user": shapes.user(who)}


def read_place(call: Call, chat: Chat) -> tuple[Message | None, Topic | None]:
    """The message replied to and the topic written in."""
    thread = call.params.whole("message_thread_id")
    topic = chat.topics.get(thread)
    if thread and (topic is None or topic.deleted):
        raise bad("message thread not found")
    reply = _reply(call, chat)
    topic = topic or (reply.topic if reply else None)
    if topic is not None and topic.closed and not chat.member(call.bot).may("can_manage_topics"):
        raise bad("TOPIC_CLOSED")
    return reply, topic


def _reply(call: Call, chat: Chat) -> Message | None:
    given = call.params.json("reply_parameters", "reply parameters")
    if given is None and call.params.has("reply_to_message_id"):
        given = {"message_id": call.params.whole("reply_to_message_id")}
        given["allow_sending_without_reply"] = call.params.flag("allow_sending_without_reply")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise bad("object expected as reply parameters")
    here = str(given.get("chat_id", chat.id)) == str(chat.id)
    found = chat.by_id.get(Params(given).whole("message_id")) if here else None
    if found is not None and not found.deleted:
        if given.get("quote") and str(given["quote"]) not in found.text:
            raise bad("QUOTE_TEXT_INVALID")
        return found
    if not given.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    return None


@method("sendMessage")
def send_message(call: Call) -> Any:
    chat = call.reach()
    text, entities, html = read_text(call, "text")
    if not text:
        raise bad("message text is empty")
    markup = read_markup(call.params)
    reply, topic = read_place(call, chat)
    call.spend(chat)
    sent = say(call, chat, reply, topic, text=text, entities=entities, html=html, markup=markup)
    return shapes.message(sent)


def say(call: Call, chat: Chat, reply: Message | None, topic: Topic | None, **fields: Any) -> Message:
    """A new message of the bot; in a channel the other bots hear it."""
    channel = {"sender_chat": chat} if chat.type == "channel" else {}
    silent = call.params.flag("disable_notification")
    sent = call.state.new_message(chat, call.bot, silent=silent, **fields, **channel)
    call.state.place_reply(sent, reply, topic)
    call.state.tell(sent)
    return sent


def editable(call: Call) -> Message:
    if call.params.has("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    chat = call.reach()
    message = call.message(chat, "to edit")
    own = message.sender is call.bot
    if message.service or not (own or (chat.type == "channel" and chat.member(call.bot).may("can_edit_messages"))):
        raise bad("message can't be edited")
    return message


def change(call: Call, message: Message, text: str, entities: list[Entity], html: str | None) -> Any:
    """Put a new content under a message; refuses what changes nothing. Without reply_markup the keyboard goes."""
    markup = read_markup(call.params, inline_only=True)
    if (text, entities, markup) == (message.text, message.entities, message.markup):
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a current "
            "content and reply markup of the message"
        )
    call.spend(message.chat, 0)
    if text != message.text or entities != message.entities:
        message.edits.append(message.text)
    message.text, message.entities, message.html, message.markup = text, entities, html, markup
    message.edited_at = call.now
    return shapes.message(message)


@method("editMessageText")
def edit_text(call: Call) -> Any:
    message = editable(call)
    text, entities, html = read_text(call, "text")
    if not text:
        raise bad("message text is empty")
    if message.files:
        raise bad("there is no text in the message to edit")
    return change(call, message, text, entities, html)


@method("editMessageCaption")
def edit_caption(call: Call) -> Any:
    message = editable(call)
    text, entities, html = read_text(call, "caption")
    if not message.files:
        raise bad("there is no caption in the message to edit")
    return change(call, message, text, entities, html)


@method("editMessageReplyMarkup")
def edit_markup(call: Call) -> Any:
    message = editable(call)
    return change(call, message, message.text, message.entities, message.html)


@method("deleteMessage")
def delete_message(call: Call) -> bool:
    chat = call.reach()
    message = call.message(chat, "to delete")
    admin = chat.type != "private" and chat.member(call.bot).may("can_delete_messages")
    own = message.sender is call.bot or chat.type == "private"
    if not (own or admin) or (call.now - message.at > DELETABLE and not admin) or "forum_topic_created" in message.service:
        raise bad("message can't be deleted for everyone" if own else "message can't be deleted")
    call.spend(chat, 0)
    message.deleted = True
    return True


@method("setMessageReaction")
def set_reaction(call: Call) -> bool:
    chat = call.chat()
    if chat.person is None and not chat.member(call.bot).inside:
        call.reach()
    message = call.message(chat, "to react")
    given = call.params.json("reaction", "reaction type") or []
    if not isinstance(given, list):
        raise bad("can't parse reaction type JSON object")
    if len(given) > 1:
        raise bad("REACTIONS_TOO_MANY")
    emoji = []
    for one in given:
        if not isinstance(one, dict) or one.get("type") not in ("emoji", "custom_emoji", "paid"):
            raise bad("can't parse ReactionType: invalid reaction type specified")
        name = plain(str(one.get("emoji", "")))
        allowed = ALLOWED if chat.allowed_reactions is None else ALLOWED & set(chat.allowed_reactions)
        if one["type"] != "emoji" or name not in allowed:
            raise bad("REACTION_INVALID")
        emoji.append(name)
    if message.service:
        raise bad("MESSAGE_ID_INVALID")
    call.spend(chat, 0)
    call.state.react(message, call.bot, emoji)
    return True


@method("answerCallbackQuery")
def answer_callback(call: Call) -> bool:
    press = call.state.presses.get(call.params.text("callback_query_id"))
    text = call.params.text("text")
    life = timedelta(seconds=call.state.callback_life)
    if press is None or press.bot is not call.bot or press.answered or call.now - press.at > life:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if units(text) > MOST_CALLBACK_TEXT:
        raise bad("MESSAGE_TOO_LONG")
    url = call.params.text("url") or None
    if url and not re.fullmatch(rf"(?:https?://)?t\.me/{call.bot.username}\?start=[\w-]{{0,64}}", url, re.IGNORECASE):
        raise bad("URL_INVALID")
    press.heard.set()
    press.answered, press.text, press.alert, press.url = True, text, call.params.flag("show_alert"), url
    return True


@method("sendChatAction")
def chat_action(call: Call) -> bool:
    chat = call.reach()
    if call.params.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    read_place(call, chat)
    call.spend(chat, 0)
    return True
