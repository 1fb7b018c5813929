"""One person at two doors: a code made at one, given at the other, and everything is theirs at both."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from bot.events import Commanded, Event, Left, Pressed
from bot.features.link import MOST_WRONG, SIGNS, digest
from bot.model.access import Sight
from bot.model.member import Member, Membership
from bot.model.place import Account, Place
from bot.model.question import State
from bot.ports import Unit
from tests.contract.store_things import rows_that_name
from tests.world import World, user_of

pytestmark = pytest.mark.anyio

FINE = "Selamat pagi, bagaimana cara menghitung denda buku yang terlambat? Terima kasih"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."


async def a_code(world: World, who: str) -> str:
    """Made in private, as it is shown."""
    shown = await world.commands(who, "hubungkan", f"@{user_of(who)}")
    assert world.toast == "link.code" and shown is not None
    return str(shown.now.data["code"])  # type: ignore[union-attr]


async def gives(world: World, who: str, code: str) -> None:
    await world.commands(who, f"hubungkan {code}", f"@{user_of(who)}")


async def links(world: World, who: str, other: World, there: str) -> Member:
    """Makes a code here, gives it there, and confirms here."""
    await gives(other, there, await a_code(world, who))
    assert other.toast == "link.asked"
    await says_yes(world, who)
    return await world.member(who)


async def says_yes(world: World, who: str) -> None:
    """To the question that they were asked in private, where they made the code."""
    await world.presses(who, "link_yes", world.card("link.", f"@{user_of(who)}"))


def named(world: World, id: str) -> list[str]:
    """Every row that has this in it."""
    return rows_that_name(world.house.settings.database_url, id)


async def test_a_code_made_at_one_door_joins_the_account_that_gives_it_at_another(crossed: World) -> None:
    there = crossed.at("kertas")
    wati = await crossed.member("Wati")
    await there.commands("Wati W", "komunitas")
    other = await there.member("Wati W")
    one = await links(crossed, "Wati", there, "Wati W")
    assert one.id == wati.id and [a.door for a in one.accounts] == ["paper", "kertas"]
    assert (await there.member("Wati W")).id == wati.id
    gone = await crossed.house.store.members.get(other.id)
    assert gone and (gone.gone, gone.accounts, gone.merged_into) == (True, (), wati.id)
    assert crossed.told("Wati")[-1] == "link.joined" and there.told("Wati W")[-1] == "link.joined"


async def test_it_says_whom_it_would_join_before_it_does(crossed: World) -> None:
    there = crossed.at("kertas")
    await gives(there, "Wati W", await a_code(crossed, "Wati"))
    assert there.shown
    asked = crossed.card("link.confirm", "@wati")
    for words in (there.shown.words["link.asked"], asked.text):
        assert "Wati W" in words and "Kertas" in words and "Paper" in words
    assert list(asked.buttons) == ["link_yes", "link_no"] and "link_yes" not in {b.action for b in there.shown.buttons}
    assert len((await crossed.member("Wati")).accounts) == 1, "nothing is joined yet"


async def test_everything_goes_over(crossed: World) -> None:
    there = crossed.at("kertas")
    await crossed.binds("Ibu Rini", "#sirkulasi", "sirkulasi")
    await there.joins("Dewi D", "pengolahan", knows="ruas MARC")
    q = await there.asks("Dewi D", FINE)
    other = await crossed.asks("Budi", "Bagaimana cara memperpanjang pinjaman buku lewat laman?")
    await there.happens("Dewi D", Pressed("me_too", other.id), "#umum")
    draft = await crossed.solved("Tono", "Ruas MARC mana untuk judul seri?", "Wati", "Ruas 490, dan 830 untuk titik akses.")
    item = await crossed.item(draft)
    await there.happens("Dewi D", Pressed("approve", item.id), "@dewi.d")
    dewi_there = await there.member("Dewi D")
    await crossed.joins("Dewi", "sirkulasi", "preservasi", knows="denda")  # later, so the one who goes over
    await crossed.commands("Dewi", "profil")
    await crossed.fills("Dewi", cap="1")
    dewi_here = await crossed.member("Dewi")
    answered = await crossed.replies("Dewi", ANSWER, other)
    sights = [await sight_of(crossed, m) for m in (dewi_there, dewi_here)]
    one = await links(crossed, "Dewi", there, "Dewi D")
    assert one.id == dewi_there.id and one.cap == 1
    assert named(crossed, dewi_here.id) == [] and named(crossed, dewi_there.id)
    assert await sight_of(crossed, one) == sights[0] | sights[1]
    assert (await crossed.again(q)).asker == one.id
    assert (await crossed.again(other)).joined == (one.id,)
    answers = await crossed.house.store.questions.answers(other.id)
    assert [(a.author, a.source.message) for a in answers] == [(one.id, answered)]
    mine = await crossed.house.store.members.memberships(member=one.id)
    assert len(mine) == 3 and all(m.may_ask for m in mine)
    await crossed.reacts("Budi", "✅", answered)
    assert [c.member for c in (await crossed.item(other)).credits if c.part == "answerer"] == [one.id]
    assert "keep.consent" in crossed.told("Dewi"), "at the door where they answered"


async def sight_of(world: World, member: Member) -> frozenset[str]:
    mine = await world.house.store.members.memberships(member=member.id)
    sight = Sight(member.library, frozenset(m.community for m in mine), member.role in ("librarian", "operator"))
    return frozenset(c.id for c in await world.house.store.communities.all() if sight.sees(sight.library, c.id, "community"))


async def test_consent_is_where_it_was_given_and_a_steward_stays_one(crossed: World) -> None:
    there = crossed.at("kertas")
    await there.joins("Daniel D", "pengolahan", "preservasi", may_ask=False)
    await there.presses("Daniel D", "take_lead")
    daniel = await crossed.member("Daniel")
    one = await links(crossed, "Daniel", there, "Daniel D")
    by_key = {c.id: c.key for c in await crossed.house.store.communities.all()}
    mine = {by_key[m.community]: m for m in await crossed.house.store.members.memberships(member=one.id)}
    assert one.id != daniel.id, "a steward's account stays, though it is the younger one"
    assert {key: m.may_ask for key, m in mine.items()} == {"sirkulasi": True, "pengolahan": True, "preservasi": False}
    assert [key for key, m in mine.items() if m.role == "steward"] == ["preservasi"]
    assert named(crossed, daniel.id) == []


async def test_the_operators_account_stays(crossed: World) -> None:
    there = crossed.at("kertas")
    await there.joins("Rini", "sirkulasi")
    rini = await crossed.member("Ibu Rini")
    code = await a_code(there, "Rini")
    await crossed.commands("Ibu Rini", f"link {code}", "@ibu.rini")
    await says_yes(there, "Rini")
    one = await there.member("Rini")
    assert (one.id, one.role) == (rini.id, "operator") and len(one.accounts) == 2


async def test_the_operators_rights_go_with_the_operators_account(crossed: World) -> None:
    there = crossed.at("kertas")
    await there.commands("Rini", "komunitas")
    await links(crossed, "Ibu Rini", there, "Rini")
    await crossed.commands("Ibu Rini", "hubungkan lepas", "@ibu.rini")
    await there.commands("Rini", "komunitas")
    assert (await there.member("Rini")).role == "member"
    await crossed.commands("Ibu Rini", "komunitas")
    assert (await crossed.member("Ibu Rini")).role == "operator"


async def test_a_code_joins_once(crossed: World) -> None:
    there = crossed.at("kertas")
    code = await a_code(crossed, "Wati")
    await gives(there, "Wati W", code)
    asked = crossed.card("link.confirm", "@wati")
    yes = asked.buttons["link_yes"]
    await crossed.presses("Wati", "link_yes", asked)
    crossed.shown = await crossed.happens("Wati", Pressed("link_yes", yes.value), "@wati")
    assert crossed.toast == "error.stale"
    await gives(there, "Tono T", code)
    assert there.toast == "link.wrong"


async def test_who_gives_it_first_has_it(crossed: World) -> None:
    there = crossed.at("kertas")
    code = await a_code(crossed, "Wati")
    await gives(there, "Wati W", code)
    yes = crossed.card("link.confirm", "@wati").buttons["link_yes"]
    await gives(there, "Tono T", code)
    assert there.toast == "link.wrong"
    for who in ("Tono T", "Wati W"):  # neither a third person nor the one who gave it says yes for its maker
        there.shown = await there.happens(who, Pressed("link_yes", yes.value), f"@{user_of(who)}")
        assert there.toast == "error.stale"
    assert len((await crossed.member("Wati")).accounts) == 1
    await gives(there, "Wati W", f"{code[:4]} - {code[4:]}".lower())
    assert there.toast == "link.asked", "typed in small letters, and again by the same account"


async def test_of_two_who_give_it_at_the_same_moment_one_has_it(crossed: World) -> None:
    code = await a_code(crossed, "Wati")
    other = await a_code(crossed, "Daniel")
    events = [
        Event(f"kertas:{n}", crossed.house.store.library, crossed.clock(), Commanded("hubungkan", given),
              Account("kertas", user, user), Place("kertas", f"@{user}"), private=True)
        for n, (user, given) in enumerate([("a", code), ("b", code), ("c", code), ("d", other)])
    ]  # fmt: skip
    shown = await asyncio.gather(*(crossed.house.app.respond(one) for one in events))
    await crossed.settles()
    said = sorted(one.now.template for one in shown if one)  # type: ignore[union-attr]
    assert said == ["link.asked", "link.asked", "link.wrong", "link.wrong"]


async def test_confirmed_twice_at_the_same_moment_it_is_joined_once(crossed: World) -> None:
    there = crossed.at("kertas")
    await gives(there, "Wati W", await a_code(crossed, "Wati"))
    value = crossed.card("link.confirm", "@wati").buttons["link_yes"].value
    events = [
        Event(f"paper:{n}", crossed.house.store.library, crossed.clock(), Pressed("link_yes", value),
              Account("paper", "wati", "Wati"), Place("paper", f"@{n}"), private=True)
        for n in range(4)
    ]  # fmt: skip
    shown = await asyncio.gather(*(crossed.house.app.respond(one) for one in events))
    await crossed.settles()
    assert [one.now.template for one in shown if one] == ["error.stale"] * 3  # type: ignore[union-attr]
    assert len((await crossed.member("Wati")).accounts) == 2
    assert [m.template for m in crossed.door.messages].count("link.joined") == 1


async def test_both_accounts_at_one_door_stay_apart(crossed: World) -> None:
    code = await a_code(crossed, "Wati")
    await gives(crossed, "Tono", code)
    assert crossed.toast == "link.same_door"


async def test_given_where_it_was_made(crossed: World) -> None:
    await gives(crossed, "Wati", await a_code(crossed, "Wati"))
    assert crossed.toast == "link.yourself"


async def test_after_ten_minutes_it_opens_nothing(crossed: World) -> None:
    there = crossed.at("kertas")
    code = await a_code(crossed, "Wati")
    crossed.clock.forward(minutes=9)
    await gives(there, "Wati W", code)
    assert there.toast == "link.asked"
    crossed.clock.forward(minutes=2)
    await gives(there, "Wati W", code)
    assert there.toast == "link.expired"
    await says_yes(crossed, "Wati")
    assert crossed.toast == "link.expired" and len((await crossed.member("Wati")).accounts) == 1


async def test_a_newer_code_takes_the_place_of_the_older(crossed: World) -> None:
    there = crossed.at("kertas")
    old = await a_code(crossed, "Wati")
    new = await a_code(crossed, "Wati")
    await gives(there, "Wati W", old)
    assert there.toast == "link.wrong"
    await gives(there, "Wati W", new)
    assert there.toast == "link.asked"


async def test_wrong_codes_are_counted(crossed: World) -> None:
    there = crossed.at("kertas")
    code = await a_code(crossed, "Wati")
    for _ in range(MOST_WRONG):
        await gives(there, "Tono T", "ABCD-EFGH")
        assert there.toast == "link.wrong"
    await gives(there, "Tono T", code)
    assert there.toast == "link.too_often"
    await gives(there, "Wati W", code)
    assert there.toast == "link.asked", "another person is not held up by it"
    crossed.clock.forward(minutes=61)
    await gives(there, "Tono T", "ABCD-EFGH")
    assert there.toast == "link.wrong"


async def test_it_is_said_between_two_only(crossed: World) -> None:
    there = crossed.at("kertas")
    await crossed.commands("Wati", "hubungkan", "#umum")
    assert crossed.toast == "link.in_private"
    code = await a_code(crossed, "Wati")
    await there.commands("Wati W", f"hubungkan {code}", "#umum")
    assert there.toast == "link.seen"
    await gives(there, "Wati W", code)
    assert there.toast == "link.wrong", "others read it"


async def test_said_to_be_somebody_else(crossed: World) -> None:
    there = crossed.at("kertas")
    code = await a_code(crossed, "Wati")
    await gives(there, "Wati W", code)
    await there.presses("Wati W", "link_no")
    assert there.toast == "link.left_apart"
    assert crossed.told("Wati")[-1] == "link.left_apart", "in the place of the question"
    await gives(there, "Wati W", code)
    assert there.toast == "link.wrong"


async def test_a_leaked_code_alone_joins_nobody(crossed: World) -> None:
    there = crossed.at("kertas")
    code = await a_code(crossed, "Wati")
    await gives(there, "Tono T", code)
    asked = crossed.card("link.confirm", "@wati")
    yes = asked.buttons["link_yes"]
    assert "Tono T" in asked.text
    await there.happens("Tono T", Pressed("link_yes", yes.value), "@tono.t")
    assert len((await crossed.member("Wati")).accounts) == 1
    await crossed.presses("Wati", "link_no", asked)
    assert crossed.toast == "link.left_apart" and there.told("Tono T")[-1] == "link.declined"
    assert crossed.told("Wati")[-1] == "link.left_apart" and not crossed.card("link.left_apart", "@wati").buttons
    await crossed.happens("Wati", Pressed("link_yes", yes.value), "@wati")
    await gives(there, "Tono T", code)
    assert there.toast == "link.wrong"
    assert len((await crossed.member("Wati")).accounts) == 1


async def test_a_yes_to_an_older_question_is_none_to_a_newer_code(crossed: World) -> None:
    there = crossed.at("kertas")
    await gives(there, "Wati W", await a_code(crossed, "Wati"))
    yes = crossed.card("link.confirm", "@wati").buttons["link_yes"]
    await gives(there, "Tono T", await a_code(crossed, "Wati"))
    await crossed.happens("Wati", Pressed("link_yes", yes.value), "@wati")
    assert len((await crossed.member("Wati")).accounts) == 1


async def test_undone_the_account_is_a_newcomers_again(crossed: World) -> None:
    there = crossed.at("kertas")
    one = await links(crossed, "Wati", there, "Wati W")
    await there.commands("Wati W", "link undo", "@wati.w")
    assert there.told("Wati W")[-1] == "link.undone" and crossed.told("Wati")[-1] == "link.undone"
    await there.commands("Wati W", "komunitas")
    fresh = await there.member("Wati W")
    assert fresh.id != one.id and not await crossed.house.store.members.memberships(member=fresh.id)
    assert [a.door for a in (await crossed.member("Wati")).accounts] == ["paper"]
    await crossed.commands("Wati", "hubungkan lepas", "@wati")
    assert crossed.toast == "link.only_one"


async def test_who_leaves_one_platform_is_still_here_at_the_other(crossed: World) -> None:
    there = crossed.at("kertas")
    await links(crossed, "Wati", there, "Wati W")
    await there.happens("Wati W", Left(), "")
    wati = await crossed.member("Wati")
    assert not wati.gone and [a.door for a in wati.accounts] == ["paper"]
    assert await crossed.house.store.members.memberships(member=wati.id)
    await crossed.happens("Wati", Left(), "")
    assert (await crossed.house.store.members.get(wati.id)).gone  # type: ignore[union-attr]


async def test_what_was_under_way_at_the_other_account_goes_over_later(crossed: World) -> None:
    there = crossed.at("kertas")
    q = await crossed.asks("Budi", FINE)
    await there.commands("Wati W", "komunitas")
    other = await there.member("Wati W")
    await links(crossed, "Wati", there, "Wati W")
    late = Membership(library=q.library, member=other.id, community="x", joined_at=crossed.clock())
    await crossed.house.store.commit(Unit(q.library, save=(late,)))
    await crossed.later(minutes=3)
    assert named(crossed, other.id) == []


async def test_nobody_is_asked_or_told_at_the_account_that_went(crossed: World) -> None:
    there = crossed.at("kertas")
    await there.joins("Wati W", "sirkulasi", knows="denda terlambat menghitung")
    other = await there.member("Wati W")
    q = await crossed.asks("Budi", FINE)
    assert other.id in {a.member for a in await crossed.house.store.questions.asks(question=q.id)}
    one = await links(crossed, "Wati", there, "Wati W")
    asks = await crossed.house.store.questions.asks(question=q.id)
    assert [a.member for a in asks].count(one.id) == 1 and other.id not in {a.member for a in asks}
    await crossed.later(hours=30)
    reply = await there.says("Wati W", ANSWER, "#lain")
    assert reply and (await crossed.again(q)).state is State.OPEN


def test_codes_have_no_signs_that_look_alike() -> None:
    assert re.fullmatch(r"[2-9A-Z]{25,}", SIGNS) and not set("01OILU") & set(SIGNS)


async def test_a_code_is_stored_as_its_digest(crossed: World) -> None:
    code = await a_code(crossed, "Wati")
    mine = await crossed.house.store.members.linking("paper:wati")
    assert mine and mine.code == await digest(code, mine.library)
    assert named(crossed, code) == []
    assert mine.until and timedelta(minutes=9) < mine.until - crossed.clock() <= timedelta(minutes=10)
