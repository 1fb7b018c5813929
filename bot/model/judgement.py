"""What people said of the bot's own decisions: the figures that its error rate is published from. Nobody's name is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.model.base import Noun

About = Literal["note", "route", "draft"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement(Noun):
    """One a question and kind, under `judgement_id`; who presses another button later judges anew.

    "note": a note that was offered as the answer; "route": the community that was thought the likeliest; "draft": what was
    drafted of a thread. `sure`: the probability that the bot gave it, 1.0 for a draft.
    """

    about: About
    question: str
    sure: float
    right: bool
    at: datetime


def judgement_id(about: About, question: str) -> str:
    """The row's name."""
    return f"{about}.{question}"


class Judgements(Protocol):
    """Reads judgements."""

    async def get(self, about: About, question: str) -> Judgement | None: ...

    async def newest(self, about: About, most: int) -> tuple[Judgement, ...]:
        """Newest first."""
        ...
