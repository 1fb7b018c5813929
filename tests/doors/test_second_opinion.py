"""The Slack line beside an emulator that others wrote: what ours gets wrong about Slack, it need not get wrong as well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.compose import House
from tests.doors.house import OPERATOR, free_port, lived_in, settings_for
from tests.doors.second_town import MENTION, SecondTown, told
from tests.doors.slack_town import buttons
from tests.doors.test_line import (
    ANSWER,
    PAPER,
    QUESTION,
    Walk,
    a_question_is_asked_and_answered,
    it_is_settled_reviewed_and_credited,
    the_community_gathers,
    the_next_asker_finds_it,
)
from tests.doors.three import ROOMS
from tests.doors.town import sees, until
from tests.emulators.node.emulate import BOT, BOT_TOKEN, JSON, SECRET, Missing, emulate

pytestmark = pytest.mark.anyio

PEOPLE = (OPERATOR, "Sari", "Daniel", "Budi", "Tono")


@asynccontextmanager
async def a_second_slack(folder: Path, *, secret: str = SECRET) -> AsyncIterator[tuple[House, SecondTown]]:
    """A house with the Slack door alone, over HTTP, and invited to every channel."""
    port = free_port()
    async with emulate(PEOPLE, ROOMS) as slack:
        given = {
            "messenger": "off",
            "operators": f"slack:{slack.people[OPERATOR]}",
            "slack_bot_token": BOT_TOKEN,
            "slack_signing_secret": secret,
            "slack_api_url": slack.api_url,
        }
        async with lived_in(settings_for(folder, port, given)) as house:
            await slack.sends_to(f"http://127.0.0.1:{port}/slack/events")
            for room in ROOMS:
                await slack.bot.conversations_join(channel=slack.channels[room])
            yield house, SecondTown(slack)


async def test_the_line_on_a_slack_that_others_wrote(tmp_path: Path) -> None:
    async with a_second_slack(tmp_path) as (house, town):
        assert set(house.doors) == {"slack"}
        walk = Walk(house, town, town)
        await the_community_gathers(walk)
        await a_question_is_asked_and_answered(walk)
        solved = walk.words("card.button_solved")
        card = await sees(town, "Budi", "", "umum", button=solved)
        await it_is_settled_reviewed_and_credited(walk)
        await the_card_was_edited_under_its_question(town, card.id, solved)
        await the_draft_came_in_private_and_the_note_to_all(walk, town)
        await the_next_asker_finds_it(walk)
        await nothing_went_wrong(town)


async def the_card_was_edited_under_its_question(town: SecondTown, card: str, solved: str) -> None:
    """One message, with blocks, in the question's thread, above the answer and its file; 👀 gave way to ✅."""

    async def carried() -> bool:
        return len(await town.conversation("Budi", "umum")) == 5

    await until(carried, "the answer's file was not brought")
    question, *replies = await town.conversation("Budi", "umum")
    assert {one["thread_ts"] for one in replies} == {question["ts"]}
    edited, answer, _, file = replies
    assert [one["name"] for one in file["files"]] == [PAPER[0]]
    assert edited["ts"] == card and edited["edited"]["user"] == BOT and edited["blocks"]
    assert solved not in buttons(edited["blocks"])
    assert ANSWER in told(answer) and answer["blocks"] and "edited" not in answer

    async def settled() -> bool:
        return await town.emoji_on(question["ts"], "umum") == ["✅"]

    await until(settled, "the 👀 did not give way to ✅")


async def the_draft_came_in_private_and_the_note_to_all(walk: Walk, town: SecondTown) -> None:
    item = await walk.item("published")
    drafts = [one for one in await town.conversation("Sari", "private") if item.title in told(one)]
    assert drafts and all(one["user"] == BOT and one["channel"].startswith("D") for one in drafts)
    assert not [one for one in await town.conversation("Tono", "private") if item.title in told(one)]
    read = walk.words("find.button_read")
    said = [one for one in await town.conversation("Tono", "sirkulasi") if read in buttons(one["blocks"])]
    assert len(said) == 1 and "thread_ts" not in said[0] and item.title in told(said[0])


def once(said: JSON) -> str:
    """What no two messages share. One that an upload makes has no metadata: there it is the thread and the file."""
    files = [f"{said['thread_ts']}/{one['name']}" for one in said.get("files", [])]
    return files[0] if files else str(said["metadata"]["event_payload"]["once"])


async def nothing_went_wrong(town: SecondTown) -> None:
    """Every event was taken, every call was in order, and nothing was said twice."""
    assert {one["status_code"] for one in await town.slack.deliveries()} == {200}
    assert await town.slack.refused() == []
    said = [one for room in ROOMS for one in await town.conversation("Budi", room) if one["user"] == BOT]
    names = [once(one) for one in said]
    assert len(names) == len(set(names)) > 5


async def test_events_signed_with_another_secret_are_refused(tmp_path: Path) -> None:
    async with a_second_slack(tmp_path, secret="another-secret") as (house, town):
        words = f"{MENTION} {QUESTION}"
        await town.slack.clients["Budi"].chat_postMessage(channel=town.slack.channels["umum"], text=words)
        told_of = await town.slack.deliveries()
        assert {one["event"] for one in told_of} >= {"message", "member_joined_channel"}
        assert {one["status_code"] for one in told_of} == {401}
        assert not await house.store.questions.recent(1)


async def test_without_node_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Missing, match=r"\.ci/node"):
        async with emulate(PEOPLE, ROOMS):
            pass
