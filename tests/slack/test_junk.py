"""What nobody should send: forged, stale, replayed, or genuine nonsense. A 4xx each, no effect, nothing in the log."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from bot.events import Said
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack.signing import sign
from tests.slack.world import SECRET, Moving, Scene, ScriptedEars, a_door, furnished, until

pytestmark = pytest.mark.anyio
FORM = "application/x-www-form-urlencoded"
CANARY = "kata-rahasia-seseorang"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=20) as one:
        yield one


def message(scene: Scene, text: str = CANARY, ts: str = "1764000000.000100") -> bytes:
    event = {"type": "message", "channel": scene.slack.channel("umum").id, "user": scene.slack.person("Sari Dewi").id,
             "text": text, "ts": ts, "channel_type": "channel"}  # fmt: skip
    return json.dumps({"type": "event_callback", "team_id": scene.team, "event_id": "Ev1", "event": event}).encode()


def headers(
    scene: Scene, body: bytes, *, at: float | None = None, secret: str = SECRET, media: str = "application/json"
) -> dict[str, str]:
    seconds = int(scene.clock.seconds() if at is None else at)
    return {
        "X-Slack-Request-Timestamp": str(seconds),
        "X-Slack-Signature": sign(secret, seconds, body),
        "Content-Type": media,
    }


UNSIGNED = {
    "nothing": {},
    "only a timestamp": {"X-Slack-Request-Timestamp": "NOW"},
    "only a signature": {"X-Slack-Signature": "TRUE"},
    "an empty timestamp": {"X-Slack-Request-Timestamp": "", "X-Slack-Signature": "TRUE"},
    "words for a timestamp": {"X-Slack-Request-Timestamp": "abc", "X-Slack-Signature": "TRUE"},
    "a timestamp of 5,000 digits": {"X-Slack-Request-Timestamp": "1" * 5000, "X-Slack-Signature": "TRUE"},
    "a negative timestamp": {"X-Slack-Request-Timestamp": "-1764000000", "X-Slack-Signature": "TRUE"},
    "a timestamp with a fraction": {"X-Slack-Request-Timestamp": "1764000000.5", "X-Slack-Signature": "TRUE"},
    "digits of another script": {"X-Slack-Request-Timestamp": "١٧٦٤٠٠٠٠٠٠", "X-Slack-Signature": "TRUE"},
    "400 s old": {"X-Slack-Request-Timestamp": "OLD", "X-Slack-Signature": "TRUE"},
    "400 s ahead": {"X-Slack-Request-Timestamp": "AHEAD", "X-Slack-Signature": "TRUE"},
    "an empty signature": {"X-Slack-Request-Timestamp": "NOW", "X-Slack-Signature": ""},
    "a signature without its version": {"X-Slack-Request-Timestamp": "NOW", "X-Slack-Signature": "BARE"},
    "a signature of another version": {"X-Slack-Request-Timestamp": "NOW", "X-Slack-Signature": "V1"},
    "a signature that is not ASCII": {"X-Slack-Request-Timestamp": "NOW", "X-Slack-Signature": "v0=ééééé"},
    "a signature in capitals": {"X-Slack-Request-Timestamp": "NOW", "X-Slack-Signature": "CAPITALS"},
    "a signature a digit short": {"X-Slack-Request-Timestamp": "NOW", "X-Slack-Signature": "SHORT"},
    "another secret": {"X-Slack-Request-Timestamp": "NOW", "X-Slack-Signature": "OTHER"},
    "an empty secret": {"X-Slack-Request-Timestamp": "NOW", "X-Slack-Signature": "NOSECRET"},
    "another body": {"X-Slack-Request-Timestamp": "NOW", "X-Slack-Signature": "OTHERBODY"},
}  # fmt: skip


def forged(scene: Scene, words: dict[str, str], body: bytes) -> list[tuple[bytes, bytes]]:
    """The words made out; each signature is true for the timestamp beside it, save for what the case names."""
    now = int(scene.clock.seconds())
    ahead = {"OLD": -400, "AHEAD": 400}.get(words.get("X-Slack-Request-Timestamp", ""), 0)
    at = now + ahead
    true = sign(SECRET, at, body)
    times = {"NOW": str(now), "OLD": str(now - 400), "AHEAD": str(now + 400)}
    wrong = {"BARE": true[3:], "V1": "v1" + true[2:], "CAPITALS": true[:3] + true[3:].upper(), "SHORT": true[:-1]}
    others = {"OTHER": sign("another", at, body), "NOSECRET": sign("", at, body), "OTHERBODY": sign(SECRET, at, body + b" ")}
    made = {"TRUE": true, **times, **wrong, **others}
    return [(name.encode(), made.get(value, value).encode()) for name, value in words.items()]


@pytest.mark.parametrize("case", UNSIGNED)
async def test_what_is_not_signed_is_refused(
    scene: Scene, client: httpx.AsyncClient, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = message(scene)
    given = [*forged(scene, UNSIGNED[case], body), (b"Content-Type", b"application/json")]
    answer = await client.post(scene.url, content=body, headers=given)
    assert (answer.status_code, answer.content) == (401, b"")
    assert scene.ears.tries == 0
    assert CANARY not in caplog.text and SECRET not in caplog.text


async def test_two_signatures_are_none(scene: Scene, client: httpx.AsyncClient) -> None:
    body = message(scene)
    true = headers(scene, body)
    both = [*((k.encode(), v.encode()) for k, v in true.items()), (b"X-Slack-Signature", b"v0=" + b"0" * 64)]
    assert (await client.post(scene.url, content=body, headers=both)).status_code == 401


DEEP = b"[" * 100_000 + b"]" * 100_000
NONSENSE = {
    "nothing": b"",
    "no JSON": b"halo",
    "half an object": b'{"type": "event_callback"',
    "a list": b"[]",
    "a number": b"17",
    "a number of 6,000 digits": b'{"type": "event_callback", "n": ' + b"9" * 6000 + b"}",
    "null": b"null",
    "an empty object": b"{}",
    "bad UTF-8": b'{"type": "\xff\xfe"}',
    "100,000 deep": DEEP,
    "100,000 deep within": b'{"type": "event_callback", "event": ' + DEEP + b"}",
    "an unknown type": b'{"type": "halo", "team_id": "TEAM"}',
    "no event": b'{"type": "event_callback", "team_id": "TEAM"}',
    "an event that is a list": b'{"type": "event_callback", "team_id": "TEAM", "event": []}',
    "an event without a type": b'{"type": "event_callback", "team_id": "TEAM", "event": {}}',
    "a challenge that is a number": b'{"type": "url_verification", "challenge": 3}',
}
FORMS = {
    "an empty form": b"",
    "no command": b"text=halo",
    "a payload that is no JSON": b"payload=halo",
    "a payload that is a list": b"payload=%5B%5D",
    "a payload without a type": b"payload=%7B%7D",
    "a payload 100,000 deep": b"payload=" + DEEP,
    "2,000 fields": b"&".join(b"a%d=1" % n for n in range(2000)),
    "a command by nobody": b"command=%2Ftanya&team_id=TEAM",
}


@pytest.mark.parametrize("case", [*NONSENSE, *FORMS])
async def test_what_is_signed_and_nonsense_is_refused(
    scene: Scene, client: httpx.AsyncClient, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    body = (NONSENSE.get(case) or FORMS.get(case) or b"").replace(b"TEAM", scene.team.encode())
    media = "application/json" if case in NONSENSE else FORM
    answer = await client.post(scene.url, content=body, headers=headers(scene, body, media=media))
    assert answer.status_code in (400, 403)
    assert scene.ears.tries == 0
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


@pytest.mark.parametrize("media", ["", "text/plain", "multipart/form-data; boundary=x", "application/xml", "é"])
async def test_other_kinds_of_body_are_refused(scene: Scene, client: httpx.AsyncClient, media: str) -> None:
    body = message(scene)
    given = {k: v.encode() for k, v in (headers(scene, body) | {"Content-Type": media}).items()}
    assert (await client.post(scene.url, content=body, headers=given)).status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_only_post(scene: Scene, client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, scene.url)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_more_than_a_megabyte_is_refused(scene: Scene, client: httpx.AsyncClient) -> None:
    body = message(scene, "a" * 1_000_001)
    assert (await client.post(scene.url, content=body, headers=headers(scene, body))).status_code == 413

    async def dripping() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"a" * 100_000

    with suppress(httpx.WriteError):  # it hung up before all was said: refused as well
        assert (await client.post(scene.url, content=dripping(), headers=headers(scene, b""))).status_code == 413
    assert scene.ears.tries == 0


async def test_another_workspaces_team_is_not_taken(scene: Scene, client: httpx.AsyncClient) -> None:
    body = message(scene).replace(scene.team.encode(), b"T0STRANGER")
    assert (await client.post(scene.url, content=body, headers=headers(scene, body))).status_code == 403
    assert scene.ears.tries == 0


async def test_a_replay_does_nothing(scene: Scene, client: httpx.AsyncClient) -> None:
    body = message(scene)
    given = headers(scene, body)
    assert [(await client.post(scene.url, content=body, headers=given)).status_code for _ in range(3)] == [200, 200, 200]
    assert scene.ears.tries == 1
    again = headers(scene, body, at=scene.clock.seconds() + 60)  # Slack's own retry has a signature of its own
    assert (await client.post(scene.url, content=body, headers=again)).status_code == 200
    assert (scene.ears.tries, len(scene.ears.heard)) == (2, 1)


async def test_a_replayed_command_does_nothing(scene: Scene, client: httpx.AsyncClient) -> None:
    fields = {"command": "/tanya", "text": CANARY, "user_id": scene.slack.person("Sari Dewi").id, "team_id": scene.team,
              "channel_id": scene.slack.channel("umum").id}  # fmt: skip
    for trigger in ({"trigger_id": "17.18.19"}, {}):
        body = urlencode(fields | trigger).encode()
        for later in (0, 0, 30):
            given = headers(scene, body, at=scene.clock.seconds() + later, media=FORM)
            assert (await client.post(scene.url, content=body, headers=given)).status_code == 200
    assert len(scene.ears.heard) == 2


async def test_what_cannot_be_stored_is_not_acknowledged(scene: Scene, client: httpx.AsyncClient) -> None:
    scene.ears.down = True
    body = message(scene)
    assert (await client.post(scene.url, content=body, headers=headers(scene, body))).status_code == 503
    scene.ears.down = False
    assert (await client.post(scene.url, content=body, headers=headers(scene, body))).status_code == 200
    assert len(scene.ears.heard) == 1


async def test_the_secret_before_is_valid_while_it_is_changed(tmp_path: Path, client: httpx.AsyncClient) -> None:
    async with a_door(tmp_path, secrets=("the new one", "the old one")) as scene:
        for number, secret in enumerate(("the new one", "the old one")):
            body = message(scene, ts=f"176400000{number}.000100")
            assert (await client.post(scene.url, content=body, headers=headers(scene, body, secret=secret))).status_code == 200
        body = message(scene)
        assert (await client.post(scene.url, content=body, headers=headers(scene, body, secret=SECRET))).status_code == 401
        assert len(scene.ears.heard) == 2


async def test_the_address_is_verified(scene: Scene, client: httpx.AsyncClient) -> None:
    body = b'{"type": "url_verification", "challenge": "3eZbrw1aB"}'
    answer = await client.post(scene.url, content=body, headers=headers(scene, body))
    assert answer.json() == {"challenge": "3eZbrw1aB"}


async def test_what_no_database_carries_is_replaced(scene: Scene, client: httpx.AsyncClient) -> None:
    body = message(scene).replace(CANARY.encode(), rb"a\u0000b\ud800c \ud83d\ude00")
    assert (await client.post(scene.url, content=body, headers=headers(scene, body))).status_code == 200
    what = scene.ears.heard[0].what
    assert isinstance(what, Said) and what.text == "a\ufffdb\ufffdc 😀"


async def test_a_door_that_has_not_opened_yet_takes_nothing(tmp_path: Path, client: httpx.AsyncClient) -> None:
    async with a_door(tmp_path, start=False) as scene:
        body = message(scene)
        assert (await client.post(scene.url, content=body, headers=headers(scene, body))).status_code == 503


async def test_several_workspaces_are_told_apart(tmp_path: Path, client: httpx.AsyncClient) -> None:
    clock = Moving()
    async with SlackEmulator(clock=clock.seconds, limits=False) as slack:
        furnished(slack)
        other = slack.add_workspace("Cabang")
        tono = other.add_person("Tono")
        async with a_door(tmp_path, slack=slack, clock=clock, ears=ScriptedEars()) as scene:
            await slack.person("Sari Dewi").says(slack.channel("umum"), "halo")
            await tono.says(other.add_channel("umum", [tono]), "halo juga")
            await until(lambda: len(scene.ears.heard) == 2)
            places = [event.place.channel.partition(":")[0] for event in scene.ears.heard if event.place]
            assert places == [slack.workspace.id, other.id]
