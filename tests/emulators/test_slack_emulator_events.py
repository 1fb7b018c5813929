"""Signed events: which the app sees, their shapes, retries by the clock, duplicates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from tests.emulators.conftest import Clock
from tests.emulators.slack import Listener, Refused, SlackEmulator, sign, signed
from tests.emulators.slack.listener import Received

pytestmark = pytest.mark.anyio


@pytest.fixture
async def app(anyio_backend: str, clock: Clock) -> AsyncIterator[Listener]:
    async with Listener(clock=clock) as listening:
        yield listening


@pytest.fixture
async def slack(app: Listener, clock: Clock) -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator(app.url, clock=clock, ticking=None, ack_within=0.3) as emulator:
        emulator.add_channel("sirkulasi", [emulator.add_person("Sari"), emulator.add_person("Budi")])
        yield emulator


async def test_a_message_as_slack_sends_it(slack: SlackEmulator, app: Listener, clock: Clock) -> None:
    room, sari = slack.channel("sirkulasi"), slack.person("Sari")
    said = await sari.says(room, "denda & <rusak> https://a.id?x=1, ya")
    (got,) = app.received
    assert got.genuine and got.headers["X-Slack-Request-Timestamp"] == str(int(clock.now))
    assert "X-Slack-Retry-Num" not in got.headers
    envelope = got.payload
    assert (envelope["team_id"], envelope["api_app_id"], envelope["event_time"]) == (
        slack.workspace.id, slack.workspace.app.id, int(clock.now),
    )  # fmt: skip
    assert envelope["authorizations"][0]["user_id"] == slack.workspace.bot.id and envelope["event_id"].startswith("Ev")
    event = envelope["event"]
    assert event["text"] == "denda &amp; &lt;rusak&gt; <https://a.id?x=1>, ya"
    assert {key: event[key] for key in ("type", "user", "ts", "event_ts", "channel", "channel_type", "team")} == {
        "type": "message", "user": sari.id, "ts": said.ts, "event_ts": said.ts, "channel": room.id, "channel_type": "channel",
        "team": slack.workspace.id,
    }  # fmt: skip
    assert len(event["client_msg_id"]) == 36 and event["blocks"][0]["type"] == "rich_text"


async def test_a_mention_is_both_a_message_and_a_mention(slack: SlackEmulator, app: Listener) -> None:
    await slack.person("Sari").says("sirkulasi", f"{slack.workspace.mention} halo")
    assert sorted(app.kinds()) == ["app_mention", "message"]
    assert len({one.payload["event_id"] for one in app.received}) == 2 and len({one["ts"] for one in app.events}) == 1


async def test_only_what_the_bot_may_see(slack: SlackEmulator, app: Listener) -> None:
    sari, budi, space = slack.person("Sari"), slack.person("Budi"), slack.workspace
    await sari.says(slack.add_channel("lain", [sari], bot=False), f"{space.mention} tidak terdengar")
    await sari.says(space.im(sari.id, budi.id), "berdua")
    assert app.received == []
    await sari.says(sari.dm, f"{space.mention} pribadi")
    await sari.says(slack.add_channel("rapat", [sari], private=True), "tertutup")
    assert [(one["type"], one["channel_type"]) for one in app.events] == [("message", "im"), ("message", "group")]
    space.app.subscriptions.discard("message.channels")
    await sari.says("sirkulasi", "tak dilanggan")
    space.tokens[space.bot_token].scopes.discard("im:history")
    await sari.says(sari.dm, "tanpa izin")
    assert len(app.received) == 2


async def test_edits_and_deletions(slack: SlackEmulator, app: Listener) -> None:
    room, sari, budi = slack.channel("sirkulasi"), slack.person("Sari"), slack.person("Budi")
    said = await sari.says(room, "lama")
    await sari.edits(said, "baru")
    edit = app.events[-1]
    assert (edit["subtype"], edit["message"]["text"], edit["previous_message"]["text"]) == ("message_changed", "baru", "lama")
    assert edit["message"]["edited"]["user"] == sari.id and edit["message"]["ts"] == said.ts != edit["ts"]
    await slack.workspace.unfurls(said, [{"title": "Pratinjau"}])
    assert app.events[-1]["message"]["edited"] == edit["message"]["edited"] and app.events[-1]["message"]["attachments"]
    await sari.deletes(said)
    gone = app.events[-1]
    assert (gone["subtype"], gone["deleted_ts"], gone["previous_message"]["text"]) == ("message_deleted", said.ts, "baru")
    asked = await sari.says(room, "induk")
    await budi.says(room, "balasan", thread_ts=asked)
    await sari.deletes(asked)
    assert app.events[-1]["message"]["subtype"] == "tombstone"
    with pytest.raises(Refused):
        await budi.edits(asked, "bukan milikku")


async def test_threads_files_and_broadcasts(slack: SlackEmulator, app: Listener) -> None:
    room, sari = slack.channel("sirkulasi"), slack.person("Sari")
    asked = await sari.says(room, "tanya")
    await sari.says(room, "utas", thread_ts=asked)
    assert (app.events[-1]["thread_ts"], app.events[-1]["parent_user_id"]) == (asked.ts, sari.id)
    await sari.says(room, "ke kanal", thread_ts=asked.ts, broadcast=True)
    assert app.kinds()[-1] == "message/thread_broadcast" and app.events[-1]["root"]["reply_count"] == 2
    await sari.says(room, "berkas", files=[("a.pdf", b"%PDF")])
    shared = next(one for one in app.events if one.get("subtype") == "file_share")
    assert (shared["files"][0]["name"], shared["files"][0]["mimetype"]) == ("a.pdf", "application/pdf")
    assert app.kinds()[-2:] == ["message/file_share", "file_shared"] or app.kinds()[-2:] == [
        "file_shared",
        "message/file_share",
    ]


async def test_reactions(slack: SlackEmulator, app: Listener) -> None:
    sari, budi = slack.person("Sari"), slack.person("Budi")
    said = await sari.says("sirkulasi", "x")
    await budi.reacts(said, "thumbsup")
    await budi.unreacts(said, "+1")
    added, removed = app.events[1:]
    assert (added["type"], removed["type"]) == ("reaction_added", "reaction_removed")
    assert (added["user"], added["reaction"], added["item_user"]) == (budi.id, "+1", sari.id)
    assert added["item"] == {"type": "message", "channel": slack.channel("sirkulasi").id, "ts": said.ts}


async def test_coming_and_going(slack: SlackEmulator, app: Listener) -> None:
    room, sari, budi, space = slack.channel("sirkulasi"), slack.person("Sari"), slack.person("Budi"), slack.workspace
    await budi.leaves(room)
    await budi.joins(room)
    await sari.kicks(room)
    await sari.says(room, "tak terdengar")
    await sari.invites(room)
    kinds = sorted(app.kinds())
    assert kinds == sorted([
        "member_left_channel", "message/channel_leave", "message/channel_join", "member_joined_channel", "channel_left",
        "message/channel_join", "member_joined_channel",
    ])  # fmt: skip
    assert {one["user"]: one.get("inviter") for one in app.events if one["type"] == "member_joined_channel"} == {
        budi.id: None, space.bot.id: sari.id,
    }  # fmt: skip


async def test_rename_archive_and_back(slack: SlackEmulator, app: Listener) -> None:
    room, sari = slack.channel("sirkulasi"), slack.person("Sari")
    await sari.renames(room, "layanan")
    await sari.archives(room)
    with pytest.raises(Refused):
        await sari.says(room, "x")
    await sari.unarchives(room)
    by = {one["type"]: one for one in app.events}
    assert by["channel_rename"]["channel"]["name"] == "layanan" and room.previous_names == ["sirkulasi"]
    assert by["channel_archive"]["channel"] == by["channel_unarchive"]["channel"] == room.id
    private = slack.add_channel("rapat", [sari], private=True)
    await sari.archives(private)
    assert "group_archive" in app.kinds()


async def test_people_and_the_app_itself(slack: SlackEmulator, app: Listener) -> None:
    sari, space = slack.person("Sari"), slack.workspace
    await sari.changes(display_name="Sari D.")
    await slack.person("Budi").deactivated()
    await space.arrives("Wulan")
    await sari.opens_home()
    await sari.opens_assistant("sirkulasi")
    assert [one["type"] for one in app.events] == [
        "user_change",
        "user_change",
        "team_join",
        "app_home_opened",
        "assistant_thread_started",
    ]
    assert app.events[0]["user"]["profile"]["display_name"] == "Sari D." and app.events[1]["user"]["deleted"] is True
    await space.uninstalls()
    assert sorted(app.kinds()[-2:]) == ["app_uninstalled", "tokens_revoked"]
    await sari.says("sirkulasi", "sunyi")
    assert len(app.events) == 7


async def test_the_bot_hears_itself(slack: SlackEmulator, app: Listener) -> None:
    from slack_sdk.web.async_client import AsyncWebClient

    client, room = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url), slack.channel("sirkulasi")
    sent = await client.chat_postMessage(
        channel=room.id, text="halo", metadata={"event_type": "a", "event_payload": {"k": "v"}}
    )
    await client.chat_update(channel=room.id, ts=sent["ts"], text="hai")
    await slack.settled()
    assert sorted(app.kinds()) == ["message", "message/message_changed"]
    own = next(one for one in app.events if "subtype" not in one)
    assert (own["bot_id"], own["metadata"]["event_payload"]) == (slack.workspace.app.bot_id, {"k": "v"})


async def test_other_bots_are_heard_as_bots(slack: SlackEmulator, app: Listener) -> None:
    await slack.workspace.integration_says("sirkulasi", "kabar", name="RSS")
    other = slack.add_person("Bot Lain", is_bot=True)
    await slack.person("Sari").invites("sirkulasi", other)
    await other.says("sirkulasi", "bip")
    old, new = app.events[0], app.events[-1]
    assert (old["subtype"], old["username"], "user" in old, bool(old["bot_id"])) == ("bot_message", "RSS", False, True)
    assert (new["user"], new["bot_id"], "client_msg_id" in new, "bot_profile" in new) == (
        other.id,
        other.user.bot_id,
        False,
        False,
    )


async def test_an_events_url_is_verified(slack: SlackEmulator, app: Listener) -> None:
    assert not await slack.verifies_url()
    app.answer = lambda received: web.json_response({"challenge": received.payload["challenge"]})
    assert await slack.verifies_url()
    app.answer = lambda received: web.Response(text=received.payload["challenge"])
    assert await slack.verifies_url() and app.received[-1].genuine


async def test_retries_at_once_after_a_minute_after_five_then_given_up(
    slack: SlackEmulator, app: Listener, clock: Clock
) -> None:
    app.answer = lambda received: web.Response(status=503)
    await slack.person("Sari").says("sirkulasi", "x")
    assert len(app.received) == 1
    for wait, number in ((0, 2), (59, 2), (1, 3), (299, 3), (1, 4), (3600, 4)):
        clock.now += wait
        await slack.deliver_due()
        assert len(app.received) == number
    numbers = [(one.headers.get("X-Slack-Retry-Num"), one.headers.get("X-Slack-Retry-Reason")) for one in app.received]
    assert numbers == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({one.payload["event_id"] for one in app.received}) == 1 and all(one.genuine for one in app.received)
    (given_up,) = slack.given_up
    assert [one.status for one in given_up.attempts] == [503] * 4 and given_up.state == "given_up"


async def test_silence_is_a_time_out_and_a_later_answer_ends_it(slack: SlackEmulator, app: Listener) -> None:
    def sleepy(received: Received) -> web.Response | float:
        return web.Response() if "X-Slack-Retry-Num" in received.headers else 0.6

    app.answer = sleepy
    await slack.person("Sari").says("sirkulasi", "x")
    await slack.settled()
    assert [one.reason for one in slack.deliveries[0].attempts] == ["http_timeout", ""]
    assert app.received[1].headers["X-Slack-Retry-Reason"] == "http_timeout"
    assert (slack.deliveries[0].state, slack.given_up) == ("accepted", [])


async def test_no_retry_when_the_app_asks_so_and_when_nobody_listens(slack: SlackEmulator, app: Listener) -> None:
    app.answer = lambda received: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    await slack.person("Sari").says("sirkulasi", "x")
    assert slack.deliveries[0].state == "given_up"
    slack.sends_to("http://127.0.0.1:9/slack/events")
    await slack.person("Sari").says("sirkulasi", "x")
    assert [one.reason for one in slack.deliveries[1].attempts] == ["connection_failed"]


async def test_the_ticker_makes_due_retries_by_itself(clock: Clock) -> None:
    async with Listener(clock=clock) as app, SlackEmulator(app.url, clock=clock, ticking=0.01) as slack:
        app.answer = lambda received: web.Response(status=500)
        sari = slack.add_person("Sari")
        await sari.says(slack.add_channel("a", [sari]), "x")
        await slack.until(lambda: len(app.received) == 2)
        clock.now += 60
        await slack.until(lambda: len(app.received) == 3)


async def test_an_event_may_come_twice(slack: SlackEmulator, app: Listener) -> None:
    await slack.person("Sari").says("sirkulasi", "x")
    await slack.courier.repeat(slack.deliveries[0])
    assert app.received[0].payload == app.received[1].payload and app.received[1].headers["X-Slack-Retry-Num"] == "1"


def test_signatures_can_be_made_and_forged() -> None:
    from slack_sdk.signature import Clock as Ticking
    from slack_sdk.signature import SignatureVerifier

    ticking = Ticking()
    ticking.now = lambda: 1_795_000_000  # type: ignore[method-assign]
    verifier = SignatureVerifier("rahasia", clock=ticking)
    body = '{"a":"é"}'
    headers: dict[str, Any] = signed("rahasia", 1_795_000_000, body)
    assert verifier.is_valid_request(body, headers)
    assert not verifier.is_valid_request(body + " ", headers)
    assert not verifier.is_valid_request(body, signed("salah", 1_795_000_000, body))
    assert not verifier.is_valid_request(body, signed("rahasia", 1_794_999_000, body))
    assert sign("rahasia", 1, b"x") == sign("rahasia", "1", "x") != sign("rahasia", 2, "x")
