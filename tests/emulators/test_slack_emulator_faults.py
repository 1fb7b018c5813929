"""Faults on demand: what slack_sdk's client sees of each, and whether the emulator accepted the call."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.faults import Fault, Faults, closed, garbage, half, hang, html, rate_limited, slow, status
from tests.emulators.slack import SlackEmulator

pytestmark = pytest.mark.anyio


@pytest.fixture
async def slack(anyio_backend: str) -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator(limits=False) as emulator:
        emulator.add_channel("sirkulasi", [emulator.add_person("Sari")])
        yield emulator


async def post(slack: SlackEmulator) -> str:
    """What one attempt to post says: ok, the error's text, or the exception's name."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    try:
        answer = await asyncio.wait_for(client.chat_postMessage(channel="#sirkulasi", text="x"), 0.3)
    except SlackApiError as error:
        said = error.response.data
        return f"{error.response.status_code} {said['error'] if isinstance(said, dict) and said else 'no JSON'}"
    except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError) as error:
        return type(error).__name__
    return "ok" if answer["ok"] else "?"


SEEN: list[tuple[Fault, str]] = [
    (rate_limited("30"), "429 ratelimited"),
    (rate_limited("0"), "429 ratelimited"),
    (status(500), "500 no JSON"),
    (status(503, b"upstream"), "503 no JSON"),
    (html(), "200 no JSON"),
    (html(502), "502 no JSON"),
    (closed(), "ServerDisconnectedError"),
    (garbage(), "ClientResponseError"),
    (hang(), "TimeoutError"),
    (half(), "ClientPayloadError"),
    (slow(0.01), "TimeoutError"),
]


@pytest.mark.parametrize(("fault", "seen"), SEEN, ids=[f"{fault.how}-{fault.status}-{n}" for n, (fault, _) in enumerate(SEEN)])
@pytest.mark.parametrize("accepted", [False, True], ids=["before", "lost"])
async def test_a_fault_strikes_once(slack: SlackEmulator, fault: Fault, seen: str, accepted: bool) -> None:
    struck = fault.lost() if accepted else fault.before()
    slack.faults.next("chat.postMessage", struck)
    assert await post(slack) == seen
    assert len(slack.channel("sirkulasi").messages) == len(slack.calls("chat.postMessage")) == int(accepted)
    assert await post(slack) == "ok"
    assert slack.faults.struck == [("chat.postMessage", struck)]


@pytest.mark.parametrize("after", ["1", "3600", "kapan-kapan", "-5", None])
async def test_retry_after_says_whatever_it_is_told(slack: SlackEmulator, after: str | None) -> None:
    slack.faults.next(None, rate_limited(after))
    url, bearer = slack.api_url + "auth.test", {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession() as http, http.post(url, headers=bearer) as answer:
        assert (answer.status, answer.headers.get("Retry-After")) == (429, after)


async def test_slack_sdk_waits_out_a_fault(slack: SlackEmulator) -> None:
    slack.faults.next("chat.postMessage", rate_limited("0"), times=2)
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url,
                            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)])  # fmt: skip
    assert (await client.chat_postMessage(channel="#sirkulasi", text="x"))["ok"]
    assert len(slack.faults.struck) == 2 and len(slack.channel("sirkulasi").messages) == 1


async def test_always_until_cleared_and_only_for_its_method(slack: SlackEmulator) -> None:
    slack.faults.always("chat.postMessage", status(503))
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    assert [await post(slack) for _ in range(3)] == ["503 no JSON"] * 3
    assert (await client.auth_test())["ok"]
    slack.faults.clear()
    assert await post(slack) == "ok"


async def test_clearing_lets_go_whoever_hangs(slack: SlackEmulator) -> None:
    slack.faults.next(None, hang())
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    waiting = asyncio.create_task(client.auth_test())
    await slack.until(lambda: slack.faults.struck)
    assert not waiting.done()
    slack.faults.clear()
    with pytest.raises(aiohttp.ClientError):
        await waiting


async def test_slow_answers_arrive_whole_in_the_end(slack: SlackEmulator) -> None:
    slack.faults.next("api.test", slow(0.001))
    assert (await AsyncWebClient(base_url=slack.api_url).api_test(a="b"))["args"] == {"a": "b"}


def test_chance_follows_the_seed() -> None:
    def hits(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.sometimes("a", closed(), 0.25)
        return [faults.pick("a") is not None for _ in range(400)]

    assert hits(1) == hits(1) != hits(2)
    assert 60 < sum(hits(1)) < 140


async def test_files_and_response_urls_can_fail_too(slack: SlackEmulator) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    room, sari = slack.channel("sirkulasi"), slack.person("Sari")
    upload = {"channel": room.id, "content": b"x", "filename": "a.txt"}
    slack.faults.next("upload", status(500))
    with pytest.raises(Exception, match="upload"):
        await client.files_upload_v2(**upload)
    slack.faults.next("files.completeUploadExternal", status(500).lost())
    with pytest.raises(SlackApiError):
        await client.files_upload_v2(**upload)
    assert [one.subtype for one in room.messages] == ["file_share"]
    url = slack.workspace.new_response_url(room.id, sari.id)
    said = await sari.says(room, "berkas", files=[("a.txt", b"isi")])
    slack.faults.next("response_url", status(500).lost())
    slack.faults.next("download", html(503))
    async with aiohttp.ClientSession() as http:
        async with http.post(url, json={"text": "halo"}) as answer:
            assert answer.status == 500
        async with http.get(f"{slack.base_url}/files-pri/{slack.workspace.id}-{said.files[0].id}/a.txt") as answer:
            assert answer.status == 503
    assert [one.text for one in sari.reads(room)][-1] == "halo"


async def test_closing_does_not_wait_for_whoever_hangs() -> None:
    async with SlackEmulator() as slack:
        slack.faults.next(None, hang())
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        waiting = asyncio.create_task(client.auth_test())
        await slack.until(lambda: slack.faults.struck)
        started = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - started < 2
    with pytest.raises(aiohttp.ClientError):
        await waiting
