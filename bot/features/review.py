"""Reviewing: the steward, or two members, approve, edit, merge or reject a draft."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import Happened, Pressed, Submitted
from bot.flow.people import item_data
from bot.flow.reviewing import approvals, before, credited, publish, review_cards, stamp
from bot.flow.trusting import draft_judged
from bot.model.knowledge import Item, Verdict, Visibility
from bot.outcome import JSON, NOTHING, Button, Choice, Field, FieldErrors, OpenForm, Outcome, Say, Sheet, Toast
from bot.registry import Feature
from bot.triage.text import is_blank

feature = Feature("review")

LONGEST_TITLE = 150
VISIBILITIES = (Choice("library", key="review.visible_library"), Choice("community", key="review.visible_community"))


@feature.watches("item.drafted")
async def show_draft(happened: Happened, desk: Desk) -> Outcome:
    item = await desk.items.get(happened.subject)
    return Outcome(say=await review_cards(item, desk)) if item else NOTHING


@feature.watches("steward.came")
@feature.watches("steward.left")
async def other_reviewers(happened: Happened, desk: Desk) -> Outcome:
    """What waits for review comes before those who decide now."""
    says: tuple[Say, ...] = ()
    for item in await desk.items.drafts((happened.subject,)):
        says += await review_cards(item, desk, len(await approvals(item, desk)))
    return Outcome(say=says)


@feature.presses("review")
async def read_draft(press: Pressed, desk: Desk) -> Outcome:
    """The whole draft, its sources, and a published item that says nearly the same beside it."""
    item, sight = await _draft(press.value, desk), await desk.sight()
    if not sight.sees(item.library, item.community, item.visibility):
        raise Kindly("review.members_only")
    near = await desk.find.near(item, sight)
    twin = await desk.items.get(near.id) if near else None
    data: dict[str, JSON] = {"item": item_data(item), "near": item_data(twin) if twin else None}
    leads = await desk.leads(item.community)
    merge = (Button("merge", f"{item.id}:{twin.id}", "review.button_merge", {"title": twin.title}),) if twin and leads else ()
    reject = (Button("reject", item.id, "review.button_reject", style="danger"),) if leads else ()
    buttons = (
        Button("approve", item.id, "review.button_approve", style="good"),
        Button("edit_item", item.id, "review.button_edit"),
        *merge,
        *reject,
    )
    return Outcome(now=Sheet("review.sheet", data, desk.language, buttons))


@feature.presses("approve")
async def approve(press: Pressed, desk: Desk) -> Outcome:
    """A steward's word publishes; without one, the second member's does. Nobody approves alone what they answered."""
    item = await _draft(press.value, desk)
    if await desk.leads(item.community):
        return await publish(item, desk, (desk.me,)) + Outcome(now=Toast("review.thanks", {}, desk.language))
    if any(c.member == desk.me.id and c.part == "answerer" for c in item.credits):
        raise Kindly("review.not_your_own")
    if not await _belongs(item, desk):
        raise Kindly("review.members_only")
    return await _second(item, desk)


async def _second(item: Item, desk: Desk) -> Outcome:
    counted = await approvals(item, desk)
    if any(v.member == desk.me.id for v in counted):
        return Outcome(now=Toast("review.approved_already", {}, desk.language))
    old = next((v for v in await desk.items.verdicts(item.id) if v.member == desk.me.id), None)
    fresh = Verdict(
        id=f"{item.id}:{desk.me.id}", library=item.library, item=item.id, member=desk.me.id, approve=True, at=desk.now
    )
    verdict = replace(old, approve=True, at=desk.now) if old else fresh
    if len(counted) + 1 >= desk.rules.approvals:
        others = await desk.members.many(tuple(v.member for v in counted))
        done = await publish(item, desk, (*others, desk.me))
        return Outcome(save=(verdict,)) + done + Outcome(now=Toast("review.thanks", {}, desk.language))
    # The item is saved unchanged so that two first approvals at once meet: the later one counts as the second.
    says = await review_cards(item, desk, len(counted) + 1)
    return Outcome(save=(verdict, item), say=says, now=Toast("review.one_more", {}, desk.language))


@feature.presses("edit_item")
async def edit_form(press: Pressed, desk: Desk) -> Outcome:
    """The item in a form. Its stamp goes along, so that nobody's change is overwritten unseen."""
    item = await desk.items.get(press.value)
    if item is None or item.status not in ("draft", "published"):
        raise Kindly("review.gone")
    await _may_edit(item, desk)
    fields = (
        Field("title", "line", "review.field_title", item.title, required=True, longest=LONGEST_TITLE),
        Field("problem", "text", "review.field_problem", item.problem, required=True, longest=40_000),
        Field("solution", "text", "review.field_solution", item.solution, required=True, longest=40_000),
        Field("steps", "text", "review.field_steps", "\n".join(item.steps), hint="review.hint_steps", longest=40_000),
        Field("visibility", "one", "review.field_visibility", item.visibility, choices=VISIBILITIES),
    )
    return Outcome(
        now=OpenForm(
            "edit_item", f"{item.id}:{stamp(item)}", "review.form_title", fields, "review.form_submit", language=desk.language
        )
    )


