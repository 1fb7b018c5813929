"""Every method, driven by slack_sdk's AsyncWebClient."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.models import blocks as kit
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.emulators.slack import SlackEmulator

pytestmark = pytest.mark.anyio


@pytest.fixture
async def slack(anyio_backend: str) -> AsyncIterator[SlackEmulator]:
    logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)
    async with SlackEmulator(limits=False) as emulator:
        sari, budi = emulator.add_person("Sari Dewi"), emulator.add_person("Budi", locale="en-GB", zone="Asia/Makassar")
        emulator.add_channel("sirkulasi", [sari, budi], topic="Peminjaman")
        emulator.add_channel("pengolahan", [budi], bot=False)
        emulator.add_channel("pimpinan", [budi], private=True, bot=False)
        emulator.add_channel("pustakawan", [sari], private=True)
        yield emulator


@pytest.fixture
def client(slack: SlackEmulator) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


async def refused(call: object) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call  # type: ignore[misc]
    return str(caught.value.response["error"])


async def test_who_the_token_is(slack: SlackEmulator, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["user_id"], answer["team_id"]) == (slack.workspace.bot.id, slack.workspace.id)
    assert (answer["bot_id"], answer["is_enterprise_install"]) == (slack.workspace.app.bot_id, False)
    assert "chat:write" in answer.headers["X-OAuth-Scopes"].split(",")
    assert (await client.api_test(foo="bar"))["args"] == {"foo": "bar"}
    assert (await client.bots_info(bot=answer["bot_id"]))["bot"]["user_id"] == answer["user_id"]
    assert await refused(client.bots_info(bot="B0NOBODY")) == "bot_not_found"
    assert (await client.team_info())["team"]["domain"] == "perpustakaan"


async def test_posting_threads_and_broadcasts(slack: SlackEmulator, client: AsyncWebClient) -> None:
    room = slack.channel("sirkulasi")
    first = await client.chat_postMessage(
        channel=room.id, text="Halo", metadata={"event_type": "q", "event_payload": {"id": "1"}}
    )
    assert first["message"]["bot_profile"]["app_id"] == slack.workspace.app.id
    reply = await client.chat_postMessage(channel=room.id, text="balasan", thread_ts=first["ts"])
    shout = await client.chat_postMessage(channel=room.id, text="semua", thread_ts=first["ts"], reply_broadcast=True)
    assert [one.text for one in room.thread(first["ts"])] == ["balasan", "semua"]
    assert float(first["ts"]) < float(reply["ts"]) < float(shout["ts"])
    plain = await client.conversations_history(channel=room.id)
    assert [one["text"] for one in plain["messages"]] == ["semua", "Halo"]
    parent = plain["messages"][1]
    assert (parent["reply_count"], parent["latest_reply"], parent["thread_ts"]) == (2, shout["ts"], first["ts"])
    assert "metadata" not in parent
    full = await client.conversations_history(channel=room.id, include_all_metadata=True)
    assert full["messages"][1]["metadata"] == {"event_type": "q", "event_payload": {"id": "1"}}


async def test_posting_to_people_and_names(slack: SlackEmulator, client: AsyncWebClient) -> None:
    sari = slack.person("Sari")
    told = await client.chat_postMessage(channel=sari.id, text="pribadi")
    assert told["channel"] == sari.dm.id and [one.text for one in sari.reads()] == ["pribadi"]
    assert (await client.chat_postMessage(channel="#sirkulasi", text="x"))["channel"] == slack.channel("sirkulasi").id
    opened = await client.conversations_open(users=[sari.id], return_im=True)
    assert (opened["channel"]["id"], opened["channel"]["user"], opened["already_open"]) == (sari.dm.id, sari.id, True)
    assert await refused(client.conversations_open(users="U0NOBODY")) == "user_not_found"


async def test_update_delete_permalink(slack: SlackEmulator, client: AsyncWebClient) -> None:
    room = slack.channel("sirkulasi")
    card = await client.chat_postMessage(channel=room.id, text="kartu", blocks=[kit.SectionBlock(text="*kartu*")])
    changed = await client.chat_update(
        channel=room.id, ts=card["ts"], text="dijawab", blocks=[kit.SectionBlock(text="*dijawab*")]
    )
    assert changed["message"]["blocks"][0]["text"]["text"] == "*dijawab*" and "edited" not in changed["message"]
    plain = await client.chat_update(channel=room.id, ts=card["ts"], text="teks saja")
    assert "blocks" not in plain["message"] and plain["message"]["edited"]["user"] == slack.workspace.bot.id
    assert [one.text for one in room.messages[0].edits] == ["kartu", "dijawab"]
    reply = await client.chat_postMessage(channel=room.id, text="b", thread_ts=card["ts"])
    link = (await client.chat_getPermalink(channel=room.id, message_ts=reply["ts"]))["permalink"]
    assert link.endswith(f"/archives/{room.id}/p{reply['ts'].replace('.', '')}?thread_ts={card['ts']}&cid={room.id}")
    await client.chat_delete(channel=room.id, ts=card["ts"])
    tombstone = (await client.conversations_history(channel=room.id))["messages"][0]
    assert (tombstone["subtype"], tombstone["user"], tombstone["reply_count"]) == ("tombstone", "USLACKBOT", 1)
    await client.chat_delete(channel=room.id, ts=reply["ts"])
    assert room.thread(card["ts"]) == [] and len(slack.calls("chat.delete")) == 2


async def test_ephemerals_are_for_one_and_in_no_history(slack: SlackEmulator, client: AsyncWebClient) -> None:
    room, sari, budi = slack.channel("sirkulasi"), slack.person("Sari"), slack.person("Budi")
    told = await client.chat_postEphemeral(channel=room.id, user=sari.id, text="hanya kamu")
    assert [one.ts for one in sari.reads(room)] == [told["message_ts"]] and budi.reads(room) == []
    assert (await client.conversations_history(channel=room.id))["messages"] == []
    assert await refused(client.chat_update(channel=room.id, ts=told["message_ts"], text="x")) == "message_not_found"


async def test_conversations(slack: SlackEmulator, client: AsyncWebClient) -> None:
    listed = await client.conversations_list(types="public_channel,private_channel,im")
    assert {one["name"]: one["is_member"] for one in listed["channels"]} == {
        "sirkulasi": True, "pengolahan": False, "pustakawan": True,
    }  # fmt: skip
    mine = await client.users_conversations(types="public_channel,private_channel")
    assert [one["name"] for one in mine["channels"]] == ["sirkulasi", "pustakawan"]
    room = slack.channel("pengolahan")
    info = (await client.conversations_info(channel=room.id, include_num_members=True))["channel"]
    assert (info["is_channel"], info["is_private"], info["is_member"], info["num_members"]) == (True, False, False, 1)
    await client.conversations_join(channel=room.id)
    assert (await client.conversations_join(channel=room.id))["warning"] == "already_in_channel"
    members = await client.conversations_members(channel=room.id)
    assert members["members"] == [slack.person("Budi").id, slack.workspace.bot.id]
    await client.conversations_leave(channel=room.id)
    assert (await client.conversations_leave(channel=room.id))["not_in_channel"] is True
    assert await refused(client.conversations_info(channel=slack.channel("pimpinan").id)) == "channel_not_found"


async def test_pages_of_people_channels_and_members(slack: SlackEmulator, client: AsyncWebClient) -> None:
    for number in range(25):
        slack.add_channel(f"ruang-{number:02}", [slack.add_person(f"Orang {number}")])
    names = [one["name"] async for page in await client.conversations_list(limit=7) for one in page["channels"]]
    assert len(names) == len(set(names)) == 27
    people = [one["id"] async for page in await client.users_list(limit=10, include_locale=True) for one in page["members"]]
    assert len(people) == len(set(people)) == 29
    assert await refused(client.users_list(cursor="nonsense")) == "invalid_cursor"
    assert await refused(client.users_list(limit=2000)) == "invalid_limit"


async def test_pages_of_history_with_bounds(slack: SlackEmulator, client: AsyncWebClient) -> None:
    room, sari = slack.channel("sirkulasi"), slack.person("Sari")
    said = [await sari.says(room, f"pesan {number}") for number in range(25)]
    read = [
        one["ts"] async for page in await client.conversations_history(channel=room.id, limit=10) for one in page["messages"]
    ]
    assert read == [one.ts for one in reversed(said)]
    for bounds, expected in (
        ({"oldest": said[5].ts, "latest": said[8].ts}, said[6:8]),
        ({"oldest": said[5].ts, "latest": said[8].ts, "inclusive": True}, said[5:9]),
        ({"oldest": said[22].ts}, said[23:]),
    ):
        found = await client.conversations_history(channel=room.id, **bounds)
        assert [one["ts"] for one in found["messages"]] == [one.ts for one in reversed(expected)]
        assert found["has_more"] is False


async def test_a_thread_shows_its_parent_once(slack: SlackEmulator, client: AsyncWebClient) -> None:
    room, sari, budi = slack.channel("sirkulasi"), slack.person("Sari"), slack.person("Budi")
    asked = await sari.says(room, "tanya")
    said = [await budi.says(room, f"jawab {number}", thread_ts=asked) for number in range(12)]
    pages = [page["messages"] async for page in await client.conversations_replies(channel=room.id, ts=asked.ts, limit=5)]
    assert [one["ts"] for page in pages for one in page] == [asked.ts, *(one.ts for one in said)]
    assert len(pages) == 3 and pages[1][0]["parent_user_id"] == sari.id
    late = await client.conversations_replies(channel=room.id, ts=asked.ts, oldest=said[9].ts)
    assert [one["ts"] for one in late["messages"]] == [asked.ts, said[10].ts, said[11].ts]
    alone = await client.conversations_replies(channel=room.id, ts=said[0].ts)
    assert [one["ts"] for one in alone["messages"]] == [said[0].ts]
    assert await refused(client.conversations_replies(channel=room.id, ts="1.000000")) == "thread_not_found"


async def test_reactions(slack: SlackEmulator, client: AsyncWebClient) -> None:
    room, sari = slack.channel("sirkulasi"), slack.person("Sari")
    asked = await sari.says(room, "tanya")
    for name in ("eyes", "speech_balloon", "white_check_mark", "thumbsup"):
        await client.reactions_add(channel=room.id, timestamp=asked.ts, name=name)
    await client.reactions_remove(channel=room.id, timestamp=asked.ts, name="eyes")
    await sari.reacts(asked, "+1")
    shown = (await client.reactions_get(channel=room.id, timestamp=asked.ts))["message"]["reactions"]
    bot = slack.workspace.bot.id
    assert shown[-1] == {"name": "+1", "users": [bot, sari.id], "count": 2}
    assert [one["name"] for one in (await client.conversations_history(channel=room.id))["messages"][0]["reactions"]] == [
        "speech_balloon", "white_check_mark", "+1",
    ]  # fmt: skip
    assert await refused(client.reactions_add(channel=room.id, timestamp=asked.ts, name="+1")) == "already_reacted"
    assert await refused(client.reactions_remove(channel=room.id, timestamp=asked.ts, name="eyes")) == "no_reaction"
    assert await refused(client.reactions_add(channel=room.id, timestamp=asked.ts, name="pustaka_hebat")) == "invalid_name"
    slack.workspace.custom_emoji.add("pustaka_hebat")
    await client.reactions_add(channel=room.id, timestamp=asked.ts, name="pustaka_hebat")


async def test_people(slack: SlackEmulator, client: AsyncWebClient) -> None:
    budi = slack.person("Budi")
    shown = (await client.users_info(user=budi.id, include_locale=True))["user"]
    assert (shown["locale"], shown["tz"], shown["tz_offset"]) == ("en-GB", "Asia/Makassar", 28800)
    assert (shown["profile"]["display_name"], shown["real_name"], shown["is_bot"]) == ("Budi", "Budi", False)
    await budi.deactivated()
    assert (await client.users_info(user=budi.id))["user"]["deleted"] is True
    assert await refused(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert (await client.users_lookupByEmail(email=slack.person("Sari").user.email))["user"]["real_name"] == "Sari Dewi"


async def test_views(slack: SlackEmulator, client: AsyncWebClient) -> None:
    sari, space = slack.person("Sari"), slack.workspace
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "Memuat"}, "blocks": [], "external_id": "a"}
    opened = await client.views_open(trigger_id=space.new_trigger(sari.id).id, view=modal)
    assert opened["view"]["root_view_id"] == opened["view"]["id"] == sari.modal.id
    new = {**modal, "title": {"type": "plain_text", "text": "Simpan"}}
    updated = await client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=new)
    assert (
        await refused(client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=new))
        == "hash_conflict"
    )
    await client.views_update(external_id="a", view=new)
    assert updated["view"]["title"]["text"] == "Simpan"
    pushed = {**new, "external_id": ""}
    push = await client.views_push(trigger_id=space.new_trigger(sari.id, sari.modal.id).id, view=pushed)
    assert (push["view"]["previous_view_id"], push["view"]["root_view_id"]) == (opened["view"]["id"],) * 2
    await client.views_push(trigger_id=space.new_trigger(sari.id, sari.modal.id).id, view=pushed)
    assert await refused(client.views_push(trigger_id=space.new_trigger(sari.id, "V").id, view=pushed)) == "push_limit_reached"
    home = {"type": "home", "blocks": [kit.HeaderBlock(text="Beranda").to_dict()]}
    published = await client.views_publish(user_id=sari.id, view=home)
    assert sari.home is not None and sari.home.body["blocks"][0]["text"]["text"] == "Beranda"
    await client.views_publish(user_id=sari.id, view=home, hash=published["view"]["hash"])
    assert await refused(client.views_publish(user_id=sari.id, view=home, hash=published["view"]["hash"])) == "hash_conflict"


async def test_files_both_ways(slack: SlackEmulator, client: AsyncWebClient) -> None:
    room, sari = slack.channel("sirkulasi"), slack.person("Sari")
    asked = await sari.says(room, "berkas?")
    sent = await client.files_upload_v2(
        channel=room.id, thread_ts=asked.ts, initial_comment="ini", title="Agenda",
        file_uploads=[{"content": b"satu", "filename": "a.txt"}, {"content": b"dua", "filename": "b.csv"}],
    )  # fmt: skip
    assert [one["size"] for one in sent["files"]] == [4, 3]
    shared = room.thread(asked.ts)[0]
    assert (shared.subtype, shared.text, [one.content for one in shared.files]) == ("file_share", "ini", [b"satu", b"dua"])
    said = await sari.says(room, "foto", files=[("rak buku.png", b"\x89PNG")])
    info = (await client.files_info(file=said.files[0].id))["file"]
    assert (info["mimetype"], info["channels"], info["user"]) == ("image/png", [room.id], sari.id)
    async with aiohttp.ClientSession() as http:
        good = {"Authorization": f"Bearer {slack.bot_token}"}
        async with http.get(info["url_private_download"], headers=good) as got:
            assert (await got.read(), got.content_type) == (b"\x89PNG", "image/png")
        async with http.get(info["url_private"]) as got:
            assert (got.status, got.content_type) == (200, "text/html")
    secret = await slack.person("Budi").says(slack.channel("pimpinan"), files=[("x.txt", b"x")])
    assert await refused(client.files_info(file=secret.files[0].id)) == "file_not_found"


async def test_an_upload_brings_what_it_announced_and_once(slack: SlackEmulator, client: AsyncWebClient) -> None:
    got = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    complete = {"files": [{"id": got["file_id"]}], "channel_id": slack.channel("sirkulasi").id}
    async with aiohttp.ClientSession() as http:
        for body, expected in ((b"empat", 400), (b"abc", 200), (b"abc", 404)):
            async with http.post(got["upload_url"], data=body) as answer:
                assert answer.status == expected
            if expected == 400:
                assert await refused(client.files_completeUploadExternal(**complete)) == "file_not_found"
    await client.files_completeUploadExternal(**complete)
    assert slack.channel("sirkulasi").messages[0].files[0].content == b"abc"
    assert await refused(client.files_completeUploadExternal(**complete)) == "file_not_found"


async def test_response_urls(slack: SlackEmulator, client: AsyncWebClient) -> None:
    room, sari = slack.channel("sirkulasi"), slack.person("Sari")
    hook = AsyncWebhookClient(slack.workspace.new_response_url(room.id, sari.id))
    assert (await hook.send(text="hanya Sari")).body == "ok"
    await hook.send(text="semua", response_type="in_channel")
    assert [(one.text, one.only_for) for one in room.messages] == [("hanya Sari", sari.id), ("semua", None)]
    own = AsyncWebhookClient(slack.workspace.new_response_url(room.id, sari.id, room.messages[0]))
    await own.send(text="ganti", replace_original=True)
    assert room.messages[0].text == "ganti"
    await own.send(delete_original=True)
    assert [one.text for one in room.messages] == ["semua"]
    for _ in range(3):
        assert (await own.send(text="lagi")).status_code == 200
    assert (await own.send(text="lagi")).status_code == 404
    assert (await hook.send(text="x", blocks=[{"type": "divide"}])).body == "invalid_blocks"


async def test_assistant_threads(slack: SlackEmulator, client: AsyncWebClient) -> None:
    sari = slack.person("Sari")
    root = await sari.opens_assistant("sirkulasi")
    where = {"channel_id": sari.dm.id, "thread_ts": root.ts}
    await client.assistant_threads_setStatus(**where, status="mencari …", loading_messages=["a", "b"])
    await client.assistant_threads_setSuggestedPrompts(**where, prompts=[{"title": "Denda", "message": "Berapa denda?"}])
    await client.assistant_threads_setTitle(**where, title="Denda")
    assert (sari.dm.statuses[-1]["status"], sari.dm.prompts[0]["prompts"][0]["title"]) == ("mencari …", "Denda")


async def test_form_json_and_query_arguments_are_one(slack: SlackEmulator) -> None:
    room = slack.channel("sirkulasi").id
    url, bearer = slack.api_url + "chat.postMessage", {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession() as http:
        for given in (
            {"data": {"token": slack.bot_token, "channel": room, "text": "form"}},
            {"json": {"channel": room, "text": "json"}, "headers": bearer},
            {"params": {"channel": room, "text": "query"}, "headers": bearer},
        ):
            async with http.post(url, **given) as answer:
                assert (await answer.json())["ok"] is True
        async with http.post(url, data=b"{", headers={**bearer, "Content-Type": "application/json"}) as answer:
            assert (await answer.json())["error"] == "invalid_json"
        async with http.post(slack.api_url + "chat.frobnicate", headers=bearer) as answer:
            assert await answer.json() == {"ok": False, "error": "unknown_method", "req_method": "chat.frobnicate"}
    assert [one.text for one in slack.channel("sirkulasi").messages] == ["form", "json", "query"]
    assert [one.arguments["text"] for one in slack.ledger] == ["form", "json", "query"]


async def test_both_clients_wait_as_retry_after_says() -> None:
    async with SlackEmulator() as slack:
        room = slack.add_channel("ramai")
        patient = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url,
                                 retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=3)])  # fmt: skip
        await patient.chat_postMessage(channel=room.id, text="1")
        await patient.chat_postMessage(channel=room.id, text="2")
        sync = WebClient(
            token=slack.bot_token, base_url=slack.api_url, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=3)]
        )
        await asyncio.to_thread(sync.chat_postMessage, channel=room.id, text="3")
        assert [one.text for one in room.messages] == ["1", "2", "3"] and len(slack.limits.refused) == 2
        assert float(room.messages[1].ts) - float(room.messages[0].ts) >= 1


async def test_two_workspaces_do_not_know_each_other() -> None:
    async with SlackEmulator() as slack:
        other = slack.add_workspace("Cabang", signing_secret="another-secret")
        room = other.add_channel("sirkulasi")
        theirs = AsyncWebClient(token=other.bot_token, base_url=slack.api_url)
        ours = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        assert (await theirs.auth_test())["team"] == "Cabang"
        await theirs.chat_postMessage(channel=room.id, text="di cabang")
        assert await refused(ours.chat_postMessage(channel=room.id, text="x")) == "channel_not_found"
        assert [one.team for one in slack.calls("chat.postMessage")] == [other.id]
