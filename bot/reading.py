"""What is this message to us? Looks up where it stands, and reads an intent from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from bot.afterwards import FORM
from bot.events import Commanded, Event, Pressed, Said
from bot.flow.meeting import session_card
from bot.model.base import Language
from bot.model.place import MessageRef, Places
from bot.model.question import Questions
from bot.registry import Intent
from bot.triage.intent import LIKELY, is_thanks
from bot.triage.language import language_of

WORDS_OF_A_COMMAND = 3  # "@Guyub help me find …" is a question, "@Guyub help" a command

Asks = Callable[[str], Awaitable[float]]  # how likely a message asks for help or knowledge (`Finder.asks`)
OPENERS = frozenset({"tanya", "ask"})
SENTENCES = OPENERS | {"cari", "find"}  # behind these stands what somebody means, behind others a name


def as_command(said: Said, names: Collection[str]) -> Commanded | None:
    """A message to the bot that is really a command: "/cari denda", "@Guyub join sirkulasi"."""
    words = said.text.split(maxsplit=1)
    if not words:
        return None
    slash, name = words[0].startswith("/"), words[0].lstrip("/").lower()
    rest = words[1] if len(words) > 1 else ""
    if slash and (said.direct or said.mentioned):
        return Commanded(name, rest)
    short = len(said.text.split()) <= WORDS_OF_A_COMMAND
    if name in names and (name in OPENERS or short) and (said.direct or said.mentioned):
        return Commanded(name, rest)
    return None


def unfold(event: Event, names: Collection[str]) -> Event:
    """The event with `/guyub join …`, mentions and buttons that are commands written out as the command they are."""
    what = event.what
    if isinstance(what, Pressed) and what.action == FORM:
        name, _, args = what.value.partition(" ")
        what = Commanded(name, args)
    if isinstance(what, Said) and event.place:
        command = as_command(what, names)
        what = command or what
    if isinstance(what, Commanded) and what.name == "guyub":
        name, _, args = what.args.strip().partition(" ")
        what = Commanded(name.lower().lstrip("/") or "help", args.strip())
    return event if what is event.what else replace(event, what=what)


async def intent_of(event: Event, said: Said, places: Places, questions: Questions, asks: Asks) -> Intent | None:
    """None: just talk. It is judged here and forgotten."""
    if event.place is None:
        return None
    if event.place.thread:
        root = MessageRef(event.place.door, event.place.channel, event.place.thread)
        question = await questions.at(root)
        if question and not (question.state.ended and await _asks_anew(said, asks)):
            return Intent.REPLY
        if await for_minutes(said, root, places) and not (said.mentioned and await asks(said.text) >= LIKELY):
            return Intent.MINUTES
    if (said.direct or said.mentioned) and is_thanks(said.text):
        return Intent.THANKS
    if said.direct or said.mentioned:
        return Intent.ASK
    if event.place.thread:
        return None
    binding = await places.binding(event.place.door, event.place.channel)
    if binding and binding.mode in ("suggest", "auto") and await asks(said.text) >= LIKELY:
        return Intent.MAYBE_ASK
    return None


async def for_minutes(said: Said, root: MessageRef, places: Places) -> bool:
    """Photos or files under the card of a meeting's session."""
    posting = await places.posting_at(root) if said.files else None
    return posting is not None and session_card(posting.card) != ""


async def _asks_anew(said: Said, asks: Asks) -> bool:
    """Said to the bot in the thread of a question that has ended: one more question, not one more answer."""
    return (said.direct or said.mentioned) and not is_thanks(said.text) and await asks(said.text) >= LIKELY


def language_in(event: Event, default: Language, english: Collection[str], indonesian: Collection[str]) -> Language:
    """The language the bot was addressed in, by its words; `english` and `indonesian` are the commands' names."""
    what = event.what
    match what:
        case Said(text=text):
            return language_of(text, default)
        case Commanded(name=name, args=args):
            named: Language = "en" if name in english else "id" if name in indonesian else default
            return language_of(args, named) if name in SENTENCES else named
        case _:
            return default
