"""A question's cards: the asker's own, and one in each channel of the community. One message each, edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.desk import Desk
from bot.flow.heard import asked_here, elsewhere, heard_in_channel, went_private
from bot.flow.people import item_data, link_to, person
from bot.flow.waiting import next_look, sure_of, with_steward
from bot.model.base import Words
from bot.model.community import Community
from bot.model.knowledge import Item
from bot.model.member import Member
from bot.model.place import Binding, Place
from bot.model.question import Answer, Ask, Question, State
from bot.outcome import JSON, Address, At, Button, Direct, Say, Under

SHOWN = 1500  # characters of a question shown on a card; the whole is one tap away
QUOTED = 400  # of one that was asked by a command, on the card that stands for it


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that a question's cards show. `helped`: who answered, the asker left out. `until`: see `next_look`."""

    question: Question
    asker: Member
    community: Community | None
    bindings: tuple[Binding, ...]
    asked: tuple[tuple[Member, Ask], ...]
    choices: tuple[Community, ...]
    items: tuple[Item, ...]
    answers: tuple[Answer, ...]
    helped: tuple[Member, ...] = ()
    until: datetime | None = None


def ask_card(question: str) -> str:
    return f"ask:{question}"


def post_card(question: str, binding: str) -> str:
    return f"post:{question}:{binding}"


def direct_card(question: str, member: str) -> str:
    return f"direct:{question}:{member}"


def centre_card(question: str, member: str) -> str:
    return f"centre:{question}:{member}"


def question_link(question: Question) -> str:
    """To the asker's own message, or to our card where a command asked."""
    return link_to(question.own_message) or f"guyub:card/{ask_card(question.id)}"


def name_data(words: Words) -> dict[str, JSON]:
    return {"id": words.id, "en": words.en}


def asker_place(question: Question) -> Address:
    """Where the asker's side talks: the thread that they asked in or with, or under our card where a command asked."""
    if question.origin.message:
        return At(question.origin.as_thread)
    return Under(ask_card(question.id))


async def picture(question: Question, desk: Desk, asks: Sequence[Ask] = ()) -> Picture:
    """Gathers it. `asks` are new ones, not stored yet."""
    community = await desk.communities.get(question.community) if question.community else None
    bindings = await desk.places.bindings(question.community) if question.community else ()
    fresh = {a.id: a for a in (*await desk.questions.asks(question=question.id), *asks)}
    answers = await desk.questions.answers(question.id)
    known = (question.asker, *(a.member for a in fresh.values()), *(a.author for a in answers))
    people = {m.id: m for m in await desk.members.many(known)}
    people.setdefault(desk.me.id, desk.me)
    asker = people[question.asker]
    alive = {c.id: c for c in await desk.communities.all()}
    wanted = tuple(g.id for g in question.offered)
    return Picture(
        question,
        asker,
        community,
        bindings,
        tuple((people[a.member], a) for a in fresh.values() if a.member in people and a.state in ("waiting", "answered")),
        tuple(alive[g.id] for g in question.guesses if g.id in alive),
        await desk.items.many(wanted, await desk.sight(asker)) if wanted and question.state is State.OFFERED else (),
        answers,
        tuple(people[a] for a in dict.fromkeys(a.author for a in answers) if a in people and a != question.asker),
        next_look(question, desk.rules),
    )


def cards(seen: Picture) -> tuple[Say, ...]:
    """All cards as the question stands now; said again, each edits itself in place."""
    q = seen.question
    if q.state is State.SUGGESTED:
        return ()
    posts = tuple(_post(seen, b) for b in elsewhere(q, seen.bindings)) if seen.community else ()
    alone = went_private(q, seen.bindings) or not heard_in_channel(q, seen.bindings)
    direct = tuple(_direct(seen, m, a) for m, a in seen.asked) if alone else ()
    return (*posts, _own(seen), *direct)


async def refreshed(question: Question, desk: Desk, asks: Sequence[Ask] = ()) -> tuple[Say, ...]:
    """The cards of a question that has just changed."""
    return cards(await picture(question, desk, asks))


def gone_posts(question: Question, bindings: Sequence[Binding], to: Community | None) -> tuple[Say, ...]:
    """The old community's posts after a move: they say where the question went."""
    data: dict[str, JSON] = {"text": question.text[:SHOWN], "community": name_data(to.name) if to else None}
    return tuple(
        Say(
            At(Place(b.door, b.channel)),
            "card.moved",
            data,
            question.language,
            card=post_card(question.id, b.id),
            subject=question.id,
        )
        for b in elsewhere(question, bindings)
    )


def _facts(seen: Picture) -> dict[str, JSON]:
    q = seen.question
    here = asked_here(q, seen.bindings)
    return {
        "state": q.state.value,
        "text": q.text[:SHOWN],
        "cut": len(q.text) > SHOWN,
        "asker": person(seen.asker),
        "origin": question_link(q),
        "by_command": not q.origin.message,
        "here": here,
        "alone": not heard_in_channel(q, seen.bindings),
        "steward": with_steward(q),
        "community": name_data(seen.community.name) if seen.community else None,
        "asked": [{"who": person(m), "why": a.why, "state": a.state} for m, a in seen.asked],
        "joined": len(q.joined),
        "answers": len(seen.answers),
        "answered_by": [person(m) for m in seen.helped],
        "solved_by": q.solved_by,
        "posts": [{"link": _link(q, b), "name": b.name.lstrip("#")} for b in elsewhere(q, seen.bindings)],
        "sure": sure_of(q),
        "until": seen.until.isoformat() if seen.until else "",
        "private": False,
    }


