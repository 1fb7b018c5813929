"""A place in a row of tokens, for the readers: look ahead, take, go back."""

from __future__ import annotations

from dataclasses import dataclass

from bot.rhythm.tokens import Token

END = Token("end", "", 0, 0, 0)


@dataclass(slots=True)
class Cursor:
    """Readers move `at` only when they found their fact (see `bot/rhythm/readers.py`)."""

    tokens: list[Token]
    line: str
    at: int = 0

    def peek(self, ahead: int = 0) -> Token:
        """The token so far ahead; END past the last one, or before the first."""
        place = self.at + ahead
        return self.tokens[place] if 0 <= place < len(self.tokens) else END

    def sees(self, *kinds: str, ahead: int = 0) -> bool:
        return self.peek(ahead).kind in kinds

    def take(self, *kinds: str) -> Token | None:
        """The next token if it is of one of these kinds, and moves past it."""
        token = self.peek()
        if token.kind not in kinds:
            return None
        self.at += 1
        return token

    def skip(self, *kinds: str) -> None:
        while self.take(*kinds):
            pass

    def words(self, first: int, end: int) -> str:
        """What was written from one token up to another."""
        return self.line[self.tokens[first].start : self.tokens[end - 1].end] if first < end else ""
