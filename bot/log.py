"""Logs: one record an event, as JSON or for people, on stderr; secrets never leave through it, nor do people's words.

Log names, ids, counts and seconds. What somebody wrote is not logged at any level.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Literal, TextIO, cast

import structlog
from structlog.typing import ExcInfo, Processor

from bot.errors import GuyubError

MASK = "•••"
_SHAPES = (
    re.compile(r"\bxox[a-z](?:\.xox[a-z])?-[\w%-]+|\bxapp-[\w%-]+"),  # Slack
    re.compile(r"\b(?P<keep>bot)?\d{5,}:[\w-]{20,}"),  # Telegram, also inside an address
    re.compile(r"(?P<keep>/calendar/)[\w-]{8,}"),  # whoever has the address reads the calendar
    re.compile(r"(?P<keep>\b(?:bearer|basic)\s+)[^\s'\",}]+", re.IGNORECASE),
    re.compile(r"(?P<keep>\w://[^\s:/@]*:)[^\s/]+(?=@)"),  # the password of a database or proxy address
    re.compile(r"(?P<keep>\b(?:password|passwd|secret|token|api_?key)\s*[=:]\s*)[^\s&'\",;}]+", re.IGNORECASE),
)
_KEYS = re.compile(r"authorization|password|passwd|secret|token|cookie|api_?key|llm_?key|signature", re.IGNORECASE)
#: Their messages tell of code, files and addresses. Others may quote what somebody wrote (a parser, a database): only their
#: type is told.
_PLAIN = (GuyubError, OSError, TypeError, AttributeError, NameError, ImportError)
_WORDS = frozenset({"text", "message_text", "words", "answer_text", "body", "payload"})


def traced(error: BaseException) -> str:
    """Where an error came from, innermost last, without its message: that may hold somebody's words."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    way = " > ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__} at {way}"


def redact(text: str) -> str:
    """The text with whatever looks like a secret masked."""
    for shape in _SHAPES:
        text = shape.sub(_masked, text)
    return text


def _masked(found: re.Match[str]) -> str:
    return (found.groupdict().get("keep") or "") + MASK


class Redaction:
    """A structlog processor: masks secrets by key and by shape, and the values that it was told of; drops people's words."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        self.secrets = tuple(sorted((one for one in secrets if len(one) >= 6), key=len, reverse=True))

    def __call__(self, logger: object, name: str, record: MutableMapping[str, object]) -> MutableMapping[str, object]:
        return {key: self._value(key, value) for key, value in record.items() if key not in _WORDS}

    def clean(self, text: str) -> str:
        """The text without the known secrets and without anything shaped like one."""
        for secret in self.secrets:
            text = text.replace(secret, MASK)
        return redact(text)

    def _value(self, key: str, value: object) -> object:
        if _KEYS.search(key):
            return MASK
        if isinstance(value, Mapping):
            return {str(k): self._value(str(k), v) for k, v in value.items() if k not in _WORDS}
        if isinstance(value, (list, tuple)):
            return [self._value("", one) for one in value]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        return self.clean(str(value))


def told(error: BaseException) -> str:
    """A traceback without people's words: where, and what kind; the causes first."""
    return "\n".join(line for one in reversed(list(_chain(error))) for line in _lines(one))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _lines(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} {frame.name}"
    yield f"{type(error).__name__}: {error}" if isinstance(error, _PLAIN) else type(error).__name__


def _formatted(exc_info: ExcInfo) -> str:
    return told(exc_info[1])


class _Filter(logging.Filter):
    """The same for libraries that log through the standard library."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self.redaction = redaction

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.redaction.clean(record.getMessage()), ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = self.redaction.clean(told(record.exc_info[1]))
        return True


class _Stderr:
    """Whatever stderr is when something is written: whoever redirects it for a while may close theirs afterwards."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(style: Literal["auto", "console", "json"] = "auto", secrets: tuple[str, ...] = ()) -> None:
    """Set up logging for the process, once. "auto": for people on a terminal, JSON elsewhere."""
    console = style == "console" or (style == "auto" and sys.stderr.isatty())
    redaction = Redaction(secrets)
    shape: Processor = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_formatted),
            redaction,
            shape,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Stderr())),
        cache_logger_on_first_use=True,
    )
    _standard_library(redaction)


def _standard_library(redaction: Redaction) -> None:
    handler = logging.StreamHandler(_Stderr())
    handler.addFilter(_Filter(redaction))
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
