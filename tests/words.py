"""Every template with data as it really comes: cards through `bot.flow.cards`, the rest as the features give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import yaml

from bot.desk import Rules
from bot.flow.cards import Picture, cards, gone_posts
from bot.flow.people import item_data, link_to, person
from bot.flow.waiting import next_look
from bot.model.attachment import Attachment
from bot.model.base import Words
from bot.model.community import Community
from bot.model.knowledge import Credit, Item, Source
from bot.model.member import Member
from bot.model.place import Binding, MessageRef
from bot.model.question import Answer, Ask, Guess, Question, State
from bot.outcome import Say
from bot.voice import FOLDER
from tests.words_digest import digests
from tests.words_meeting import meetings
from tests.words_rehearse import rehearsals
from tests.words_trust import judged

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LIBRARY = "demo"
ORIGIN = MessageRef("web", "umum", "m1")
NAME = {"id": "Sirkulasi", "en": "Circulation"}
SARI = Member(id="sari1", library=LIBRARY, name="Sari")
BUDI = Member(id="budi1", library=LIBRARY, name="Budi")
DEWI = Member(id="dewi1", library=LIBRARY, name="Bu Dewi")
CIRCULATION = Community(
    id="c1",
    library=LIBRARY,
    key="circulation",
    name=Words(**NAME),
    description=Words("Peminjaman dan denda", "Loans and fines"),
)
REFERENCE = replace(CIRCULATION, id="c2", key="reference", name=Words("Referensi", "Reference"))
BINDING = Binding(id="b1", library=LIBRARY, door="web", channel="sirkulasi", name="#sirkulasi", community="c1", mode="auto")
TEXT = "Pemustaka menghilangkan buku referensi.\nDendanya dihitung dari harga beli atau harga sekarang?"
ITEM = Item(
    id="i1",
    library=LIBRARY,
    community="c1",
    title="Denda buku referensi yang hilang",
    problem=TEXT,
    solution="Pakai harga sekarang ditambah biaya pengolahan.\nContohnya ada di lampiran.",
    steps=("Cari harga di toko buku daring", "Tambahkan Rp25.000 biaya pengolahan", "Catat di SLiMS"),
    language="id",
    status="published",
    question="q0",
    credits=(Credit("sari1", "Sari", "asker"), Credit("budi1", "Budi", "answerer"), Credit("dewi1", "Bu Dewi", "reviewer")),
    sources=(Source(ORIGIN, "Sari"), Source(MessageRef("web", "umum", "m2"), "Budi", "a1")),
    files=(Attachment("contoh.pdf", "application/pdf", 12_345, "ab" * 32), Attachment("foto.jpg", "image/jpeg", 5)),
    created_at=NOW,
    published_at=NOW,
    review_by=NOW + timedelta(days=365),
    thanks=3,
)
ENGLISH = replace(ITEM, id="i2", title="Fines for lost reference books", language="en", steps=(), files=(), thanks=0)
BARE = replace(ITEM, id="i3", credits=(), sources=(), published_at=None, review_by=None, solution="Ya.", steps=(), thanks=0)
ANSWER = Answer(
    library=LIBRARY,
    question="q1",
    author="budi1",
    text="Harga sekarang.",
    language="id",
    at=NOW,
    source=MessageRef("web", "u", "m"),
)


@dataclass(frozen=True)
class Case:
    """One template with one set of data."""

    key: str
    data: Mapping[str, Any]


def ask_of(member: Member, why: str, state: str = "waiting") -> tuple[Member, Ask]:
    ask = Ask(library=LIBRARY, question="q1", member=member.id, at=NOW, why=why)
    return member, replace(ask, state=state)  # type: ignore[arg-type]


ASKED = (ask_of(BUDI, "said:denda, buku hilang"), ask_of(DEWI, "answered:harga"))


def question(state: State, *, how: str = "routed", **more: Any) -> Question:
    q = Question(id="q1", library=LIBRARY, asker="sari1", text=TEXT, language="id", origin=ORIGIN, asked_at=NOW, state=state)
    q = replace(q, community="c1", guesses=(Guess("c1", 0.82), Guess("c2", 0.11)), **more)
    return q.noted(NOW, how, community="circulation", sure="0.82" if how == "routed" else "", asked="2")


def said(q: Question, **more: Any) -> tuple[Say, ...]:
    """Its cards."""
    seen = Picture(q, SARI, CIRCULATION, (BINDING,), ASKED, (CIRCULATION, REFERENCE), (), (), until=next_look(q, Rules()))
    return cards(replace(seen, **more))


def pictures() -> list[Say]:
    """Every state, asked by message and by command, in the community's channel and elsewhere, with and without people."""
    here = replace(BINDING, channel="umum")
    by_command = MessageRef("web", "umum", "")
    out: list[Say] = []
    for state, origin in product(set(State) - {State.SUGGESTED}, (ORIGIN, by_command)):
        q = question(state, origin=origin, joined=("dewi1",))
        out += [*said(q), *said(q, bindings=(here,)), *said(q, bindings=()), *said(q, asked=(), helped=(BUDI, DEWI))]
        out += said(replace(q, joined=(), community=None, text="Panjang sekali. " * 200), community=None, asked=(), bindings=())
    offered = question(State.OFFERED, offered=(Guess("i1", 0.86),))
    out += [*said(offered, items=(ITEM,)), *said(offered, items=(ENGLISH,)), *said(offered, items=(ITEM, ENGLISH, BARE))]
    reopened = question(State.OPEN, how="moved").noted(NOW, "not_yet")
    out += [*said(reopened, helped=(BUDI,), answers=(ANSWER,)), *said(question(State.SOLVED, solved_by="item"))]
    steward = question(State.OPEN).noted(NOW, "to_steward", stewards="1")
    out += [*said(steward, asked=(), bindings=()), *said(question(State.OPEN), asked=(), bindings=())]
    turn = (ask_of(BUDI, "rotation"), ask_of(DEWI, "referred:Budi"))
    out += [*said(question(State.OPEN), asked=turn), *said(question(State.OPEN), asked=turn, bindings=())]
    out += said(question(State.ANSWERED), bindings=())
    return [*out, *gone_posts(question(State.OPEN), (BINDING,), REFERENCE), *gone_posts(question(State.OPEN), (BINDING,), None)]


