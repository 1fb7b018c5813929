"""Whether a request is Slack's: signed over the raw bytes, within five minutes, compared in constant time. Pure.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence

WINDOW = 300  # seconds, both ways
_TIME = re.compile(rb"\d{1,12}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> tuple[bytes, bytes] | None:
    """Timestamp and signature; None where one is missing, comes twice or has not the shape of one."""
    rows = list(raw)
    times = [value for name, value in rows if name.lower() == b"x-slack-request-timestamp"]
    signatures = [value for name, value in rows if name.lower() == b"x-slack-signature"]
    if len(times) != 1 or len(signatures) != 1 or not _TIME.fullmatch(times[0]) or not _SIGNATURE.fullmatch(signatures[0]):
        return None
    return times[0], signatures[0]


def fresh(timestamp: bytes, now: float) -> bool:
    """Sent within the last five minutes, by a clock that is at most as far ahead."""
    return abs(now - int(timestamp)) <= WINDOW


def genuine(secrets: Sequence[str], timestamp: bytes, signature: bytes, body: bytes) -> bool:
    """Whether one of these secrets signed it. Every one is tried, so that the time tells nothing."""
    said = b"v0:" + timestamp + b":" + body
    made = [b"v0=" + hmac.new(one.encode(), said, hashlib.sha256).hexdigest().encode() for one in secrets if one]
    return sum(hmac.compare_digest(one, signature) for one in made) > 0
