"""Two members are one person: who of them stays, and what of the other's settings they take over. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.model.member import Member, Membership

RANKS = ("member", "steward", "librarian", "operator")
CAP = Member.__dataclass_fields__["cap"].default  # what nobody chose
LONGEST = 300  # characters of what somebody knows


def ordered(one: Member, other: Member, stewards: frozenset[str]) -> tuple[Member, Member]:
    """Who stays, and who goes over: the higher role, else the longer history. `stewards`: members that lead a community."""

    def place(member: Member) -> tuple[int, str]:
        rank = "steward" if member.role == "member" and member.id in stewards else member.role
        return -RANKS.index(rank), member.id  # an earlier id was made earlier

    first, second = sorted((one, other), key=place)
    return first, second


def as_one(stays: Member, goes: Member) -> Member:
    """Both accounts. Of two settings the one that was chosen; of two chosen ones that which spares them more."""
    chosen = [m.cap for m in (stays, goes) if m.cap != CAP]
    away = [m.away_until for m in (stays, goes) if m.away_until]
    return replace(
        stays,
        accounts=(*stays.accounts, *goes.accounts),
        language=stays.language or goes.language,
        cap=min(chosen, default=stays.cap),
        away_until=max(away, default=None),
        gone=False,
    )


def gone_over(goes: Member, stays: Member) -> Member:
    return replace(goes, accounts=(), role="member", gone=True, merged_into=stays.id)


def united(mine: Membership, other: Membership) -> Membership:
    """Both memberships of one community as one: in it where either is, asked only where somebody agreed to be."""
    here = [m for m in (mine, other) if m.active]
    knows = ", ".join(dict.fromkeys(m.knows for m in (mine, other) if m.knows))
    return replace(
        mine,
        role="steward" if any(m.role == "steward" for m in here) else "member",
        knows=knows[:LONGEST],
        may_ask=any(m.may_ask for m in here),
        joined_at=min(m.joined_at for m in here or (mine,)),
        left_at=None if here else mine.left_at,
    )
