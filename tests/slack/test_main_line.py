"""The whole line on Slack: asked, answered, solved, kept, found again; over HTTP and over Socket Mode."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulators.slack import SlackEmulator
from tests.emulators.slack.model import Message
from tests.slack.world import a_house, until

pytestmark = pytest.mark.anyio


def action_of(message: Message, verb: str) -> str:
    """The action id of the button that does this; "" where there is none."""
    ids = [str(e.get("action_id", "")) for block in message.blocks for e in block.get("elements", [])]
    return next((one for one in ids if one.startswith(f"{verb}|")), "")


@pytest.mark.parametrize("by_socket", [False, True], ids=["http", "socket"])
async def test_a_question_goes_its_whole_way(tmp_path: Path, slack: SlackEmulator, by_socket: bool) -> None:
    rini, sari, budi = (slack.person(name) for name in ("Rini Wulan", "Sari Dewi", "Budi Santoso"))
    sirkulasi, umum = slack.channel("sirkulasi"), slack.channel("umum")
    async with a_house(tmp_path, slack, by_socket=by_socket):
        # the operator binds a channel by a form
        await rini.runs(sirkulasi, "/kanal")
        await until(lambda: rini.modals)
        reply = await rini.submits({"community": "Sirkulasi", "mode": "auto"})
        assert reply.ok
        await until(lambda: [m for m in sirkulasi.messages if m.only_for == rini.id])
        # a question in another channel is taken to that community
        asked = await sari.says(umum, f"{slack.workspace.mention} Berapa denda buku yang terlambat dikembalikan pemustaka?")
        await until(lambda: umum.thread(asked.ts))
        await until(lambda: [m for m in sirkulasi.messages if m.only_for is None and "Sari" in m.text], 8)
        post = next(m for m in sirkulasi.messages if m.only_for is None)
        # answered in the thread, relayed to the asker
        await budi.says(sirkulasi, "Seribu rupiah per hari untuk tiap buku.", thread_ts=post.ts)
        await until(lambda: any("Seribu rupiah" in m.text for m in umum.thread(asked.ts)), 8)
        card = umum.thread(asked.ts)[0]
        await until(lambda: action_of(card, "solved"), 8)
        assert (await sari.presses(card, action_of(card, "solved"))).ok
        await until(lambda: "✅" in card.text, 8)
        assert slack.refused == []
        assert all(one.state == "accepted" for one in slack.deliveries)


async def test_a_command_where_we_are_no_member_is_answered_in_private(tmp_path: Path, slack: SlackEmulator) -> None:
    """The card, the answer and its button all find the asker, and a reply there is a reply."""
    rini, sari, budi = (slack.person(name) for name in ("Rini Wulan", "Sari Dewi", "Budi Santoso"))
    sirkulasi, luar = slack.channel("sirkulasi"), slack.channel("luar")
    async with a_house(tmp_path, slack):
        await rini.runs(sirkulasi, "/kanal")
        await until(lambda: rini.modals)
        await rini.submits({"community": "Sirkulasi", "mode": "auto"})
        await sari.runs(luar, "/tanya", "Berapa denda buku yang terlambat dikembalikan pemustaka?")
        await until(lambda: [m for m in sari.dm.messages if "undang saya" in m.text], 8)
        card = next(m for m in sari.dm.messages if "undang saya" in m.text)
        await until(lambda: [m for m in sirkulasi.messages if m.only_for is None and "Sari" in m.text], 8)
        post = next(m for m in sirkulasi.messages if m.only_for is None)
        await budi.says(sirkulasi, "Seribu rupiah per hari untuk tiap buku.", thread_ts=post.ts)
        await until(lambda: any("Seribu rupiah" in m.text for m in sari.dm.thread(card.ts)), 8)
        await sari.says(sari.dm, "Untuk majalah juga?", thread_ts=card.ts)
        await until(lambda: any("majalah" in m.text for m in sirkulasi.thread(post.ts)), 8)
        await until(lambda: action_of(card, "solved"), 8)
        assert (await sari.presses(card, action_of(card, "solved"))).ok
        await until(lambda: "✅" in card.text, 8)
        assert not luar.messages
