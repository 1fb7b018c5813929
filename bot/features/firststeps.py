"""The newcomer's list that ticks itself: five steps along the main line."""

from __future__ import annotations

from bot.desk import Desk
from bot.model.question import State
from bot.outcome import JSON, Data
from bot.registry import Feature

feature = Feature("firststeps")

STEPS = ("ask", "answer", "solve", "review", "find")


@feature.view("first_steps")
async def first_steps(desk: Desk) -> Data:
    """Which of the steps were taken in this library: {"steps": [{"key", "done", "title", "hint"}]}, in order."""
    everything = await desk.questions.recent(50)
    published = await desk.items.published(await desk.sight(), 1)
    done = {
        "ask": any(q.state is not State.SUGGESTED for q in everything),
        "answer": any(q.state in (State.ANSWERED, State.SOLVED) and q.solved_by != "item" for q in everything),
        "solve": any(q.state is State.SOLVED for q in everything),
        "review": bool(published),
        "find": any(q.solved_by == "item" or q.state is State.OFFERED for q in everything),
    }
    steps: list[JSON] = [
        {"key": key, "done": done[key], "title": desk.words(f"firststeps.{key}"), "hint": desk.words(f"firststeps.hint_{key}")}
        for key in STEPS
    ]
    return {"steps": steps}
