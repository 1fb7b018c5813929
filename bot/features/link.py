"""One person, several doors: a code made at one account, given at another, and confirmed at the first joins them into one."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta

from bot.chance import chance
from bot.desk import Desk
from bot.errors import Kindly
from bot.events import CameDue, Commanded, Pressed
from bot.flow.joining import as_one, gone_over, ordered, united
from bot.model.linking import Linking, linking_id
from bot.model.member import Member, Membership
from bot.model.place import Account
from bot.outcome import JSON, Button, Direct, Later, Outcome, Say, Sheet, Toast
from bot.registry import Feature

feature = Feature("link")

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that looks like another: no 0 and O, no 1, I and L, no U beside V
LENGTH = 8
VALID = timedelta(minutes=10)
MOST_WRONG = 5  # an hour and person
UNDO = frozenset({"lepas", "undo"})
SETTLED = timedelta(minutes=2)  # longer than any event is held: what was under way at the other account is through


@feature.command("hubungkan", "link")
async def link(command: Commanded, desk: Desk) -> Outcome:
    """Alone a code, with one a question to its maker, with "lepas" the way back. Only in private: a code is for one."""
    word = command.args.strip()
    if not desk.event.private:
        return await _in_the_open(word, desk)
    if word.lower() in UNDO:
        return _undo(desk)
    return await (_redeem(word, desk) if word else _code(desk))


async def _in_the_open(word: str, desk: Desk) -> Outcome:
    """A code that others may have read opens nothing any more."""
    found = await desk.members.linking_by(await digest(word, desk.library.id))
    burnt = (replace(found, code=""),) if found else ()
    return Outcome(save=burnt, now=Toast("link.seen" if found else "link.in_private", {}, desk.language))


async def _code(desk: Desk) -> Outcome:
    code = chance().code(SIGNS, LENGTH)
    until = desk.now + VALID
    mine = await _mine(desk)
    mine = replace(mine, code=await digest(code, desk.library.id), until=until, taken_door="", taken_user="")
    data: dict[str, JSON] = {"code": code, "until": until.isoformat()}
    return Outcome(save=(mine,), now=Sheet("link.code", data, desk.language))


async def _mine(desk: Desk) -> Linking:
    here = desk.account
    found = await desk.members.linking(linking_id(here))
    return found or Linking(id=linking_id(here), library=desk.library.id, door=here.door, user=here.user)


async def digest(code: str, library: str) -> str:
    """What is stored of a code: slow to make, so that a copy of the database gives none away while it is valid."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum()).encode()[:64]
    made = await asyncio.to_thread(hashlib.scrypt, plain, salt=library.encode(), n=2**14, r=8, p=1, dklen=32)
    return made.hex()


async def _redeem(word: str, desk: Desk) -> Outcome:
    """Whoever made it is asked, where they made it. From here on the code is this account's alone."""
    await _not_too_often(desk)
    found = await desk.members.linking_by(await digest(word, desk.library.id))
    maker = await desk.members.by_account(found.door, found.user) if found else None
    if found is None or maker is None or not (found.taken_by(desk.account) or not found.taken_door):
        return await _wrong(desk)
    if found.over(desk.now):
        raise Kindly("link.expired")
    _two_doors(maker, desk.me)
    taken = replace(found, taken_door=desk.account.door, taken_user=desk.account.user)
    theirs, mine, until = _shown(maker, found.door), _shown(desk.me, desk.account.door), found.until
    data: dict[str, JSON] = {"theirs": theirs, "mine": mine, "until": until.isoformat() if until else ""}
    asked = Sheet("link.asked", data, desk.language, (Button("link_no", _this(found), "link.button_no"),))
    return Outcome(save=(taken,), say=(_question(taken, maker, {"theirs": mine, "mine": theirs}, desk),), now=asked)


def _question(code: Linking, maker: Member, data: dict[str, JSON], desk: Desk) -> Say:
    """To whoever made the code, where they made it: somebody else may have read it."""
    buttons = (
        Button("link_yes", _this(code), "link.button_yes", style="good"),
        Button("link_no", _this(code), "link.button_no"),
    )
    return _to_maker(code, maker, "link.confirm", data, desk, buttons)


def _to_maker(
    code: Linking, maker: Member, template: str, data: dict[str, JSON], desk: Desk, buttons: tuple[Button, ...] = ()
) -> Say:
    """In one message, which follows what becomes of it."""
    language = maker.language or desk.library.language
    return Say(Direct(maker.id, code.door), template, data, language, buttons, card=f"link:{_this(code)}")


def _this(code: Linking) -> str:
    """The very code, not just whose it is: a button under an older question opens nothing for a newer code."""
    return f"{code.id} {code.until.timestamp() if code.until else 0:.6f}"


