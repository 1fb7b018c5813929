"""CommonMark → Block Kit: what it looks like, that it fits, that nothing is lost, and that nobody's words can do anything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from adapters.slack.render import BARE, Message, messages
from adapters.slack.spelling import Look
from bot.commonmark import bold, escape, mention, prose, quote
from bot.doors import Label
from tests.emulators.slack.blockkit import check_blocks
from tests.emulators.slack.texts import LONGEST_BLOCKS, length_of

LOOK = Look(
    {"b1": "U1", "b2": ""}, {"guyub:message/slack/T1:C1/1.2": "https://x.slack.com/archives/C1/p12", "guyub:card/x": ""}
)


def elements(text: str, look: Look = LOOK) -> list[dict[str, Any]]:
    """The rich text of a one-message text."""
    (message,) = messages(text, look)
    return [inner for block in message.blocks if block["type"] == "rich_text" for inner in block["elements"]]


def inline(text: str, look: Look = LOOK) -> list[dict[str, Any]]:
    return list(elements(text, look)[0]["elements"])


def words(value: Any) -> Iterator[str]:
    """All that people read, in order."""
    if isinstance(value, dict):
        if value.get("type") in ("text", "link"):
            yield value.get("text") or value.get("url") or ""
        elif value.get("type") == "user":
            yield f"@{value['user_id']}"
        else:
            for inner in value.values():
                yield from words(inner)
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from words(inner)


def judged(made: tuple[Message, ...]) -> None:
    """By the emulator's rules and by the SDK's models."""
    for message in made:
        assert check_blocks(list(message.blocks), "message", unique_action_ids="surface") == []
        assert length_of(list(message.blocks)) <= LONGEST_BLOCKS
        assert message.text.strip()
        for block in message.blocks:
            parsed = Block.parse(block)
            assert parsed is not None
            parsed.validate_json()


# ---- what it looks like ------------------------------------------------------------------------------------------------


def test_emphasis_code_and_links() -> None:
    found = inline("Hai **tebal** _miring_ ~~batal~~ `kode` [klik](https://a.id) dan https://b.id/x.")
    styles = {one["text"]: one.get("style") for one in found if one["type"] == "text"}
    assert styles["tebal"] == {"bold": True} and styles["miring"] == {"italic": True}
    assert styles["batal"] == {"strike": True} and styles["kode"] == {"code": True}
    links = [(one["url"], one["text"]) for one in found if one["type"] == "link"]
    assert links == [("https://a.id", "klik"), ("https://b.id/x", "https://b.id/x")]


def test_people_are_mentioned_only_by_our_own_links() -> None:
    found = inline("[Budi](guyub:person/b1), [Tono](guyub:person/b2), [Ani](guyub:person/b9)")
    assert [one["user_id"] for one in found if one["type"] == "user"] == ["U1"]
    assert "".join(words(found)) == "@U1, Tono, Ani"


def test_our_own_links_become_addresses_or_words() -> None:
    found = inline("[lihat](guyub:message/slack/T1:C1/1.2) [kartu](guyub:card/x) [jahat](javascript:alert) [lokal](/c/umum)")
    assert [one["url"] for one in found if one["type"] == "link"] == ["https://x.slack.com/archives/C1/p12"]
    assert "".join(words(found)) == "lihat kartu [jahat](javascript:alert) lokal"


def test_lists_quotes_code_and_rules() -> None:
    found = elements("- satu\n  - dalam\n- dua\n\n3. tiga\n4. empat\n\n> kutip\n>\n> lagi\n\n```\nkode\n```")
    kinds = [(one["type"], one.get("style"), one.get("indent"), one.get("offset")) for one in found]
    assert kinds == [
        ("rich_text_list", "bullet", 0, None),
        ("rich_text_list", "bullet", 1, None),
        ("rich_text_list", "bullet", 0, None),
        ("rich_text_list", "ordered", 0, 2),
        ("rich_text_quote", None, None, None),
        ("rich_text_preformatted", None, None, None),
    ]
    (message,) = messages("satu\n\n---\n\ndua")
    assert [block["type"] for block in message.blocks] == ["rich_text", "divider", "rich_text"]


def test_the_text_beside_it_says_the_same() -> None:
    (message,) = messages("**Hai** [Budi](guyub:person/b1)\n\n> a < b & c\n\n1. satu\n2. [dua](https://a.id)", LOOK)
    assert message.text == "Hai <@U1>\n> a &lt; b &amp; c\n1. satu\n2. <https://a.id|dua>"


def test_buttons() -> None:
    labels = [Label("Ya", "solved", "q1", "good"), Label("Tidak", "solved", "q2", "danger"), Label("x" * 99, "read", "")]
    (message,) = messages("Halo", BARE, labels)
    made = message.blocks[-1]["elements"]
    assert [(one["action_id"], one.get("value"), one.get("style")) for one in made] == [
        ("solved|0", "q1", "primary"), ("solved|1", "q2", "danger"), ("read|2", None, None),
    ]  # fmt: skip
    assert len(made[2]["text"]["text"]) == 75
    judged((message,))
    many = messages("Halo", BARE, [Label(str(n), "a", str(n)) for n in range(60)])
    assert [len(block["elements"]) for block in many[0].blocks[1:]] == [25, 25, 10]
    with pytest.raises(ValueError, match="too long"):
        messages("Halo", BARE, [Label("x", "a", "v" * 2001)])


def test_nothing_to_say_is_still_a_message() -> None:
    judged(messages(""))
    judged(messages("\n\n"))


# ---- it fits, and nothing is lost --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "kata " * 8000,
        "x" * 40_000,
        "\n\n".join(f"Paragraf {n}." for n in range(300)),
        "\n".join(f"- butir {n}" for n in range(1500)),
        "\n".join(f"{n}. butir {n}" for n in range(1, 1600)),
        "```\n" + "baris kode\n" * 3000 + "```",
        "> kutipan yang panjang\n" * 2000,
        " ".join("[Budi](guyub:person/b1)" for _ in range(10_000)),
        " ".join("**tebal**" for _ in range(5000)),
        "😀" * 20_000,
        "&" * 30_000,
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_long_texts_become_several_messages(text: str) -> None:
    made = messages(text, LOOK, [Label("Ya", "yes", "1")])
    judged(made)
    assert len(made) > 1
    shown = re.sub(r"\s", "", "".join(words([list(message.blocks) for message in made])))
    if "@U1" in shown:
        assert shown == "@U1" * 10_000
    else:
        assert shown == re.sub(r"\s", "", re.sub(r"(?m)^(- |\d+\. |> |```)|\*\*", "", text))
    assert [block["type"] for block in made[0].blocks].count("actions") == 1
    assert all(block["type"] != "actions" for message in made[1:] for block in message.blocks)


# ---- nobody's words can do anything ------------------------------------------------------------------------------------

HOSTILE = [
    "<!channel>",
    "<!here>",
    "<@U1>",
    "<#C1>",
    "<https://evil.id|klik>",
    "&lt;!channel&gt;",
    "*x* _x_ ~x~ `x`",
    "<!subteam^S1>",
]


@pytest.mark.parametrize("typed", HOSTILE)
@pytest.mark.parametrize("shape", [escape, prose, quote, bold])
def test_typed_marks_are_inert(typed: str, shape: Any) -> None:
    made = messages(f"Kata {shape(typed)}" if shape is not quote else quote(typed), LOOK)
    kinds = {one["type"] for message in made for one in walk(list(message.blocks))}
    assert not kinds & {"user", "broadcast", "usergroup", "channel", "emoji", "color"}
    assert typed in "".join(words([list(message.blocks) for message in made]))
    assert not re.search(r"<[@!#]", made[0].text)


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


MARKS = st.text(alphabet=st.sampled_from("<>@#!|*_~`[]()&;:\\\n -+.1>U= \"'😀a\u202e\0\ud800"), max_size=300)
TEXTS = st.one_of(st.text(max_size=600), MARKS, st.builds(lambda text, times: text * times, MARKS, st.integers(1, 80)))


@given(TEXTS)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_makes_messages_that_slack_takes(text: str) -> None:
    made = messages(text, LOOK, [Label("Ya", "yes", "1")])
    judged(made)
    json.dumps([list(message.blocks) for message in made], ensure_ascii=False).encode()
    assert not re.search(r"<[!#]", "".join(message.text for message in made))


@given(TEXTS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_people_type_is_shown_as_typed(text: str) -> None:
    made = messages(prose(text), LOOK)
    judged(made)
    users = [one for message in made for one in walk(list(message.blocks)) if one["type"] in ("user", "broadcast")]
    assert users == []
    shown = "".join(words([list(message.blocks) for message in made]))
    assert seen(shown) == seen(text)


def seen(text: str) -> str:
    """What is left to see: spaces apart, and what no wire carries replaced or dropped."""
    return re.sub(r"[\s\u00a0\u2028\u2029\ufffd\ud800-\udfff\x00-\x1f\x7f\x85\u202a-\u202e\u2066-\u2069\ufeff]", "", text)


@given(st.text(min_size=1, max_size=60))
def test_a_name_cannot_mention_or_link(name: str) -> None:
    made = messages(f"Hai {mention({'id': 'b2', 'name': name})}!", LOOK)
    kinds = [one["type"] for message in made for one in walk(list(message.blocks))]
    assert "user" not in kinds and "broadcast" not in kinds
