"""Each published limit: at the limit Slack takes it, one above it refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models import blocks as kit
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.conftest import Clock
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack.blockkit import check_blocks, check_view

pytestmark = pytest.mark.anyio
JSON = dict[str, Any]


@pytest.fixture
async def slack(anyio_backend: str, clock: Clock) -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator(clock=clock) as emulator:
        emulator.add_channel("sirkulasi", [emulator.add_person("Sari")])
        yield emulator


@pytest.fixture
def client(slack: SlackEmulator) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


def plain(length: int) -> JSON:
    return {"type": "plain_text", "text": "x" * length}


def section(length: int = 3, **more: Any) -> JSON:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}, **more}


def button(**more: Any) -> JSON:
    return {"type": "button", "text": plain(5), "action_id": "a", **more}


def actions(*elements: JSON, **more: Any) -> JSON:
    return {"type": "actions", "elements": list(elements), **more}


def option(text: int = 5, value: str = "v", description: int = 5) -> JSON:
    return {"text": plain(text), "value": value, "description": plain(description)}


def options(count: int, kind: str, **more: Any) -> JSON:
    return {"type": kind, "action_id": "s", "options": [option(value=str(n)) for n in range(count)], **more}


def card(**more: Any) -> JSON:
    return {"type": "card", "title": plain(5), **more}


def box(*children: JSON) -> JSON:
    return {"type": "container", "title": plain(5), "child_blocks": list(children)}


def select(**one: Any) -> list[JSON]:
    return [section(accessory={**options(1, "static_select"), "options": [option(**one)]})]


def markdown(*lengths: int) -> list[JSON]:
    return [{"type": "markdown", "text": "x" * one} for one in lengths]


def entry(length: int = 3, hint: int = 3, **element: Any) -> JSON:
    inner = {"type": "plain_text_input", "action_id": "i", **element}
    return {"type": "input", "label": plain(length), "hint": plain(hint), "element": inner}


def confirm(title: int = 5, text: int = 5, yes: int = 5, no: int = 5) -> JSON:
    return {"title": plain(title), "text": plain(text), "confirm": plain(yes), "deny": plain(no)}


MESSAGE_LIMITS: dict[str, tuple[Callable[[int], list[JSON]], int, str]] = {
    "blocks": (lambda n: [{"type": "divider"}] * n, 50, "/blocks"),
    "section": (lambda n: [section(n)], 3000, "/blocks/0/text/text"),
    "fields": (lambda n: [{"type": "section", "fields": [plain(3)] * n}], 10, "/blocks/0/fields"),
    "field": (lambda n: [{"type": "section", "fields": [plain(n)]}], 2000, "/blocks/0/fields/0/text"),
    "header": (lambda n: [{"type": "header", "text": plain(n)}], 150, "/blocks/0/text/text"),
    "markdown": (lambda n: markdown(n), 12_000, "/blocks/0/text"),
    "markdown in all": (lambda n: markdown(6000, n - 6000), 12_000, "/blocks"),
    "actions": (lambda n: [actions(*[button(action_id=str(k)) for k in range(n)])], 25, "/blocks/0/elements"),
    "context": (lambda n: [{"type": "context", "elements": [plain(3)] * n}], 10, "/blocks/0/elements"),
    "button text": (lambda n: [actions(button(text=plain(n)))], 75, "/blocks/0/elements/0/text/text"),
    "button value": (lambda n: [actions(button(value="x" * n))], 2000, "/blocks/0/elements/0/value"),
    "button url": (lambda n: [actions(button(url="x" * n))], 3000, "/blocks/0/elements/0/url"),
    "action_id": (lambda n: [actions(button(action_id="x" * n))], 255, "/blocks/0/elements/0/action_id"),
    "block_id": (lambda n: [section(block_id="x" * n)], 255, "/blocks/0/block_id"),
    "select options": (lambda n: [actions(options(n, "static_select"))], 100, "/blocks/0/elements/0/options"),
    "overflow options": (lambda n: [section(accessory=options(n, "overflow"))], 5, "/blocks/0/accessory/options"),
    "checkboxes": (lambda n: [section(accessory=options(n, "checkboxes"))], 10, "/blocks/0/accessory/options"),
    "radio buttons": (lambda n: [section(accessory=options(n, "radio_buttons"))], 10, "/blocks/0/accessory/options"),
    "option text": (lambda n: select(text=n), 75, "/options/0/text/text"),
    "option value": (lambda n: select(value="x" * n), 150, "/options/0/value"),
    "option description": (lambda n: select(description=n), 75, "/description/text"),
    "placeholder": (lambda n: [section(accessory=options(1, "static_select", placeholder=plain(n)))], 150, "/placeholder/text"),
    "confirm title": (lambda n: [actions(button(confirm=confirm(title=n)))], 100, "/confirm/title/text"),
    "confirm text": (lambda n: [actions(button(confirm=confirm(text=n)))], 300, "/confirm/text/text"),
    "confirm yes": (lambda n: [actions(button(confirm=confirm(yes=n)))], 30, "/confirm/confirm/text"),
    "alt text": (lambda n: [{"type": "image", "image_url": "https://x", "alt_text": "x" * n}], 2000, "/blocks/0/alt_text"),
    "input label": (lambda n: [entry(n)], 2000, "/blocks/0/label/text"),
    "input hint": (lambda n: [entry(hint=n)], 2000, "/blocks/0/hint/text"),
    "input max_length": (lambda n: [entry(max_length=n)], 3000, "/blocks/0/element/max_length"),
    "card title": (lambda n: [card(title=plain(n))], 150, "/blocks/0/title/text"),
    "card body": (lambda n: [card(body=plain(n))], 200, "/blocks/0/body/text"),
    "carousel": (lambda n: [{"type": "carousel", "elements": [card()] * n}], 10, "/blocks/0/elements"),
    "container": (lambda n: [box(*[{"type": "divider"}] * n)], 10, "/blocks/0/child_blocks"),
    "in a container": (lambda n: [box(section(n))], 3000, "/blocks/0/child_blocks/0/text/text"),
    "table rows": (lambda n: [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * n}], 100, "/blocks/0/rows"),
}  # fmt: skip


@pytest.mark.parametrize("name", MESSAGE_LIMITS)
def test_a_limit_of_block_kit(name: str) -> None:
    make, most, where = MESSAGE_LIMITS[name]
    assert check_blocks(make(most), "message") == []
    assert any(line.endswith(f"{where}]") for line in check_blocks(make(most + 1), "message")), name


OFFICIAL = {
    "section": kit.SectionBlock.text_max_length,
    "fields": kit.SectionBlock.fields_max_length,
    "header": kit.HeaderBlock.text_max_length,
    "markdown": kit.MarkdownBlock.text_max_length,
    "actions": kit.ActionsBlock.elements_max_length,
    "context": kit.ContextBlock.elements_max_length,
    "button text": kit.ButtonElement.text_max_length,
    "button value": kit.ButtonElement.value_max_length,
    "button url": kit.ButtonElement.url_max_length,
    "action_id": kit.ButtonElement.action_id_max_length,
    "block_id": kit.SectionBlock.block_id_max_length,
    "select options": kit.StaticSelectElement.options_max_length,
    "overflow options": kit.OverflowMenuElement.options_max_length,
    "option text": kit.Option.label_max_length,
    "option value": kit.Option.value_max_length,
    "placeholder": kit.StaticSelectElement.placeholder_max_length,
    "confirm title": kit.ConfirmObject.title_max_length,
    "confirm text": kit.ConfirmObject.text_max_length,
    "confirm yes": kit.ConfirmObject.confirm_max_length,
    "alt text": kit.ImageBlock.alt_text_max_length,
    "input label": kit.InputBlock.label_max_length,
    "input hint": kit.InputBlock.hint_max_length,
    "card title": kit.CardBlock.title_max_length,
    "card body": kit.CardBlock.body_max_length,
    "carousel": kit.CarouselBlock.elements_max_length,
    "container": kit.ContainerBlock.child_blocks_max_length,
}


def test_the_limits_are_those_of_the_official_models() -> None:
    assert {name: MESSAGE_LIMITS[name][1] for name in OFFICIAL} == OFFICIAL
    titles = {name: getattr(View, f"{name}_max_length") for name in VIEW_LIMITS if name != "external_id"}
    assert {name: VIEW_LIMITS[name][1] for name in titles} == titles


VIEW_LIMITS: dict[str, tuple[Callable[[int], JSON], int, str]] = {
    "title": (lambda n: {"title": plain(n)}, 24, "/view/title/text"),
    "submit": (lambda n: {"submit": plain(n)}, 24, "/view/submit/text"),
    "close": (lambda n: {"close": plain(n)}, 24, "/view/close/text"),
    "private_metadata": (lambda n: {"private_metadata": "x" * n}, 3000, "/view/private_metadata"),
    "callback_id": (lambda n: {"callback_id": "x" * n}, 255, "/view/callback_id"),
    "external_id": (lambda n: {"external_id": "x" * n}, 255, "/view/external_id"),
    "blocks": (lambda n: {"blocks": [{"type": "divider"}] * n}, 100, "/view/blocks"),
}


@pytest.mark.parametrize("name", VIEW_LIMITS)
def test_a_limit_of_a_modal(name: str) -> None:
    make, most, where = VIEW_LIMITS[name]
    whole = {"type": "modal", "title": plain(3), "blocks": []}
    assert check_view({**whole, **make(most)}, "modal") == []
    assert any(line.endswith(f"{where}]") for line in check_view({**whole, **make(most + 1)}, "modal")), name


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([section(block_id="a"), section(block_id="a")], '`block_id` "a" already exists'),
        ([actions(button(), button())], '`action_id` "a" already exists'),
        ([section(0)], "must be more than 0 characters"),
        ([{"type": "sektion"}], "unsupported type: sektion"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "must be one of: plain_text"),
        ([actions()], "no fewer than 1 items allowed"),
        ([actions({"type": "plain_text_input", "action_id": "x"})], "unsupported type: plain_text_input"),
        ([actions(button(style="warning"))], "must be one of: primary, danger"),
        ([section(accessory=options(2, "static_select", initial_option=option(value="9")))], "initial option must be one"),
        ([entry(min_length=5, max_length=4)], "must be less than max_length"),
        ([{"type": "input", "label": plain(3), "element": {"type": "button", "text": plain(2)}}], "unsupported type: button"),
        (["x"], "must be an object"),
        ([{"type": "section"}], "missing required field: text"),
    ],
)
def test_what_else_block_kit_refuses(blocks: list[JSON], said: str) -> None:
    assert any(said in line for line in check_blocks(blocks, "message"))


def test_action_ids_may_return_in_another_block_unless_asked_otherwise() -> None:
    twice = [actions(button()), actions(button())]
    assert check_blocks(twice, "message") == []
    assert check_blocks(twice, "message", unique_action_ids="surface") != []


def test_what_a_view_cannot_hold() -> None:
    view = {"type": "modal", "title": plain(3), "blocks": [entry()]}
    assert any("submit" in line for line in check_view(view, "modal"))
    assert check_view({**view, "submit": plain(3)}, "modal") == []
    assert check_view({"type": "home", "blocks": [{"type": "markdown", "text": "x"}]}, "home") != []
    assert check_view({"type": "home", "blocks": []}, "modal") != []


async def test_invalid_blocks_say_what_and_where(slack: SlackEmulator, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="#sirkulasi", text="x", blocks=[section(3001)])
    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
    assert slack.channel("sirkulasi").messages == [] and slack.ledger == []


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": " "}, "no_text"),
        ({"text": "x", "blocks": [section(3000)] * 5}, "msg_blocks_too_long"),
        ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "a", "event_payload": {"a": "x" * 9000}}}, "metadata_too_large"),
    ],
)
@pytest.mark.filterwarnings("ignore:The top-level")
async def test_a_limit_of_a_message(client: AsyncWebClient, given: JSON, error: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="#sirkulasi", **given)
    assert caught.value.response["error"] == error


async def test_the_longest_text_is_taken_whole(slack: SlackEmulator, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="#sirkulasi", text="x" * 40_000)
    assert len(slack.channel("sirkulasi").messages[0].text) == 40_000


async def test_a_trigger_lives_three_seconds_and_once(slack: SlackEmulator, client: AsyncWebClient, clock: Clock) -> None:
    view = {"type": "modal", "title": plain(3), "blocks": []}
    sari = slack.person("Sari")
    late, twice = slack.workspace.new_trigger(sari.id), slack.workspace.new_trigger(sari.id)
    await client.views_open(trigger_id=twice.id, view=view)
    for trigger, error in ((twice.id, "exchanged_trigger_id"), ("1.2.3", "invalid_trigger_id")):
        with pytest.raises(SlackApiError, match=error):
            await client.views_open(trigger_id=trigger, view=view)
    clock.now += 3.1
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=late.id, view=view)


async def test_one_message_a_second_a_channel(slack: SlackEmulator, client: AsyncWebClient, clock: Clock) -> None:
    slack.add_channel("lain")
    await client.chat_postMessage(channel="#sirkulasi", text="1")
    await client.chat_postMessage(channel="#lain", text="1")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="#sirkulasi", text="2")
    answer = caught.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
    with pytest.raises(SlackApiError, match="ratelimited"):  # by whatever name it is called
        await client.chat_postMessage(channel=slack.channel("sirkulasi").id, text="2")
    clock.now += 1
    await client.chat_postMessage(channel="#sirkulasi", text="2")
    assert [(at, method) for at, method, _ in slack.limits.refused] == [(clock.now - 1, "chat.postMessage")] * 2


TIERS: list[tuple[int, Callable[[AsyncWebClient, str, str], Any]]] = [
    (20, lambda c, room, sari: c.users_list()),
    (50, lambda c, room, sari: c.conversations_history(channel=room)),
    (100, lambda c, room, sari: c.users_info(user=sari)),
]


@pytest.mark.parametrize(("most", "call"), TIERS, ids=["2", "3", "4"])
async def test_a_tier(slack: SlackEmulator, client: AsyncWebClient, clock: Clock, most: int, call: Any) -> None:
    room, sari = slack.channel("sirkulasi").id, slack.person("Sari").id
    for _ in range(most):
        await call(client, room, sari)
        clock.now += 0.25
    with pytest.raises(SlackApiError) as caught:
        await call(client, room, sari)
    assert caught.value.response.headers["Retry-After"] == str(60 - most // 4)
    clock.now += 60 - most // 4
    await call(client, room, sari)


async def test_socket_connections_are_of_the_first_tier(slack: SlackEmulator, client: AsyncWebClient, clock: Clock) -> None:
    for _ in range(4):
        await client.apps_connections_open(app_token=slack.app_token)
    with pytest.raises(SlackApiError) as caught:
        await client.apps_connections_open(app_token=slack.app_token)
    assert caught.value.response.status_code == 429


async def test_several_hundred_messages_a_minute_in_a_workspace(
    slack: SlackEmulator, client: AsyncWebClient, clock: Clock
) -> None:
    slack.limits.special["chat.postMessage"] = 5
    for number in range(6):
        slack.add_channel(f"ruang-{number}")
    for number in range(5):
        await client.chat_postMessage(channel=f"#ruang-{number}", text="x")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="#ruang-5", text="x")
    assert caught.value.response.headers["Retry-After"] == "60"


async def test_limits_can_be_switched_off(slack: SlackEmulator, client: AsyncWebClient) -> None:
    slack.limits.on = False
    for number in range(30):
        await client.chat_postMessage(channel="#sirkulasi", text=str(number))
    assert len(slack.channel("sirkulasi").messages) == 30
