"""Help: what you can do here, and a hand where a command was mistyped."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from bot.desk import Desk
from bot.events import Commanded
from bot.outcome import JSON, Outcome
from bot.registry import Feature

feature = Feature("help")

NEAR = 60


@feature.command("bantuan", "help")
async def help(command: Commanded, desk: Desk) -> Outcome:
    """Five things to do here, then every command."""
    mine = await desk.members.memberships(member=desk.me.id)
    binding = await desk.places.binding(desk.place.door, desk.place.channel)
    data: dict[str, JSON] = {
        "communities": len(mine),
        "mode": "private" if desk.event.private else binding.mode if binding else "off",
        "commands": [english for _, english in desk.commands],
        "account": await _account(desk),
    }
    return Outcome(say=(desk.reply("help.help", data),))


async def _account(desk: Desk) -> str:
    """How the settings name this person, told in private while nobody may set channels up yet."""
    known = not desk.event.private or await desk.members.with_role("operator")
    return "" if known else f"{desk.account.door}:{desk.account.user.rpartition(':')[2]}"


@feature.mistyped()
async def mistyped(command: Commanded, desk: Desk) -> Outcome:
    """The command that was probably meant, in the language it was typed in."""
    names = [*(indonesian for indonesian, _ in desk.commands), *(english for _, english in desk.commands)]
    near = process.extractOne(command.name, names, scorer=fuzz.ratio, score_cutoff=NEAR)
    data: dict[str, JSON] = {"typed": command.name[:40], "args": command.args[:200], "near": near[0] if near else ""}
    return Outcome(say=(desk.reply("help.mistyped", data),))
