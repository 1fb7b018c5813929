"""/tinjau: the drafts that wait for me, a few at a time."""

from __future__ import annotations

from bot.desk import Desk
from bot.events import Commanded, Pressed
from bot.flow.cards import name_data
from bot.flow.pending import pending
from bot.model.knowledge import Item
from bot.outcome import JSON, Button, Outcome
from bot.registry import Feature

feature = Feature("queue")

SHOWN = 5


@feature.command("tinjau", "review")
async def by_command(command: Commanded, desk: Desk) -> Outcome:
    return await _page(None, desk)


@feature.presses("next_drafts")
async def further(press: Pressed, desk: Desk) -> Outcome:
    """Those behind the last one shown, whatever became of it meanwhile."""
    return await _page(await desk.items.get(press.value), desk)


async def _page(after: Item | None, desk: Desk) -> Outcome:
    """To the person alone: title, community, how long it has waited, and a button to read each."""
    found = await pending(desk, SHOWN + 1, after)
    shown = found[:SHOWN]
    if not shown:
        return Outcome(say=(desk.reply("queue.end" if after else "queue.empty"),))
    names = {c.id: name_data(c.name) for c in await desk.communities.all()}
    rows: list[JSON] = [
        {"title": i.title, "community": names.get(i.community), "days": max(0, (desk.now - i.created_at).days)} for i in shown
    ]
    buttons = tuple(
        Button("review", i.id, "queue.button_read", {"number": n, "title": i.title}) for n, i in enumerate(shown, 1)
    )
    if len(found) > SHOWN:
        buttons = (*buttons, Button("next_drafts", shown[-1].id, "queue.button_next", style="good"))
    return Outcome(say=(desk.reply("queue.list", {"drafts": rows, "more": len(found) > SHOWN}, buttons=buttons),))