async def _not_too_often(desk: Desk) -> None:
    known = [await desk.members.linking(linking_id(a)) for a in desk.me.accounts]
    if sum(len(one.guesses(desk.now)) for one in known if one) >= MOST_WRONG:
        raise Kindly("link.too_often")


async def _wrong(desk: Desk) -> Outcome:
    mine = await _mine(desk)
    mine = replace(mine, wrong=(*mine.guesses(desk.now), desk.now))
    return Outcome(save=(mine,), now=Toast("link.wrong", {}, desk.language))


def _two_doors(maker: Member, taker: Member) -> None:
    """Kindly: there is nothing to join, or not so."""
    if maker.id == taker.id:
        raise Kindly("link.yourself")
    if {a.door for a in maker.accounts} & {a.door for a in taker.accounts}:
        raise Kindly("link.same_door")


def _shown(member: Member, door: str) -> dict[str, JSON]:
    account = member.on(door)
    return {"door": door, "name": (account.name if account else "") or member.name}


@feature.presses("link_no")
async def not_me(press: Pressed, desk: Desk) -> Outcome:
    """Said by either: somebody else's account. The code is of no use any more."""
    code, maker, taker = await _taken(press.value, desk)
    says = [_to_maker(code, maker, "link.left_apart", {}, desk)]
    if not code.taken_by(desk.account):
        data: dict[str, JSON] = _shown(maker, code.door)
        language = taker.language or desk.library.language
        says.append(Say(Direct(taker.id, code.taken_door), "link.declined", data, language))
    return Outcome(save=(replace(code, code=""),), say=tuple(says), now=Toast("link.left_apart", {}, desk.language))


@feature.presses("link_yes")
async def join(press: Pressed, desk: Desk) -> Outcome:
    """One member from now on. The code is saved with it: of two who are that quick, one meets a conflict and is told."""
    code, maker, taker = await _taken(press.value, desk)
    if code.id != linking_id(desk.account):
        raise Kindly("error.stale")
    _two_doors(maker, taker)
    everything = await desk.members.memberships()
    stays, goes = ordered(maker, taker, frozenset(m.member for m in everything if m.role == "steward"))
    one = as_one(stays, goes)
    both = [m for m in everything if m.member == goes.id]
    save = (gone_over(goes, stays), one, replace(code, code=""), *both, *await _united(stays, both, desk))
    data: dict[str, JSON] = {"doors": [a.door for a in one.accounts], "name": one.name}
    told = Say(Direct(one.id, code.taken_door), "link.joined", data, one.language or desk.library.language)
    later = (Later("member.joined", code.id, desk.now + SETTLED),)
    return Outcome(save=save, say=(told, _to_maker(code, one, "link.joined", data, desk)), later=later)


async def _taken(this: str, desk: Desk) -> tuple[Linking, Member, Member]:
    """The code, who made it and who gave it; one of these two is here."""
    id = this.rpartition(" ")[0]
    code = await desk.members.linking(id)
    maker = await desk.members.by_account(code.door, code.user) if code else None
    taker = await desk.members.by_account(code.taken_door, code.taken_user) if code and code.taken_door else None
    if code is None or maker is None or taker is None or not code.code or _this(code) != this:
        raise Kindly("error.stale")
    if code.id != linking_id(desk.account) and not code.taken_by(desk.account):
        raise Kindly("error.stale")
    if code.over(desk.now):
        raise Kindly("link.expired")
    return code, maker, taker


async def _united(stays: Member, other: list[Membership], desk: Desk) -> list[Membership]:
    """Communities that both were in. Those of the one who goes alone simply go over."""
    pairs = [(await desk.members.membership(stays.id, m.community), m) for m in other]
    return [united(mine, m) for mine, m in pairs if mine]


@feature.due("member.joined")
async def what_came_in_between(due: CameDue, desk: Desk) -> Outcome:
    """An answer that was under way at the other account while they were joined: it goes over as well."""
    door, _, user = due.subject.partition(":")
    member = await desk.members.by_account(door, user)
    return Outcome(save=await desk.members.merged(member.id) if member else ())


def _undo(desk: Desk) -> Outcome:
    """This account goes out of the member. It is a newcomer's again from its next word on, with what newcomers have."""
    here: Account = desk.account
    others = tuple(a for a in desk.me.accounts if (a.door, a.user) != (here.door, here.user))
    if not others:
        raise Kindly("link.only_one")
    data: dict[str, JSON] = {"door": here.door, "doors": [a.door for a in others], "name": desk.me.name}
    told = Say(Direct(desk.me.id, others[0].door), "link.undone", data, desk.me.language or desk.library.language)
    return Outcome(save=(replace(desk.me, accounts=others),), say=(told, desk.reply("link.undone", data)))
