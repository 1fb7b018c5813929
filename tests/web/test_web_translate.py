"""Payloads become neutral events."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web import payloads
from adapters.web.rows import Channel, Kept, Message, Person
from adapters.web.text import LONGEST, blank, clean, one_line, slug
from adapters.web.translate import Payload, as_command, to_event, without_mention
from bot.events import Commanded, Deleted, Edited, FileRef, Left, Pressed, Reacted, Said, Submitted

AT = datetime(2026, 11, 26, 7, 3, tzinfo=UTC)
SARI = Person("sari", "Sari", language="en")
ROOM = Channel("sirkulasi", "sirkulasi")
PRIVATE = Channel("dm-sari", "Guyub", kind="dm", owner="sari")


def base(room: Channel = ROOM, thread: str = "") -> Payload:
    return payloads.begin(SARI, room, AT, thread)


def message(text: str, **more: object) -> Message:
    return Message("m1", "sirkulasi", "sari", text, AT, **more)  # type: ignore[arg-type]


def test_a_message_carries_who_where_when_and_its_thread() -> None:
    event = to_event(payloads.said(base(thread="q1"), message("halo")), "perpus")
    assert event.id.startswith("web:") and event.library == "perpus" and event.at == AT and event.locale == "en"
    assert event.account and (event.account.door, event.account.user, event.account.name) == ("web", "sari", "Sari")
    assert event.place and (event.place.channel, event.place.thread) == ("sirkulasi", "q1")
    assert event.what == Said("halo", "m1") and event.lane == "web:sirkulasi:q1"


@pytest.mark.parametrize(
    ("typed", "left", "mentioned"),
    [
        ("@Guyub gmn cara perpanjang?", "gmn cara perpanjang?", True),
        ("@GUYUB, gmn?", "gmn?", True),
        ("tanya dong @guyub", "tanya dong", True),
        ("@guyub: a\nb @Guyub c", "a\nb c", True),
        ("surat ke a@guyub.example", "surat ke a@guyub.example", False),
        ("@guyubrukun bukan bot", "@guyubrukun bukan bot", False),
        ("guyub itu rukun", "guyub itu rukun", False),
    ],
)
def test_the_mention_is_cut_out(typed: str, left: str, mentioned: bool) -> None:
    event = to_event(payloads.said(base(), message(typed)), "perpus")
    assert isinstance(event.what, Said)
    assert (event.what.text, event.what.mentioned) == (left, mentioned)


def test_a_private_message_is_direct_and_files_come_along() -> None:
    kept = Kept("f1", "a.png", "image/png", 12)
    event = to_event(payloads.said(base(PRIVATE), message("", files=(kept,))), "perpus")
    assert event.what == Said("", "m1", (FileRef("f1", "a.png", "image/png", 12),), direct=True)


def test_every_other_act_has_its_event() -> None:
    acts = {
        Edited("baru", "m1", mentioned=True): payloads.edited(base(), message("@guyub baru")),
        Deleted("m1"): payloads.deleted(base(), "m1"),
        Reacted("✅", "m1", True): payloads.reacted(base(), "m1", "✅", True),
        Commanded("tanya", "apa itu"): payloads.commanded(base(), "tanya", "apa itu"),
        Pressed("solved", "q1", "m1"): payloads.pressed(base(), "m1", "solved", "q1"),
        Submitted("profile", "me", (("knows", "a"),)): payloads.submitted(base(), "profile", "me", [("knows", "a")]),
        Left(): payloads.left(base()),
    }
    for expected, payload in acts.items():
        assert to_event(payload, "perpus").what == expected


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/tanya gmn ini?", ("tanya", "gmn ini?")),
        ("  /ASK  what\nnow ", ("ask", "what\nnow")),
        ("/bantuan", ("bantuan", "")),
        ("/home/sari/berkas", None),
        ("/ tanya", None),
        ("tanya /cari", None),
        ("", None),
    ],
)
def test_a_line_that_begins_with_a_slash_and_a_word_is_a_command(line: str, command: tuple[str, str] | None) -> None:
    assert as_command(line) == command


@given(st.text(max_size=300))
def test_nothing_typed_breaks_the_readers(text: str) -> None:
    as_command(text)
    cut, mentioned = without_mention(text)
    assert mentioned or cut == text
    clean(text).encode()
    assert "\n" not in one_line(text, 40) and len(one_line(text, 40)) <= 40
    assert slug(text) == "" or slug(text).replace("-", "").isalnum()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=300))
def test_what_can_be_stored_is_kept_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_what_cannot_be_stored_is_replaced_in_its_place() -> None:
    assert clean("a\0b\ud800c\r\nd\re") == "a\ufffdb\ufffdc\nd\ne"
    assert blank(" \n\u200b\u2060\t") and not blank("👍") and LONGEST == 40_000