def from_cards() -> list[Case]:
    says = pictures()
    return [Case(s.template, s.data) for s in says] + [Case(b.label, b.data) for s in says for b in s.buttons]


FACTS = {
    "community": "Sirkulasi", "sure": "0.78", "asked": "2", "items": "1", "librarians": "1", "stewards": "1", "answers": "1",
    "who": "Budi", "by": "Budi", "to": "Dewi", "other": "q2", "into": "q2", "item": "i1", "channel": "sirkulasi",
    "private": "yes",
}  # fmt: skip
NONE = FACTS | {
    "sure": "",
    "asked": "0",
    "items": "3",
    "librarians": "0",
    "stewards": "0",
    "answers": "0",
    "private": "",
    "channel": "",
}
WHY = yaml.safe_load((FOLDER / "id" / "why.yaml").read_text("utf-8"))
STEPS = tuple(key for key in WHY if key not in ("trace", "nothing") and not key.startswith("state_"))


def traces() -> list[Case]:
    """Every step, in every state."""
    sets = (FACTS, NONE)
    steps = [
        {"at": NOW.isoformat(), "what": what, "facts": facts}
        for what in STEPS
        for facts in (sets if what not in ("same", "offered") else (FACTS,))
    ]
    guesses = [{"name": NAME, "sure": 0.8}, {"name": NAME, "sure": 0.0}]
    return [Case("why.trace", {"text": TEXT, "state": s.value, "steps": steps, "guesses": guesses}) for s in State] + [
        Case("why.trace", {"text": "", "state": "refused", "steps": [], "guesses": []})
    ]


