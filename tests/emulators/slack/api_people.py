"""auth.*, users.*, team.*, bots.*, api.test"""

from __future__ import annotations

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.model import JSON
from tests.emulators.slack.registry import Call, method, page
from tests.emulators.slack.shapes import bot_json, user_json


@method("api.test", tier=4)
def api_test(call: Call) -> JSON:
    error = call.args.text("error")
    if error:
        raise SlackError(error, args=call.args.given)
    return {"ok": True, "args": call.args.given}


@method("auth.test", tokens=("bot", "user", "app"))
def auth_test(call: Call) -> JSON:
    space, user = call.space, call.space.users[call.token.user]
    if call.token.kind == "app":
        return {"app_name": space.app.name, "app_id": space.app.id}
    shown: JSON = {"url": f"https://{space.domain}.slack.com/", "team": space.name, "user": user.name, "team_id": space.id,
                   "user_id": user.id, "is_enterprise_install": False}  # fmt: skip
    return shown | ({"bot_id": user.bot_id} if user.is_bot else {})


@method("users.info", "users:read", tier=4)
def users_info(call: Call) -> JSON:
    user = call.space.users.get(call.args.need("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _shown(call, user.id)}


def _shown(call: Call, user: str) -> JSON:
    shown = user_json(call.space, call.space.users[user], locale=call.args.flag("include_locale"))
    if "users:read.email" not in call.token.scopes:
        shown["profile"].pop("email", None)
    return shown


@method("users.list", "users:read", tier=2)
def users_list(call: Call) -> JSON:
    everyone, following = page([{"id": one} for one in call.space.users], call.args, default=1000)
    return {"members": [_shown(call, one["id"]) for one in everyone], "cache_ts": int(call.space.slack.clock()), **following}


@method("users.lookupByEmail", "users:read.email")
def lookup(call: Call) -> JSON:
    email = call.args.need("email").lower()
    for user in call.space.users.values():
        if user.email.lower() == email and not user.deleted:
            return {"user": _shown(call, user.id)}
    raise SlackError("users_not_found")


@method("team.info", "team:read")
def team_info(call: Call) -> JSON:
    space = call.space
    if call.args.text("team", space.id) != space.id:
        raise SlackError("team_not_found")
    team = {"id": space.id, "name": space.name, "domain": space.domain, "url": f"https://{space.domain}.slack.com/",
            "email_domain": "", "icon": {"image_default": True}, "avatar_base_url": "https://ca.slack-edge.com/",
            "is_verified": False}  # fmt: skip
    return {"team": team}


@method("bots.info", "users:read")
def bots_info(call: Call) -> JSON:
    if call.args.text("bot", call.space.app.bot_id) != call.space.app.bot_id:
        raise SlackError("bot_not_found")
    return {"bot": bot_json(call.space)}


@method("auth.revoke")
def auth_revoke(call: Call) -> JSON:
    if call.args.flag("test"):
        return {"revoked": False}
    call.token.state = "revoked"
    return {"revoked": True}
