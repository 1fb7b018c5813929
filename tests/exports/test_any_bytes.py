"""Whatever comes: random bytes, mutated samples, odd records, monsters. A reader reads on or says kindly why not."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.exports import BadExport
from adapters.exports.encoding import Utf8
from adapters.exports.slack_text import marked
from adapters.exports.whatsapp_text import author
from adapters.exports.whatsapp_text import body as whatsapp_body
from bot.importing.answered import found
from bot.importing.told import Report, Told
from tests.exports.generated import KINDS as MADE
from tests.exports.reading import ANDROID, SAMPLES, folder, packed, read

KINDS = ("slack", "telegram", "whatsapp")
NAMES = {"slack": "e.zip", "telegram": "result.json", "whatsapp": "_chat.txt"}


def zipped_bytes(kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as at:
        return packed(Path(at) / "e.zip", folder(SAMPLES / kind)).read_bytes()


ZIPS = {kind: zipped_bytes(kind) for kind in KINDS}
PLAIN = {
    "slack": ZIPS["slack"],
    "telegram": (SAMPLES / "telegram" / "account.json").read_bytes(),
    "whatsapp": ANDROID.read_bytes(),
}


def taken(kind: str, data: bytes, name: str = "") -> tuple[list[Told], Report]:
    """Reads and groups these bytes, and checks what must hold of any message. Nothing but BadExport may come out."""
    with tempfile.TemporaryDirectory() as at:
        path = Path(at) / (name or NAMES[kind])
        path.write_bytes(data)
        try:
            told, report = read(kind, path)
        except BadExport as error:
            assert error.template.startswith("import.")
            return [], Report()
        assert [one.name for one in Path(at).iterdir()] == [path.name]
    for one in told:
        assert one.id == f"{one.channel}:{one.message}"
        assert one.at.tzinfo is UTC
        assert one.text or one.files
        assert len(one.text) <= 40_000
        assert len(one.author.name) <= 200
        one.text.encode("utf-8")
    list(found(told))
    return told, report


@st.composite
def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """A few cuts, flips, copies and insertions."""
    out = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(out) - 1, 0)))
        to = min(at + draw(st.integers(0, 60)), len(out))
        match draw(st.sampled_from(("flip", "cut", "copy", "insert", "end"))):
            case "flip" if out:
                out[at] ^= draw(st.integers(1, 255))
            case "cut":
                del out[at:to]
            case "copy":
                out[at:at] = out[at:to] * draw(st.integers(1, 5))
            case "insert":
                out[at:at] = draw(st.binary(max_size=12))
            case "end" if draw(st.integers(0, 3)) == 0:
                del out[at:]
    return bytes(out)


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=60)
@given(data=st.binary(max_size=3000))
def test_random_bytes(kind: str, data: bytes) -> None:
    taken(kind, data)


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_mutated_samples(kind: str, data: st.DataObject) -> None:
    taken(kind, data.draw(mutated(PLAIN[kind])))


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=80)
@given(data=st.data())
def test_mutated_zips(kind: str, data: st.DataObject) -> None:
    taken(kind, data.draw(mutated(ZIPS[kind])), "e.zip")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
SLACK_RECORD = {
    "type": "message", "user": "U01", "ts": "1767574800.000100", "text": "halo", "thread_ts": "1767574800.000100",
    "subtype": "file_share", "edited": {"ts": "1"}, "user_profile": {"display_name": "x"},
    "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_list", "indent": 1, "elements": [
        {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U01"}, {"type": "text", "text": "x"}]}]}]}],
    "files": [{"name": "a.pdf", "size": 1, "url_private": "https://x"}], "reactions": [{"name": "+1", "users": ["U01"]}],
}  # fmt: skip
TELEGRAM_RECORD = {
    "id": 1, "type": "message", "date": "2026-01-05T08:00:00", "date_unixtime": "1767574800", "from": "Sari",
    "from_id": "user1", "text": ["a", {"type": "text_link", "text": "b", "href": "https://x"}], "text_entities": [],
    "reply_to_message_id": 1, "photo": "a.jpg", "file": "b", "file_name": "c",
    "poll": {"question": "q", "answers": [{"text": "x"}]},
    "reactions": [{"emoji": "👍", "recent": [{"from_id": "user2"}]}], "forwarded_from": "x", "action": "topic_created",
}  # fmt: skip


def spoilt(draw: st.DataObject, record: Any) -> Any:
    """The record with something else at one place, however deep."""
    if isinstance(record, dict) and record and draw.draw(st.integers(0, 4)):
        key = draw.draw(st.sampled_from(sorted(record)))
        return record | {key: spoilt(draw, record[key])}
    if isinstance(record, list) and record and draw.draw(st.integers(0, 3)):
        return [spoilt(draw, record[0]), *record[1:]]
    return draw.draw(JSON)


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_odd_slack_records(data: st.DataObject) -> None:
    records = [spoilt(data, SLACK_RECORD), SLACK_RECORD, spoilt(data, spoilt(data, SLACK_RECORD))]
    users = [spoilt(data, {"id": "U01", "name": "sari", "profile": {"display_name": "Sari"}}), {"id": "U02"}]
    files = {"channels.json": '[{"id":"C1","name":"umum"}]', "users.json": json.dumps(users)}
    with tempfile.TemporaryDirectory() as at:
        path = packed(Path(at) / "e.zip", files | {"umum/2026-01-05.json": json.dumps(records)})
        told, _ = taken("slack", path.read_bytes())
    assert told


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_odd_telegram_records(data: st.DataObject) -> None:
    records = [spoilt(data, TELEGRAM_RECORD), TELEGRAM_RECORD | {"id": 2}, spoilt(data, spoilt(data, TELEGRAM_RECORD))]
    told, _ = taken("telegram", json.dumps({"name": "x", "type": "private_group", "id": 1, "messages": records}).encode())
    assert "2" in {one.message for one in told}


LINE = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=60)


@settings(deadline=None, max_examples=150)
@given(st.lists(LINE, max_size=12), st.sampled_from(("25/11/26 14.05 - ", "[25/11/26, 2:05:33\u202fPM] ")))
def test_odd_whatsapp_lines(lines: list[str], stamp: str) -> None:
    text = "\n".join([stamp + "Sari: halo", *(stamp + line if n % 2 else line for n, line in enumerate(lines))])
    told, _ = taken("whatsapp", text.encode("utf-8", "replace"))
    assert told or lines  # the first message may turn into a deleted one by what follows


class Pieces(io.BytesIO):
    """Gives at most so many bytes at a time."""

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__(data)
        self.most = most

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self.most)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from(["a", "é", "😀", "\\", '"', "x", "1F", "\\x0A", "\\\\x41", "\\n"]) | st.characters(codec="utf-8"),
        max_size=20,
    ),
    st.integers(3, 9),
    st.booleans(),
)
def test_the_piece_size_makes_no_difference(parts: list[str], most: int, is_json: bool) -> None:
    data = "".join(parts).encode()

    def whole(pieces: int) -> bytes:
        stream, out = Utf8(Pieces(data, pieces), json=is_json), b""
        while piece := stream.read():
            out += piece
        return out

    assert whole(most) == whole(1_000_000)
    if not is_json:
        assert whole(most) == data.removeprefix("\ufeff".encode())


@given(st.binary(max_size=200), st.integers(3, 9))
def test_whatever_is_read_is_utf_8(data: bytes, most: int) -> None:
    stream = Utf8(Pieces(data, most))
    while piece := stream.read():
        piece.decode("utf-8")


# ---- monsters --------------------------------------------------------------------------------------------------------

MB = 1_000_000
PARTS = (
    "<",
    "<@",
    "<a|",
    ":",
    ":a",
    "@1",
    "@628",
    "1/1/1",
    "25/11/26 14.05 - ",
    "+1 (",
    "<attached: ",
    "•",
    "\u200e",
    '"',
    "a b",
    "\\x1",
)


@pytest.mark.parametrize("part", PARTS)
def test_a_megabyte_of_anything_is_read_in_one_go(part: str) -> None:
    text = part * (MB // len(part.encode()))
    marked(text, lambda user: user, lambda channel: channel)
    whatsapp_body([text])
    author(text[:100_000])
    telegram = TELEGRAM_RECORD | {"text": text}
    taken("telegram", json.dumps({"name": "x", "type": "private_group", "id": 1, "messages": [telegram]}).encode())
    taken("whatsapp", f"25/11/26 14.05 - Sari: {text}\n{text}\n25/11/26 14.05 - {text}: halo".encode())


@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_messages_is_twice_the_work(kind: str) -> None:
    """Counted in calls of Python, not timed."""
    name, make = MADE[kind]

    def calls(messages: int) -> int:
        counted = 0

        def count(frame: Any, event: str, arg: Any) -> None:
            nonlocal counted
            counted += 1

        with tempfile.TemporaryDirectory() as at:
            path = make(Path(at) / name, messages)
            sys.setprofile(count)
            try:
                read(kind, path)
            finally:
                sys.setprofile(None)
        return counted

    calls(100)  # what is only done once
    assert calls(2000) <= 2.5 * calls(1000)
