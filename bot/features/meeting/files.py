"""Photos and files of a session, sent under its card or under the word that asks for its minutes: kept, and part of them."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.events import CameDue, Happened, Said
from bot.flow.carrying import attached, copies, tried_again
from bot.flow.keeping import wanted
from bot.flow.meeting import occurrence, session_card, session_of
from bot.model.place import MessageRef
from bot.outcome import NOTHING, Outcome, React, Then
from bot.registry import Feature, Intent

feature = Feature("meeting_files")

MOST = 30  # of one session


@feature.hears(Intent.MINUTES)
async def sent(said: Said, desk: Desk) -> Outcome:
    """From its beginning on, until its minutes are decided on. The words beside them are talk, and not kept."""
    posting = await desk.places.posting_at(MessageRef(desk.place.door, desk.place.channel, desk.place.thread))
    id = session_card(posting.card) if posting else ""
    meeting = await desk.meetings.get(id.partition("@")[0])
    session = await session_of(id, meeting, desk) if meeting else None
    when = occurrence(meeting, session) if meeting and session else None
    if session is None or when is None or when.starts > desk.now:
        return NOTHING
    item = await desk.items.get(session.item) if session.item else None
    if item and item.status != "draft":
        return Outcome(say=(desk.reply("meeting.files_late"),))
    known = {(f.door, f.file) for f in session.files}
    fresh = tuple(f for f in attached(said.files, desk.place.door) if (f.door, f.file) not in known)
    if len(session.files) + len(fresh) > MOST:
        return Outcome(say=(desk.reply("meeting.files_full"),))
    seen = (React(desk.event.ref, "👍"),) if desk.event.ref else ()
    kept = Outcome(
        save=(replace(session, files=(*session.files, *fresh)),), say=seen, then=(Then("session.files", session.id),)
    )
    if item is None:
        return kept
    item = replace(item, files=(*item.files, *fresh))
    return kept + Outcome(save=(item,), then=wanted(item))


@feature.watches("session.files")
async def copy(happened: Happened, desk: Desk) -> Outcome:
    """Into our own file store: platforms forget them."""
    return await _copied(happened.subject, desk)


@feature.due("session.files")
async def copy_again(due: CameDue, desk: Desk) -> Outcome:
    return await _copied(due.subject, desk)


async def _copied(id: str, desk: Desk) -> Outcome:
    session = await desk.meetings.session(id)
    if session is None or all(f.sha256 for f in session.files):
        return NOTHING
    files = await copies(session.files, desk)
    later = tried_again("session.files", id, files, session.asked_at or desk.now, desk.now)
    return Outcome(save=() if files == session.files else (replace(session, files=files),), later=later)