def _link(q: Question, binding: Binding) -> str:
    """To the post there. A question asked by command has only our card, which that post links to: no circle of links."""
    return f"guyub:card/{post_card(q.id, binding.id)}" if q.origin.message else ""


def _own(seen: Picture) -> Say:
    q = seen.question
    template, data, buttons = _own_parts(seen)
    to = At(q.origin.as_thread) if q.origin.message else At(Place(q.origin.door, q.origin.channel))
    return Say(to, template, _facts(seen) | data, q.language, buttons, ask_card(q.id), q.id, instead=q.asker)


def _own_parts(seen: Picture) -> tuple[str, dict[str, JSON], tuple[Button, ...]]:
    q = seen.question
    match q.state:
        case State.OFFERED:
            return _offer(seen)
        case State.ASKED_BACK:
            few = tuple(
                Button("place", f"{q.id}:{c.id}", "card.button_community", {"name": name_data(c.name)})
                for c in seen.choices[:3]
            )
            return "card.which", {}, (*few, Button("place_other", q.id, "card.button_other"), _withdraw(q))
        case State.UNPLACED:
            return "card.unplaced", {}, (Button("place_other", q.id, "card.button_pick"), _withdraw(q))
        case State.OPEN:
            why = Button("why", q.id, "card.button_why")
            return "card.open", {}, (*_to_readers(seen), _move(q), why, _withdraw(q))
        case State.ANSWERED:
            solved = Button("solved", q.id, "card.button_solved", style="good")
            return "card.answered", {}, (solved, _more(q), _move(q), *_whole_here(seen))
        case State.SOLVED:
            return "card.solved", {}, ()
        case _:
            return "card.withdrawn" if q.state is State.WITHDRAWN else "card.refused", {}, ()


def _offer(seen: Picture) -> tuple[str, dict[str, JSON], tuple[Button, ...]]:
    q = seen.question
    people = Button("ask_people", q.id, "card.button_ask_people")
    opens = tuple(Button("open", f"{i.id}:{q.id}", "card.button_open", {"title": i.title}) for i in seen.items[:3])
    if len(seen.items) == 1:
        fits = Button("fits", f"{q.id}:{seen.items[0].id}", "card.button_fits", style="good")
        wrong = next((dict(s.facts).get("wrong_at_most", "") for s in reversed(q.trace) if s.what == "offered"), "")
        data: dict[str, JSON] = {"item": item_data(seen.items[0]), "sure": q.offered[0].probability, "wrong_at_most": wrong}
        return "card.item", data, (fits, people, Button("open", f"{seen.items[0].id}:{q.id}", "card.button_read"))
    return "card.items", {"items": [item_data(i) for i in seen.items[:3]]}, (*opens, people)


def _post(seen: Picture, binding: Binding) -> Say:
    q = seen.question
    template, buttons = _post_parts(seen)
    to = At(Place(binding.door, binding.channel))
    return Say(to, template, _facts(seen), q.language, buttons, post_card(q.id, binding.id), q.id)


def _direct(seen: Picture, member: Member, ask: Ask) -> Say:
    q = seen.question
    template, buttons = _post_parts(seen, private=True)
    mine: JSON = {"who": person(member), "why": ask.why, "state": ask.state}
    data = _facts(seen) | {"asked": [mine], "private": True}
    return Say(Direct(member.id), template, data, q.language, buttons, direct_card(q.id, member.id), q.id)


def _post_parts(seen: Picture, *, private: bool = False) -> tuple[str, tuple[Button, ...]]:
    """`private`: somebody is asked alone, and there are no others who read along."""
    q = seen.question
    match q.state:
        case State.SOLVED:
            return "card.post_solved", ()
        case State.WITHDRAWN | State.REFUSED:
            return "card.post_withdrawn", ()
        case _:
            others = () if private else (_me_too(q), _move(q))
            return "card.post", (*_helpers(seen), *others, *whole(q))


def _helpers(seen: Picture) -> tuple[Button, ...]:
    """For those who were mentioned, until somebody has answered."""
    if seen.question.state is State.ANSWERED or not any(a.state == "waiting" for _, a in seen.asked):
        return ()
    return (Button("pass", seen.question.id, "card.button_pass"), Button("refer", seen.question.id, "card.button_refer"))


def _to_readers(seen: Picture) -> tuple[Button, ...]:
    """For the others who read the asker's own card, where it stands in the community's channel."""
    here = asked_here(seen.question, seen.bindings)
    return (*_helpers(seen), _me_too(seen.question), *_whole_here(seen)) if here else ()


def _whole_here(seen: Picture) -> tuple[Button, ...]:
    """Who asked by a command has no message there to read."""
    q = seen.question
    return whole(q, QUOTED) if asked_here(q, seen.bindings) and not q.origin.message else ()


def whole(q: Question, shown: int = SHOWN) -> tuple[Button, ...]:
    """Who sees only a part of a long question may read all of it: not everybody can open the place where it was asked."""
    return (Button("whole", q.id, "card.button_whole"),) if len(q.text) > shown else ()


def _withdraw(q: Question) -> Button:
    """Who asked by a command has no message to delete, and not every platform tells us that one was deleted."""
    return Button("withdraw", q.id, "card.button_withdraw")


def _me_too(q: Question) -> Button:
    return Button("me_too", q.id, "card.button_me_too")


def _move(q: Question) -> Button:
    return Button("move", q.id, "card.button_move")


def _more(q: Question) -> Button:
    return Button("not_yet", q.id, "card.button_not_yet")
