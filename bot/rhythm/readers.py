"""A line → the facts in it, in order, and the words that none of the readers could place. Pure; each token is read once."""

from __future__ import annotations

from collections.abc import Callable

from bot.rhythm import clocks, days, series_words, tokens, zones
from bot.rhythm.cursor import Cursor
from bot.rhythm.facts import Ahead, Blocked, Every, Fact, Repeats, Shift, Starts, Weekdays, Zone

Reader = Callable[[Cursor], Fact | None]
SILENT = frozenset({"comma", "filler", "and", "dash", "from", "once", "at", "for", "article", "inside", "open"})
HARMLESS = frozenset({"word", "place"})  # a topic or a room: may be left over without changing the time


def single(c: Cursor) -> Fact | None:
    """Tokens that are a fact by themselves."""
    token = c.peek()
    c.at += 1
    match token.kind:
        case "zone":
            return Zone(token.value)
        case "iana":
            name = c.line[token.start : token.end]
            known = zones.spelt(name)
            return Zone(known) if known else Blocked("zone", name)
        case "foreign_zone":
            return Blocked("zone", c.words(c.at - 1, c.at))
        case "midnight":
            return Blocked("hour", c.words(c.at - 1, c.at))
        case "changer":
            return Blocked("unplaced", c.words(c.at - 1, c.at))
        case "start":
            return Starts()
        case "later":
            return Shift("day", 0)
        case _:
            return None


READERS: tuple[Reader, ...] = (
    days.begins, series_words.repeats, series_words.until, series_words.ends, days.ahead, days.date, days.weekdays,
    days.month_days, days.shift, days.of_month, days.part_today, clocks.length, clocks.times, clocks.part, single,
)  # fmt: skip


def facts(line: str) -> tuple[list[Fact], str]:
    """What a tidy line says, and its words that say nothing about a time ("" for none)."""
    c = Cursor(tokens.read(line), line)
    found: list[Fact] = []
    left: list[int] = []
    while c.at < len(c.tokens):
        start = c.at
        fact = _next(c)
        if fact is None:
            c.at = start + 1
            left.append(start)
            continue
        found.extend([fact, *_implied(c, start)])
    blocked = [Blocked("unplaced", c.words(at, at + 1)) for at in left if _matters(c, at)]
    return found + blocked, _joined(c, left)


def _next(c: Cursor) -> Fact | None:
    start = c.at
    for reader in READERS:
        fact = reader(c)
        if fact is not None and c.at > start:
            return fact
        c.at = start
    return None


def _implied(c: Cursor, start: int) -> list[Fact]:
    """ "malam ini" is today, "habis Jumat" is on a Friday."""
    first = c.tokens[start]
    if first.kind == "around" and first.value.endswith("FR"):
        return [Weekdays(("FR",))]
    if first.kind == "parts":
        return [Every()]
    if first.kind == "month_end" and first.value == "every":
        return [Repeats("MONTHLY")]
    today = first.kind == "tonight" or (first.kind == "part" and c.at > start + 1 and c.tokens[c.at - 1].kind == "this")
    return [Ahead("day", 0)] if today else []


def _matters(c: Cursor, at: int) -> bool:
    """Whether a token that was not placed could change the time. A number behind "ruang" or a topic's word does not."""
    kind, before = (
        c.tokens[at].kind,
        next((c.tokens[back].kind for back in range(at - 1, -1, -1) if c.tokens[back].kind != "comma"), "end"),
    )
    if kind == "for" and c.tokens[at].value == "during":
        return True  # "selama Ramadan" ends a series when nobody here can tell
    if kind in SILENT or kind in HARMLESS:
        return False
    if kind == "unit" and c.tokens[at].value == "day" and at + 1 < len(c.tokens):
        return before != "part" and c.tokens[at + 1].kind not in ("weekday", "minggu")  # pagi hari, hari Kamis
    return not (kind in ("number", "decimal", "ordinal") and before == "place")


def _joined(c: Cursor, left: list[int]) -> str:
    """The words left over, with the small words between two of them."""
    runs: list[list[int]] = []
    for at in left:
        if runs and at == runs[-1][-1] + 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    texts = [_trimmed(c, run) for run in runs]
    return " … ".join(text for text in texts if text)


def _trimmed(c: Cursor, run: list[int]) -> str:
    while run and c.tokens[run[-1]].kind in SILENT | {"unit"}:
        run = run[:-1]
    while run and c.tokens[run[0]].kind in SILENT | {"unit"}:
        run = run[1:]
    return c.words(run[0], run[-1] + 1) if run else ""
