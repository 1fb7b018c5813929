"""Files go with the words: those of a question to whoever is asked elsewhere, those of an answer to the other sides."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.events import CameDue, Happened
from bot.flow.cards import centre_card, direct_card, post_card
from bot.flow.carrying import SOON, brought, copies, tried_again
from bot.flow.heard import elsewhere, heard_in_channel, went_private
from bot.flow.placing import centre
from bot.model.question import Question, State
from bot.outcome import NOTHING, Outcome
from bot.registry import Feature

feature = Feature("carry")


async def of_question(put: Happened | CameDue, desk: Desk) -> Outcome:
    """A question with files was put before somebody; or a file of it could not be had then."""
    q = await desk.questions.get(put.subject)
    if q is None or not q.files or q.state.ended or q.state is State.SUGGESTED:
        return NOTHING
    files = await copies(q.files, desk)
    done = Outcome(
        save=() if files == q.files else (replace(q, files=files),),
        later=tried_again("question.files", q.id, files, q.asked_at, desk.now),
    )
    asker = await desk.members.get(q.asker)
    if asker is None or (not any(f.sha256 for f in files) and desk.now - q.asked_at < SOON):
        return done
    known = {p.card for p in await desk.places.postings(q.id)}
    return done + Outcome(say=brought(asker, q.id, q.files, files, await _sides(q, desk), known, q.language))


async def _sides(q: Question, desk: Desk) -> list[str]:
    """The cards elsewhere by which people are asked. Where the question itself stands in view, its files do too."""
    if q.community is None:
        return [centre_card(q.id, m.id) for m in await centre(desk)]
    bindings = await desk.places.bindings(q.community)
    posts = [post_card(q.id, b.id) for b in elsewhere(q, bindings)]
    if heard_in_channel(q, bindings) and not went_private(q, bindings):
        return posts
    asks = await desk.questions.asks(question=q.id)
    return [*posts, *(direct_card(q.id, a.member) for a in asks if a.state in ("waiting", "answered"))]


async def of_answer(given: Happened | CameDue, desk: Desk) -> Outcome:
    """An answer with files was relayed; or a file of it could not be had then. `to`: the cards of its copies."""
    answer = await desk.questions.answer(given.subject)
    author = await desk.members.get(answer.author) if answer else None
    q = await desk.questions.get(answer.question) if answer else None
    if answer is None or answer.deleted or author is None or q is None:
        return NOTHING
    files = await copies(answer.files, desk)
    done = Outcome(
        save=() if files == answer.files else (replace(answer, files=files),),
        later=tried_again("reply.files", answer.id, files, answer.at, desk.now),
    )
    if not any(f.sha256 for f in files) and desk.now - answer.at < SOON:
        return done
    known = {p.card for p in await desk.places.postings(answer.id)}
    cards = given["to"].split() if isinstance(given, Happened) else [card for card in known if card.startswith("relay:")]
    return done + Outcome(say=brought(author, answer.id, answer.files, files, cards, known, q.language))


feature.watches("question.files")(of_question)
feature.due("question.files")(of_question)
feature.watches("reply.files")(of_answer)
feature.due("reply.files")(of_answer)
