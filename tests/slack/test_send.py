"""Delivering to Slack: posts, cards, whispers, private messages, reactions, files; and what becomes of Slack's refusals."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.slack.errors import AWAY, BUSY, DEAD, SlackRefused, sorted_out, wait_of
from bot.doors import Delivery, Label
from bot.errors import DeliveryError, Rejected, TryLater, Unreachable
from bot.model.place import Account, MessageRef, Place
from bot.outcome import React
from tests.emulators.faults import Fault, closed, garbage, half, hang, html, rate_limited, status
from tests.emulators.slack.model import Channel, Message
from tests.slack.world import Scene, a_door

pytestmark = pytest.mark.anyio


@pytest.fixture
async def quick(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """Calls end after half a second, so that a hanging Slack does not hold up the tests."""
    monkeypatch.setattr("adapters.slack.api.TIMEOUT", 0.5)
    monkeypatch.setattr("adapters.slack.send.BETWEEN", 0.0)
    yield scene


def place(scene: Scene, name: str = "umum", thread: str = "") -> Place:
    return Place("slack", f"{scene.team}:{scene.slack.channel(name).id}", thread)


def account(scene: Scene, name: str = "Sari Dewi") -> Account:
    return Account("slack", f"{scene.team}:{scene.slack.person(name).id}", name)


def said(scene: Scene, text: str = "Halo", once: str = "o1", **more: object) -> Delivery:
    given: dict[str, object] = {"place": place(scene)} | more
    return Delivery(once, text, "id", **given)  # type: ignore[arg-type]


def in_channel(scene: Scene, name: str = "umum") -> list[Message]:
    return [one for one in scene.slack.channel(name).messages if one.user == scene.slack.workspace.bot.id]


def texts(messages: list[Message]) -> list[str]:
    return [one.text for one in messages]


# ---- where things go ---------------------------------------------------------------------------------------------------


async def test_a_message_with_buttons_that_is_edited_in_place(scene: Scene) -> None:
    ref = await scene.door.deliver(said(scene, "**Halo**", buttons=(Label("Ya", "solved", "q1", "good"),)))
    (message,) = in_channel(scene)
    assert ref == MessageRef("slack", place(scene).channel, message.ts)
    assert (message.text, message.metadata) == ("Halo", {"event_type": "guyub", "event_payload": {"once": "o1"}})
    again = await scene.door.deliver(said(scene, "Selesai", "o2", edit=ref))
    assert again == ref and texts(in_channel(scene)) == ["Selesai"]
    assert [block["type"] for block in message.blocks] == ["rich_text"]
    call = scene.slack.calls("chat.postMessage")[0].arguments
    assert (call["unfurl_links"], call["unfurl_media"]) == (False, False)


async def test_a_message_in_a_thread_and_under_a_reply(scene: Scene) -> None:
    sari, umum = scene.slack.person("Sari Dewi"), scene.slack.channel("umum")
    root = await sari.says(umum, "awal")
    reply = await sari.says(umum, "balasan", thread_ts=root)
    await scene.door.deliver(said(scene, "satu", "o1", place=place(scene, thread=root.ts)))
    await scene.door.deliver(said(scene, "dua", "o2", place=place(scene, thread=reply.ts)))  # Slack: no threads in threads
    assert [(one.text, one.thread_ts) for one in in_channel(scene)] == [("satu", root.ts), ("dua", root.ts)]


async def test_a_thread_that_we_do_not_know_is_looked_up(tmp_path: Path) -> None:
    async with a_door(tmp_path, start=False) as scene:
        sari, umum = scene.slack.person("Sari Dewi"), scene.slack.channel("umum")
        scene.slack.wait = False
        root = await sari.says(umum, "awal")
        reply = await sari.says(umum, "balasan", thread_ts=root)
        await scene.door.start(scene.ears)
        await scene.door.deliver(said(scene, "dua", place=place(scene, thread=reply.ts)))
        assert in_channel(scene)[0].thread_ts == root.ts
        address = await scene.door.link(MessageRef("slack", place(scene).channel, reply.ts))
        assert address.endswith(f"/archives/{umum.id}/p{reply.ts.replace('.', '')}?thread_ts={root.ts}&cid={umum.id}")


async def test_a_private_message_and_its_edit(scene: Scene) -> None:
    ref = await scene.door.deliver(Delivery("o1", "Halo", "id", private_to=account(scene)))
    dm = scene.slack.person("Sari Dewi").dm
    assert ref.channel == f"{scene.team}:{dm.id}"
    await scene.door.deliver(Delivery("o2", "Hai", "id", private_to=account(scene), edit=ref))
    assert texts(dm.messages) == ["Hai"]
    whisper = Delivery("o3", "pst", "id", place=Place("slack", ref.channel), only_for=account(scene))
    await scene.door.deliver(whisper)  # nobody else is there
    assert [(one.text, one.only_for) for one in dm.messages] == [("Hai", None), ("pst", None)]


async def test_a_whisper_and_where_it_cannot_be_heard(scene: Scene) -> None:
    await scene.door.deliver(said(scene, "pst", only_for=account(scene), buttons=(Label("Ya", "yes", "1"),)))
    assert [(one.text, one.only_for) for one in in_channel(scene)] == [("pst", account(scene).user.partition(":")[2])]
    await scene.door.deliver(said(scene, "di luar", "o2", place=place(scene, "luar"), only_for=account(scene)))
    await scene.door.deliver(said(scene, "bukan anggota", "o3", only_for=account(scene, "Alice Brown")))
    assert texts(scene.slack.person("Sari Dewi").dm.messages) == ["di luar"]
    assert texts(scene.slack.person("Alice Brown").dm.messages) == ["bukan anggota"]


async def test_people_and_links(scene: Scene) -> None:
    other = Account("slack", "T0OTHER:U9", "Tono")
    text = "[Sari](guyub:person/m1) [Tono](guyub:person/m2) [lihat](guyub:message/x)"
    await scene.door.deliver(
        said(scene, text, people={"m1": account(scene), "m2": other}, links={"guyub:message/x": "https://a.id/x"})
    )
    user = account(scene).user.partition(":")[2]
    assert in_channel(scene)[0].text == f"<@{user}> Tono <https://a.id/x|lihat>"


async def test_a_message_that_was_deleted_is_posted_anew(scene: Scene) -> None:
    ref = await scene.door.deliver(said(scene))
    scene.slack.workspace.delete(in_channel(scene)[0])
    new = await scene.door.deliver(said(scene, "lagi", "o2", edit=ref))
    assert new != ref and texts(in_channel(scene)) == ["lagi"]


async def test_a_long_text_goes_on_in_the_thread_and_follows_its_edits(quick: Scene) -> None:
    long = "\n\n".join(f"Paragraf {n} " + "kata " * 100 for n in range(60))
    ref = await quick.door.deliver(said(quick, long))
    first, *rest = in_channel(quick)
    assert len(rest) == 2 and all(one.thread_ts == first.ts for one in rest)
    assert all(f"Paragraf {n} " in str([one.blocks for one in (first, *rest)]) for n in range(60))
    await quick.door.deliver(said(quick, "[2] " + long[: len(long) // 2], "o2", edit=ref))
    assert len(in_channel(quick)) == 2 and in_channel(quick)[0].blocks[0]["elements"][0]["elements"][0]["text"].startswith(
        "[2]"
    )
    await quick.door.deliver(said(quick, "pendek", "o3", edit=ref))
    assert texts(in_channel(quick)) == ["pendek"]


async def test_reactions_put_twice_and_taken_off_twice(scene: Scene) -> None:
    asked = await scene.slack.person("Sari Dewi").says("umum", "Berapa?")
    ref = MessageRef("slack", place(scene).channel, asked.ts)
    for _ in range(2):
        await scene.door.react(ref, "👀", False, "o1")
    assert asked.reactions == {"eyes": [scene.slack.workspace.bot.id]}
    for _ in range(2):
        await scene.door.react(ref, "👀", True, "o2")
    assert asked.reactions == {}
    with pytest.raises(Unreachable):
        await scene.door.react(replace(ref, message="1.000001"), "👀", False, "o3")
    with pytest.raises(Rejected):
        await scene.door.react(ref, "bukan emoji", False, "o4")


async def test_files_go_into_the_thread_and_come_from_people(scene: Scene) -> None:
    names = {name: await scene.files.put(data) for name, data in (("a.txt", b"halo"), ("b.bin", bytes(range(256)) * 40))}
    await scene.door.deliver(said(scene, "Ini filenya", files=(*names.items(), ("hilang.txt", "0" * 64))))
    first, *shared = in_channel(scene)
    assert sorted(file.name for one in shared for file in one.files) == ["a.txt", "b.bin"]
    assert all(one.thread_ts == first.ts for one in shared)
    again = said(scene, "Ini filenya", files=tuple(names.items()), again=True)
    await scene.door.deliver(again)  # as after a lost answer: nothing is doubled
    assert len(in_channel(scene)) == 1 + len(shared)
    await scene.slack.person("Sari Dewi").says("umum", "ini", files=[("c.pdf", b"%PDF-1.4 isi")])
    (event,) = await scene.heard()
    (file,) = event.what.files  # type: ignore[union-attr]
    assert (file.name, file.media_type, await scene.door.fetch(file.file)) == ("c.pdf", "application/pdf", b"%PDF-1.4 isi")
    with pytest.raises(Unreachable):
        await scene.door.fetch(f"{scene.team}:F0NOTHING")
    with pytest.raises(Unreachable):
        await scene.door.fetch("T0OTHER:F1")


async def test_a_token_goes_only_to_slack(scene: Scene) -> None:
    await scene.slack.person("Sari Dewi").says("umum", "ini", files=[("c.pdf", b"isi")])
    (event,) = await scene.heard()
    name = event.what.files[0].file  # type: ignore[union-attr]
    told = {"ok": True, "file": {"id": "F1", "url_private": "https://slack.com.evil.id/x", "size": 3, "mimetype": "a/b"}}
    scene.slack.faults.next("files.info", status(200, json.dumps(told).encode(), "application/json"))
    with pytest.raises(Unreachable):
        await scene.door.fetch(name)
    scene.slack.faults.next("download", html(200))
    with pytest.raises(TryLater) as caught:
        await scene.door.fetch(name)
    assert "login" in caught.value.why


# ---- refusals ----------------------------------------------------------------------------------------------------------


def no(code: str) -> Fault:
    return status(200, json.dumps({"ok": False, "error": code}).encode(), "application/json")


@pytest.mark.parametrize("code", sorted(AWAY))
async def test_the_place_cannot_be_reached(scene: Scene, code: str) -> None:
    scene.slack.faults.next("chat.postMessage", no(code))
    with pytest.raises(Unreachable) as caught:
        await scene.door.deliver(said(scene))
    assert caught.value.why == f"slack: {code}"


@pytest.mark.parametrize("code", sorted(BUSY))
async def test_slack_is_busy(scene: Scene, code: str) -> None:
    scene.slack.faults.next("chat.postMessage", no(code))
    with pytest.raises(TryLater):
        await scene.door.deliver(said(scene))
    await scene.door.deliver(said(scene, again=True))
    assert texts(in_channel(scene)) == ["Halo"]


@pytest.mark.parametrize("code", ["missing_scope", "some_new_error", "too_many_attachments", "as_user_not_supported"])
async def test_slack_will_never_take_it(scene: Scene, code: str) -> None:
    scene.slack.faults.next("chat.postMessage", no(code))
    with pytest.raises(Rejected) as caught:
        await scene.door.deliver(said(scene))
    assert caught.value.why.startswith(f"slack: {code}")


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "invalid_blocks_format", "msg_too_long"])
async def test_blocks_that_slack_does_not_take_go_as_plain_text(scene: Scene, code: str) -> None:
    scene.slack.faults.next("chat.postMessage", no(code))
    await scene.door.deliver(said(scene, "**Halo** & <!channel>"))
    assert [(one.text, one.blocks) for one in in_channel(scene)] == [("Halo &amp; &lt;!channel&gt;", [])]
    scene.slack.faults.next("chat.postMessage", no(code), times=2)
    with pytest.raises(Rejected):
        await scene.door.deliver(said(scene, once="o2"))


@pytest.mark.parametrize("code", sorted(DEAD))
async def test_a_token_that_is_no_good_rests_and_wakes_by_itself(scene: Scene, code: str) -> None:
    scene.slack.faults.always(None, no(code))
    for _ in range(5):
        with pytest.raises(TryLater) as caught:
            await scene.door.deliver(said(scene))
        assert caught.value.why == f"slack: {code}" and 200 < caught.value.after <= 300
    assert len(scene.slack.faults.struck) == 1  # nobody hammers
    scene.slack.faults.clear()
    scene.clock.forward(seconds=301)
    await scene.door.deliver(said(scene))
    assert texts(in_channel(scene)) == ["Halo"]


@pytest.mark.parametrize(
    ("after", "seconds"), [("30", 30.0), ("0", 1.0), ("1", 1.0), ("3600", 3600.0), ("999999999", 3600.0), (None, 30.0),
                           ("", 30.0), ("halo", 30.0), ("-5", 30.0), ("1e9", 30.0), ("1.5", 1.5), ("NaN", 30.0)]
)  # fmt: skip
async def test_slack_says_when_to_come_again(scene: Scene, after: str | None, seconds: float) -> None:
    assert wait_of(after) == seconds
    scene.slack.faults.next("chat.postMessage", rate_limited(after))
    with pytest.raises(TryLater) as caught:
        await scene.door.deliver(said(scene))
    assert caught.value.after == seconds


BEFORE = {
    "500": status(500),
    "503": status(503),
    "html": html(),
    "html 502": html(502),
    "closed": closed(),
    "garbage": garbage(),
    "hang": hang(),
    "half": half().before(),
    "plain": status(200, b"ok"),
    "no words": status(200, b"", "application/json"),
    "a list": status(200, b"[]", "application/json"),
    "no error": status(200, b'{"ok":false}', "application/json"),
    "an error that is a list": status(200, b'{"ok":false,"error":[]}', "application/json"),
}


@pytest.mark.parametrize("fault", BEFORE)
async def test_an_outage_passes(quick: Scene, fault: str) -> None:
    quick.slack.faults.next("chat.postMessage", BEFORE[fault], times=3)
    waits = []
    for number in range(3):
        with pytest.raises(TryLater) as caught:
            await quick.door.deliver(said(quick, again=number > 0))
        waits.append(caught.value.after)
    assert waits[0] < waits[1] < waits[2] <= 72
    await quick.door.deliver(said(quick, again=True))
    assert texts(in_channel(quick)) == ["Halo"]


AFTER = {"500": status(500).lost(), "hang": hang().lost(), "half": half(), "closed": closed().lost(), "html": html().lost()}


@pytest.mark.parametrize("fault", AFTER)
@pytest.mark.parametrize("where", ["channel", "thread", "private"])
async def test_an_answer_that_was_lost_doubles_nothing(quick: Scene, fault: str, where: str) -> None:
    sari, umum = quick.slack.person("Sari Dewi"), quick.slack.channel("umum")
    root = await sari.says(umum, "awal")
    delivery = {
        "channel": said(quick),
        "thread": said(quick, place=place(quick, thread=root.ts)),
        "private": Delivery("o1", "Halo", "id", private_to=account(quick)),
    }[where]
    quick.slack.faults.next("chat.postMessage", AFTER[fault])
    with pytest.raises(TryLater):
        await quick.door.deliver(delivery)
    ref = await quick.door.deliver(replace(delivery, again=True))
    room: Channel = sari.dm if where == "private" else umum
    mine = [one for one in room.messages if one.user == quick.slack.workspace.bot.id]
    assert [(one.text, one.ts) for one in mine] == [("Halo", ref.message)]


async def test_after_a_429_nothing_is_looked_up_and_a_later_loss_is(quick: Scene) -> None:
    quick.slack.faults.next("chat.postMessage", rate_limited("1"))
    quick.slack.faults.next("chat.postMessage", status(500).lost())
    for number in range(2):
        with pytest.raises(TryLater):
            await quick.door.deliver(said(quick, again=number > 0))
    assert not quick.slack.calls("conversations.history")
    quick.slack.faults.next("conversations.history", no("missing_scope"))
    with pytest.raises(Rejected):  # it may be there: not posted blindly
        await quick.door.deliver(said(quick, again=True))
    await quick.door.deliver(said(quick, again=True))
    assert texts(in_channel(quick)) == ["Halo"] and len(quick.slack.calls("conversations.history")) == 1


async def test_where_it_cannot_be_looked_up_it_is_not_posted_blindly(quick: Scene) -> None:
    quick.slack.faults.next("chat.postMessage", status(500).lost())
    with pytest.raises(TryLater):
        await quick.door.deliver(said(quick))
    quick.slack.faults.next("conversations.history", status(503))
    with pytest.raises(TryLater):
        await quick.door.deliver(said(quick, again=True))
    await quick.door.deliver(said(quick, again=True))
    assert texts(in_channel(quick)) == ["Halo"]


async def test_a_workspace_that_is_not_ours(scene: Scene) -> None:
    with pytest.raises(Unreachable):
        await scene.door.deliver(said(scene, place=Place("slack", "T0OTHER:C1")))
    assert await scene.door.link(MessageRef("slack", "T0OTHER:C1", "1.2")) == ""


async def test_slack_away_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.api.TIMEOUT", 0.5)
    async with a_door(tmp_path, start=False) as scene:
        scene.slack.faults.always(None, status(503))
        await scene.door.start(scene.ears)
        with pytest.raises(TryLater):
            await scene.door.deliver(said(scene))
        scene.slack.faults.clear()
        await scene.door.deliver(said(scene))
        assert texts(in_channel(scene)) == ["Halo"]


# ---- limits ------------------------------------------------------------------------------------------------------------


def test_every_refusal_is_sorted() -> None:
    kinds: dict[str, type[DeliveryError]] = dict.fromkeys(AWAY, Unreachable) | dict.fromkeys(BUSY | DEAD, TryLater)
    assert {code: type(sorted_out(SlackRefused(code))) for code in kinds} == kinds
    assert not AWAY & BUSY and not AWAY & DEAD and not BUSY & DEAD


async def test_the_limits_of_each_kind(scene: Scene) -> None:
    ref = MessageRef("slack", place(scene).channel, "1.2")
    names = {
        "post": [limit.key for limit in scene.door.limits(said(scene))],
        "edit": [limit.key for limit in scene.door.limits(said(scene, edit=ref))],
        "whisper": [limit.key for limit in scene.door.limits(said(scene, only_for=account(scene)))],
        "react": [limit.key for limit in scene.door.limits(React(ref, "👀"))],
    }
    team = f"slack:{scene.team}"
    assert names == {
        "post": [f"slack:{place(scene).channel}", f"{team}:chat.postMessage"],
        "edit": [f"{team}:chat.update"],
        "whisper": [f"{team}:chat.postEphemeral"],
        "react": [f"{team}:reactions.add"],
    }
    private = Delivery("o1", "Halo", "id", private_to=account(scene))
    ref = await scene.door.deliver(private)
    keys = {limit.key for limit in scene.door.limits(private)}
    assert {f"slack:{ref.channel}", f"slack:{account(scene).user}"} <= keys  # one chat under two names
