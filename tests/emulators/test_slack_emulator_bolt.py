"""People at work with a small slack-bolt app over real HTTP: each kind of act reaches its listener, each answer its person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.slack import Listener, Refused, SlackEmulator
from tests.emulators.slack.model import Channel, Message
from tests.emulators.slack.person import Person

pytestmark = pytest.mark.anyio
JSON = dict[str, Any]


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def options(*names: str) -> list[JSON]:
    return [{"text": plain(one), "value": one.lower()} for one in names]


def entry(block_id: str, label: str, element: JSON, **more: Any) -> JSON:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": {"action_id": "v", **element}, **more}


FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Simpan"),
    "submit": plain("Simpan"),
    "private_metadata": "soal-7",
    "notify_on_close": True,
    "blocks": [
        entry("title", "Judul", {"type": "plain_text_input", "max_length": 20}),
        entry("notes", "Catatan", {"type": "plain_text_input", "multiline": True}, optional=True),
        entry("room", "Komunitas", {"type": "static_select", "options": options("Sirkulasi", "Pengolahan")}),
        entry("tags", "Label", {"type": "multi_static_select", "options": options("A", "B", "C"), "max_selected_items": 2}),
        entry("ticks", "Setuju", {"type": "checkboxes", "options": options("Ya", "Dan")}),
        entry("who", "Untuk", {"type": "radio_buttons", "options": options("Semua", "Kami")}),
        entry("day", "Tanggal", {"type": "datepicker"}, optional=True),
        entry("owner", "Penjaga", {"type": "users_select"}, optional=True),
        {"type": "actions", "block_id": "more", "elements": [{"type": "button", "action_id": "more", "text": plain("Lagi")}]},
    ],
}
MENU = {"type": "overflow", "action_id": "menu", "options": options("Pindah", "Hapus")}
DONE = {"type": "button", "action_id": "done", "text": plain("Tandai selesai"), "value": "q7", "style": "primary"}
ROUTE = {"type": "static_select", "action_id": "route", "placeholder": plain("Ke"), "options": options("Sirkulasi", "Umum")}
CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Kartu*"}, "accessory": MENU},
    {"type": "actions", "elements": [DONE, ROUTE]},
]


class Shop:
    """The app under test: what its listeners got, and how it answers a submission."""

    def __init__(self, slack: SlackEmulator) -> None:
        self.got: list[tuple[str, JSON]] = []
        self.answer: JSON = {}
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        self.app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)
        self.listen()

    def keep(self, name: str) -> Any:
        async def listener(ack: Any, body: JSON, client: AsyncWebClient) -> None:
            self.got.append((name, body))
            if name in ("/tanya", "keep"):
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=FORM)
            elif name == "form":
                await ack(**self.answer)
            elif name == "/halo":
                await ack(text=f"halo {body['text']}", response_type="in_channel")
            elif name == "more":
                await ack()
                await client.views_push(trigger_id=body["trigger_id"], view={**FORM, "callback_id": "second"})
            else:
                await ack()

        return listener

    def listen(self) -> None:
        for command in ("/tanya", "/halo"):
            self.app.command(command)(self.keep(command))
        for action in ("done", "route", "menu", "more"):
            self.app.action(action)(self.keep(action))
        for event in ("message", "app_mention", "app_home_opened", "reaction_added"):
            self.app.event(event)(self.keep(event))
        for shortcut in ("keep", "ask"):
            self.app.shortcut(shortcut)(self.keep(shortcut))
        self.app.view("form")(self.keep("form"))
        self.app.view_closed("form")(self.keep("closed"))

    @property
    def last(self) -> tuple[str, JSON]:
        return self.got[-1]


@pytest.fixture
async def slack(anyio_backend: str) -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator(ack_within=2) as emulator:
        emulator.add_channel("sirkulasi", [emulator.add_person("Sari Dewi"), emulator.add_person("Budi")])
        yield emulator


@pytest.fixture
async def shop(slack: SlackEmulator) -> AsyncIterator[Shop]:
    one = Shop(slack)

    async def take(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await one.app.async_dispatch(await to_bolt_request(request)))

    served = web.Application()
    served.router.add_post("/slack/events", take)
    runner = web.AppRunner(served, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.sends_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield one
    await runner.cleanup()


@pytest.fixture
def sari(slack: SlackEmulator) -> Person:
    return slack.person("Sari")


@pytest.fixture
def room(slack: SlackEmulator) -> Channel:
    return slack.channel("sirkulasi")


async def card_in(slack: SlackEmulator, room: Channel, **more: Any) -> Message:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    sent = await client.chat_postMessage(channel=room.id, text="kartu", blocks=CARD, **more)
    return room.by_ts[sent["ts"]]


async def test_events_reach_their_listeners(slack: SlackEmulator, shop: Shop, sari: Person, room: Channel) -> None:
    said = await sari.says(room, f"{slack.workspace.mention} halo")
    await sari.reacts(said, "eyes")
    await sari.opens_home()
    await slack.settled()
    assert sorted(name for name, _ in shop.got) == ["app_home_opened", "app_mention", "message", "reaction_added"]
    assert {one.state for one in slack.deliveries} == {"accepted"}


async def test_a_command_opens_a_form_that_is_filled_and_sent(
    slack: SlackEmulator, shop: Shop, sari: Person, room: Channel
) -> None:
    reply = await sari.runs(room, "/tanya", "berapa denda?")
    assert reply.ok and reply.message is None and sari.modal.body["title"]["text"] == "Simpan"
    name, body = shop.last
    assert (name, body["text"], body["channel_name"], body["user_name"]) == (
        "/tanya",
        "berapa denda?",
        "sirkulasi",
        "sari.dewi",
    )
    sent = await sari.submits({
        "Judul": "Denda", "room": "Sirkulasi", "Label": ["c", "A"], "ticks": ["Ya"], "Untuk": "kami", "day": "2026-12-10",
        "owner": slack.person("Budi").id,
    })  # fmt: skip
    assert sent.ok and sari.modals == []
    name, body = shop.last
    values = {block: next(iter(actions.values())) for block, actions in body["view"]["state"]["values"].items()}
    assert (name, body["type"], body["view"]["private_metadata"]) == ("form", "view_submission", "soal-7")
    assert values["title"] == {"type": "plain_text_input", "value": "Denda"} and values["notes"]["value"] is None
    assert values["room"]["selected_option"]["value"] == "sirkulasi"
    assert [one["value"] for one in values["tags"]["selected_options"]] == ["a", "c"]
    assert [one["value"] for one in values["ticks"]["selected_options"]] == ["ya"]
    assert values["who"]["selected_option"]["text"]["text"] == "Kami"
    assert (values["day"]["selected_date"], values["owner"]["selected_user"]) == ("2026-12-10", slack.person("Budi").id)


async def test_the_client_refuses_what_slack_would(shop: Shop, sari: Person, room: Channel) -> None:
    await sari.runs(room, "/tanya")
    wrongs: list[JSON] = [{"Judul": "x" * 21}, {"Judul": "dua\nbaris"}, {"room": "Arsip"}, {"Label": ["A", "B", "C"]}]
    for wrong in [*wrongs, {"day": "besok"}, {"Tak ada": "x"}, {"Judul": "masih ada yang kosong"[:20]}]:
        with pytest.raises(Refused):
            await sari.submits(wrong)
    assert [name for name, _ in shop.got] == ["/tanya"]


FILLED = {"Judul": "x", "room": "sirkulasi", "Label": ["A"], "ticks": ["Ya"], "who": "Semua"}


async def test_answers_to_a_submission(shop: Shop, sari: Person, room: Channel) -> None:
    await sari.runs(room, "/tanya")
    shop.answer = {"response_action": "errors", "errors": {"title": "sudah ada"}}
    assert (await sari.submits(FILLED)).errors == {"title": "sudah ada"} and len(sari.modals) == 1
    shop.answer = {"response_action": "errors", "errors": {"tak-ada": "x"}}
    assert (await sari.submits()).error == "invalid_errors"
    shop.answer = {"response_action": "update", "view": {**FORM, "title": plain("Baru")}}
    assert (await sari.submits()).ok and sari.modal.body["title"]["text"] == "Baru"
    shop.answer = {"response_action": "push", "view": {**FORM, "title": plain("Kedua")}}
    assert (await sari.submits()).ok and [one.body["title"]["text"] for one in sari.modals] == ["Baru", "Kedua"]
    shop.answer = {"response_action": "update", "view": {**FORM, "title": plain("x" * 25)}}
    assert (await sari.submits(FILLED)).error == "invalid_arguments"
    shop.answer = {"response_action": "clear"}
    assert (await sari.submits(FILLED)).ok and sari.modals == []


async def test_a_form_is_closed_and_stacked(shop: Shop, sari: Person, room: Channel) -> None:
    await sari.runs(room, "/tanya")
    await sari.presses(sari.modal, "Lagi")
    name, body = shop.last
    assert (name, body["container"]["type"], body["view"]["callback_id"]) == ("more", "view", "form") and len(sari.modals) == 2
    assert await sari.closes() is not None
    assert await sari.closes() is not None
    name, body = shop.last
    assert (name, body["type"], body["is_cleared"], sari.modals) == ("closed", "view_closed", False, [])


async def test_buttons_and_menus_on_messages(slack: SlackEmulator, shop: Shop, sari: Person, room: Channel) -> None:
    asked = await sari.says(room, "tanya")
    card = await card_in(slack, room, thread_ts=asked.ts)
    assert (await sari.presses(card, "Tandai selesai")).ok
    name, body = shop.last
    action = body["actions"][0]
    assert (name, action["value"], action["style"], body["message"]["ts"]) == ("done", "q7", "primary", card.ts)
    assert (body["container"]["thread_ts"], body["channel"]["name"]) == (asked.ts, "sirkulasi")
    await sari.presses(card, "route", "Umum")
    assert shop.last[1]["actions"][0]["selected_option"]["value"] == "umum"
    assert next(iter(shop.last[1]["state"]["values"].values()))["route"]["selected_option"]["value"] == "umum"
    await sari.presses(card, "Hapus")
    assert (shop.last[0], shop.last[1]["actions"][0]["selected_option"]["value"]) == ("menu", "hapus")
    with pytest.raises(Refused):
        await sari.presses(card, "Tak ada")


async def test_a_button_on_an_ephemeral_message_brings_no_message(
    slack: SlackEmulator, shop: Shop, sari: Person, room: Channel
) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    await client.chat_postEphemeral(channel=room.id, user=sari.id, text="saran", blocks=CARD)
    await sari.presses(sari.reads(room)[-1], "done")
    assert shop.last[1]["container"]["is_ephemeral"] is True and "message" not in shop.last[1]
    with pytest.raises(Refused):
        await slack.person("Budi").presses(room.messages[-1], "done")


async def test_buttons_on_cards_and_homes(slack: SlackEmulator, shop: Shop, sari: Person, room: Channel) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    card = {"type": "card", "title": plain("Denda"), "actions": [DONE]}
    sent = await client.chat_postMessage(channel=room.id, text="kartu", blocks=[{"type": "carousel", "elements": [card]}])
    assert (await sari.presses(room.by_ts[sent["ts"]], "Tandai selesai")).ok and shop.last[1]["actions"][0]["value"] == "q7"
    await client.views_publish(user_id=sari.id, view={"type": "home", "blocks": [{"type": "actions", "elements": [DONE]}]})
    assert sari.home is not None and (await sari.presses(sari.home, "done")).ok
    body = shop.last[1]
    assert (body["view"]["type"], body["container"], "channel" in body) == (
        "home",
        {"type": "view", "view_id": sari.home.id},
        False,
    )
    with pytest.raises(Refused):
        await slack.person("Budi").presses(sari.home, "done")


async def test_shortcuts(shop: Shop, sari: Person, room: Channel) -> None:
    said = await sari.says(room, "jawaban bagus")
    assert (await sari.shortcut("keep", said)).ok and sari.modal.body["callback_id"] == "form"
    name, body = shop.last
    assert (name, body["type"], body["message"]["text"], body["channel"]["id"]) == (
        "keep",
        "message_action",
        "jawaban bagus",
        room.id,
    )
    await sari.shortcut("ask")
    assert (shop.last[0], shop.last[1]["type"], "channel" in shop.last[1]) == ("ask", "shortcut", False)


async def test_a_command_answers_in_its_body_and_only_known_ones_run(
    slack: SlackEmulator, shop: Shop, sari: Person, room: Channel
) -> None:
    reply = await sari.runs(room, "/halo", "semua")
    assert reply.message is not None and (reply.message.text, reply.message.only_for) == ("halo semua", None)
    slack.workspace.app.commands = {"/tanya"}
    with pytest.raises(Refused):
        await sari.runs(room, "/halo")
    await sari.leaves(room)
    with pytest.raises(Refused):
        await sari.runs(room, "/tanya")


async def test_other_kinds_of_fields(slack: SlackEmulator, shop: Shop, sari: Person, room: Channel) -> None:
    offered = options("Denda rusak", "Denda telat")

    @shop.app.options("find")
    async def find(ack: Any, payload: JSON) -> None:
        await ack(options=[one for one in offered if payload["value"].lower() in one["text"]["text"].lower()])

    fields = [
        entry("find", "Cari", {"type": "external_select", "action_id": "find", "min_query_length": 2}),
        entry("mail", "Surel", {"type": "email_text_input"}, optional=True),
        entry("link", "Tautan", {"type": "url_text_input"}, optional=True),
        entry("count", "Jumlah", {"type": "number_input", "is_decimal_allowed": False, "initial_value": "3"}),
        entry("at", "Jam", {"type": "timepicker", "initial_time": "14:00"}),
        entry("rooms", "Kanal", {"type": "multi_conversations_select"}, optional=True),
    ]
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    view = {**FORM, "blocks": fields}
    await client.views_open(trigger_id=slack.workspace.new_trigger(sari.id).id, view=view)
    (found,) = await sari.suggests("Cari", "telat")
    assert found["text"]["text"] == "Denda telat"
    for wrong in ({"mail": "bukan surel"}, {"link": "ftp:x"}, {"count": "tiga"}, {"at": "jam dua"}):
        with pytest.raises(Refused):
            sari.fills(wrong)
    assert (await sari.submits({"find": found, "mail": "a@b.id", "link": "https://a.id", "rooms": [room.id]})).ok
    values = {block: one["v" if "v" in one else "find"] for block, one in shop.last[1]["view"]["state"]["values"].items()}
    assert values["find"]["selected_option"] == found and values["rooms"]["selected_conversations"] == [room.id]
    assert (values["count"]["value"], values["at"]["selected_time"], values["mail"]["value"]) == ("3", "14:00", "a@b.id")


async def test_an_updated_form_keeps_what_was_typed(slack: SlackEmulator, shop: Shop, sari: Person, room: Channel) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    await sari.runs(room, "/tanya")
    sari.fills({"Judul": "sudah diketik"})
    blocks = [*FORM["blocks"][:1], entry("new", "Baru", {"type": "plain_text_input", "initial_value": "awal"})]  # type: ignore[misc]
    await client.views_update(view_id=sari.modal.id, view={**FORM, "blocks": blocks})
    await sari.submits()
    values = shop.last[1]["view"]["state"]["values"]
    assert (values["title"]["v"]["value"], values["new"]["v"]["value"], set(values)) == (
        "sudah diketik",
        "awal",
        {"title", "new"},
    )


async def test_what_a_person_sees_when_the_app_fails() -> None:
    async with Listener() as app, SlackEmulator(app.url, ack_within=0.2) as slack:
        sari = slack.add_person("Sari")
        room = slack.add_channel("a", [sari])
        app.answer = lambda got: web.Response(status=500)
        assert (await sari.runs(room, "/tanya")).error == "dispatch_failed"
        app.answer = lambda got: 0.4
        assert (await sari.runs(room, "/tanya")).error == "operation_timeout"
        app.answer = lambda got: web.json_response({"text": "x", "blocks": [{"type": "?"}]})
        assert (await sari.runs(room, "/tanya")).error == "invalid_blocks"
        app.answer = lambda got: web.Response(text="baik", content_type="text/plain")
        assert (await sari.runs(room, "/tanya")).message.only_for == sari.id  # type: ignore[union-attr]
        assert len(app.received) == 4 and slack.given_up == [] and all(one.genuine for one in app.received)
