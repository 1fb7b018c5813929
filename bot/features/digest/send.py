"""Sending: each digest in its turn, exactly once; where there is no news, a short line at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.desk import Desk
from bot.events import CameDue
from bot.flow.digest import Gathered, Told, month, told
from bot.flow.digest_gather import everywhere, gathered
from bot.flow.digest_turn import coming, since, turned
from bot.flow.digest_words import buttons, digest_data, month_data, settings
from bot.model.access import Sight
from bot.model.base import Language
from bot.model.digest import Subscriber, Subscription
from bot.model.place import Place
from bot.outcome import NOTHING, At, Direct, Later, Outcome, Say
from bot.registry import Feature
from bot.rhythm.digests import Choice, Digest

feature = Feature("digest_send")

MOMENT = timedelta(microseconds=1)


def _not_before(desk: Desk) -> Desk:
    """A clock that was set back since it came due owes it all the same."""
    return replace(desk, now=max(desk.now, desk.event.at))


def _choice(one: Subscriber, desk: Desk) -> Choice:
    zone = (one.hours and one.hours.zone) or desk.library.timezone
    return one.subscription.choice(zone, (one.member and one.member.language) or desk.library.language)


def _outcome(sub: Subscription, choice: Choice, desk: Desk, *says: Say) -> Outcome:
    return Outcome(save=(sub,), say=says, later=(coming(sub, choice, desk.now),))


def _kept(sub: Subscription, due: Digest, *, quiet: bool) -> Subscription:
    return replace(sub, until=max(due.due, sub.until or due.due), quiet=quiet)


# ---- a member's own --------------------------------------------------------------------------------------------------


@feature.due("digest.member")
async def personal(due: CameDue, desk: Desk) -> Outcome:
    """All of a member's communities in one message, after their quiet hours; in private nothing where nothing is new."""
    desk = _not_before(desk)
    one = await desk.digests.subscriber("member", due.subject)
    if one is None or one.member is None or one.member.gone or one.subscription.off:
        return NOTHING
    choice = _choice(one, desk)
    if one.hours and (after := one.hours.quiet(choice.zone).after(desk.now)) > desk.now:
        return Outcome(later=(Later(due.what, due.subject, after + MOMENT),))
    sub, send = turned(one.subscription, choice, desk.now)
    if send is None or one.member.away(desk.now) or not one.communities:
        return _outcome(sub, choice, desk)
    found, news = await _news(one, send, desk)
    sub = _kept(sub, send, quiet=not news.fresh)
    says = (_yours(one, found, news, choice),) if news.fresh else ()
    return _outcome(sub, choice, desk, *says)


async def _news(one: Subscriber, send: Digest, desk: Desk) -> tuple[tuple[Gathered, ...], Told]:
    begins = since(one.subscription, send.due)
    found = await gathered(one.communities, begins, send.due, desk)
    assert one.member is not None
    sight = Sight(desk.library.id, frozenset(one.communities), one.member.role in ("librarian", "operator"))
    return found, told(found, sight, one.member.id, await everywhere(begins, send.due, desk))


def _yours(one: Subscriber, found: tuple[Gathered, ...], news: Told, choice: Choice) -> Say:
    assert one.member is not None
    data = digest_data(news, found, choice.language, choice.zone)
    return Say(Direct(one.member.id), "digest.yours", data, choice.language, buttons(news, "member"), bulk=True)


# ---- a community's, in its channels ----------------------------------------------------------------------------------


@feature.due("digest.community")
async def community(due: CameDue, desk: Desk) -> Outcome:
    """Its week; after a week with news one warm line where there is none, then silence until there is."""
    desk = _not_before(desk)
    one = await desk.digests.subscriber("community", due.subject)
    place = await desk.communities.get(due.subject)
    if one is None or place is None or place.archived or one.subscription.off:
        return NOTHING
    choice = _choice(one, desk)
    sub, send = turned(one.subscription, choice, desk.now)
    if send is None:
        return _outcome(sub, choice, desk)
    found = await gathered((place.id,), since(sub, send.due), send.due, desk)
    news = told(found, Sight(desk.library.id, frozenset({place.id})))
    line = not news.fresh and sub.until is not None and not sub.quiet
    sub = _kept(sub, send, quiet=not news.fresh)
    says = await _in_channels(place.id, found, news, choice, desk) if news.fresh or line else ()
    return _outcome(sub, choice, desk, *says)


async def _in_channels(place: str, found: tuple[Gathered, ...], news: Told, choice: Choice, desk: Desk) -> tuple[Say, ...]:
    template, shown = ("digest.community", buttons(news, f"community:{place}")) if news.fresh else ("digest.quiet", ())
    data = digest_data(news, found, choice.language, choice.zone)
    return tuple(
        Say(At(Place(b.door, b.channel)), template, data, choice.language, shown, bulk=True)
        for b in await desk.places.bindings(place)
        if b.mode != "off"
    )


# ---- the learning centre's month -------------------------------------------------------------------------------------


@feature.due("digest.centre")
async def centre(due: CameDue, desk: Desk) -> Outcome:
    """Every community's month in figures, for a librarian of the learning centre."""
    desk = _not_before(desk)
    one = await desk.digests.subscriber("centre", due.subject)
    if one is None or one.member is None or one.member.gone or one.subscription.off:
        return NOTHING
    choice = _choice(one, desk)
    sub, send = turned(one.subscription, choice, desk.now)
    if send is None or one.member.role == "member":
        return _outcome(sub, choice, desk)
    says = (await _month(one.member.id, sub, send, choice.language, desk),)
    return _outcome(_kept(sub, send, quiet=False), choice, desk, *says)


async def _month(who: str, sub: Subscription, send: Digest, language: Language, desk: Desk) -> Say:
    begins = since(sub, send.due)
    everything = tuple(c.id for c in await desk.communities.all())
    months = [month(one) for one in await gathered(everything, begins, send.due, desk)]
    data = month_data(months, begins, send.due, language)
    return Say(Direct(who), "digest.centre", data, language, settings("centre"), bulk=True)
