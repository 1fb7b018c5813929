"""A digest's turn: whether it is sent now, of which time it tells, and when it comes next. Pure; bot/rhythm has the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from dateutil.relativedelta import relativedelta

from bot.model.digest import Subscription
from bot.outcome import Later
from bot.rhythm.digests import Choice, Digest, digest, dues

log = structlog.get_logger(__name__)

REMEMBERED = 12  # of the last weeks or months that were told: a clock that was far ahead is set back to one of them
FURTHEST = 5  # weeks (or months) that one digest tells of at most


def planned(one: Subscription, choice: Choice, now: datetime) -> Subscription:
    """With the moment at which it is to be looked at next; off: never."""
    return replace(one, next_at=None if one.off else next(dues(choice, max(now, one.handled))).due)


def look(one: Subscription) -> tuple[Later, ...]:
    """Somebody looks then; the others' next time stays as it is set. Microseconds: see `bot/features/digest/send.py`."""
    apart = timedelta(microseconds=1 + one.version % 1000)
    return (Later("digest.due", one.id, one.next_at + apart),) if one.next_at else ()


def turned(
    one: Subscription, choice: Choice, now: datetime, elsewhere: datetime | None = None
) -> tuple[Subscription, Digest | None]:
    """The digest to send now, if one is; everything up to now is decided with it."""
    verdict = digest(choice, one.handled, now, elsewhere)
    for dropped, why in verdict.drop:
        log.info("rhythm.dropped", digest=dropped.id, why=why)
    one = replace(one, handled=verdict.handled)
    if verdict.send is None:
        return one, None
    stamp = verdict.send.id.rpartition("/")[2]
    if stamp in one.sent:
        return one, None
    before, later = sorted(s for s in one.sent if s < stamp), [s for s in one.sent if s > stamp]
    return replace(one, sent=(*later, *before[-REMEMBERED:], stamp)), verdict.send


def since(one: Subscription, due: datetime) -> datetime:
    """From when on it tells: since what was told last, at most some weeks; of the first, since it was planned."""
    step = relativedelta(months=1) if one.kind == "centre" else relativedelta(weeks=1)
    last = one.until or min(one.since, due - step)
    return max(last, due - FURTHEST * step) if last < due else due - step
