"""Sending: what is due in small batches, each digest exactly once; where there is no news, a short line at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import structlog

from bot.desk import Desk
from bot.errors import GuyubError
from bot.events import CameDue
from bot.flow.digest import WEEKS, Gathered, Told, activity, month, told
from bot.flow.digest_gather import everywhere, gathered
from bot.flow.digest_turn import planned, since, turned
from bot.flow.digest_words import activity_data, buttons, digest_data, month_data, settings
from bot.model.access import Sight
from bot.model.digest import Subscriber, Subscription
from bot.model.member import Member
from bot.model.place import Place
from bot.outcome import At, Direct, Later, Outcome, Say
from bot.registry import Feature
from bot.rhythm.digests import Choice, Digest
from bot.rhythm.due import apart, marked

feature = Feature("digest_send")
log = structlog.get_logger(__name__)

BATCH = 50  # in one transaction, and one a second: nobody who waits waits for ten thousand
Sent = tuple[Subscription, tuple[Say, ...]]


@feature.due("digest.due")
async def due(due: CameDue, desk: Desk) -> Outcome:
    """The next few, soonest first; the rest right after. A clock set back since it came due owes it all the same."""
    desk = replace(desk, now=max(desk.now, desk.event.at))
    found = await desk.digests.due(desk.now, BATCH)
    looked = [await _looked_at(one, desk) for one in found]
    save, says = tuple(sub for sub, _ in looked), tuple(say for _, told in looked for say in told)
    if len(found) == BATCH:
        count = int(due.subject) + 1 if due.subject.isdecimal() else 1  # another name, or it would not come at this very time
        return Outcome(save=save, say=says, later=(Later("digest.due", str(count), desk.now),))
    ahead = [at for at in (await desk.digests.next_after(desk.now), *(sub.next_at for sub in save)) if at]
    return Outcome(save=save, say=says, later=(Later("digest.due", "", min(ahead) + apart(desk.now)),) if ahead else ())


async def _looked_at(one: Subscriber, desk: Desk) -> Sent:
    """Told or not, and when it is looked at next."""
    sub, member = replace(one.subscription, handled=marked(one.subscription.handled, desk.now)), one.member
    zone, language = (
        (one.hours and one.hours.zone) or desk.library.timezone,
        (member and member.language) or desk.library.language,
    )
    choice = sub.choice(zone, language)
    if sub.kind != "community" and (member is None or member.gone):
        return replace(sub, next_at=None), ()  # until they are back
    if one.hours and (after := one.hours.quiet(choice.zone).after(desk.now)) > desk.now:
        return replace(sub, next_at=after), ()
    new, send = turned(sub, choice, desk.now, desk.rules.elsewhere)
    says: tuple[Say, ...] = ()
    if send:
        try:
            new, says = await _told(replace(one, subscription=new), member, send, choice, desk)
        except GuyubError:
            raise
        except Exception:  # one that breaks must not keep the others of its batch from theirs: it is left out, and logged
            log.exception("rhythm.broken", digest=send.id)
    return planned(new, choice, desk.now), says


async def _told(one: Subscriber, member: Member | None, send: Digest, choice: Choice, desk: Desk) -> Sent:
    match one.subscription.kind:
        case "community":
            return await _community(one.subscription, send, choice, desk)
        case _ if member and not member.reachable:
            pass  # until they open the private chat
        case "centre" if member and member.role != "member":
            return await _centre(one.subscription, member, send, choice, desk)
        case "member" if member and not member.away(desk.now) and one.communities:
            return await _personal(one, member, send, choice, desk)
    return one.subscription, ()


def _kept(sub: Subscription, send: Digest, *, quiet: bool) -> Subscription:
    return replace(sub, until=max(send.due, sub.until or send.due), quiet=quiet)


# ---- a member's own --------------------------------------------------------------------------------------------------


async def _personal(one: Subscriber, member: Member, send: Digest, choice: Choice, desk: Desk) -> Sent:
    """All of a member's communities in one message; in private nothing where nothing is new."""
    begins = since(one.subscription, send.due)
    found = await gathered(one.communities, begins, send.due, desk)
    sight = Sight(desk.library.id, frozenset(one.communities), member.role in ("librarian", "operator"))
    news = told(found, sight, member.id, await everywhere(begins, send.due, desk)) if found else None
    if news is None or not news.fresh:
        return _kept(one.subscription, send, quiet=True), ()
    data = digest_data(news, found, choice.language, choice.zone)
    say = Say(Direct(member.id), "digest.yours", data, choice.language, buttons(news, "member"), bulk=True)
    return _kept(one.subscription, send, quiet=False), (say,)


# ---- a community's, in its channels ----------------------------------------------------------------------------------


async def _community(sub: Subscription, send: Digest, choice: Choice, desk: Desk) -> Sent:
    """Its week; after a week with news one warm line where there is none, then silence until there is."""
    found = await gathered((sub.who,), since(sub, send.due), send.due, desk)
    if not found:
        return sub, ()  # archived
    news = told(found, Sight(desk.library.id, frozenset({sub.who})))
    line = not news.fresh and sub.until is not None and not sub.quiet
    says = await _in_channels(found, news, choice, desk) if news.fresh or line else ()
    return _kept(sub, send, quiet=not news.fresh), says


async def _in_channels(found: tuple[Gathered, ...], news: Told, choice: Choice, desk: Desk) -> tuple[Say, ...]:
    place, until = found[0].community.id, found[0].news.until
    template, shown = ("digest.community", buttons(news, f"community:{place}")) if news.fresh else ("digest.quiet", ())
    past = await gathered((place,), until - WEEKS * timedelta(weeks=1), until, desk) if news.fresh else ()
    weeks = activity_data(activity(past[0].news)) if past else []
    data = digest_data(news, found, choice.language, choice.zone) | {"activity": weeks}
    return tuple(
        Say(At(Place(b.door, b.channel)), template, data, choice.language, shown, bulk=True)
        for b in await desk.places.bindings(place)
        if b.mode != "off"
    )


# ---- the learning centre's month -------------------------------------------------------------------------------------


async def _centre(sub: Subscription, member: Member, send: Digest, choice: Choice, desk: Desk) -> Sent:
    """Every community's month in figures, for a librarian of the learning centre."""
    begins = since(sub, send.due)
    everything = tuple(c.id for c in await desk.communities.all())
    months = [month(one) for one in await gathered(everything, begins, send.due, desk)]
    data = month_data(months, begins, send.due, choice.language)
    say = Say(Direct(member.id), "digest.centre", data, choice.language, settings("centre"), bulk=True)
    return _kept(sub, send, quiet=False), (say,)
