"""Records → Slack's published JSON."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.emulators.slack.model import JSON, Channel, File, Message, Trigger, User, View

if TYPE_CHECKING:
    from tests.emulators.slack.workspace import Workspace

OFFSETS = {"Asia/Jakarta": 25200, "Asia/Makassar": 28800, "Asia/Jayapura": 32400}


def user_json(space: Workspace, user: User, locale: bool = False) -> JSON:
    color = hashlib.md5(user.id.encode(), usedforsecurity=False).hexdigest()
    profile: JSON = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.display_name,
        "display_name_normalized": user.display_name,
        "title": "",
        "phone": "",
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": color[:12],
        "image_72": f"https://secure.gravatar.com/avatar/{color}.jpg?s=72",
        "team": space.id,
    }
    if user.email:
        profile["email"] = user.email
    if user.is_bot:
        profile |= {"bot_id": user.bot_id, "api_app_id": space.app.id}
    shown: JSON = {
        "id": user.id,
        "team_id": space.id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
        "is_email_confirmed": True,
    }
    if not user.deleted:
        shown |= {
            "color": color[:6],
            "real_name": user.real_name,
            "tz": user.zone,
            "tz_label": "Western Indonesia Time",
            "tz_offset": OFFSETS.get(user.zone, 0),
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
        }
    if locale:
        shown["locale"] = user.locale
    return shown


def channel_json(space: Workspace, channel: Channel, viewer: str, count: bool = False) -> JSON:
    base: JSON = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "updated": channel.created * 1000,
    }
    if channel.kind == "im":
        other = next((one for one in channel.members if one != viewer), viewer)
        deleted = space.users[other].deleted
        return base | {
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": space.id,
            "user": other,
            "is_user_deleted": deleted,
            "priority": 0,
        }
    private = channel.kind == "private"
    shown = base | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not private,
        "is_group": private,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "is_general": channel.name == "general",
        "is_member": viewer in channel.members,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "unlinked": 0,
        "creator": channel.creator,
        "context_team_id": space.id,
        "shared_team_ids": [space.id],
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        "previous_names": channel.previous_names,
    }
    if count:
        shown["num_members"] = len(channel.members)
    return shown


def file_json(space: Workspace, file: File) -> JSON:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    suffix = PurePath(file.name).suffix.lstrip(".").lower() or "binary"
    link = f"{space.base_url}/files-pri/{space.id}-{file.id}/"
    channels = {kind: [id for id in file.channels if space.channels[id].kind == kind] for kind in ("public", "private", "im")}
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": kind,
        "filetype": suffix,
        "pretty_type": suffix.upper(),
        "user": file.user,
        "user_team": space.id,
        "editable": False,
        "size": len(file.content or b""),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": bool(channels["public"]),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": link + quote(file.name),
        "url_private_download": link + "download/" + quote(file.name),
        "permalink": f"https://{space.domain}.slack.com/files/{file.user}/{file.id}/{quote(file.name)}",
        "permalink_public": f"https://slack-files.com/{space.id}-{file.id}-0000000000",
        "channels": channels["public"],
        "groups": channels["private"],
        "ims": channels["im"],
        "has_rich_preview": False,
        "file_access": "visible",
    } | ({"alt_txt": file.alt_text} if file.alt_text else {})


def reactions_json(message: Message) -> list[JSON]:
    return [{"name": name, "users": list(who), "count": len(who)} for name, who in message.reactions.items() if who]


def message_json(space: Workspace, message: Message, metadata: bool = False, counts: bool = True) -> JSON:
    """As in history; `counts`: the parent's thread fields and the reactions, which events leave out."""
    shown: JSON = {"type": "message", "ts": message.ts, "text": message.text}
    if message.user:
        shown["user"] = message.user
    if message.subtype:
        shown["subtype"] = message.subtype
    if message.client_msg_id:
        shown["client_msg_id"] = message.client_msg_id
    if not message.subtype or message.subtype in ("thread_broadcast", "file_share"):
        shown["team"] = space.id
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.attachments:
        shown["attachments"] = message.attachments
    if message.bot_id:
        shown["bot_id"] = message.bot_id
    if message.app_id and message.bot_id == space.app.bot_id:
        shown |= {"app_id": message.app_id, "bot_profile": bot_json(space, profile=True)}
    if message.username:
        shown["username"] = message.username
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.is_reply:
        parent = space.channels[message.channel].by_ts.get(message.thread_ts or "")
        if parent is not None:
            shown["parent_user_id"] = parent.user
            if message.subtype == "thread_broadcast":
                shown["root"] = message_json(space, parent)
    if message.edited:
        shown["edited"] = message.edited
    if message.files:
        shown |= {"files": [file_json(space, one) for one in message.files], "upload": False}
    if metadata and message.metadata:
        shown["metadata"] = message.metadata
    if counts:
        shown |= thread_json(space, message)
        if any(message.reactions.values()):
            shown["reactions"] = reactions_json(message)
    return shown | message.extra


def thread_json(space: Workspace, message: Message) -> JSON:
    replies = space.channels[message.channel].thread(message.ts) if message.thread_ts == message.ts else []
    if not replies:
        return {}
    who = list(dict.fromkeys(one.user for one in replies))
    return {
        "reply_count": len(replies),
        "reply_users_count": len(who),
        "latest_reply": replies[-1].ts,
        "reply_users": who[:5],
        "is_locked": False,
        "subscribed": False,
    }


def bot_json(space: Workspace, profile: bool = False) -> JSON:
    app = space.app
    shown: JSON = {
        "id": app.bot_id,
        "deleted": not app.installed,
        "name": app.name,
        "updated": int(space.made),
        "app_id": app.id,
        "icons": {"image_36": "https://a.slack-edge.com/80588/img/plugins/app/bot_36.png"},
    }
    return shown | ({"team_id": space.id} if profile else {"user_id": app.bot_user})


def view_json(space: Workspace, view: View) -> JSON:
    body = view.body
    shown: JSON = {
        "id": view.id,
        "team_id": space.id,
        "type": view.kind,
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": {"values": view.state},
        "hash": view.hash,
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "root_view_id": view.root or view.id,
        "previous_view_id": view.previous,
        "app_id": space.app.id,
        "external_id": body.get("external_id", ""),
        "app_installed_team_id": space.id,
        "bot_id": space.app.bot_id,
        "title": body.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "close": body.get("close"),
        "submit": body.get("submit"),
    }
    if view.kind == "modal":
        shown["submit_disabled"] = body.get("submit_disabled", False)
    return shown


def actor_json(space: Workspace, user: User) -> JSON:
    """Who acted, as interactions name them."""
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": space.id}


def interaction_json(space: Workspace, kind: str, user: User, trigger: Trigger) -> JSON:
    """What every interaction carries."""
    return {
        "type": kind,
        "user": actor_json(space, user),
        "api_app_id": space.app.id,
        "token": space.app.verification,
        "team": {"id": space.id, "domain": space.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": trigger.id,
    }