def reviews() -> list[Case]:
    shown, other = item_data(ITEM), item_data(ENGLISH)
    card = {"item": shown, "community": NAME, "approvals": 1, "needed": 2, "status": "draft", "reason": "", "decided_by": ""}
    people = {"asker": [person(SARI)], "answerer": [person(BUDI)], "reviewer": [person(DEWI)], "editor": []}
    ends = [("published", "", "Budi"), ("merged", "", "Budi"), ("rejected", "Sudah ada.", "Budi"), ("rejected", "withheld", "")]
    return [
        Case("review.card", card),
        Case("review.card", card | {"item": item_data(BARE), "community": None, "approvals": 0}),
        *(Case("review.decided", card | {"status": s, "reason": r, "decided_by": by}) for s, r, by in ends),
        Case("review.decided", card | {"status": "rejected"}),
        Case("review.sheet", {"item": shown, "near": other}),
        Case("review.sheet", {"item": item_data(BARE), "near": None}),
        Case("review.published", {"item": shown, "people": people, "community": NAME}),
        Case("review.published", {"item": shown, "people": people | {"asker": [], "answerer": []}, "community": None}),
        Case("review.published", {"item": shown, "people": dict.fromkeys(people, ()), "community": None}),
        *(Case("review.closed", {"title": ITEM.title, "status": status}) for status in ("draft", "rejected")),
        Case("review.button_merge", {"title": ITEM.title}),
        Case("review.merged", {"title": ITEM.title}),
        Case("review.decided_already", {"by": "Budi"}),
        Case("review.decided_already", {"by": ""}),
    ]


def findings() -> list[Case]:
    row = {"snippet": "Pakai harga sekarang.", "community": "circulation"}
    rows = [item_data(i) | row | {"overdue": late} for i, late in ((ITEM, False), (ENGLISH, True), (BARE, False))]
    return [
        Case("find.results", {"text": "denda", "items": rows}),
        *(Case("find.nothing", {"text": "denda", "filtered": filtered}) for filtered in (True, False)),
        *(
            Case("find.item", {"item": item_data(i), "overdue": late})
            for i, late in ((ITEM, True), (ENGLISH, False), (BARE, False))
        ),
        Case("find.attached", {"title": ITEM.title}),
        Case("find.button_open", {"number": 1, "title": ITEM.title}),
    ]


def asking() -> list[Case]:
    link = link_to(ORIGIN)
    same = {"text": TEXT, "asker": "Budi", "mine": False, "card": "guyub:card/ask:q2"}
    relay = {"author": person(BUDI), "text": "Harga sekarang.", "source": link, "files": 0, "deleted": False}
    return [
        Case("ask.too_long", {"longest": 40_000}),
        Case("ask.suggest", {"text": TEXT}),
        *(Case("ask.same", same | more) for more in ({}, {"asker": ""}, {"mine": True})),
        *(Case("ask.thanks_contributor", {"title": ITEM.title, "times": n}) for n in (1, 4)),
        *(
            Case("answer.relay", relay | more)
            for more in ({}, {"files": 2}, {"text": "", "files": 1}, {"text": "", "deleted": True})
        ),
        *(
            Case("carry.files", {"author": person(BUDI), "files": files, "missing": missing})
            for files, missing in ((1, []), (2, ["besar.zip"]), (0, ["besar.zip", "lama.pdf"]))
        ),
        Case("answer.nudge", {"text": TEXT, "link": link}),
        Case("answer.for_you_too", {"text": TEXT, "answers": [{"author": "Budi", "text": "Ya."}], "link": link}),
        Case("helpers.steward", {"text": TEXT, "link": link}),
        Case(
            "helpers.turn",
            {"asked": [{"who": person(BUDI), "why": why} for why in ("rotation", "said:denda", "referred:Dewi")]},
        ),
        *(Case(f"helpers.{key}", {"name": "Budi"}) for key in ("referred", "asked_already")),
        *(
            Case("keep.consent", {"title": "Denda", "text": "Ya.", "asker": asker, "marker": marker, "link": link})
            for asker, marker in product(("Sari", ""), ("", "Dewi"))
        ),
        *(Case(f"keep.{key}", {"text": "Ya."}) for key in ("withheld", "allowed")),
        *(Case(f"place.{key}", {"text": TEXT}) for key in ("pick_intro", "move_intro")),
        Case("place.done", {"community": NAME}),
        Case("card.whole", {"text": TEXT}),
        Case("ask.in_private", {}),
        *(
            Case("card.centre", {"text": text, "cut": text != TEXT, "asker": person(SARI), "origin": link})
            for text in (TEXT, "Panjang sekali. " * 94)
        ),
    ]


