"""Channels that a platform shuts and opens again, and questions whose channel is dead: as people meet it at a door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.compose import House
from bot.model.base import new_id
from bot.model.member import Member, Membership
from bot.model.place import Account, Binding
from bot.outcome import Data
from bot.ports import Unit
from bot.show import plain
from tests.doors.house import OPERATOR
from tests.doors.slack_town import SlackTown
from tests.doors.telegram_town import TelegramTown
from tests.doors.three import three_doors
from tests.doors.town import Seen, Town, sees, until

pytestmark = pytest.mark.anyio


@dataclass
class Place:
    """A house before Slack and Telegram, with Sari who looks after circulation at both."""

    house: House
    slack: SlackTown
    telegram: TelegramTown

    async def settles_in(self) -> None:
        for town in (self.slack, self.telegram):
            for who in (OPERATOR, "Sari", "Daniel", "Budi"):
                await town.arrives(who)

    async def joins(self, town: Town, who: str, *, steward: bool = False, may_ask: bool = False) -> Member:
        """A member of circulation, reached at that door."""
        store, community = self.house.store, await self.community()
        user = str(self.telegram.people[who].id) if town is self.telegram else self.on_slack(self.slack.people[who].id)
        member = await store.members.by_account(town.name, user)
        fresh = Member(id=new_id(), library=store.library, name=who, accounts=(Account(town.name, user, who),))
        inside = Membership(
            id=new_id(),
            library=store.library,
            member=(member or fresh).id,
            community=community,
            role="steward" if steward else "member",
            knows="denda",
            may_ask=may_ask,
            joined_at=self.house.app.dispatcher.clock(),
        )
        await store.commit(Unit(store.library, save=(inside,) if member else (fresh, inside)))
        return member or fresh

    async def community(self) -> str:
        found = await self.house.store.communities.by_key("sirkulasi")
        assert found is not None
        return found.id

    async def binds(self, door: str, *channels: str) -> None:
        """Served as if `/kanal` had been written there."""
        library, community = self.house.store.library, await self.community()
        bound = [
            Binding(id=new_id(), library=library, door=door, channel=one, name="", community=community, mode="auto")
            for one in channels
        ]
        await self.house.store.commit(Unit(library, save=tuple(bound)))

    async def modes(self) -> dict[str, str]:
        return {b.channel: b.mode for b in await self.house.store.places.bindings()}

    async def becomes(self, **modes: str) -> None:
        """Until the channels are served so."""

        async def so() -> bool:
            return sorted((await self.modes()).values()) == sorted(modes.values())

        await until(so, f"not {modes}")

    def topic(self, name: str = "sirkulasi") -> str:
        chat, topic = self.telegram.rooms[name]
        return f"{chat.id}:{topic.id}" if topic else str(chat.id)

    def on_slack(self, id: str) -> str:
        return f"{self.slack.slack.workspace.id}:{id}"

    def words(self, key: str, **data: object) -> str:
        given: Data = data  # type: ignore[assignment]
        return plain(self.house.app.dispatcher.voice(key, given, "id"))

    async def told(self, town: Town, who: str, words: str) -> list[Seen]:
        """What they were told in private with these words in it."""
        return [m for m in await town.reads(who, "private") if m.has(words)]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with three_doors(tmp_path, rooms=("umum", "sirkulasi", "denda")) as (house, towns):
        slack, telegram = towns["slack"], towns["telegram"]
        assert isinstance(slack, SlackTown) and isinstance(telegram, TelegramTown)
        here = Place(house, slack, telegram)
        await here.settles_in()
        yield here


CLOSED, OPEN_AGAIN = "Saya tidak lagi bisa mendengar", "Saya bisa mendengar lagi"


async def test_a_topic_that_was_closed_is_served_again_once_it_is_open(place: Place) -> None:
    await place.joins(place.telegram, "Sari", steward=True)
    await place.binds("telegram", place.topic())
    _, topic = place.telegram.rooms["sirkulasi"]
    rini = place.telegram.people[OPERATOR]
    assert topic is not None
    rini.closes_topic(topic)
    await sees(place.telegram, "Sari", CLOSED)
    await place.becomes(sirkulasi="off")
    rini.reopens_topic(topic)
    await sees(place.telegram, "Sari", OPEN_AGAIN)
    await place.becomes(sirkulasi="auto")
    assert len(await place.told(place.telegram, "Sari", OPEN_AGAIN)) == 1
    question = "Bagaimana menghitung denda buku yang telat dikembalikan?"
    place.telegram.people["Budi"].says(question, topic=topic)
    await sees(place.telegram, "Budi", "komunitas Sirkulasi", "sirkulasi")


async def test_an_archived_slack_channel_is_served_again_once_it_is_open(place: Place) -> None:
    await place.joins(place.slack, "Sari", steward=True)
    channel = place.slack.rooms["sirkulasi"]
    await place.binds("slack", place.on_slack(channel.id))
    rini = place.slack.people[OPERATOR]
    await rini.archives(channel)
    await sees(place.slack, "Sari", CLOSED)
    await place.becomes(sirkulasi="off")
    await rini.unarchives(channel)
    await sees(place.slack, "Sari", OPEN_AGAIN)
    await place.becomes(sirkulasi="auto")
    await rini.kicks(channel)
    await place.becomes(sirkulasi="off")
    await rini.invites(channel)
    await place.becomes(sirkulasi="auto")

    async def told_again() -> bool:
        return len(await place.told(place.slack, "Sari", OPEN_AGAIN)) == 2

    await until(told_again, "the steward is told each time, once")


async def test_what_somebody_took_off_by_hand_stays_off(place: Place) -> None:
    await place.joins(place.slack, "Sari", steward=True)
    channel = place.slack.rooms["sirkulasi"]
    await place.binds("slack", place.on_slack(channel.id))
    await place.slack.runs(OPERATOR, "kanal", room="sirkulasi")
    await place.slack.fills(OPERATOR, {place.words("steward.field_mode"): place.words("steward.mode_off")})
    await place.becomes(sirkulasi="off")
    rini = place.slack.people[OPERATOR]
    await rini.archives(channel)
    await rini.unarchives(channel)
    await rini.kicks(channel)
    await rini.invites(channel)
    await sees(place.slack, OPERATOR, "Saya kembali di kanal ini", "sirkulasi")
    assert set((await place.modes()).values()) == {"off"}
    assert not await place.told(place.slack, "Sari", OPEN_AGAIN)


async def test_two_topics_of_one_lost_chat_are_told_of_once(place: Place) -> None:
    await place.joins(place.telegram, "Sari", steward=True)
    await place.binds("telegram", place.topic(), place.topic("denda"))
    chat, _ = place.telegram.rooms["sirkulasi"]
    rini = place.telegram.people[OPERATOR]
    rini.kicks(place.telegram.telegram.bot, chat)
    await place.becomes(sirkulasi="off", denda="off")
    rini.adds(place.telegram.telegram.bot, chat, admin=True)
    await place.becomes(sirkulasi="auto", denda="auto")
    await sees(place.telegram, "Sari", OPEN_AGAIN)
    await place.telegram.telegram.settled()
    for words in (CLOSED, OPEN_AGAIN):
        assert len(await place.told(place.telegram, "Sari", words)) == 1, words


# ---- questions whose channel is dead -----------------------------------------------------------------------------------

QUESTION = "Bagaimana menghitung denda buku yang telat dikembalikan?"
ANSWER = "Seribu rupiah per hari kerja per buku, hari libur tidak dihitung."
ARRIVED, IN_PRIVATE = "sudah sampai di komunitas", "saya bertanya secara pribadi"


async def settles(place: Place) -> None:
    """Until nothing waits any more."""

    async def nothing() -> bool:
        health = await place.house.store.health(place.house.app.dispatcher.clock())
        return not health.inbox_waiting and not health.outbox_waiting

    await until(nothing, "something waits")


async def test_a_question_for_a_deleted_topic_reaches_those_who_know(place: Place) -> None:
    """Telegram tells no bot that a topic was deleted: the first post there finds out."""
    await place.joins(place.telegram, "Sari", steward=True)
    await place.joins(place.slack, "Daniel", may_ask=True)
    await place.binds("telegram", place.topic())
    _, topic = place.telegram.rooms["sirkulasi"]
    assert topic is not None
    place.telegram.people[OPERATOR].deletes_topic(topic)
    await place.slack.asks("Budi", QUESTION, "umum")
    asked = await sees(place.slack, "Daniel", QUESTION)
    await sees(place.slack, "Budi", IN_PRIVATE, "umum")
    await sees(place.telegram, "Sari", CLOSED)
    await place.becomes(sirkulasi="off")
    await settles(place)
    assert not [m for m in await place.slack.reads("Budi", "umum") if m.has(ARRIVED)]
    await place.slack.replies("Daniel", ANSWER, asked)
    await sees(place.slack, "Budi", ANSWER, "umum")
    await place.telegram.asks("Budi", "Berapa lama perpanjangan pinjaman boleh dilakukan?", "umum")
    await sees(place.telegram, "Budi", IN_PRIVATE, "umum")
    await settles(place)
    assert len(await place.told(place.telegram, "Sari", CLOSED)) == 1
    tried = [one for one in place.telegram.telegram.calls if "thread not found" in one.description]
    assert len(tried) == 1, "a dead topic is tried once"


async def test_a_slack_channel_that_the_bot_is_no_member_of(place: Place) -> None:
    """`/kanal` works there, a post does not; nobody but the steward is left, and a later invitation is enough."""
    await place.joins(place.slack, "Sari", steward=True)
    channel = place.slack.rooms["sirkulasi"]
    channel.members.remove(place.slack.slack.workspace.bot.id)
    await place.slack.runs(OPERATOR, "kanal", room="sirkulasi")
    await place.slack.fills(
        OPERATOR,
        {
            place.words("steward.field_community"): "Sirkulasi",
            place.words("steward.field_mode"): place.words("steward.mode_auto"),
        },
    )
    await place.becomes(sirkulasi="auto")
    await place.telegram.asks("Budi", QUESTION, "umum")
    await sees(place.telegram, "Budi", "saya sampaikan ke pengampunya", "umum")
    await sees(place.slack, "Sari", QUESTION)
    await sees(place.slack, "Sari", CLOSED)
    await settles(place)
    assert not [m for m in await place.telegram.reads("Budi", "umum") if m.has(ARRIVED)]
    await place.slack.people[OPERATOR].invites(channel)
    await sees(place.slack, "Sari", OPEN_AGAIN)
    await place.becomes(sirkulasi="auto")
    await place.telegram.asks("Budi", "Berapa lama perpanjangan pinjaman boleh dilakukan?", "umum")
    await sees(place.slack, "Sari", "perpanjangan", "sirkulasi")
