"""Marking: a member points at a message worth keeping, by a shortcut or by /simpan as a reply to it.

An answer in a question's thread is accepted. Any other message is kept only once the member has sent the form: until then
nothing of it is stored.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import Commanded, FileRef, Marked, Submitted
from bot.flow.carrying import attached
from bot.flow.keeping import consents, of_messages, wanted
from bot.flow.reviewing import credited
from bot.flow.settling import may_settle, solve
from bot.model.attachment import Attachment
from bot.model.knowledge import Item
from bot.model.member import Member
from bot.model.place import Account, MessageRef
from bot.model.question import Answer, Question, State
from bot.outcome import Choice, Data, Field, FieldErrors, OpenForm, Outcome, Sheet, Then, Toast
from bot.registry import Feature
from bot.triage.capture import title_of
from bot.triage.intent import LIKELY
from bot.triage.language import language_of
from bot.triage.text import ELLIPSIS, clean_lines, is_blank

feature = Feature("mark")

LONGEST, LONGEST_TITLE = 40_000, 150
MOST_FILES, LONGEST_NAME = 10, 60  # what travels in a form's subject: a platform keeps 3,000 characters of it
CLOSED = frozenset({State.WITHDRAWN, State.REFUSED, State.SUGGESTED})


@feature.command("simpan", "save")
async def how(command: Commanded, desk: Desk) -> Outcome:
    """Without a message that it replies to there is nothing to keep: how it is done."""
    return Outcome(now=Sheet("mark.how", {}, desk.language))


@feature.marks()
async def marked(mark: Marked, desk: Desk) -> Outcome:
    """An answer to a question of ours, or any other message."""
    ref = MessageRef(desk.place.door, desk.place.channel, mark.message)
    posting = await desk.places.posting_at(ref)
    answer = await desk.questions.answer_at(ref) or (await desk.questions.answer(posting.subject) if posting else None)
    if answer:
        q = await desk.questions.get(answer.question)
        return await _answer(q, answer, desk) if q else Outcome(now=Toast("mark.already", {}, desk.language))
    if await desk.questions.asked_with(ref) or (posting and await desk.questions.at(ref)):
        raise Kindly("mark.question")
    if posting:
        raise Kindly("mark.ours")
    if is_blank(mark.text) and not mark.files:
        raise Kindly("mark.nothing")
    thread = MessageRef(ref.door, ref.channel, desk.place.thread)
    q = await desk.questions.at(thread) if thread.message else None
    return await _unseen(q, mark, ref, desk) if q else await _form(_Seen.of(mark, ref), mark.text, desk)


# ---- in a question's thread ------------------------------------------------------------------------------------------


async def _answer(q: Question, answer: Answer, desk: Desk, *new: Member) -> Outcome:
    """Whoever may settle settles with it; who else marks it makes a draft of it, and the question stays as it is."""
    if q.state in CLOSED:
        raise Kindly("error.closed")
    if answer.withheld or answer.deleted:
        raise Kindly("mark.withheld" if answer.withheld else "mark.nothing")
    settles = may_settle(q, desk) and (q.asker == desk.me.id or answer.author != desk.me.id)
    if answer.accepted and (q.state is State.SOLVED or not settles):
        return Outcome(now=Toast("mark.already", {}, desk.language))
    unseen = () if answer.version else (answer,)
    if settles:
        done = await solve(q, desk, frozenset({answer.id}), unseen)
        return Outcome(save=new) + done + Outcome(now=Toast("mark.settled", {}, desk.language))
    q = q.noted(desk.now, "marked", who=desk.me.name)
    follow = (Then("answer.marked", q.id, (("by", desk.me.id),)),)
    toast = Toast("mark.for_review", {}, desk.language)
    return Outcome(save=(*new, q, replace(answer, accepted=True)), now=toast, then=follow)


async def _unseen(q: Question, mark: Marked, ref: MessageRef, desk: Desk) -> Outcome:
    """Said in the thread before it was ours."""
    writer = await _writer(mark.author, desk)
    answer = _kept(ref, attached(mark.files, ref.door), q.id, writer, mark.text, desk)
    return await _answer(q, answer, desk, *([writer] if writer.version == 0 else []))


async def _writer(account: Account, desk: Desk) -> Member:
    """Whose message it is: a member, or one from now on."""
    if (account.door, account.user) == (desk.account.door, desk.account.user):
        return desk.me
    known = await desk.members.by_account(account.door, account.user)
    return known or Member(library=desk.library.id, name=account.name or account.user, accounts=(account,))


def _kept(ref: MessageRef, files: tuple[Attachment, ...], question: str, writer: Member, text: str, desk: Desk) -> Answer:
    """Its name is made of the message's, so that of two who mark it at once one comes second."""
    return Answer(
        id=_id("answer", ref),
        library=desk.library.id,
        question=question,
        author=writer.id,
        text=text,
        language=language_of(text, desk.language),
        at=desk.now,
        source=ref,
        files=files,
    )


