"""The home page: what is mine here, for a platform's own home tab and for pages."""

from __future__ import annotations

from collections.abc import Iterable

from bot.desk import Desk
from bot.flow.cards import name_data, question_link
from bot.flow.meeting import card_of, facts, own_zone, picture
from bot.flow.pending import led
from bot.flow.trusting import ABOUT, earned, trust_data
from bot.model.question import Question, State
from bot.outcome import JSON, Data
from bot.registry import Feature
from bot.triage.text import shorten

feature = Feature("home")

OPEN, ENDED, DRAFTS, MEETINGS = 8, 4, 5, 3  # rows of each
LENGTH = 120  # characters of a question


@feature.view("home")
async def home(desk: Desk) -> Data:
    """What a home page shows, in the person's language; every text is plain, nothing in it is markup.

    {"title": str, "buttons": [button …], "sections": [section …]}
    section: {"key": "questions" | "reviews" | "meeting" | "communities" | "trust" | "settings", "title": str, "rows": [row …],
              "empty": str (to show where there are no rows), "buttons": [button …]}
    row: {"text": str, "note": str, "link": str (an address, or "")}
    button: {"label": str, "command": str (the name of a command, in that language)}

    "reviews" is there only for those who decide about drafts, "meeting" where a meeting of one's communities is to come,
    "trust" for the learning centre and operators.
    """
    reviews = [await _reviews(desk)] if await led(desk) else []
    sections: list[JSON] = [await _questions(desk), *reviews, *await _meetings(desk), await _communities(desk)]
    sections += [*await _trust(desk), _settings(desk)]
    data: Data = {"name": desk.me.name}
    buttons = _buttons(desk, "ask", "find", "communities", "profile")
    return {"title": desk.words("home.title", data), "sections": sections, "buttons": buttons}


def _section(desk: Desk, key: str, rows: Iterable[JSON], *buttons: str) -> dict[str, JSON]:
    """Its title and empty line are `home.title_<key>` and `home.empty_<key>`."""
    title, empty = desk.words(f"home.title_{key}"), desk.words(f"home.empty_{key}")
    return {"key": key, "title": title, "rows": list(rows), "empty": empty, "buttons": _buttons(desk, *buttons)}


def _buttons(desk: Desk, *names: str) -> list[JSON]:
    """By the commands' English names."""
    indonesian = {english: own for own, english in desk.commands}
    shown = {name: indonesian[name] if desk.language == "id" else name for name in names}
    return [{"label": desk.words(f"home.button_{name}"), "command": command} for name, command in shown.items()]


def _row(text: str, note: str = "", link: str = "") -> dict[str, JSON]:
    return {"text": text, "note": note, "link": link}


async def _questions(desk: Desk) -> dict[str, JSON]:
    """Those that go on, then those that ended last."""
    names = {c.id: name_data(c.name) for c in await desk.communities.all()}
    mine = [q for q in await desk.questions.of(desk.me.id, 50) if q.text and q.state is not State.SUGGESTED]
    going, ended = [q for q in mine if not q.state.ended], [q for q in mine if q.state.ended]

    def row(q: Question) -> dict[str, JSON]:
        data: Data = {"state": q.state.value, "community": names.get(q.community or "")}
        return _row(shorten(" ".join(q.text.split()), LENGTH), desk.words("home.question", data), question_link(q))

    return _section(desk, "questions", map(row, (*going[:OPEN], *ended[:ENDED])))


async def _reviews(desk: Desk) -> dict[str, JSON]:
    names = {c.id: name_data(c.name) for c in await desk.communities.all()}
    drafts = await desk.items.drafts(tuple(sorted(await led(desk))), None, DRAFTS + 1)
    rows = [
        _row(
            i.title,
            desk.words("home.draft", {"community": names.get(i.community), "days": max(0, (desk.now - i.created_at).days)}),
        )
        for i in drafts[:DRAFTS]
    ]
    if len(drafts) > DRAFTS:
        rows.append(_row(desk.words("home.more_drafts")))
    return _section(desk, "reviews", rows, *(["review"] if drafts else []))


async def _meetings(desk: Desk) -> list[JSON]:
    """The next ones of my communities, on my own clock, each with the way to its card."""
    mine = tuple(m.community for m in await desk.members.memberships(member=desk.me.id))
    found = await desk.meetings.upcoming(mine, desk.now, MEETINGS) if mine else ()
    rows: list[JSON] = []
    for one in found:
        data = facts(await picture(one.meeting, one.session, desk), desk.language, desk.now, await own_zone(desk))
        binding = next((b for b in await desk.places.bindings(one.meeting.community) if b.mode != "off"), None)
        link = f"guyub:card/{card_of(one.session.id, binding.id)}" if binding else ""
        rows.append(_row(f"{desk.words('meeting.name', data)}: {data['when']}", desk.words("home.meeting", data), link))
    return [_section(desk, "meeting", rows)] if rows else []


async def _communities(desk: Desk) -> dict[str, JSON]:
    names = {c.id: c.name.in_(desk.language) for c in await desk.communities.all()}
    rows = [
        _row(
            names[m.community],
            desk.words("home.community", {"steward": m.role == "steward", "may_ask": m.may_ask, "knows": m.knows}),
        )
        for m in await desk.members.memberships(member=desk.me.id)
        if m.community in names
    ]
    return _section(desk, "communities", rows)


async def _trust(desk: Desk) -> list[JSON]:
    """For the learning centre: what people said of Guyub's own decisions, of each kind that anybody judged."""
    if desk.me.role not in ("librarian", "operator"):
        return []
    found = {about: await earned(about, desk.judgements) for about in ABOUT}
    rows = [
        _row(desk.words(f"home.trust_{about}"), desk.words("home.trust_told", trust_data(about, one)))
        for about, one in found.items()
        if one.verdicts
    ]
    return [_section(desk, "trust", rows)]


def _settings(desk: Desk) -> dict[str, JSON]:
    me = desk.me
    away = me.away_until.isoformat() if me.away_until and me.away(desk.now) else ""
    rows = [
        _row(desk.words("home.asked", {"cap": me.cap, "away": away})),
        _row(desk.words("home.language")),
        _row(desk.words("home.accounts", {"doors": list(dict.fromkeys(a.door for a in me.accounts))})),
    ]
    return _section(desk, "settings", rows, "link")
