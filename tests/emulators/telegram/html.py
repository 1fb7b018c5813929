"""`parse_mode=HTML` as the Bot API parses it (after the description of TDLib's `parse_html`): its tags, its four named
entities, its complaints with byte offsets. Anything else is text or an error, never guessed at."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tests.emulators.telegram.errors import Refused, bad
from tests.emulators.telegram.text import Entity, units

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(lt|gt|amp|quot));?")
SPACE = " \t\r\n\v\f"


def parse(source: str) -> tuple[str, list[Entity]]:
    """HTML → plain text and entities; `Refused` "can't parse entities: …" where Telegram refuses."""
    return _Parser(source).run()


def checked_link(url: str) -> str | None:
    """The address if Telegram takes it for one (a scheme it knows, a host with a dot), else None."""
    url = url.strip()
    if not url or any(sign in url for sign in SPACE):
        return None
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", url):
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() in ("tg", "ton"):
        return url
    if parts.scheme.lower() not in ("http", "https") or not host or "." not in host.strip("."):
        return None
    return url if parts.path else f"{url}/" if not (parts.query or parts.fragment) else url


class _Parser:
    def __init__(self, source: str) -> None:
        self.source, self.at = source, 0
        self.plain: list[str] = []
        self.length = 0  # UTF-16 units written so far
        self.open: list[tuple[str, str, int, int]] = []  # tag, argument, offset in units, index in plain
        self.entities: list[Entity] = []

    def run(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            sign = self.source[self.at]
            if sign == "&":
                self._write(self._reference())
            elif sign != "<":
                self._write(self._until("<&"))
            elif self.source.startswith("</", self.at):
                self._end()
            else:
                self._start()
        if self.open:
            raise self._fail(f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"')
        return "".join(self.plain), sorted(self.entities, key=lambda one: (one["offset"], -one["length"]))

    def _write(self, text: str) -> None:
        self.plain.append(text)
        self.length += units(text)

    def _reference(self) -> str:
        """A decoded character, or the ampersand itself where it is none."""
        match = REFERENCE.match(self.source, self.at)
        code = int(match[1], 16) if match and match[1] else int(match[2]) if match and match[2] else None
        if match is None or (code is not None and not (0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000)):
            self.at += 1
            return "&"
        self.at = match.end()
        return NAMED[match[3]] if code is None else chr(code)

    def _fail(self, why: str, at: int | None = None) -> Refused:
        where = "" if at is None else f" at byte offset {len(self.source[:at].encode('utf-8', 'surrogatepass'))}"
        return bad(f"can't parse entities: {why}{where}")

    def _skip_space(self) -> None:
        while self.at < len(self.source) and self.source[self.at] in SPACE:
            self.at += 1

    def _until(self, stops: str) -> str:
        begin = self.at
        found = re.compile(f"[{re.escape(stops)}]").search(self.source, begin)
        self.at = found.start() if found else len(self.source)
        return self.source[begin : self.at]

    def _start(self) -> None:
        begin = self.at
        self.at += 1
        tag = self._until(SPACE + ">").lower()
        if self.at >= len(self.source):
            raise self._fail("Unclosed start tag", begin)
        if tag not in KINDS:
            raise self._fail(f'Unsupported start tag "{tag}"', begin)
        argument = ""
        while True:
            self._skip_space()
            if self.at >= len(self.source):
                raise self._fail("Unclosed start tag", begin)
            if self.source[self.at] == ">":
                break
            argument = self._attribute(tag, begin) or argument
        self.at += 1
        if tag == "span" and argument != "spoiler":
            raise self._fail('Tag "span" must have class "tg-spoiler"', begin)
        if tag == "tg-emoji" and not argument.isdigit():
            raise self._fail('Tag "tg-emoji" must have a valid "emoji-id"', begin)
        self.open.append((tag, argument, self.length, len(self.plain)))

    def _attribute(self, tag: str, begin: int) -> str:
        """Reads one attribute; what it means for the tag, "" if nothing."""
        at = self.at
        name = self._until(SPACE + "=>/\"'").lower()
        if not name:
            raise self._fail(f'Empty attribute name in the tag "{tag}"', at)
        self._skip_space()
        value = ""
        if self.source[self.at : self.at + 1] == "=":
            self.at += 1
            self._skip_space()
            value = self._value(begin)
        match (tag, name):
            case ("a", "href") | ("tg-emoji", "emoji-id"):
                return value
            case ("code", "class"):
                return value.removeprefix("language-") if value.startswith("language-") else ""
            case ("span", "class"):
                return value.removeprefix("tg-") if value.startswith("tg-") else ""
            case ("blockquote", "expandable"):
                return "expandable"
        return ""

    def _value(self, begin: int) -> str:
        quote = self.source[self.at : self.at + 1]
        if quote not in ("'", '"') or not quote:
            word = re.compile(r"[A-Za-z0-9.-]*").match(self.source, self.at)
            self.at = word.end() if word else self.at
            if self.at < len(self.source) and self.source[self.at] not in SPACE + ">":
                raise self._fail("Unexpected end of name token", self.at)
            return word.group().lower() if word else ""
        self.at += 1
        value: list[str] = []
        while self.at < len(self.source) and self.source[self.at] != quote:
            if self.source[self.at] == "&":
                value.append(self._reference())
            else:
                value.append(self.source[self.at])
                self.at += 1
        if self.at >= len(self.source):
            raise self._fail("Unclosed start tag", begin)
        self.at += 1
        return "".join(value)

    def _end(self) -> None:
        begin = self.at
        if not self.open:
            raise self._fail("Unexpected end tag", begin)
        self.at += 2
        name = self._until(SPACE + ">").lower()
        self._skip_space()
        if self.source[self.at : self.at + 1] != ">":
            raise self._fail("Unclosed end tag", begin)
        self.at += 1
        tag, argument, offset, index = self.open.pop()
        if name and name != tag:
            where = len(self.source[:begin].encode("utf-8", "surrogatepass"))
            raise self._fail(f'Unmatched end tag at byte offset {where}, expected "</{tag}>", found "</{name}>"')
        if self.length > offset:
            self._entity(tag, argument, offset, "".join(self.plain[index:]))

    def _entity(self, tag: str, argument: str, offset: int, inside: str) -> None:
        one: Entity = {"type": KINDS[tag], "offset": offset, "length": self.length - offset}
        if tag == "a":
            user = re.fullmatch(r"tg://user/?\?id=(\d+)", argument)
            if user:
                one |= {"type": "text_mention", "user_id": int(user[1])}
            elif url := checked_link(argument or inside):
                one |= {"url": url}
            else:
                return  # Telegram drops such a link and keeps its text
        elif tag == "code" and argument:
            one |= {"language": argument}
        elif tag == "pre":
            whole = [e for e in self.entities if e["type"] == "code" and (e["offset"], e["length"]) == (offset, one["length"])]
            for code in whole:
                self.entities.remove(code)
                one |= {"language": code["language"]} if "language" in code else {}
        elif tag == "blockquote" and argument:
            one |= {"type": "expandable_blockquote"}
        elif tag == "tg-emoji":
            one |= {"custom_emoji_id": argument}
        self.entities.append(one)
