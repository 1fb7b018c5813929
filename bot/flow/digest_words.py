"""A digest as template data and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.flow.cards import name_data
from bot.flow.digest import Gathered, Month, Told
from bot.flow.meeting import name_of
from bot.model.base import Language
from bot.model.community import Community
from bot.model.knowledge import Item
from bot.model.question import Question
from bot.outcome import JSON, Button
from bot.rhythm import words

ITEMS, SOLVED, OPEN, NAMES, ELSEWHERE = 5, 4, 3, 10, 3  # of each in one digest
CARRIED, NOBODY = 3, 5
LENGTH = 120  # characters of a question

Named = dict[str, Community]


def digest_data(told: Told, gathered: Sequence[Gathered], language: Language, zone: str) -> dict[str, JSON]:
    """For "digest.yours" and "digest.community". Communities are named beside a row where the reader is in several."""
    names = {c.id: c for c in told.communities} if len(told.communities) > 1 else {}
    return {
        "communities": [name_data(c.name) for c in told.communities],
        "helped": told.helped,
        "items": [_item(i, names) for i in told.items[:ITEMS]],
        "more_items": max(0, len(told.items) - ITEMS),
        "solved": [{**_question(q, names), "by": _by(q, gathered)} for q in told.solved[:SOLVED]],
        "more_solved": max(0, len(told.solved) - SOLVED),
        "open": [_question(q, names) for q in told.open[:OPEN]],
        "more_open": max(0, len(told.open) - OPEN),
        "joined": list(told.joined[:NAMES]),
        "more_joined": max(0, len(told.joined) - NAMES),
        "thanks": list(told.thanks[:NAMES]),
        "meeting": _meeting(told, gathered, language, zone),
        "elsewhere": [i.title for i in told.elsewhere[:ELSEWHERE]],
    }


def _item(item: Item, names: Named) -> dict[str, JSON]:
    by = dict.fromkeys(c.name for c in item.credits if c.part == "answerer")
    return {"title": item.title, "by": list(by), "community": _name(item.community, names)}


def _question(q: Question, names: Named) -> dict[str, JSON]:
    return {"text": _short(q.text), "community": _name(q.community or "", names)}


def _short(text: str) -> str:
    """The template cuts it at a word; a long one need not wait in the outbox whole."""
    return " ".join(text[: 4 * LENGTH].split())


def _name(community: str, names: Named) -> JSON:
    return name_data(names[community].name) if community in names else None


def _by(q: Question, gathered: Sequence[Gathered]) -> JSON:
    """Names of those whose answers helped."""
    news = next((g.news for g in gathered if g.news.community == q.community), None)
    if news is None:
        return []
    authors = dict.fromkeys(a.author for a in news.answers if a.question == q.id and a.accepted and not a.withheld)
    return [news.names[who] for who in authors if who in news.names]


def _meeting(told: Told, gathered: Sequence[Gathered], language: Language, zone: str) -> JSON:
    if told.next is None:
        return None
    meeting, when = told.next.meeting, told.next.when
    community = next((g.community for g in gathered if g.community.id == meeting.community), None)
    return {**name_of(meeting, community), "when": words.moment(when.starts, language, zone, meeting.zone)}


BARS = "▁▂▃▄▅▆▇█"


def activity_data(weeks: Sequence[tuple[int, int, int]]) -> JSON:
    """Each figure of the weeks as a line of bars, and beside it the numbers, for who cannot see or read bars."""
    most = max((n for week in weeks for n in week), default=0)
    if not most:
        return []
    lines = zip(("asked", "solved", "noted"), zip(*weeks, strict=True), strict=True)
    return [{"what": what, "bars": _bars(counts, most), "counts": list(counts)} for what, counts in lines]


def _bars(counts: Sequence[int], most: int) -> str:
    """Nothing is the lowest bar, and only nothing."""
    return "".join(BARS[0 if not n else max(1, round(n * 7 / most))] for n in counts)


def buttons(told: Told, who: str) -> tuple[Button, ...]:
    """To read the new notes, to answer what is open, and to change or stop it. `who`: see `settings_of`."""
    reads = [Button("open", f"{i.id}:", "digest.button_read", {"title": i.title}) for i in told.items[:OPEN]]
    answers = [
        Button("digest_answer", q.id, "digest.button_answer", {"number": n}) for n, q in enumerate(told.open[:OPEN], start=1)
    ]
    return (*reads, *answers, *settings(who))


def settings(who: str) -> tuple[Button, ...]:
    """Whose digest it is: "member" or "centre" of the one who presses, or a "community:<id>" whose steward may change it."""
    change = Button("digest_settings", who, "digest.button_settings")
    return (change,) if who.startswith("community:") else (change, Button("digest_stop", who, "digest.button_stop"))


# ---- the learning centre's month -------------------------------------------------------------------------------------


def month_data(months: Sequence[Month], since: datetime, until: datetime, language: Language) -> dict[str, JSON]:
    """For "digest.centre". Communities without anything to tell are only counted."""
    told = [m for m in months if m.asked or m.items or m.open or m.carried]
    nobody = sorted(((q, m) for m in months for q in m.nobody), key=lambda pair: (pair[0].asked_at, pair[0].id))
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "asked": sum(m.asked for m in months),
        "answered": sum(m.answered for m in months),
        "items": sum(m.items for m in months),
        "communities": [_month(m, language) for m in told],
        "quiet": len(months) - len(told),
        "nobody": [{"text": _short(q.text), "community": name_data(m.community.name)} for q, m in nobody[:NOBODY]],
        "more_nobody": max(0, len(nobody) - NOBODY),
    }


def _month(m: Month, language: Language) -> dict[str, JSON]:
    return {
        "name": name_data(m.community.name),
        "asked": m.asked,
        "answered": m.answered,
        "wait": words.length(m.minutes, language) if m.minutes is not None else "",
        "open": m.open,
        "notes": m.items,
        "carried": [{"name": name, "answers": answers} for name, answers in m.carried[:CARRIED]],
        "gini": m.gini,
    }
