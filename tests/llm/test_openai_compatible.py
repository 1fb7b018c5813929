"""The drafter against a real HTTP server on this machine: what it sends, what it takes, and how it fails."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jinja2
import pytest

from adapters.llm.openai_compatible import DraftFailed, OpenAICompatible

pytestmark = pytest.mark.anyio
PROMPT = Path(__file__).parents[2] / "prompts/llm/draft.md.j2"
ANSWERS = [("m-7f", "Sikat kering dulu di luar ruangan"), ("m-8a", "Lalu angin-anginkan dua hari")]


class Endpoint:
    """What the server answers next, and what it was asked."""

    status, body, delay = 200, b"", 0.0
    asked: dict[str, object]
    key = ""


def says(text: object) -> bytes:
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


@pytest.fixture
def endpoint() -> Iterator[tuple[Endpoint, str]]:
    state = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.key = self.headers.get("Authorization", "")
            time.sleep(state.delay)
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # a client that gave up
                self.wfile.write(state.body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield state, f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


async def draft(url: str, seconds: float = 5.0) -> str:
    template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(PROMPT.read_text("utf-8"))
    drafter = OpenAICompatible(url, "small", "sk-1", lambda data: template.render(data), seconds)
    try:
        return await drafter.draft("Buku berjamur, dibersihkan pakai apa?", ANSWERS, "id")
    finally:
        await drafter.close()


async def test_a_draft_cites_messages_by_their_ids(endpoint: tuple[Endpoint, str]) -> None:
    state, url = endpoint
    state.body = says("1. Sikat kering di luar. [1]\n2. Angin-anginkan. [2] [9]")
    assert await draft(url) == "1. Sikat kering di luar. [m-7f]\n2. Angin-anginkan. [m-8a]"
    assert state.key == "Bearer sk-1"
    assert state.asked["model"] == "small"
    prompt = str(state.asked["messages"])
    assert "Indonesian" in prompt and "Sikat kering dulu" in prompt and "m-7f" not in prompt


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (500, b"", "500"),
        (302, b"", "302"),
        (200, b"<html>", "form"),
        (200, b"[]", "form"),
        (200, says(None), "empty"),
        (200, says("  "), "empty"),
        (200, says("Sikat saja."), "cites no message"),
        (200, says("x" * 300_000), "too long"),
        (200, b"[" * 100_000, "form"),
    ],
)
async def test_what_cannot_be_used_is_one_typed_error(
    endpoint: tuple[Endpoint, str], status: int, body: bytes, why: str
) -> None:
    state, url = endpoint
    state.status, state.body = status, body
    with pytest.raises(DraftFailed, match=why) as caught:
        await draft(url)
    assert "sk-1" not in str(caught.value) and url not in str(caught.value)


async def test_a_slow_or_absent_endpoint_is_given_up(endpoint: tuple[Endpoint, str]) -> None:
    state, url = endpoint
    state.delay = 1.0
    with pytest.raises(DraftFailed, match="no answer"):
        await draft(url, seconds=0.2)
    with pytest.raises(DraftFailed, match="no answer"):
        await draft("http://127.0.0.1:9/v1")
