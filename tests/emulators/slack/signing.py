"""Slack's v0 signature, to sign as Slack does and to forge."""

from __future__ import annotations

import hashlib
import hmac


def sign(secret: str, timestamp: int | str, body: bytes | str) -> str:
    """The value of `X-Slack-Signature` over the raw body."""
    raw = body.encode() if isinstance(body, str) else body
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + raw, hashlib.sha256).hexdigest()


def signed(secret: str, timestamp: int | str, body: bytes | str, content_type: str = "application/json") -> dict[str, str]:
    """The headers of a request that Slack would send; change one to forge it."""
    return {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": sign(secret, timestamp, body),
    }
