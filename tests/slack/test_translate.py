"""Payloads → neutral events: what is heard, what is left, and no surprise whatever comes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.slack.fields import submitted
from adapters.slack.ids import character, emoji_name
from adapters.slack.interactions import Kept, kept_in, needs_direct, person_of, to_heard
from adapters.slack.payload import Sent, parsed, read
from adapters.slack.reception import teams_of
from adapters.slack.text import people_in, readable, without
from adapters.slack.translate import Person, Scene, edited, reacted, said, to_event, wanted
from bot.events import Commanded, Deleted, Edited, Left, Marked, Pressed, Reacted, Room, Said, Submitted
from bot.model.place import Account, Place

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
PEOPLE = {"U1": Person("Sari", "id"), "U2": Person("Budi")}
SCENE = Scene("perpus", "T1", "U0BOT", NOW, PEOPLE, {"U1": "D1"}, "sirkulasi")
TS = "1764039600.000200"


def message(**more: Any) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "user": "U1", "text": "Halo?", "ts": TS} | more


def heard(**payload: Any) -> Any:
    return to_event(payload, SCENE)


# ---- messages ----------------------------------------------------------------------------------------------------------


def test_a_message() -> None:
    event = to_event(message(), SCENE)
    assert event is not None
    assert (event.id, event.what) == (f"slack:T1:C1:{TS}", Said("Halo?", TS))
    assert (event.account, event.place) == (Account("slack", "T1:U1", "Sari"), Place("slack", "T1:C1"))
    assert (event.at.isoformat(), event.locale, event.private) == ("2025-11-25T03:00:00.000200+00:00", "id", False)


def test_a_mention_and_its_message_are_one_event() -> None:
    both = [to_event(message(text="<@U0BOT> halo <@U2>?") | {"type": kind}, SCENE) for kind in ("message", "app_mention")]
    assert both[0] == both[1]
    assert both[0] is not None and both[0].what == Said("halo @Budi?", TS, mentioned=True)


def test_a_reply_a_broadcast_and_a_file() -> None:
    root = "1764039000.000100"
    file = {"id": "F1", "name": "a.pdf", "mimetype": "application/pdf", "size": 12}
    reply = to_event(message(thread_ts=root), SCENE)
    shout = to_event(message(thread_ts=root, subtype="thread_broadcast"), SCENE)
    shared = to_event(message(subtype="file_share", files=[file, {"id": "F2", "mode": "tombstone"}, {}, 3]), SCENE)
    assert reply and shout and reply.place == shout.place == Place("slack", "T1:C1", root)
    assert shared and isinstance(shared.what, Said)
    assert [(f.file, f.name, f.media_type, f.size) for f in shared.what.files] == [("T1:F1", "a.pdf", "application/pdf", 12)]
    own = to_event(message(thread_ts=TS), SCENE)  # the root of a thread says so itself
    assert own and own.place == Place("slack", "T1:C1")


def test_a_direct_message() -> None:
    event = to_event(message(channel="D1", channel_type="im"), SCENE)
    assert event and event.private and isinstance(event.what, Said) and event.what.direct


@pytest.mark.parametrize(
    "more",
    [
        {"user": "U0BOT"},
        {"bot_id": "B1"},
        {"subtype": "bot_message", "bot_id": "B1"},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"subtype": "assistant_app_thread"},
        {"user": "USLACKBOT"},
        {"user": ""},
        {"user": "../../etc"},
        {"ts": "halo"},
        {"channel": "C1:x"},
    ],
)
def test_what_is_not_for_us(more: dict[str, Any]) -> None:
    assert to_event(message(**more), SCENE) is None


def test_an_edit() -> None:
    after = message(text="Halo, berapa?", edited={"user": "U1", "ts": "1764039700.000000"})
    before = message()
    event = heard(type="message", subtype="message_changed", channel="C1", message=after, previous_message=before, ts="1.2")
    assert event.id == f"slack:T1:C1:{TS}:edited:1764039700.000000"
    assert event.what == Edited("Halo, berapa?", TS)
    assert event == edited(after, "C1", SCENE)  # the same as from the history
    unfurled = heard(type="message", subtype="message_changed", channel="C1", message=after, previous_message=after)
    assert unfurled is None


def test_a_deletion_and_a_tombstone() -> None:
    gone = heard(type="message", subtype="message_deleted", channel="C1", deleted_ts=TS, previous_message=message())
    stone = heard(type="message", subtype="message_changed", channel="C1", previous_message=message(),
                  message={"subtype": "tombstone", "ts": TS, "user": "USLACKBOT"})  # fmt: skip
    assert gone == stone
    assert (gone.id, gone.what, gone.account.user) == (f"slack:T1:C1:{TS}:deleted", Deleted(TS), "T1:U1")
    ours = heard(type="message", subtype="message_deleted", channel="C1", deleted_ts=TS, previous_message=message(user="U0BOT"))
    assert ours is None


def test_reactions() -> None:
    put = heard(type="reaction_added", user="U2", reaction="white_check_mark", event_ts="1764039601.1", item_user="U1",
                item={"type": "message", "channel": "C1", "ts": TS})  # fmt: skip
    assert (put.id, put.what) == (f"slack:T1:C1:{TS}:white_check_mark:U2:1764039601.1", Reacted("✅", TS))
    off = heard(type="reaction_removed", user="U2", reaction="thumbsup::skin-tone-3", event_ts="1764039602.1",
                item={"type": "message", "channel": "C1", "ts": TS})  # fmt: skip
    assert off.what == Reacted("👍", TS, removed=True)
    assert heard(type="reaction_added", user="U2", reaction="x", item={"type": "file", "file": "F1"}) is None
    assert reacted("perpus_oke", "U2", "C1", TS, "1", False, SCENE).what == Reacted(":perpus_oke:", TS)  # type: ignore[union-attr]


@pytest.mark.parametrize("mark", "✅👀👍☑✔💬❤")
def test_emoji_have_a_name_and_come_back(mark: str) -> None:
    assert character(emoji_name(mark)).strip("\ufe0f") == mark


# ---- rooms and people --------------------------------------------------------------------------------------------------


def test_rooms() -> None:
    joined = heard(type="member_joined_channel", user="U0BOT", channel="C1", inviter="U1", event_ts="1.1")
    assert (joined.what, joined.account.user) == (Room("opened", "sirkulasi"), "T1:U1")
    assert heard(type="member_joined_channel", user="U2", channel="C1", event_ts="1.1") is None
    for kind in ("channel_left", "group_left", "channel_archive", "group_archive", "channel_deleted"):
        assert heard(type=kind, channel="C1", event_ts="1.1").what == Room("closed")
    for kind in ("channel_unarchive", "group_unarchive"):
        assert heard(type=kind, channel="C1", user="U1", event_ts="1.1").what == Room("reopened")
    renamed = heard(type="channel_rename", channel={"id": "C1", "name": "layanan", "created": 1}, event_ts="1.1")
    assert (renamed.what, renamed.place) == (Room("renamed", "layanan"), Place("slack", "T1:C1"))
    moved = heard(type="channel_id_changed", old_channel_id="C1", new_channel_id="C9", event_ts="1.1")
    assert (moved.what, moved.place) == (Room("moved", to="T1:C9"), Place("slack", "T1:C1"))


def test_somebody_leaves() -> None:
    gone = heard(type="user_change", user={"id": "U2", "name": "budi", "deleted": True, "updated": 17}, event_ts="1.1")
    assert (gone.id, gone.what, gone.account.user) == ("slack:T1:U2:left:17", Left(), "T1:U2")
    assert heard(type="user_change", user={"id": "U2", "deleted": False}) is None


# ---- what is done ------------------------------------------------------------------------------------------------------


def command(**more: str) -> Sent:
    fields = {"command": "/Tanya", "text": " berapa &lt;denda&gt;? ", "user_id": "U3", "user_name": "tono", "team_id": "T1",
              "channel_id": "C1", "trigger_id": "1.2.ab", "response_url": "https://hooks.slack.com/x"} | more  # fmt: skip
    sent = read("application/x-www-form-urlencoded", urlencode(fields).encode())
    assert sent
    return sent


def test_a_command() -> None:
    found = to_heard(command(), SCENE)
    assert found and found.event.what == Commanded("tanya", "berapa <denda>?")
    assert (found.event.id, found.trigger) == ("slack:T1:1.2.ab", "1.2.ab")
    assert found.event.account == Account("slack", "T1:U3", "tono")  # nobody knows their name yet: their handle


def test_a_command_in_a_private_chat_is_heard_in_ours() -> None:
    sent = command(channel_id="D9", user_id="U1")
    found = to_heard(sent, SCENE)
    assert needs_direct(sent) and found and found.event.private
    assert found.event.place == Place("slack", "T1:D1")


def action(**more: Any) -> Sent:
    base = {"type": "block_actions", "user": {"id": "U1", "username": "sari"}, "team": {"id": "T1"}, "trigger_id": "1.2.ab",
            "actions": [{"type": "button", "action_id": "solved|0", "value": "q1", "action_ts": "1.1"}]}  # fmt: skip
    return Sent("interaction", base | more)


def test_a_button_on_a_message() -> None:
    where = {
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": TS, "channel_id": "C1", "thread_ts": "1764039000.000100"},
    }
    found = to_heard(action(**where), SCENE)
    assert found and found.event.what == Pressed("solved", "q1", TS)
    assert found.event.place == Place("slack", "T1:C1", "1764039000.000100")


def test_a_button_in_a_modal_knows_where_the_person_was() -> None:
    kept = Kept(channel="C1", thread="1764039000.000100")
    found = to_heard(action(view={"id": "V1", "type": "modal", "private_metadata": kept.written()}), SCENE)
    assert found and (found.modal, found.event.what) == ("V1", Pressed("solved", "q1"))
    assert found.event.place == Place("slack", "T1:C1", "1764039000.000100")
    home = to_heard(action(view={"id": "V2", "type": "home", "private_metadata": ""}), SCENE)
    assert home and home.modal == "" and home.event.place == Place("slack", "T1:D1") and home.event.private


def test_a_link_button_and_other_elements_are_not_answered() -> None:
    where = {"channel": {"id": "C1"}}
    assert to_heard(action(actions=[{"type": "button", "action_id": "x|0", "url": "https://a.id"}], **where), SCENE) is None
    assert to_heard(action(actions=[{"type": "static_select", "action_id": "x|0"}], **where), SCENE) is None
    assert to_heard(action(actions=[], **where), SCENE) is None


def test_a_form_that_was_sent() -> None:
    kept = Kept("edit_item", "i1:3", "C1", "")
    values = {
        "title": {"entry": {"type": "plain_text_input", "value": "Denda"}},
        "empty": {"entry": {"type": "plain_text_input", "value": None}},
        "community": {"entry": {"type": "static_select", "selected_option": {"value": "c1"}}},
        "none": {"entry": {"type": "static_select", "selected_option": None}},
        "topics": {"entry": {"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]}},
        "long|1|e": {"entry": {"value": "dua"}},
        "long|0|n": {"entry": {"value": "satu"}},
    }
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": "edit_item",
        "private_metadata": kept.written(),
        "state": {"values": values},
    }
    sent = Sent(
        "interaction", {"type": "view_submission", "user": {"id": "U1"}, "team": {"id": "T1"}, "view": view, "trigger_id": "1"}
    )
    found = to_heard(sent, SCENE)
    fields = (("title", "Denda"), ("empty", ""), ("community", "c1"), ("none", ""), ("topics", "a\nb"), ("long", "satu\ndua"))
    assert found and found.submitted and found.event.what == Submitted("edit_item", "i1:3", fields)


def test_the_shortcuts() -> None:
    base = {"user": {"id": "U1"}, "team": {"id": "T1"}, "trigger_id": "1", "channel": {"id": "C1"}}
    keep = to_heard(
        Sent("interaction", base | {"type": "message_action", "callback_id": "keep", "message": message(user="U2")}), SCENE
    )
    assert keep and keep.event.what == Marked(TS, "Halo?", Account("slack", "T1:U2", "Budi"))
    ask = to_heard(Sent("interaction", {**base, "channel": None, "type": "shortcut", "callback_id": "ask"}), SCENE)
    assert ask and ask.event.what == Commanded("tanya") and ask.event.place == Place("slack", "T1:D1")
    other = Sent("interaction", base | {"type": "message_action", "callback_id": "other", "message": message()})
    assert to_heard(other, SCENE) is None


# ---- text --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slack", "shown"),
    [
        ("halo <@U2> dan <@U9> dan <@U8|tono>", "halo @Budi dan @U9 dan @tono"),
        ("lihat <#C1|sirkulasi> <#C2>", "lihat #sirkulasi #C2"),
        ("<!here> <!channel> <!subteam^S1|@staf> <!date^1392734382^{date}|18 Feb>", "@here @channel @staf 18 Feb"),
        ("<https://a.id/x?a=1&amp;b=2>", "https://a.id/x?a=1&b=2"),
        ("<https://a.id|a.id> <https://b.id|klik>", "https://a.id klik (https://b.id)"),
        ("<mailto:a@b.id|a@b.id>", "a@b.id"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &amp;lt;", "1 < 2 && 3 > 2 &lt;"),
        (":white_check_mark: jam 10:30 :tidak_ada:", "✅ jam 10:30 :tidak_ada:"),
        ("<> < @U2> <", "<> < @U2> <"),
    ],
)  # fmt: skip
def test_text_as_people_read_it(slack: str, shown: str) -> None:
    assert readable(slack, {"U2": "Budi"}) == shown


def test_our_own_mention_is_cut_out() -> None:
    assert without("<@U0BOT>, halo <@U0BOT|guyub>", "U0BOT") == ("halo", True)
    assert without("halo <@U1>", "U0BOT") == ("halo <@U1>", False)


# ---- whatever comes ----------------------------------------------------------------------------------------------------

WORDS = st.one_of(
    st.text(max_size=40), st.sampled_from(["", TS, "U1", "C1", "D1", "T1", "U0BOT", "\ud800", "\0", "<@U1>", "<" * 50])
)
_KEYS = """
type subtype channel user text ts thread_ts message previous_message edited item reaction event_ts files id
deleted updated inviter deleted_ts bot_id name view state values actions action_id value container message_ts
channel_id private_metadata callback_id trigger_id response_urls selected_options team team_id authorizations
user_id command locale entry a|1|n
"""
KEYS = st.sampled_from(_KEYS.split())
_KINDS = """
message app_mention reaction_added user_change channel_rename member_joined_channel channel_left
channel_id_changed message_changed message_deleted block_actions view_submission message_action shortcut
"""
KINDS = st.sampled_from(_KINDS.split())
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(KEYS, WORDS), inner, max_size=6)),
    max_leaves=25,
)
PAYLOADS = st.builds(
    lambda kind, sub, rest: {**rest, "type": kind, "subtype": sub}, KINDS, KINDS, st.dictionaries(KEYS, JSON, max_size=12)
)


@given(PAYLOADS)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_payload_surprises(payload: dict[str, Any]) -> None:
    people = wanted(payload)
    event = to_event(payload, SCENE)
    assert all(one.isalnum() for one in people)
    if event is not None:
        assert event.id.startswith("slack:T1:") and event.at.tzinfo
    for sent in (Sent("interaction", payload), Sent("command", payload)):
        person_of(sent), needs_direct(sent)
        found = to_heard(sent, SCENE)
        assert found is None or found.event.account
    assert isinstance(submitted(payload), tuple)
    assert said(payload, "C1", SCENE) is None or isinstance(teams_of(payload), frozenset)


@given(st.binary(max_size=400), st.sampled_from(["application/json", "application/x-www-form-urlencoded", "", "x"]))
@settings(max_examples=300, deadline=None)
def test_no_bytes_surprise(body: bytes, media: str) -> None:
    sent = read(media, body)
    assert sent is None or sent.payload


@given(JSON)
@settings(max_examples=200, deadline=None)
def test_what_is_read_can_be_stored(value: Any) -> None:
    found = parsed(json.dumps({"a": value}).encode())
    assert found is not None
    str(found).encode()  # no lone surrogate is left anywhere
    assert "\\x00" not in repr(found)


@given(st.text(alphabet=st.sampled_from("<>@#!|UC1:a&;lt_ \n\ud800"), max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_text_surprises(text: str) -> None:
    assert isinstance(readable(text, {"U1": "Sari"}), str)
    assert isinstance(people_in(text), tuple)
    without(text, "U1")


@given(st.text(max_size=200))
def test_what_a_view_keeps_comes_back(subject: str) -> None:
    kept = Kept("form", subject, "C1", "1.2")
    assert kept_in({"private_metadata": kept.written()}) == kept
