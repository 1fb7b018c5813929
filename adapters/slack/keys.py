"""What opens one workspace."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlackKeys:
    """`app_token` "" means HTTP; `signing_secrets`: the one that is valid and, while it is changed, the one before."""

    bot_token: str
    app_token: str
    signing_secrets: tuple[str, ...]
