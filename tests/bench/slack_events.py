"""Correctly signed Slack requests as bytes for the wire: messages, answers in a thread, reactions, commands."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import random
import time
from urllib.parse import urlencode

SECRET = "0123456789abcdef0123456789abcdef"
TEAM, BOT, CHANNEL = "T1", "UB", "C1"
AHEAD = float(os.environ.get("BENCH_AHEAD", "0"))  # seconds that the house's clock is ahead of this machine's
USERS = 60
QUESTIONS = 200
FIRST = 1_760_000_000  # the seconds of the first question's timestamp
TALK = (
    "bagaimana cara mengatalog buku seri judul jilid berbeda apakah perlu entri tambahan untuk setiap koleksi referensi "
    "pustakawan denda keterlambatan peminjaman how do we catalogue old maps without dates"
)
WORDS = TALK.split()


def question_ts(n: int) -> str:
    return f"{FIRST + n}.000100"


def user(n: int) -> str:
    return f"U{n % USERS:03}"


def post(body: str, kind: str = "application/json") -> bytes:
    """The whole request, signed now."""
    at = str(int(time.time() + AHEAD))
    signature = "v0=" + hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nX-Slack-Request-Timestamp: {at}\r\n"
        f"X-Slack-Signature: {signature}\r\nContent-Length: {len(body.encode())}\r\n\r\n"
    )
    return (head + body).encode()


def event(id: str, inner: dict[str, object]) -> bytes:
    whose = [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True, "is_enterprise_install": False}]
    told = {
        "token": "x", "team_id": TEAM, "api_app_id": "A1", "type": "event_callback", "event_id": f"Ev{id}",
        "event_time": int(time.time()), "authorizations": whose, "is_ext_shared_channel": False, "event_context": "4-abc",
        "event": inner,
    }  # fmt: skip
    return post(json.dumps(told, separators=(",", ":")))


def message(n: int, run: str, text: str, thread: str = "", who: str = "") -> bytes:
    """`n` and `run` make it unlike every other."""
    element = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    inner: dict[str, object] = {
        "type": "message", "channel": CHANNEL, "user": who or user(n), "text": text, "ts": stamp(n, run), "team": TEAM,
        "channel_type": "channel", "client_msg_id": f"{run}{n:022x}",
        "blocks": [{"type": "rich_text", "block_id": "b1", "elements": [element]}],
    }  # fmt: skip
    return event(f"{run}{n:08}", inner | ({"thread_ts": thread} if thread else {}))


def stamp(n: int, run: str) -> str:
    """A message's timestamp; `run` is the second in which it began."""
    return f"{run}.{n:06}"


def sentence(rnd: random.Random, words: int = 14) -> str:
    return " ".join(rnd.choices(WORDS, k=words))


def question(n: int, run: str, rnd: random.Random) -> bytes:
    """A question to the bot, which is stored whatever it says."""
    return message(n, run, f"<@{BOT}> {sentence(rnd)}?")


def answer(n: int, run: str, rnd: random.Random) -> bytes:
    return message(n, run, sentence(rnd), question_ts(n % QUESTIONS))


def reaction(n: int, run: str) -> bytes:
    """Somebody's thumb on a question; 👍 settles nothing, and is looked at all the same."""
    item = {"type": "message", "channel": CHANNEL, "ts": question_ts(n % QUESTIONS)}
    inner: dict[str, object] = {
        "type": "reaction_added", "user": user(n), "reaction": "white_check_mark", "item": item, "item_user": user(n + 1),
        "event_ts": stamp(n, run),
    }  # fmt: skip
    return event(f"{run}{n:08}", inner)


def command(n: int, run: str, api: str) -> bytes:
    """`/komunitas`; what it says comes back over `response_url`."""
    fields = {
        "token": "x", "team_id": TEAM, "channel_id": CHANNEL, "channel_name": "umum", "user_id": user(n), "user_name": "sari",
        "command": "/komunitas", "text": "", "api_app_id": "A1", "response_url": f"{api}/respond/{run}{n}",
        "trigger_id": f"{run}.{n}.abc",
    }  # fmt: skip
    return post(urlencode(fields), "application/x-www-form-urlencoded")


def mixed(n: int, run: str, rnd: random.Random, api: str) -> bytes:
    """Of ten: six answers, two reactions, two commands."""
    match n % 10:
        case 3 | 7:
            return reaction(n, run)
        case 5 | 9:
            return command(n, run, api)
        case _:
            return answer(n, run, rnd)
