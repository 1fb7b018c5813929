"""A draft and its review: who is shown it, who may decide, and what publishing does."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from bot.desk import Desk
from bot.flow.cards import asker_place, name_data, post_card
from bot.flow.heard import asked_here, elsewhere
from bot.flow.people import item_data, person
from bot.flow.placing import centre
from bot.flow.trusting import draft_judged
from bot.model.knowledge import Credit, Edition, Item, Part, Verdict
from bot.model.member import Member
from bot.model.place import Place
from bot.outcome import JSON, Address, At, Button, Direct, Outcome, Say, Under


def credited(item: Item, member: Member, part: Part) -> Item:
    """The item with this member's part in it named, once."""
    credit = Credit(member.id, member.name, part)
    return item if credit in item.credits else replace(item, credits=(*item.credits, credit))


async def before(item: Item, what: str, desk: Desk) -> Edition:
    """The next edition of its history: the item as it stands before a change."""
    return Edition(
        library=item.library,
        item=item.id,
        item_version=len(await desk.items.editions(item.id)) + 1,
        editor=desk.me.id,
        at=desk.now,
        what=what,
        title=item.title,
        problem=item.problem,
        solution=item.solution,
        steps=item.steps,
    )


def stamp(item: Item) -> str:
    """Tells whether its words changed. Its version does not: that also counts thanks, approvals and copied files."""
    words = "\0".join((item.text, item.visibility)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(words).hexdigest()[:16]


async def stewards(community: str, desk: Desk) -> tuple[Member, ...]:
    memberships = await desk.members.memberships(community=community)
    found = await desk.members.many(tuple(m.member for m in memberships if m.role == "steward"))
    return tuple(m for m in found if not m.gone)


async def approvals(item: Item, desk: Desk) -> tuple[Verdict, ...]:
    """Approvals of the text as it stands: those before it last changed no longer count."""
    last = max((e.at for e in await desk.items.editions(item.id)), default=None)
    return tuple(v for v in await desk.items.verdicts(item.id) if v.approve and (last is None or v.at > last))


async def review_cards(item: Item, desk: Desk, counted: int = 0) -> tuple[Say, ...]:
    """The draft before its reviewers: each steward in private, and the thread where it was answered; else the centre."""
    community = await desk.communities.get(item.community)
    data: dict[str, JSON] = {
        "item": item_data(item),
        "community": name_data(community.name) if community else None,
        "approvals": counted,
        "needed": desk.rules.approvals,
        "status": item.status,
        "reason": item.reason,
        "decided_by": item.decided_by,
    }
    template = "review.card" if item.status == "draft" else "review.decided"
    buttons = _buttons(item) if item.status == "draft" else ()
    thread = await _thread(item, desk)
    people = await stewards(item.community, desk) or (() if thread else await centre(desk))
    to: list[tuple[str, Address, str]] = [(m.id, Direct(m.id), m.language or desk.library.language) for m in people]
    if thread:
        to.append(("thread", thread, item.language))
    return tuple(
        Say(address, template, data, language, buttons, card=f"review:{item.id}:{who}", subject=item.id)  # type: ignore[arg-type]
        for who, address, language in to
    )


def _buttons(item: Item) -> tuple[Button, ...]:
    return (
        Button("review", item.id, "review.button_read", style="good"),
        Button("approve", item.id, "review.button_approve"),
        Button("edit_item", item.id, "review.button_edit"),
    )


async def _thread(item: Item, desk: Desk) -> Address | None:
    """Where the community sees the draft: under its own post, or in the thread where the question was asked."""
    q = await desk.questions.get(item.question) if item.question else None
    if q is None or q.community is None:
        return None
    bindings = await desk.places.bindings(q.community)
    others = elsewhere(q, bindings)
    if asked_here(q, [b for b in bindings if b.mode != "off"]):
        return asker_place(q)
    return Under(post_card(q.id, others[0].id)) if others else None


async def publish(item: Item, desk: Desk, reviewers: Sequence[Member]) -> Outcome:
    """Published: credited, dated, announced once in each of the community's channels."""
    history = await before(item, "published", desk)
    for reviewer in reviewers:
        item = credited(item, reviewer, "reviewer")
    again = desk.now + desk.rules.review_again
    item = replace(item, status="published", published_at=desk.now, review_by=again, reason="")
    says = (*await review_cards(item, desk), *await announcements(item, desk))
    return Outcome(save=(item, history, *await draft_judged(item.question, True, desk)), say=says)


async def announcements(item: Item, desk: Desk) -> tuple[Say, ...]:
    """One short message a channel; an item published again edits it."""
    community = await desk.communities.get(item.community)
    people = {m.id: m for m in await desk.members.many(tuple({c.member for c in item.credits}))}
    people.setdefault(desk.me.id, desk.me)
    by_part: dict[str, JSON] = {
        part: [person(people[c.member]) for c in item.credits if c.part == part and c.member in people]
        for part in ("asker", "answerer", "reviewer", "editor")
    }
    data: dict[str, JSON] = {
        "item": item_data(item),
        "people": by_part,
        "community": name_data(community.name) if community else None,
    }
    button = Button("open", f"{item.id}:", "find.button_read")
    return tuple(
        Say(
            At(Place(b.door, b.channel)),
            "review.published",
            data,
            item.language,
            (button,),
            f"announce:{item.id}:{b.id}",
            item.id,
        )
        for b in await desk.places.bindings(item.community)
        if b.mode != "off"
    )


async def closed(item: Item, desk: Desk) -> tuple[Say, ...]:
    """Its announcements, once it is published no longer: nobody's words stay there that were taken back."""
    data: dict[str, JSON] = {"title": item.title, "status": item.status}
    says: list[Say] = []
    for b in await desk.places.bindings(item.community):
        card = f"announce:{item.id}:{b.id}"
        if await desk.places.posting(card):
            at = At(Place(b.door, b.channel))
            says.append(Say(at, "review.closed", data, item.language, card=card, subject=item.id))
    return tuple(says)
