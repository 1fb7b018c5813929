"""How features say what they own. Exactly one feature owns each command, button, form, intent and due time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bot.desk import Desk
from bot.events import (
    CameDue,
    Commanded,
    Deleted,
    Edited,
    Happened,
    Left,
    Marked,
    Missed,
    Pressed,
    Reached,
    Reacted,
    Room,
    Said,
    Submitted,
    What,
)
from bot.outcome import Data, Outcome

W = TypeVar("W", bound=What)
Handler = Callable[[W, Desk], Awaitable[Outcome]]
AnyHandler = Callable[[What, Desk], Awaitable[Outcome]]
ViewHandler = Callable[[Desk], Awaitable[Data]]

#: Slack keeps these to itself; a command of ours that clashes is reached as a word after /guyub there.
RESERVED = frozenset(
    [
        "apps",
        "archive",
        "away",
        "call",
        "collapse",
        "dm",
        "dnd",
        "expand",
        "feed",
        "feedback",
        "help",
        "invite",
        "invite_people",
        "join",
        "kick",
        "leave",
        "me",
        "msg",
        "mute",
        "open",
        "prefs",
        "remind",
        "remove",
        "rename",
        "search",
        "shortcuts",
        "shrug",
        "star",
        "status",
        "topic",
        "who",
    ]
)


class Intent(StrEnum):
    """What a message is to us."""

    ASK = "ask"  # addressed to the bot, outside a question's thread
    MAYBE_ASK = "maybe_ask"  # a question in a channel that we serve, not addressed to us
    REPLY = "reply"  # in a question's thread
    MINUTES = "minutes"  # photos or files under a meeting's card
    THANKS = "thanks"  # a thank-you to the bot, outside any question's thread


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command under its Indonesian and its English name. `usage` and `help` are template keys of the command."""

    id: str
    en: str

    @property
    def usage(self) -> str:
        return f"help.usage_{self.en}"

    @property
    def help(self) -> str:
        return f"help.does_{self.en}"


class Feature:
    """One thing a member can do. Its decorators register handlers under a key; `Routes` refuses a key owned twice."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.owned: list[tuple[str, AnyHandler]] = []
        self.watched: list[tuple[str, AnyHandler]] = []
        self.commands: list[Command] = []
        self.views: dict[str, ViewHandler] = {}

    def _own(self, *keys: str) -> Callable[[Handler[W]], Handler[W]]:
        def register(handler: Handler[W]) -> Handler[W]:
            self.owned.extend((key, handler) for key in keys)  # type: ignore[misc]  # the key decides the kind of What
            return handler

        return register

    def command(self, id: str, en: str) -> Callable[[Handler[Commanded]], Handler[Commanded]]:
        """The slash command /id and /en, and the same words after /guyub or a mention."""
        self.commands.append(Command(id, en))
        return self._own(*{f"command:{id}", f"command:{en}"})

    def mistyped(self) -> Callable[[Handler[Commanded]], Handler[Commanded]]:
        """A command that nobody owns."""
        return self._own("command:?")

    def presses(self, *actions: str) -> Callable[[Handler[Pressed]], Handler[Pressed]]:
        return self._own(*(f"press:{a}" for a in actions))

    def submits(self, form: str) -> Callable[[Handler[Submitted]], Handler[Submitted]]:
        return self._own(f"form:{form}")

    def hears(self, intent: Intent) -> Callable[[Handler[Said]], Handler[Said]]:
        return self._own(f"hear:{intent}")

    def due(self, what: str) -> Callable[[Handler[CameDue]], Handler[CameDue]]:
        return self._own(f"due:{what}")

    def edits(self) -> Callable[[Handler[Edited]], Handler[Edited]]:
        return self._own("edited")

    def deletes(self) -> Callable[[Handler[Deleted]], Handler[Deleted]]:
        return self._own("deleted")

    def reactions(self) -> Callable[[Handler[Reacted]], Handler[Reacted]]:
        return self._own("reacted")

    def leavings(self) -> Callable[[Handler[Left]], Handler[Left]]:
        return self._own("left")

    def reaches(self) -> Callable[[Handler[Reached]], Handler[Reached]]:
        return self._own("reached")

    def marks(self) -> Callable[[Handler[Marked]], Handler[Marked]]:
        """A message that somebody wants kept."""
        return self._own("marked")

    def rooms(self) -> Callable[[Handler[Room]], Handler[Room]]:
        """What becomes of a channel itself."""
        return self._own("room")

    def misses(self) -> Callable[[Handler[Missed]], Handler[Missed]]:
        return self._own("missed")

    def watches(self, what: str) -> Callable[[Handler[Happened]], Handler[Happened]]:
        """A follow-up event. Several features may watch one; they are called in the order of the list of features."""

        def register(handler: Handler[Happened]) -> Handler[Happened]:
            self.watched.append((f"happened:{what}", handler))  # type: ignore[arg-type]
            return handler

        return register

    def view(self, name: str) -> Callable[[ViewHandler], ViewHandler]:
        def register(handler: ViewHandler) -> ViewHandler:
            self.views[name] = handler
            return handler

        return register


class Routes:
    """All features' handlers by key."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self.owners: dict[str, tuple[str, AnyHandler]] = {}
        self.watchers: dict[str, list[AnyHandler]] = {}
        self.views: dict[str, ViewHandler] = {}
        self.commands: list[Command] = []
        for feature in features:
            self._add(feature)

    def _add(self, feature: Feature) -> None:
        for key, handler in feature.owned:
            if key in self.owners:
                raise TypeError(f"{key} is owned by {self.owners[key][0]} and by {feature.name}")
            self.owners[key] = (feature.name, handler)
        for key, handler in feature.watched:
            self.watchers.setdefault(key, []).append(handler)
        self.views.update(feature.views)
        self.commands.extend(feature.commands)

    def handlers(self, what: What, intent: Intent | None = None) -> list[AnyHandler]:
        """Who handles this; an empty list where nobody does."""
        key = self._key(what, intent)
        if key.startswith("happened:"):
            return self.watchers.get(key, [])
        owner = self.owners.get(key)
        return [owner[1]] if owner else []

    @staticmethod
    def _key(what: What, intent: Intent | None) -> str:
        match what:
            case Said():
                return f"hear:{intent}"
            case Commanded(name=name):
                return f"command:{name}"
            case Pressed(action=action):
                return f"press:{action}"
            case Submitted(form=form):
                return f"form:{form}"
            case Happened(what=topic):
                return f"happened:{topic}"
            case CameDue(what=topic):
                return f"due:{topic}"
            case _:
                return what.kind

    def command_names(self) -> tuple[str, ...]:
        """Every name a command goes by, both languages."""
        return tuple(dict.fromkeys(name for c in self.commands for name in (c.id, c.en)))
