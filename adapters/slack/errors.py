"""What Slack answers when it does not do what it was asked → what the caller must do. Pure."""

from __future__ import annotations

import re

from bot.errors import DeliveryError, Rejected, TryLater, Unreachable

PATIENCE = 30.0  # seconds, where Slack says "too many" but not for how long
LONGEST_WAIT = 3600.0
RATELIMITED = "slack: ratelimited"  # refused before anything happened
PAUSE = 300.0  # seconds that a workspace rests whose token is no longer good

DEAD = frozenset(
    {"invalid_auth", "token_revoked", "account_inactive", "not_authed", "token_expired", "org_login_required", "team_disabled"}
)
BUSY = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
    | {"team_added_to_org", "accesslimited", "external_service_error"}
)
_AWAY = """
channel_not_found not_in_channel is_archived user_not_found users_not_found user_not_in_channel user_disabled
cannot_dm_bot messages_tab_disabled channel_is_limited_access no_permission access_denied thread_not_found
message_not_found restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel
restricted_action_non_threadable_channel restricted_action_thread_locked team_access_not_granted user_not_visible
is_inactive ekm_access_denied method_not_supported_for_channel_type external_channel_migrating file_not_found
file_deleted cannot_reply_to_message user_is_bot user_is_restricted not_allowed bad_timestamp
"""
AWAY = frozenset(_AWAY.split())


class SlackRefused(Exception):
    """Slack said no, with this code. Each caller knows a few that it can mend; `sorted_out` sorts the rest."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def wait_of(retry_after: str | None) -> float:
    """Seconds from a Retry-After header, whatever it says."""
    words = (retry_after or "").strip()
    if not re.fullmatch(r"\d{1,9}(\.\d{1,3})?", words):
        return PATIENCE
    return min(max(float(words), 1.0), LONGEST_WAIT)


def code_of(data: object) -> str:
    """The error's code in Slack's answer; "" where the answer is none of Slack's."""
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"[a-z0-9_]{1,80}", code) else ""


def sorted_out(refused: SlackRefused) -> DeliveryError:
    """For a code that nobody could mend."""
    why = f"slack: {refused.code}" + (f" ({refused.detail})" if refused.detail else "")
    if refused.code in DEAD:
        return TryLater(PAUSE, why)
    if refused.code in BUSY:
        return TryLater(PATIENCE, why)
    return Unreachable(why) if refused.code in AWAY else Rejected(why)