def belonging() -> list[Case]:
    row = {"name": NAME, "about": {"id": "Peminjaman dan denda", "en": "Loans and fines"}, "key": "circulation"}
    rows = [row | {"members": 4, "mine": True}, row | {"members": 1, "mine": False}]
    named = ("belong.button_join", "belong.joined_already", "belong.leads_now", "belong.left", "steward.saved")
    modes = ("off", "suggest", "auto")
    commands = (
        "ask",
        "find",
        "communities",
        "join",
        "leave",
        "profile",
        "link",
        "why",
        "save",
        "meeting",
        "review",
        "manage",
        "channel",
        "help",
    )
    return [
        *(Case("belong.list", {"communities": some}) for some in (rows, [row | {"members": 0, "mine": False}], [])),
        *(Case("belong.joined", {"name": NAME, "members": n, "led": led}) for n, led in ((1, False), (5, True))),
        *(Case("belong.leave_which", {"communities": some}) for some in ([NAME], [])),
        *(Case("belong.no_such", {"typed": typed, "names": names}) for typed, names in (("sirku", "Sirkulasi"), ("", ""))),
        Case("belong.not_in", {"name": "Sirkulasi"}),
        *(Case(key, {"name": NAME}) for key in named),
        *(Case(f"steward.bound_{mode}", {"name": name}) for mode in modes for name in (NAME, None)),
        *(Case("steward.no_such", {"typed": "sirku", "keys": keys}) for keys in ("circulation, reference", "")),
        Case("profile.field_knows", {"community": "Sirkulasi"}),
        *(
            Case("help.help", {"communities": n, "mode": m, "commands": commands, "account": "slack:U012" if n == 1 else ""})
            for n, m in zip((0, 1, 2), modes, strict=True)
        ),
        *(Case("help.mistyped", {"typed": "tany", "args": "denda?", "near": near}) for near in ("tanya", "")),
    ]


def queues() -> list[Case]:
    rows = [{"title": ITEM.title, "community": name, "days": days} for name, days in ((NAME, 0), (NAME, 1), (None, 12))]
    return [
        *(Case("queue.list", {"drafts": rows, "more": more}) for more in (True, False)),
        Case("queue.button_read", {"number": 1, "title": ITEM.title}),
    ]


def homes() -> list[Case]:
    flags = (True, False)
    return [
        Case("home.title", {"name": "Budi"}),
        *(Case("home.question", {"state": state.value, "community": name}) for state in State for name in (NAME, None)),
        *(Case("home.draft", {"community": name, "days": days}) for name, days in ((NAME, 0), (None, 1), (NAME, 12))),
        *(
            Case("home.community", {"steward": steward, "may_ask": asked, "knows": knows})
            for steward, asked, knows in product(flags, flags, ("denda", ""))
        ),
        *(Case("home.asked", {"cap": cap, "away": away}) for cap, away in ((1, ""), (5, ""), (3, NOW.isoformat()))),
        *(Case("home.accounts", {"doors": doors}) for doors in (["web"], ["slack", "telegram"])),
    ]


def rooms() -> list[Case]:
    named = {"channel": "sirkulasi", "door": "slack", "community": NAME}
    unnamed = {"channel": "", "community": None, "door": "telegram"}
    return [
        *(Case("rooms.back", {"community": name}) for name in (NAME, None)),
        *(Case("rooms.room", room) for room in (named, unnamed)),
        *(
            Case(f"rooms.{what}", {"rooms": rooms})
            for what in ("closed", "open_again")
            for rooms in ([named], [unnamed], [named, unnamed | {"community": NAME}])
        ),
        *(Case("reach.please", {"people": people}) for people in ([person(SARI)], [person(SARI), person(BUDI)])),
        Case("rooms.missed", {"door": "slack", "since": NOW.isoformat(), "until": (NOW + timedelta(hours=30)).isoformat()}),
    ]


