"""The bot's commands by scope and language, its descriptions, its menu buttons."""

from __future__ import annotations

import re
from typing import Any

from tests.emulators.telegram.errors import bad
from tests.emulators.telegram.methods import Call, method

SCOPES = {
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
}
MOST_COMMANDS, MOST_NAME, MOST_DESCRIPTION = 100, 32, 256
MOST_ABOUT, MOST_SHORT_ABOUT = 512, 120


def read_scope(call: Call) -> tuple[str, str]:
    """(scope, language): a scope is written as "default", "chat:-100…" or "chat_member:-100…:5"."""
    given = call.params.json("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(given, dict) or given.get("type") not in SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    kind = given["type"]
    if kind in ("chat", "chat_administrators", "chat_member"):
        asked = Call(call.state, call.bot, call.method, type(call.params)({"chat_id": given.get("chat_id")}))
        chat = asked.chat()
        if kind != "chat" and chat.type == "private":
            raise bad(
                "can't change commands in the private chat" if kind == "chat_member" else "can't use the scope in private chats"
            )
        kind += f":{chat.id}"
        if given["type"] == "chat_member":
            kind += f":{given.get('user_id')}"
    return kind, read_language(call)


def read_language(call: Call) -> str:
    language = call.params.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad("invalid language code specified")
    return language


@method("setMyCommands")
def set_commands(call: Call) -> bool:
    given = call.params.json("commands", "commands")
    if not isinstance(given, list):
        raise bad("can't parse commands: expected an Array")
    scope = read_scope(call)
    if len(given) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    commands = [read_command(one) for one in given]
    names = [one["command"] for one in commands]
    if len(set(names)) < len(names):
        raise bad("BOT_COMMAND_INVALID")
    call.bot.commands[scope] = commands
    return True


def read_command(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise bad("can't parse BotCommand: expected an Object")
    name, words = str(given.get("command", "")).strip().removeprefix("/"), str(given.get("description", "")).strip()
    if not name:
        raise bad("can't parse BotCommand: Command must be non-empty")
    if len(name) > MOST_NAME:
        raise bad("can't parse BotCommand: Command length must not exceed 32")
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise bad("BOT_COMMAND_INVALID")
    if not words:
        raise bad("can't parse BotCommand: Command description must be non-empty")
    if len(words) > MOST_DESCRIPTION:
        raise bad("can't parse BotCommand: Command description length must not exceed 256")
    return {"command": name, "description": words}


@method("getMyCommands")
def get_commands(call: Call) -> Any:
    return call.bot.commands.get(read_scope(call), [])


@method("deleteMyCommands")
def delete_commands(call: Call) -> bool:
    call.bot.commands.pop(read_scope(call), None)
    return True


@method("setMyDescription")
def set_description(call: Call) -> bool:
    return _describe(call, "description", MOST_ABOUT, call.bot.descriptions)


@method("setMyShortDescription")
def set_short_description(call: Call) -> bool:
    return _describe(call, "short_description", MOST_SHORT_ABOUT, call.bot.short_descriptions)


def _describe(call: Call, name: str, most: int, kept: dict[str, str]) -> bool:
    text, language = call.params.text(name), read_language(call)
    if len(text) > most:
        raise bad("BOT_ABOUT_INVALID" if name == "description" else "BOT_SHORT_ABOUT_INVALID")
    kept.pop(language, None)
    if text:
        kept[language] = text
    return True


@method("getMyDescription")
def get_description(call: Call) -> Any:
    kept = call.bot.descriptions
    return {"description": kept.get(read_language(call), kept.get("", ""))}


@method("getMyShortDescription")
def get_short_description(call: Call) -> Any:
    kept = call.bot.short_descriptions
    return {"short_description": kept.get(read_language(call), kept.get("", ""))}


@method("setChatMenuButton")
def set_menu_button(call: Call) -> bool:
    chat = call.chat() if call.params.has("chat_id") else None
    if chat is not None and chat.type != "private":
        raise bad("chat_id must be of a private chat")
    button = call.params.json("menu_button", "MenuButton") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("default", "commands", "web_app"):
        raise bad("can't parse MenuButton: Unsupported type specified")
    if button["type"] == "web_app" and not str((button.get("web_app") or {}).get("url", "")).startswith("https://"):
        raise bad("menu button Web App URL is invalid: Only HTTPS links are allowed")
    call.bot.menu_buttons[chat.id if chat else 0] = button
    return True


@method("getChatMenuButton")
def get_menu_button(call: Call) -> Any:
    key = call.chat().id if call.params.has("chat_id") else 0
    return call.bot.menu_buttons.get(key) or call.bot.menu_buttons.get(0) or {"type": "commands"}
