"""What the bot tells Telegram about itself: its commands by language and place, and who it is. Sent when it has changed."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from adapters.telegram.client import Api
from bot.doors import CommandHelp, Memory
from bot.model.base import Language
from bot.show import plain
from bot.voice import Voice

log = logging.getLogger(__name__)
STEWARDS = frozenset({"manage", "channel"})  # offered to a chat's administrators only; everybody may type them
LONGEST_HELP, LONGEST_DESCRIPTION, LONGEST_SHORT = 256, 512, 120
Listed = tuple[tuple[str, str], ...]


def lists(commands: Sequence[CommandHelp], words: Voice, language: Language) -> dict[str, Listed]:
    """(name, what it does) for "private", "group" and "admin" chats."""
    offered = [(c.en, _help(c, language)) for c in commands if c.en not in STEWARDS]
    stewards = [(c.en, _help(c, language)) for c in commands if c.en in STEWARDS]
    cancel = ("batal" if language == "id" else "cancel", plain(words("telegram.does_cancel", {}, language)))
    names = {c.en: c.id if language == "id" else c.en for c in commands}
    own = () if cancel[0] in names.values() else (cancel,)  # a name that comes twice makes Telegram refuse the whole list

    def named(*rows: tuple[str, str]) -> Listed:
        return tuple((names.get(en, en), does[:LONGEST_HELP]) for en, does in rows)

    return {
        "private": named(*offered, *own),
        "group": named(*offered),
        "admin": named(*offered, *stewards),
    }


def _help(command: CommandHelp, language: Language) -> str:
    return plain(command.help_id if language == "id" else command.help_en)


async def set_up(api: Api, commands: Sequence[CommandHelp], words: Voice, memory: Memory) -> None:
    """English for everybody, Indonesian for whoever reads it. A failure is logged: the bot works without."""
    languages: tuple[Language, ...] = ("en", "id")
    told = {language: lists(commands, words, language) for language in languages}
    texts = {n: [words(f"telegram.{n}", {}, language) for language in languages] for n in ("description", "short_description")}
    mark = hashlib.sha256(json.dumps([api.token.partition(":")[0], told, texts]).encode()).hexdigest()
    if await memory.recall("setup") == mark:
        return
    try:
        for language in languages:
            await _tell(api, told[language], words, language)
    except TelegramError as error:
        log.warning("telegram: commands and description could not be set (%s)", type(error).__name__)
        return
    await memory.remember({"setup": mark})


async def _tell(api: Api, told: dict[str, Listed], words: Voice, language: Language) -> None:
    code = "" if language == "en" else language
    scopes: dict[str, BotCommandScope] = {
        "private": BotCommandScopeAllPrivateChats(),
        "group": BotCommandScopeAllGroupChats(),
        "admin": BotCommandScopeAllChatAdministrators(),
    }
    for name, scope in scopes.items():
        await api.set_my_commands([BotCommand(*one) for one in told[name]], scope=scope, language_code=code)
    await api.set_my_description(plain(words("telegram.description", {}, language))[:LONGEST_DESCRIPTION], code)
    await api.set_my_short_description(plain(words("telegram.short_description", {}, language))[:LONGEST_SHORT], code)