def marking() -> list[Case]:
    return [
        *(Case("mark.intro", {"author": "Budi", "files": files}) for files in (0, 1, 3)),
        Case("mark.kept", {"author": "Budi"}),
        Case("mark.kept_own", {"author": "Budi"}),
    ]


def linking() -> list[Case]:
    theirs, mine = {"door": "slack", "name": "Budi Santoso"}, {"door": "telegram", "name": "Budi"}
    several = (["slack", "telegram"], ["slack", "telegram", "web"])
    return [
        Case("link.code", {"code": "7KQFM3XW", "until": NOW.isoformat()}),
        Case("link.asked", {"theirs": mine, "mine": theirs, "until": NOW.isoformat()}),
        Case("link.declined", mine),
        Case("link.confirm", {"theirs": theirs, "mine": mine}),
        Case("link.confirm", {"theirs": theirs | {"door": "web"}, "mine": mine}),
        *(Case("link.joined", {"doors": doors, "name": "Budi"}) for doors in several),
        *(Case("link.undone", {"door": "telegram", "doors": doors, "name": "Budi"}) for doors in (["slack"], *several)),
        *(Case("link.door", {"door": door}) for door in ("slack", "telegram", "web")),
    ]


def importing() -> list[Case]:
    named = ("no_file", "unreadable", "damaged_zip", "bomb", "unknown")
    return [
        *(Case(f"import.{key}", {"name": "ekspor.zip"}) for key in named),
        Case("import.too_big", {"name": "result.json", "most": 4096}),
        Case("import.too_many", {"most": 300_000}),
        Case("import.private_left_out", {"number": 2}),
        *(
            Case("imported.summary", {"messages": 1200, "drafts": n, "unplaced": n // 8, "known": n, "troubles": n})
            for n in (0, 14)
        ),
        Case("imported.waiting", {"community": NAME, "count": 14}),
        Case("imported.yours", {"count": 3}),
        *(Case("imported.mine", {"answers": rows}) for rows in ([{"number": 1, "title": "Denda", "text": "Ya."}], [])),
        Case("imported.button_withhold", {"number": 1}),
        Case("imported.not_you", {"count": 3, "name": "Sari"}),
    ]


def in_telegram() -> list[Case]:
    sari = {"id": "501", "name": "Sari"}
    step = {"title": "Profil", "number": 1, "of": 4, "label": "Yang saya kuasai", "kind": "write"} | dict.fromkeys(
        ("hint", "error", "intro"), ""
    )
    rows = [{"label": "Nama", "value": "Sirkulasi"}, {"label": "Tentang", "value": ""}]
    return [
        *(Case("telegram.hint", {"who": sari, "count": n}) for n in (1, 3)),
        *(Case("telegram.ask_here", {"who": sari, "label": "Apa yang ditanyakan?", "hint": hint}) for hint in ("Ya.", "")),
        *(Case("telegram.form_step", step | {"kind": kind, "of": n}) for kind, n in (("write", 1), ("many", 4), ("one", 4))),
        Case("telegram.form_step", step | {"hint": "Pisahkan.", "error": "Perlu diisi.", "intro": "Halo."}),
        *(Case("telegram.form_summary", {"title": "Profil", "rows": rows, "error": error}) for error in ("", "Salah.")),
        Case("telegram.form_keep", {"value": "Denda"}),
        Case("telegram.form_long", {"longest": 300}),
        *(Case(f"telegram.{key}", {"title": "Profil"}) for key in ("form_cancelled", "form_paused")),
        Case("telegram.form_other", {"title": "Profil", "other": "Tanya rekan"}),
    ]


CASES = (
    *from_cards(),
    *traces(),
    *reviews(),
    *findings(),
    *asking(),
    *belonging(),
    *linking(),
    *queues(),
    *homes(),
    *rooms(),
    *marking(),
    *importing(),
    *(Case(key, data) for key, data in (*meetings(), *digests(), *rehearsals(), *judged())),
    *in_telegram(),
)
