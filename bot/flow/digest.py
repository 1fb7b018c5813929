"""What a digest tells its reader of a week's news, and what the learning centre learns of a month: pure over rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from bot.model.access import Sight
from bot.model.community import Community
from bot.model.digest import News
from bot.model.knowledge import Item
from bot.model.meeting import Next
from bot.model.question import Question

SOON = timedelta(days=7)  # a meeting within it is news


@dataclass(frozen=True, slots=True)
class Gathered:
    """A community's news, and its next meeting."""

    community: Community
    news: News
    next: tuple[Next, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What one reader is told of all their communities together, each thing once.

    `open`: newest first. `joined`, `thanks`: names. `helped`: how many people the reader's own answers helped. `fresh`: whether
    anything of it is new.
    """

    communities: tuple[Community, ...]
    items: tuple[Item, ...]
    solved: tuple[Question, ...]
    open: tuple[Question, ...]
    joined: tuple[str, ...]
    thanks: tuple[str, ...]
    helped: int
    next: Next | None
    elsewhere: tuple[Item, ...]
    fresh: bool


def told(gathered: Sequence[Gathered], sight: Sight, me: str = "", elsewhere: Sequence[Item] = ()) -> Told:
    """`me`: the member who reads; "" where a community's channel does. `elsewhere`: new notes of the whole library."""
    news = [one.news for one in gathered]
    items = {i.id: i for n in news for i in n.items if _seen(i, sight)}
    mine = {n.community for n in news}
    others = tuple(i for i in elsewhere if i.id not in items and i.community not in mine and _seen(i, sight))
    solved = tuple({q.id: q for n in news for q in n.solved}.values())
    waiting = {q.id: q for n in news for q in n.open if q.asker != me}
    open_ = tuple(sorted(waiting.values(), key=lambda q: (q.asked_at, q.id), reverse=True))
    joined = tuple({who: n.names[who] for n in news for who in n.joined if who != me}.values())
    given = [helped(n) for n in news]
    people: set[str] = set().union(*(one.get(me, set()) for one in given))
    coming = min((one for g in gathered for one in g.next), key=lambda one: one.when, default=None)
    asked = any(q.id in waiting for n in news for q in n.asked)
    soon = coming is not None and coming.when.starts <= max(n.until for n in news) + SOON
    fresh = bool(items or solved or joined or people or asked or soon)
    communities = tuple(g.community for g in gathered)
    return Told(
        communities, tuple(items.values()), solved, open_, joined, _thanks(news, given), len(people), coming, others, fresh
    )


def _seen(item: Item, sight: Sight) -> bool:
    return sight.sees(item.library, item.community, item.visibility)


def helped(news: News) -> dict[str, set[str]]:
    """Member → those whom their answers, or notes made of them, helped in that time; nobody helps themselves."""
    found: dict[str, set[str]] = {}
    used = {i.id: i for i in news.used}
    for q in news.solved:
        by = {a.author for a in news.answers if a.question == q.id and a.accepted and not a.withheld}
        if q.item in used:
            by |= {c.member for c in used[q.item].credits if c.part == "answerer"}
        for who in by:
            found.setdefault(who, set()).update({q.asker, *q.joined} - {who})
    return {who: people for who, people in found.items() if people}


def _thanks(news: Sequence[News], given: Sequence[Mapping[str, set[str]]]) -> tuple[str, ...]:
    """Names of those who helped, whoever helped most first."""
    names = {who: name for n in news for who, name in n.names.items()}
    total: Counter[str] = Counter()
    for one in given:
        total.update({who: len(people) for who, people in one.items()})
    return tuple(names[who] for who, _ in total.most_common() if who in names)


WEEKS = 4  # of a community's activity


def activity(month: News) -> tuple[tuple[int, int, int], ...]:
    """Questions asked, questions solved, new notes in each of the four weeks up to its end, oldest first."""
    rows = [[0, 0, 0] for _ in range(WEEKS)]
    asked = [q.asked_at for q in month.asked]
    solved = [q.ended_at for q in month.solved if q.ended_at]
    noted = [i.published_at for i in month.items if i.published_at]
    for kind, times in enumerate((asked, solved, noted)):
        for at in times:
            back = (month.until - at) // timedelta(weeks=1)
            if 0 <= back < WEEKS:
                rows[WEEKS - 1 - back][kind] += 1
    return tuple((a, b, c) for a, b, c in rows)


# ---- the learning centre's month -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Month:
    """A community's month in figures. `minutes`: the median from a question to its first answer by somebody else, None where
    nothing was answered. `carried`: (name, answers), most first; `gini`: 0 where all who answered gave as many, near 1 where
    one gave nearly all, None where fewer than two answered. `nobody`: asked in it, not ended, and nobody answered.
    """

    community: Community
    asked: int
    answered: int
    minutes: int | None
    open: int
    items: int
    carried: tuple[tuple[str, int], ...]
    gini: float | None
    nobody: tuple[Question, ...]


def month(gathered: Gathered) -> Month:
    news = gathered.news
    first: dict[str, datetime] = {}
    given: Counter[str] = Counter()
    askers = {q.id: q.asker for q in (*news.asked, *news.solved, *news.open)}
    for a in news.answers:
        if askers.get(a.question) == a.author:
            continue
        first.setdefault(a.question, a.at)
        if news.since < a.at <= news.until:
            given[a.author] += 1
    waits = [first[q.id] - q.asked_at for q in news.asked if q.id in first]
    nobody = tuple(q for q in news.asked if q.id not in first and not q.state.ended)
    minutes = round(median(wait.total_seconds() for wait in waits) / 60) if waits else None
    carried = tuple((news.names[who], n) for who, n in given.most_common() if who in news.names)
    return Month(
        gathered.community, len(news.asked), len(waits), minutes, len(news.open), len(news.items), carried,
        gini(given.values()), nobody,
    )  # fmt: skip


def gini(counts: Iterable[int]) -> float | None:
    """How unevenly it is spread (Gini's coefficient, 0 to 1); None for fewer than two."""
    sorted_ = sorted(counts)
    n, total = len(sorted_), sum(sorted_)
    if n < 2 or not total:
        return None
    return sum((2 * rank - n - 1) * count for rank, count in enumerate(sorted_, start=1)) / (n * total)
