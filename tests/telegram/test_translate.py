"""Update → event: each kind, and that no shape of update breaks it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.telegram.client import loads, sane
from adapters.telegram.translate import Heard, Me, Reach, channel_of, chat_of, locale_of, translate
from adapters.telegram.updates import number_of, read_update
from bot.events import Commanded, Edited, Event, FileRef, Marked, Pressed, Reacted, Room, Said
from bot.model.place import Account, Place

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ME = Me(700, "guyub_bot", "uji", ("tanya", "ask", "profil"))
SARI = {"id": 501, "is_bot": False, "first_name": "Sari", "last_name": "Dewi", "language_code": "id"}
BUDI = {"id": 502, "is_bot": False, "first_name": "Budi"}
BOT = {"id": 700, "is_bot": True, "first_name": "Guyub", "username": "guyub_bot"}
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "Pustakawan"}
PRIVATE = {"id": 501, "type": "private", "first_name": "Sari"}
AT = 1_795_000_000
IN_TOPIC = {"message_thread_id": 5, "is_topic_message": True}


def message(text: str = "", chat: dict[str, Any] = GROUP, **more: Any) -> dict[str, Any]:
    base = {"message_id": 9, "date": AT, "chat": chat, "from": SARI} | ({"text": text} if text else {})
    return base | more


def heard(kind: str, body: dict[str, Any], number: int = 77) -> tuple[Heard | Reach, ...]:
    return translate(read_update({"update_id": number, kind: body}), ME, NOW)


def event(kind: str, body: dict[str, Any]) -> Event:
    (one,) = heard(kind, body)
    assert isinstance(one, Heard)
    return one.event


def what(kind: str, body: dict[str, Any]) -> object:
    return event(kind, body).what


def test_a_message_in_a_group() -> None:
    assert event("message", message("Apa kabar?")) == Event(
        "telegram:700:77",
        "uji",
        datetime.fromtimestamp(AT, UTC),
        Said("Apa kabar?", "9"),
        Account("telegram", "501", "Sari Dewi"),
        Place("telegram", "-1001234567890"),
        "id",
    )


def test_a_message_in_private() -> None:
    found = event("message", message("Halo", PRIVATE))
    assert found.what == Said("Halo", "9", direct=True)
    assert (found.private, found.place) == (True, Place("telegram", "501"))


@pytest.mark.parametrize(
    ("more", "channel", "thread"),
    [
        ({}, "-1001234567890", ""),
        (IN_TOPIC, "-1001234567890:5", ""),
        ({"message_thread_id": 5}, "-1001234567890", ""),  # a reply thread outside topics
        (
            {
                "message_thread_id": 5,
                "is_topic_message": True,
                "reply_to_message": message(message_id=5, forum_topic_created={"name": "Sirkulasi"}),
            },
            "-1001234567890:5",
            "",
        ),
        (IN_TOPIC | {"reply_to_message": message("Apa?", message_id=7)}, "-1001234567890:5", "7"),
        ({"reply_to_message": message("Apa?", message_id=7)}, "-1001234567890", "7"),
        ({"reply_to_message": message("Apa?", {"id": -5, "type": "group"}, message_id=7)}, "-1001234567890", ""),
    ],
)  # fmt: skip
def test_topics_and_replies(more: dict[str, Any], channel: str, thread: str) -> None:
    assert event("message", message("Ini", **more)).place == Place("telegram", channel, thread)


@pytest.mark.parametrize(
    ("text", "entities", "left", "mentioned"),
    [
        ("@guyub_bot berapa denda?", [("mention", 0, 10)], "berapa denda?", True),
        ("😀 @Guyub_Bot, berapa?", [("mention", 3, 10)], "😀 berapa?", True),
        ("tanya @guyub_bot", [("mention", 6, 10)], "tanya", True),
        ("halo @lain", [("mention", 5, 5)], "halo @lain", False),
        ("@guyub_bot", [], "@guyub_bot", False),
        ("surel x@guyub_bot.id", [("email", 6, 14)], "surel x@guyub_bot.id", False),
        ("@guyub_bot dan @guyub_bot", [("mention", 0, 10), ("mention", 15, 10)], "dan", True),
        ("a", [("mention", 900, 10)], "a", False),
    ],
)
def test_mentions_of_the_bot_are_cut_out(text: str, entities: list[tuple[str, int, int]], left: str, mentioned: bool) -> None:
    shapes = [{"type": kind, "offset": offset, "length": length} for kind, offset, length in entities]
    said = what("message", message(text, entities=shapes))
    assert isinstance(said, Said)
    assert (said.text, said.mentioned) == (left, mentioned)


def test_a_mention_by_id() -> None:
    shape = {"type": "text_mention", "offset": 0, "length": 5, "user": BOT}
    assert what("message", message("Guyub: halo", entities=[shape])) == Said("halo", "9", mentioned=True)


@pytest.mark.parametrize(
    ("text", "chat", "found"),
    [
        ("/tanya Berapa denda?", GROUP, Commanded("tanya", "Berapa denda?")),
        ("/Tanya@Guyub_bot  a\nb ", GROUP, Commanded("tanya", "a\nb")),
        ("/tanya@lain_bot x", GROUP, None),
        ("/tanya@lain_bot x", PRIVATE, None),
        ("/cuaca besok", GROUP, None),
        ("/cuaca@guyub_bot besok", GROUP, Commanded("cuaca", "besok")),
        ("/cuaca besok", PRIVATE, Commanded("cuaca", "besok")),
        ("/start join_sirkulasi", PRIVATE, Commanded("start", "join_sirkulasi")),
        ("/simpan", GROUP, Commanded("simpan")),
        ("a /tanya b", GROUP, Said("a /tanya b", "9")),
        ("/ tanya", GROUP, Said("/ tanya", "9")),
    ],
)
def test_commands(text: str, chat: dict[str, Any], found: object) -> None:
    events = [one.event.what for one in heard("message", message(text, chat)) if isinstance(one, Heard)]
    assert events == ([found] if found else [])


def test_a_question_by_command_keeps_its_files() -> None:
    photo = [{"file_id": "a", "width": 1, "height": 1}, {"file_id": "b", "width": 9, "height": 9, "file_size": 12}]
    said = what("message", message(caption="/tanya Ini apa?", photo=photo))
    assert said == Said("Ini apa?", "9", (FileRef("b", "foto.jpg", "image/jpeg", 12),), mentioned=True)


def test_files() -> None:
    document = {"file_id": "d", "file_name": "denda.xlsx", "mime_type": "application/x", "file_size": 5}
    assert what("message", message(caption="lihat", document=document)) == Said(
        "lihat", "9", (FileRef("d", "denda.xlsx", "application/x", 5),)
    )
    voice = what("message", message(voice={"file_id": "v", "mime_type": "audio/ogg"}))
    assert voice == Said("", "9", (FileRef("v", "audio.ogg", "audio/ogg", 0),))


def test_keeping_a_message_by_replying_to_it() -> None:
    target = message("Seribu per hari", message_id=7, **{"from": BUDI})
    found = event("message", message("/simpan", reply_to_message=target))
    assert found.what == Marked("7", "Seribu per hari", Account("telegram", "502", "Budi"))
    assert found.place == Place("telegram", "-1001234567890")
    mine = message("Kata saya", message_id=7, **{"from": BOT})
    assert what("message", message("/simpan", reply_to_message=mine)) == Marked(
        "7", "", Account("telegram", "501", "Sari Dewi")
    )
    channel = message("Pengumuman", message_id=7, sender_chat=GROUP)
    assert what("message", message("/simpan", reply_to_message=channel)) == Commanded("simpan")


def test_edits() -> None:
    assert what("edited_message", message("baru", edit_date=AT + 1)) == Edited("baru", "9")
    assert heard("edited_message", message("/tanya baru")) == ()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("solved:q1", Pressed("solved", "q1", "9")),
        ("place:q1:c1", Pressed("place", "q1:c1", "9")),
        ("profile", Pressed("profile", "", "9")),
        ("~abc:d", Pressed("~", "abc:d", "9")),
        ("#t.1.o2", Pressed("#", "t.1.o2", "9")),
    ],
)
def test_buttons(data: str, found: Pressed) -> None:
    on = message("kartu", **{"from": BOT}, reply_to_message=message("Apa?", message_id=7))
    query = {"id": "q", "from": SARI, "message": on, "chat_instance": "1", "data": data}
    (one,) = heard("callback_query", query)
    assert isinstance(one, Heard)
    assert (one.event.what, one.query, one.event.place) == (found, "q", Place("telegram", "-1001234567890", "7"))


def test_a_button_on_a_message_that_is_too_old_to_show() -> None:
    query = {"id": "q", "from": SARI, "message": {"chat": GROUP, "message_id": 9, "date": 0}, "data": "a:b"}
    assert event("callback_query", query).at == NOW
    assert heard("callback_query", {"id": "q", "from": SARI, "inline_message_id": "x", "data": "a:b"}) == ()


def test_reactions() -> None:
    def emoji(*signs: str) -> list[dict[str, str]]:
        return [{"type": "emoji", "emoji": sign} for sign in signs] + [{"type": "custom_emoji", "custom_emoji_id": "1"}]

    body = {"chat": GROUP, "message_id": 7, "user": SARI, "date": AT, "old_reaction": emoji("🔥"), "new_reaction": emoji("👍")}
    one, two = (h.event for h in heard("message_reaction", body) if isinstance(h, Heard))
    assert (one.what, two.what) == (Reacted("🔥", "7", True), Reacted("👍", "7"))
    assert (one.id, two.id) == ("telegram:700:77", "telegram:700:77:1")
    anonymous = body | {"user": None, "actor_chat": GROUP}
    assert heard("message_reaction", anonymous) == ()


def seat(status: str, **more: Any) -> dict[str, Any]:
    return {"status": status, "user": BOT} | more


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (seat("left"), seat("member"), [Room("opened", "Pustakawan")]),
        (seat("member"), seat("kicked"), [Room("closed", "Pustakawan")]),
        (seat("member"), seat("administrator"), []),
        (seat("restricted", is_member=False), seat("restricted", is_member=True), [Room("opened", "Pustakawan")]),
    ],
)
def test_the_bot_comes_and_goes(old: dict[str, Any], new: dict[str, Any], found: list[Room]) -> None:
    body = {"chat": GROUP, "from": SARI, "date": AT, "old_chat_member": old, "new_chat_member": new}
    assert [one.event.what for one in heard("my_chat_member", body) if isinstance(one, Heard)] == found


def test_being_blocked_in_private_is_only_noted() -> None:
    body = {"chat": PRIVATE, "from": SARI, "date": AT, "old_chat_member": seat("member"), "new_chat_member": seat("kicked")}
    assert heard("my_chat_member", body) == (Reach("501", False),)


@pytest.mark.parametrize(
    ("more", "found", "channel"),
    [
        ({"new_chat_title": "Baru"}, Room("renamed", "Baru"), "-1001234567890"),
        ({"migrate_to_chat_id": -100999}, Room("moved", to="-100999"), "-1001234567890"),
        (
            {"message_thread_id": 5, "is_topic_message": True, "forum_topic_edited": {"name": "Denda"}},
            Room("renamed", "Denda"),
            "-1001234567890:5",
        ),
        ({"message_thread_id": 5, "is_topic_message": True, "forum_topic_closed": {}}, Room("closed"), "-1001234567890:5"),
        ({"message_thread_id": 5, "is_topic_message": True, "forum_topic_reopened": {}}, Room("reopened"), "-1001234567890:5"),
    ],
)
def test_what_becomes_of_a_chat(more: dict[str, Any], found: Room, channel: str) -> None:
    one = event("message", message(**more))
    assert (one.what, one.place) == (found, Place("telegram", channel))


@pytest.mark.parametrize(
    "body",
    [
        message("x", sender_chat=GROUP, **{"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}}),
        message("x", sender_chat={"id": -100777, "type": "channel"}, is_automatic_forward=True),
        message("x", **{"from": {"id": 5, "is_bot": True, "first_name": "Lain"}}),
        message("x", **{"from": None}),
        message("x", {"id": -100777, "type": "channel", "title": "Kanal"}),
        message(migrate_from_chat_id=-5),
        message(new_chat_members=[BUDI]),
        message(sticker={"file_id": "s"}),
        message(pinned_message=message("y")),
        message(forum_topic_created={"name": "Denda"}),
    ],
)  # fmt: skip
def test_what_is_none_of_our_business(body: dict[str, Any]) -> None:
    assert heard("message", body) == ()


def test_unknown_kinds_of_update_are_no_error() -> None:
    assert translate(read_update({"update_id": 1, "future_thing": {"a": [1]}}), ME, NOW) == ()
    assert translate(read_update({"update_id": 1}), ME, NOW) == ()


def test_the_language_is_the_nearer_of_ours() -> None:
    codes = ("id", "id-ID", "ms", "jv", "en-GB", "EN", "de", "")
    assert [locale_of(code) for code in codes] == ["id", "id", "id", "id", "en", "en", None, None]


def test_channels_there_and_back() -> None:
    assert chat_of(channel_of(-100123, 5)) == (-100123, 5)
    assert chat_of(channel_of(42)) == (42, 0)


# ---- any shape ---------------------------------------------------------------------------------------------------------

LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("\ud800")
JUNK = st.recursive(LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3))
BODIES = [
    ("message", message("@guyub_bot halo", entities=[{"type": "mention", "offset": 0, "length": 10}])),
    ("message", message("/simpan", reply_to_message=message("a"), message_thread_id=4, is_topic_message=True)),
    ("message", message(caption="x", photo=[{"file_id": "a"}], media_group_id="1", document={"file_id": "b"})),
    ("edited_message", message("x")),
    ("callback_query", {"id": "q", "from": SARI, "message": message("k"), "data": "a:b"}),
    ("message_reaction", {"chat": GROUP, "message_id": 7, "user": SARI, "new_reaction": [{"type": "emoji", "emoji": "👍"}]}),
    ("my_chat_member", {"chat": GROUP, "from": SARI, "old_chat_member": seat("left"), "new_chat_member": seat("member")}),
]  # fmt: skip


def spoiled(data: st.DataObject, tree: Any) -> Any:
    """The tree with junk somewhere in it."""
    if not isinstance(tree, (dict, list)) or not tree or data.draw(st.integers(0, 4)) == 0:
        return data.draw(JUNK)
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    at = data.draw(st.sampled_from(list(copy) if isinstance(copy, dict) else range(len(copy))))
    copy[at] = spoiled(data, copy[at])
    return copy


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_no_shape_of_update_breaks_it(data: st.DataObject) -> None:
    kind, body = data.draw(st.sampled_from(BODIES))
    raw = spoiled(data, {"update_id": 5, kind: body})
    try:
        raw = loads(json.dumps(raw))
        update = read_update(raw)
    except ValueError:
        assert number_of(raw) is None or isinstance(raw, dict)
        return
    for one in translate(update, ME, NOW):
        if isinstance(one, Heard):
            assert one.event.id.startswith("telegram:700:")
            assert one.event.at.tzinfo is not None
            json.dumps(str(one.event)).encode("utf-8")


def test_json_is_read_whatever_is_in_it() -> None:
    assert loads(b'{"a": "\\ud83d\\ude00 \\ud83d"}') == {"a": "😀 \ufffd"}
    assert loads(b'"\xff"') == "\ufffd"
    for bad in (b"", b"{", b"[" * 100_000, b'{"a": NaN'):
        with pytest.raises(ValueError):
            loads(bad)


@pytest.mark.parametrize(
    ("told", "wait"),
    [(3, 3.0), ("3", 3.0), (0, 0.0), (-5, 0.0), (1e9, 3600.0), ("soon", None), (None, None), (float("nan"), None)],
)
def test_waits_are_made_sane(told: object, wait: float | None) -> None:
    assert sane(told) == wait