def _id(kind: str, ref: MessageRef) -> str:
    return hashlib.sha256(f"{kind}\0{ref.door}\0{ref.channel}\0{ref.message}".encode()).hexdigest()[:32]


# ---- any other message -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the form knows of the message while it is open; its words are in the form's fields."""

    ref: MessageRef
    author: Account
    files: tuple[FileRef, ...]

    @classmethod
    def of(cls, mark: Marked, ref: MessageRef) -> _Seen:
        return cls(ref, mark.author, mark.files[:MOST_FILES])

    @classmethod
    def read(cls, subject: str, door: str) -> _Seen:
        """Kindly: it is no form of ours."""
        try:
            channel, message, user, name, files = json.loads(subject)
            refs = tuple(FileRef(str(f), str(n), str(kind), int(size)) for f, n, kind, size in files)
        except (ValueError, TypeError) as error:
            raise Kindly("error.stale") from error
        return cls(MessageRef(door, str(channel), str(message)), Account(door, str(user), str(name)), refs)

    def written(self) -> str:
        files = [[f.file, f.name[-LONGEST_NAME:], f.media_type, f.size] for f in self.files]
        about = [self.ref.channel, self.ref.message, self.author.user, self.author.name[:LONGEST_NAME], files]
        return json.dumps(about, ensure_ascii=False, separators=(",", ":"))


async def _form(seen: _Seen, text: str, desk: Desk) -> Outcome:
    """Title, problem and community proposed, the message as the solution; all of it may be changed."""
    communities = await desk.communities.all()
    if not communities:
        raise Kindly("mark.no_community")
    title = title_of(text)
    apart = len(title) < len(text.strip()) and not title.endswith(ELLIPSIS)  # one sentence is not problem and solution at once
    problem = title if apart and await desk.find.asks(title) >= LIKELY else ""
    choices = tuple(Choice(c.id, c.name.in_(desk.language)) for c in communities)
    fields = (
        Field("title", "line", "review.field_title", title, required=True, longest=LONGEST_TITLE),
        Field("problem", "text", "mark.field_problem", problem, required=True, hint="mark.hint_problem", longest=LONGEST),
        Field("solution", "text", "review.field_solution", clean_lines(text), required=True, longest=LONGEST),
        Field("community", "one", "mark.field_community", await _home(seen.ref, text, desk), required=True, choices=choices),
    )
    data: Data = {"author": seen.author.name, "files": len(seen.files)}
    form = OpenForm("mark", seen.written(), "mark.form_title", fields, "mark.form_submit", "mark.intro", data, desk.language)
    return Outcome(now=form)


async def _home(ref: MessageRef, text: str, desk: Desk) -> str:
    """The community of the channel, else the likeliest; "" where nothing speaks for any."""
    binding = await desk.places.binding(ref.door, ref.channel)
    if binding and binding.community:
        return binding.community
    guesses = (await desk.find.route(await desk.find.query(text))).guesses
    return guesses[0].id if guesses else ""


@feature.submits("mark")
async def kept(form: Submitted, desk: Desk) -> Outcome:
    """A draft with its credits; the writer is asked in private, then the reviewers decide."""
    seen = _Seen.read(form.subject, desk.place.door)
    community = await desk.communities.get(form["community"])
    empty = [(name, "error.required") for name in ("title", "problem", "solution") if is_blank(form[name])]
    if empty or community is None:
        return Outcome(now=FieldErrors((*empty, *(() if community else [("community", "error.required")])), {}, desk.language))
    if await desk.questions.answer_at(seen.ref):
        return Outcome(now=Toast("mark.already", {}, desk.language))
    writer = await _writer(seen.author, desk)
    note = _note(form, community.id, seen, desk)
    files = attached(seen.files, seen.ref.door)
    answer = replace(_kept(seen.ref, files, note.id, writer, form["solution"], desk), accepted=True)
    note = of_messages(credited(note, desk.me, "marker"), (answer,), {writer.id: writer})
    own = writer.id == desk.me.id
    asked = () if own else consents(note, (answer,), {writer.id: writer}, desk)
    new = (writer,) if writer.version == 0 and not own else ()
    toast = Toast("mark.kept_own" if own else "mark.kept", {"author": writer.name}, desk.language)
    return Outcome(save=(*new, note, answer), say=asked, now=toast, then=wanted(note))


def _note(form: Submitted, community: str, seen: _Seen, desk: Desk) -> Item:
    return Item(
        id=_id("note", seen.ref),
        library=desk.library.id,
        community=community,
        title=form["title"][:LONGEST_TITLE],
        problem=form["problem"],
        solution=form["solution"],
        language=language_of(form["solution"], desk.language),
        created_at=desk.now,
    )
