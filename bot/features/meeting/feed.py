"""A community's meetings in one's own calendar program: a private address, shown to nobody else, and a new one in its place."""

from __future__ import annotations

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import Pressed
from bot.flow.cards import name_data
from bot.flow.feed import fresh
from bot.model.community import Community
from bot.model.feed import Feed, feed_id, new_secret
from bot.model.member import Membership
from bot.outcome import JSON, Button, Outcome, Sheet
from bot.registry import Feature

feature = Feature("calendar")


@feature.presses("meeting_feed")
async def show(press: Pressed, desk: Desk) -> Outcome:
    """The address, made when it is first asked for."""
    community, mine = await _belongs(press.value, desk)
    feed = await desk.meetings.feed(feed_id(desk.me.id, community.id))
    if feed and feed.opens(mine):
        return Outcome(now=_sheet("meeting.feed", community, feed, desk))
    return _made(feed, community, mine, "meeting.feed", desk)


@feature.presses("meeting_feed_new")
async def renew(press: Pressed, desk: Desk) -> Outcome:
    """Another address: whoever was given the old one sees nothing there any more."""
    community, mine = await _belongs(press.value, desk)
    old = await desk.meetings.feed(feed_id(desk.me.id, community.id))
    return _made(old, community, mine, "meeting.feed_renewed", desk)


async def _belongs(community: str, desk: Desk) -> tuple[Community, Membership]:
    found = await desk.communities.get(community)
    if found is None or found.archived:
        raise Kindly("error.stale")
    mine = await desk.members.membership(desk.me.id, found.id)
    if mine is None or not mine.active:
        raise Kindly("meeting.feed_members", name=found.name.in_(desk.language))
    return found, mine


def _made(old: Feed | None, community: Community, mine: Membership, template: str, desk: Desk) -> Outcome:
    at = max(desk.now, mine.joined_at)  # a clock that was set back must not make an address that opens nothing
    id = feed_id(desk.me.id, community.id)
    feed = fresh(
        old, new_secret(), at, member=desk.me.id, community=community.id, library=desk.library.id, id=id
    )  # fmt: skip
    return Outcome(save=(feed,), now=_sheet(template, community, feed, desk))


def _sheet(template: str, community: Community, feed: Feed, desk: Desk) -> Sheet:
    data: dict[str, JSON] = {
        "name": name_data(community.name),
        "address": desk.library.page(f"calendar/{feed.secret}.ics"),
        "near": not desk.library.public,
    }
    button = Button("meeting_feed_new", community.id, "meeting.button_feed_new")
    return Sheet(template, data, desk.language, (button,))
