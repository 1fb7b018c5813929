"""The registry's commands with their words in both languages: for completion, manifests and command lists."""

from __future__ import annotations

from collections.abc import Iterable

from bot.doors import CommandHelp
from bot.registry import Command
from bot.voice import Voice


def helps(commands: Iterable[Command], say: Voice) -> tuple[CommandHelp, ...]:
    """In the order of the features."""
    return tuple(
        CommandHelp(c.id, c.en, say(c.usage, {}, "id"), say(c.usage, {}, "en"), say(c.help, {}, "id"), say(c.help, {}, "en"))
        for c in commands
    )
