"""PROMISE 18: what a platform takes away: tokens, the app, a channel, a person, a group's name. Paused or followed, who looks
after it told once, no storm of calls; and when it is given back, it goes on. The clock is the test's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from adapters.slack.door import SlackDoor
from adapters.slack.keys import SlackKeys
from bot.compose import House
from bot.doors import Door
from bot.model.place import Place
from bot.outbox import Outbox
from tests.doors.house import OPERATOR
from tests.doors.slack_town import SlackTown
from tests.doors.telegram_town import TelegramTown
from tests.doors.test_line import QUESTION, Walk, the_community_gathers
from tests.doors.three import ROOMS
from tests.doors.town import sees, until
from tests.durability.doors.second_thoughts import quiet
from tests.durability.doors.sending import LIBRARY, WORDS, OnSlack, OnTelegram, Rig, a_rig, without_paces
from tests.durability.doors.test_doors_once import on_slack, on_telegram
from tests.emulators.slack import SlackEmulator
from tests.emulators.telegram import TelegramEmulator

pytestmark = pytest.mark.anyio
MOST_CALLS = 60 // 5 + 2  # an hour's tries where one rests five minutes, and the ones that found out


async def an_hour(rig: Rig, outbox: Outbox) -> int:
    """How often the platform was asked anything while the clock went on by an hour, half a minute at a time."""
    before = rig.on.asked()
    for _ in range(120):
        rig.clock.forward(seconds=30)
        await rig.all_due(outbox)
    return rig.on.asked() - before


@pytest.mark.parametrize("how", ["revoked", "uninstalled"])
async def test_a_slack_token_that_died(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    async with a_rig("slack", tmp_path, monkeypatch) as rig:
        assert isinstance(rig.on, OnSlack)
        slack, places, outbox = rig.on.slack, rig.on.places(10), rig.worker("w")
        await rig.decide([("first", places[0], "sebelum")])
        await rig.all_due(outbox)
        await (slack.workspace.revokes_tokens() if how == "revoked" else slack.workspace.uninstalls())
        await rig.decide([(f"{n}", place, "sesudah") for n, place in enumerate(places)])
        await rig.all_due(outbox)
        calls = await an_hour(rig, outbox)
        print(f"Slack {how}: 10 messages wait, {calls} calls in an hour")
        assert calls <= MOST_CALLS and await rig.waiting() == 10
        token = slack.workspace.reinstalls()
        for place in places:
            slack.channel(place.channel.partition(":")[2]).members.append(slack.workspace.app.bot_user)
        heir = Outbox(rig.store, {"slack": slack_door(rig, slack, token)}, WORDS, rig.clock, "heir")
        rig.clock.forward(seconds=400)
        await rig.all_due(heir)
        assert [rig.on.posted(place)[-1] for place in places] == ["sesudah"] * 10, "it goes on with the new token"
        await heir.doors["slack"].stop()


def slack_door(rig: Rig, slack: SlackEmulator, token: str) -> Door:
    from storage.files import LocalFiles

    keys = [SlackKeys(token, "", (slack.signing_secret,))]
    return SlackDoor(
        keys, slack.api_url, LIBRARY, rig.store.memory("slack"), WORDS, LocalFiles(rig.folder / "files"), rig.clock
    )


async def test_a_telegram_token_that_died(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_rig("telegram", tmp_path, monkeypatch) as rig:
        assert isinstance(rig.on, OnTelegram)
        places, outbox = rig.on.places(10), rig.worker("w")
        rig.on.telegram.revoke()
        await rig.decide([(f"{n}", place, "sesudah") for n, place in enumerate(places)])
        await rig.all_due(outbox)
        calls = await an_hour(rig, outbox)
        print(f"Telegram revoked: 10 messages wait, {calls} calls in an hour")
        assert await rig.waiting() == 10
        assert calls <= MOST_CALLS
        rig.on.telegram.bot.revoked = False
        rig.clock.forward(seconds=400)
        await rig.all_due(outbox)
        assert [rig.on.posted(place) for place in places] == [["sesudah"]] * 10


async def kicked_from_slack(rig: Rig, place: Place) -> None:
    assert isinstance(rig.on, OnSlack)
    rig.on.slack.workspace.tokens[rig.on.slack.bot_token].scopes.discard("chat:write.public")
    rig.on.slack.channel(place.channel.partition(":")[2]).members.clear()


async def archived_on_slack(rig: Rig, place: Place) -> None:
    assert isinstance(rig.on, OnSlack)
    rig.on.slack.channel(place.channel.partition(":")[2]).archived = True


async def blocked_on_telegram(rig: Rig, place: Place) -> None:
    assert isinstance(rig.on, OnTelegram)
    rig.on.telegram.person(int(place.channel)).blocks()


async def gone_from_telegram(rig: Rig, place: Place) -> None:
    assert isinstance(rig.on, OnTelegram)
    rig.on.telegram.person(int(place.channel)).deletes_account()


AWAY: tuple[tuple[str, Callable[[Rig, Place], Awaitable[None]]], ...] = (
    ("slack", kicked_from_slack),
    ("slack", archived_on_slack),
    ("telegram", blocked_on_telegram),
    ("telegram", gone_from_telegram),
)


@pytest.mark.parametrize(("name", "happens"), AWAY, ids=[one.__name__ for _, one in AWAY])
async def test_a_place_that_cannot_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, happens: Callable[[Rig, Place], Awaitable[None]]
) -> None:
    async with a_rig(name, tmp_path, monkeypatch) as rig:
        places, outbox = rig.on.places(2), rig.worker("w")
        await happens(rig, places[0])
        await rig.decide([("a1", places[0], "satu"), ("a2", places[0], "dua"), ("b1", places[1], "lain")])
        await rig.all_due(outbox)
        calls = await an_hour(rig, outbox)
        (refusal,) = await rig.store.refusals(5)
        print(f"{happens.__name__}: {refusal.count} set aside ({refusal.why}), {calls} calls in the hour after")
        assert (refusal.count, calls, rig.on.posted(places[1])) == (2, 0, ["lain"])


async def test_a_group_that_became_a_supergroup_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_rig("telegram", tmp_path, monkeypatch) as rig:
        assert isinstance(rig.on, OnTelegram)
        telegram = rig.on.telegram
        sari = telegram.person(501, "Sari", started=True)
        group, outbox = telegram.group(-4001, "Pustakawan", members=[sari]), rig.worker("w")
        grown = sari.turns_into_supergroup(group, -1001234567890)
        await rig.decide([("a1", Place("telegram", "-4001"), "satu"), ("a2", Place("telegram", "-4001"), "dua")])
        await rig.all_due(outbox)
        calls = await an_hour(rig, outbox)
        assert [m.text for m in grown.messages if m.sender is telegram.bot] == ["satu", "dua"]
        assert (calls, await rig.store.refusals(5)) == (0, ())


# ----


async def closes(house: House, town: SlackTown | TelegramTown, away: Callable[[], Awaitable[None]]) -> None:
    """The community's channel is lost: the binding is off, its steward is told once, the rest goes on."""
    await the_community_gathers(Walk(house, town, town))
    await town.arrives("Budi")
    await quiet(house)
    before = {who: len(await town.reads(who, "private")) for who in ("Sari", "Daniel", OPERATOR)}
    await away()

    async def off() -> bool:
        return all(b.mode == "off" for b in await house.store.places.bindings())

    await until(off, "the channel is still served")
    await quiet(house)
    told = {who: len(await town.reads(who, "private")) - count for who, count in before.items()}
    print(f"{town.name}: told alone {told}")
    assert told == {"Sari": 1, "Daniel": 0, OPERATOR: 0}
    await town.asks("Budi", QUESTION, "umum")
    await sees(town, "Budi", "", "umum")
    await quiet(house)


@pytest.mark.parametrize("how", ["kicked", "archived"])
async def test_a_steward_on_slack_hears_once(tmp_path: Path, how: str) -> None:
    async with SlackEmulator(limits=False) as slack:
        town = SlackTown(slack, ROOMS)

        async def away() -> None:
            operator, room = town.knows(OPERATOR), town.rooms["sirkulasi"]
            await (operator.kicks(room) if how == "kicked" else operator.archives(room))

        async with on_slack(tmp_path, slack, town, socket=False) as house:
            await closes(house, town, away)


async def test_a_steward_on_telegram_hears_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_paces(monkeypatch)
    async with TelegramEmulator(limits=False, privacy=False) as telegram:
        town = TelegramTown(telegram, ROOMS)

        async def away() -> None:
            town.knows(OPERATOR).kicks(telegram.bot, town.rooms["sirkulasi"][0])

        async with on_telegram(tmp_path, telegram, town, webhook=False) as house:
            await closes(house, town, away)