@feature.submits("edit_item")
async def edited(form: Submitted, desk: Desk) -> Outcome:
    id, _, seen = form.subject.partition(":")
    item = await desk.items.get(id)
    if item is None or item.status not in ("draft", "published"):
        raise Kindly("review.gone")
    await _may_edit(item, desk)
    if stamp(item) != seen:
        return Outcome(now=FieldErrors((("title", "review.changed_meanwhile"),), {}, desk.language))
    empty = tuple((name, "error.required") for name in ("title", "problem", "solution") if is_blank(form[name]))
    if empty:
        return Outcome(now=FieldErrors(empty, {}, desk.language))
    return await _save_edit(item, form, desk)


async def _save_edit(item: Item, form: Submitted, desk: Desk) -> Outcome:
    history = await before(item, "edited", desk)
    visibility: Visibility = "community" if form["visibility"] == "community" else "library"
    item = replace(
        credited(item, desk.me, "editor"),
        title=form["title"][:LONGEST_TITLE],
        problem=form["problem"],
        solution=form["solution"],
        steps=tuple(line.strip() for line in form["steps"].splitlines() if line.strip()),
        visibility=visibility,
    )
    says = await review_cards(item, desk) if item.status == "draft" else ()
    return Outcome(save=(item, history), say=says, now=Toast("review.saved", {}, desk.language))


@feature.presses("reject")
async def reject_form(press: Pressed, desk: Desk) -> Outcome:
    item = await _draft(press.value, desk)
    if not await desk.leads(item.community):
        raise Kindly("review.steward_only")
    field = Field("reason", "text", "review.field_reason", required=True, hint="review.hint_reason")
    return Outcome(
        now=OpenForm("reject", item.id, "review.reject_title", (field,), "review.reject_submit", language=desk.language)
    )


@feature.submits("reject")
async def rejected(form: Submitted, desk: Desk) -> Outcome:
    """With a reason, which the reviewers' cards tell; the thread itself stays."""
    item = await _draft(form.subject, desk)
    if not await desk.leads(item.community):
        raise Kindly("review.steward_only")
    if is_blank(form["reason"]):
        return Outcome(now=FieldErrors((("reason", "error.required"),), {}, desk.language))
    history = await before(item, "rejected", desk)
    item = replace(credited(item, desk.me, "reviewer"), status="rejected", reason=form["reason"])
    saved = (item, history, *await draft_judged(item.question, False, desk))
    return Outcome(save=saved, say=await review_cards(item, desk), now=Toast("review.rejected", {}, desk.language))


@feature.presses("merge")
async def merge(press: Pressed, desk: Desk) -> Outcome:
    """The draft goes into the item that says nearly the same: both answers, each with its credit."""
    draft, _, target = press.value.partition(":")
    item, into = await _draft(draft, desk), await desk.items.get(target)
    if into is None or into.status != "published":
        raise Kindly("review.gone")
    if not await desk.leads(into.community) or not await desk.leads(item.community):
        raise Kindly("review.steward_only")
    history = await before(into, "merged", desk)
    merged = replace(
        into,
        solution=f"{into.solution}\n\n{item.solution}".strip(),
        steps=(*into.steps, *item.steps),
        sources=(*into.sources, *item.sources),
        files=(*into.files, *item.files),
        credits=tuple(dict.fromkeys((*into.credits, *item.credits))),
        visibility="community" if item.visibility == "community" else into.visibility,  # nobody reads more than before
    )
    merged = credited(merged, desk.me, "reviewer")
    item = replace(credited(item, desk.me, "reviewer"), status="merged", merged_into=into.id)
    says = await review_cards(item, desk)
    return Outcome(save=(merged, item, history), say=says, now=Toast("review.merged", {"title": into.title}, desk.language))


async def _draft(id: str, desk: Desk) -> Item:
    """The draft; kindly, with who decided it, where that was done already."""
    item = await desk.items.get(id)
    if item is None:
        raise Kindly("review.gone")
    if item.status != "draft":
        raise Kindly("review.decided_already", by=item.decided_by)
    return item


async def _belongs(item: Item, desk: Desk) -> bool:
    membership = await desk.members.membership(desk.me.id, item.community)
    return bool(membership and membership.active)


async def _may_edit(item: Item, desk: Desk) -> None:
    """Members edit a draft; what is published only its stewards change."""
    if await desk.leads(item.community):
        return
    if item.status != "draft":
        raise Kindly("review.steward_only")
    if not await _belongs(item, desk):
        raise Kindly("review.members_only")
