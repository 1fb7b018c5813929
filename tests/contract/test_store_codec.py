"""Events and messages as JSON: nothing is lost, and what no database can hold is cleaned."""

from __future__ import annotations

from datetime import UTC
from typing import Any, get_args

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import events, outcome
from bot.events import Event
from bot.model.place import Account, MessageRef, Place
from storage.clean import clean, cleaned
from storage.codec import decode_event, decode_out, encode

HARD = ("", "\0", "\ud800", "a\udfffb", "\ud83d\ude00", "👩🏽‍🏫✅", "‏שלום", "\u200b\u202e", '"\\u0000"\\', "x" * 40_000, "<b>&")
TEXT = st.one_of(st.text(max_size=20), st.sampled_from(HARD), st.text(st.characters(), max_size=8))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def made(record: Any, **how: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(record, **how)


ACCOUNTS = made(Account, door=TEXT, user=TEXT, name=TEXT)
PLACES = made(Place, door=TEXT, channel=TEXT, thread=TEXT)
REFS = made(MessageRef, door=TEXT, channel=TEXT, message=TEXT)
FILES = made(events.FileRef, file=TEXT, name=TEXT, media_type=TEXT, size=st.integers(0, 2**40))
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)
WHATS = st.one_of(
    made(events.Said, text=TEXT, message=TEXT, files=st.lists(FILES, max_size=2).map(tuple), mentioned=st.booleans()),
    made(events.Edited, text=TEXT, message=TEXT),
    made(events.Deleted, message=TEXT),
    made(events.Reacted, emoji=TEXT, message=TEXT, removed=st.booleans()),
    made(events.Commanded, name=TEXT, args=TEXT),
    made(events.Pressed, action=TEXT, value=TEXT, message=TEXT),
    made(events.Submitted, form=TEXT, subject=TEXT, fields=PAIRS),
    made(events.Marked, message=TEXT, text=TEXT, author=ACCOUNTS, files=st.lists(FILES, max_size=2).map(tuple)),
    made(events.Left),
    made(events.Reached),
    made(events.Room, change=st.sampled_from(["opened", "closed", "renamed", "moved"]), name=TEXT, to=TEXT),
    made(events.Missed, door=TEXT, since=st.datetimes(timezones=st.just(UTC)), until=st.datetimes(timezones=st.just(UTC))),
    made(events.Happened, what=TEXT, subject=TEXT, facts=PAIRS),
    made(events.CameDue, what=TEXT, subject=TEXT),
)
EVENTS = made(
    Event,
    id=TEXT,
    library=TEXT,
    at=st.datetimes(timezones=st.just(UTC)),
    what=WHATS,
    account=st.none() | ACCOUNTS,
    place=st.none() | PLACES,
    locale=st.sampled_from([None, "id", "en"]),
)
ADDRESSES = st.one_of(
    made(outcome.At, place=PLACES),
    made(outcome.Whisper, place=PLACES, account=ACCOUNTS),
    made(outcome.Direct, member=TEXT, door=TEXT),
    made(outcome.Under, card=TEXT),
)
DATA = st.dictionaries(TEXT, JSON, max_size=3)
BUTTONS = made(
    outcome.Button, action=TEXT, value=TEXT, label=TEXT, data=DATA, style=st.sampled_from(["plain", "good", "danger"])
)
OUTS = st.one_of(
    made(
        outcome.Say,
        to=ADDRESSES,
        template=TEXT,
        data=DATA,
        language=st.sampled_from(["id", "en"]),
        buttons=st.lists(BUTTONS, max_size=2).map(tuple),
        card=TEXT,
        subject=TEXT,
        files=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
        bulk=st.booleans(),
    ),
    made(outcome.React, ref=REFS, emoji=TEXT, remove=st.booleans()),
)


@settings(max_examples=150, deadline=None)
@given(EVENTS)
def test_an_event_comes_back(event: Event) -> None:
    assert decode_event(encode(event)) == cleaned(event)


@settings(max_examples=150, deadline=None)
@given(OUTS)
def test_a_message_comes_back(out: outcome.Out) -> None:
    assert decode_out(encode(out)) == cleaned(out)


def test_every_kind_of_event_is_tried() -> None:
    assert len(get_args(events.What)) == len(WHATS.original_strategies)  # type: ignore[attr-defined]
    assert len(get_args(outcome.Address)) == len(ADDRESSES.original_strategies)  # type: ignore[attr-defined]


@settings(max_examples=150, deadline=None)
@given(TEXT)
@example("\ud83d\ude00")
def test_clean_text_can_be_stored(text: str) -> None:
    result = clean(text)
    assert "\0" not in result
    result.encode()
    assert clean(result) == result
    if "\0" not in text and text.isprintable():
        assert result == text


def test_a_split_pair_becomes_its_character() -> None:
    assert clean("a\ud83d\ude00b\ud83d") == "a😀b\ufffd"


@settings(max_examples=80, deadline=None)
@given(st.one_of(EVENTS, OUTS))
def test_encoded_text_is_clean(value: Event | outcome.Out) -> None:
    assert clean(encode(value)) == encode(value)
    assert r"\u0000" not in encode(value).replace(r"\\", "")
