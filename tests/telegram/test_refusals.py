"""What becomes of every refusal and fault, and that nothing is told that should not be."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from telegram.error import InvalidToken

from adapters.telegram import client
from bot.doors import Delivery
from bot.errors import Rejected, TryLater, Unreachable
from bot.model.place import Account, MessageRef, Place
from tests.emulators.faults import Fault, closed, garbage, half, hang, html, slow, status
from tests.emulators.telegram import Chat, TelegramEmulator, flood
from tests.telegram.house import Alone, alone

pytestmark = pytest.mark.anyio
GROUP = -1001234567890
HERE = Place("telegram", str(GROUP))


@pytest.fixture
async def it(telegram: TelegramEmulator, tmp_path: Path) -> AsyncIterator[Alone]:
    async with alone(telegram, tmp_path) as door:
        yield door


@pytest.fixture
def group(telegram: TelegramEmulator) -> Chat:
    people = [telegram.person(501, "Sari", started=True), telegram.person(502, "Budi")]
    return telegram.supergroup(GROUP, "Pustakawan", members=people, bot_status="administrator")


def say(text: str = "Halo **semua**", **more: object) -> Delivery:
    given: dict[str, object] = {"place": HERE} | more
    return Delivery("01", text, "id", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        (flood(0), 0.0),
        (flood(1), 1.0),
        (flood(3600), 3600.0),
        (flood(10**9), 3600.0),
        (flood(-4), 0.0),
        (flood("soon"), 5.0),
        (flood(None), 5.0),
        (Fault("answer", 429, (("Retry-After", "7"),), b"<html>"), 7.0),
        (status(500), None),
        (status(503), None),
        (html(502), None),
        (html(200), None),
        (status(200, b'{"ok":true}'), None),
        (half(), None),
        (closed(), None),
        (garbage(), None),
        (status(401, b'{"ok":false,"error_code":401,"description":"Unauthorized"}', "application/json"), 300.0),
    ],
)
async def test_what_will_work_later(
    it: Alone, telegram: TelegramEmulator, group: Chat, fault: Fault, after: float | None, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.faults.next("sendMessage", fault)
    with pytest.raises(TryLater) as later:
        await it.door.deliver(say("rahasia"))
    assert math.isclose(later.value.after, after) if after is not None else 0 < later.value.after < 3
    assert telegram.bot.token not in caplog.text and "rahasia" not in caplog.text + later.value.why
    assert telegram.bot.token.partition(":")[2] not in repr(later.value.__cause__) + repr(later.value.__context__)


@pytest.mark.parametrize("fault", [hang(), slow(0.3), hang().lost()])
async def test_no_call_lasts_for_ever(
    telegram: TelegramEmulator, tmp_path: Path, group: Chat, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.4)
    async with alone(telegram, tmp_path) as it:
        telegram.faults.next("sendMessage", fault)
        with pytest.raises(TryLater):
            await it.door.deliver(say())
        telegram.faults.clear()


async def test_the_waits_grow_while_telegram_is_away_and_shrink_when_it_is_back(
    it: Alone, telegram: TelegramEmulator, group: Chat
) -> None:
    telegram.rates.on = False
    telegram.faults.next("sendMessage", status(500), times=5)
    waits = []
    for _ in range(5):
        with pytest.raises(TryLater) as later:
            await it.door.deliver(say())
        waits.append(later.value.after)
    assert all(later > before for before, later in pairwise(waits))
    await it.door.deliver(say())
    telegram.faults.next("sendMessage", status(500))
    with pytest.raises(TryLater) as later:
        await it.door.deliver(say())
    assert later.value.after < 3


async def test_a_chat_that_asked_for_quiet_is_left_alone(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    telegram.faults.next("sendMessage", flood(30))
    for _ in range(3):
        with pytest.raises(TryLater) as later:
            await it.door.deliver(say())
        assert 28 < later.value.after <= 30
    with pytest.raises(TryLater):
        await it.door.react(MessageRef("telegram", str(GROUP), "1"), "👀", False, "1")
    assert telegram.rates.early == []
    await it.door.deliver(say(place=None, private_to=Account("telegram", "501")))


async def test_while_the_token_is_refused_one_call_finds_out_for_all(telegram: TelegramEmulator, group: Chat) -> None:
    telegram.rates.on = False
    api = client.Api(telegram.bot.token, telegram.api_url, lambda: now[0])
    now = [1000.0]

    async def five() -> list[object]:
        return await asyncio.gather(*(api.send_message(GROUP, "halo") for _ in range(5)), return_exceptions=True)

    telegram.revoke()
    assert all(isinstance(one, InvalidToken) for one in await five())
    for later, calls in ((299.0, 0), (2.0, 1), (299.0, 0)):
        now[0] += later
        before = len(telegram.calls)
        left = [one.seconds for one in await five() if isinstance(one, client.Resting)]
        assert len(telegram.calls) - before == calls and len(left) == 5 - calls
        assert all(0 < seconds <= client.REVOKED for seconds in left)
    telegram.bot.revoked = False
    now[0] += 301
    telegram.faults.next("sendMessage", status(500))
    answers = await five()
    assert len(telegram.faults.struck) == 1 and sum(isinstance(one, client.Resting) for one in answers) == 4
    now[0] += client.UNSAID
    assert not any(isinstance(one, Exception) for one in await five()) and len(group.messages) == 5
    await api.close_lines()


async def test_a_method_that_an_old_server_lacks_stops_nothing_else(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    body = b'{"ok":false,"error_code":404,"description":"Not Found: method not found"}'
    telegram.faults.next("setMessageReaction", status(404, body, "application/json"))
    with pytest.raises(TryLater):
        await it.door.react(MessageRef("telegram", str(GROUP), "1"), "👀", False, "1")
    await it.door.deliver(say())


@pytest.mark.parametrize(
    ("description", "code", "kind"),
    [
        ("Forbidden: bot was kicked from the supergroup chat", 403, Unreachable),
        ("Forbidden: bot was blocked by the user", 403, Unreachable),
        ("Forbidden: user is deactivated", 403, Unreachable),
        ("Forbidden: bot can't initiate conversation with a user", 403, Unreachable),
        ("Bad Request: chat not found", 400, Unreachable),
        ("Bad Request: not enough rights to send text messages to the chat", 400, Unreachable),
        ("Bad Request: TOPIC_CLOSED", 400, Unreachable),
        ("Bad Request: message thread not found", 400, Unreachable),
        ("Bad Request: PEER_ID_INVALID", 400, Unreachable),
        ("Bad Request: message is too long", 400, Rejected),
        ("Bad Request: BUTTON_DATA_INVALID", 400, Rejected),
        ("Request Entity Too Large", 413, Rejected),
    ],
)
async def test_what_will_never_work(
    it: Alone, telegram: TelegramEmulator, group: Chat, description: str, code: int, kind: type[Exception]
) -> None:
    body = f'{{"ok":false,"error_code":{code},"description":"{description}"}}'.encode()
    telegram.faults.next("sendMessage", status(code, body, "application/json"))
    with pytest.raises(kind) as error:
        await it.door.deliver(say())
    assert str(getattr(error.value, "why", "")).startswith("telegram: ")


async def test_where_the_formatting_is_refused_the_plain_words_go(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    body = b'{"ok":false,"error_code":400,"description":"Bad Request: can\'t parse entities: Unsupported start tag \\"x\\""}'
    telegram.faults.next("sendMessage", status(400, body, "application/json"))
    await it.door.deliver(say("Halo **semua** & <b>"))
    assert (group.last.text, group.last.html) == ("Halo semua & <b>", None)
    telegram.faults.next("sendMessage", status(400, body, "application/json"), times=2)
    with pytest.raises(Rejected) as error:
        await it.door.deliver(say("lagi"))
    assert error.value.why == "telegram: Can't parse entities"


async def test_kicked_and_blocked(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    sari = telegram.person(501)
    telegram.bot.blocked.add(501)
    with pytest.raises(Unreachable):
        await it.door.deliver(say(place=None, private_to=Account("telegram", "501")))
    telegram.bot.blocked.clear()
    sari.says("saya kembali")
    await it.hears()
    await it.door.deliver(say(place=None, private_to=Account("telegram", "501")))
    group.members[telegram.bot.id].status = "kicked"
    with pytest.raises(Unreachable):
        await it.door.deliver(say())


async def test_nothing_is_logged_that_should_not_be(
    telegram: TelegramEmulator, tmp_path: Path, group: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    async with alone(telegram, tmp_path) as it:
        sari = telegram.person(501)
        sari.says("kata-kata-orang", group)
        await it.hears()
        for fault in (half(), html(502), closed(), status(200, b"{")):
            telegram.faults.next("sendMessage", fault)
            with pytest.raises(TryLater):
                await it.door.deliver(say("kata-kata-bot"))
        await asyncio.sleep(0.05)
    for secret in (telegram.bot.token, telegram.bot.token.partition(":")[2], "kata-kata-orang", "kata-kata-bot"):
        assert secret not in caplog.text
