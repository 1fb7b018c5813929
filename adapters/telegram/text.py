"""Text as Telegram counts and cleans it. Pure."""

from __future__ import annotations

import re
import unicodedata

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
SURROGATE = re.compile("[\ud800-\udfff]")
UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters by Unicode's book that show nothing
MENTION = re.compile(r"(?<![\w/.])@(?=[A-Za-z])")
APART = "@\u2060"  # a word joiner nobody sees


def units(text: str) -> int:
    """Length in UTF-16 code units, as Telegram counts."""
    return len(text) + sum(ord(sign) > 0xFFFF for sign in text)


def cut(text: str, offset: int, length: int) -> str:
    """What an entity covers; its offset and length are UTF-16 units."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def without(text: str, offset: int, length: int) -> str:
    """The text with what an entity covers cut out, and the comma or colon behind it."""
    raw = text.encode("utf-16-le", "surrogatepass")
    before = raw[: 2 * offset].decode("utf-16-le", "replace")
    after = raw[2 * (offset + length) :].decode("utf-16-le", "replace")
    return before + re.sub(r"^[,:]?[ \t]*", "", after)


def clean(text: str) -> str:
    """Without control characters; what is no Unicode becomes U+FFFD."""
    return SURROGATE.sub("\ufffd", CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def unmentioned(text: str) -> str:
    """Nobody is called by words that merely look like a mention."""
    return MENTION.sub(APART, text)


def visible(text: str) -> bool:
    """Whether Telegram would take it for a text at all."""
    return any(unicodedata.category(sign)[0] not in "ZC" and sign not in UNSEEN for sign in text)


def longest_start(text: str, at: int, most: int) -> int:
    """The largest end such that text[at:end] is at most `most` UTF-16 units."""
    end = min(len(text), at + most)
    over = units(text[at:end]) - most
    while over > 0:
        end -= (over + 1) // 2
        over = units(text[at:end]) - most
    return end
