"""Builds the payloads that the messenger keeps for its bot. Pure but for the new id."""

from __future__ import annotations

import uuid
from datetime import datetime

from adapters.web.rows import Channel, Message, Person
from adapters.web.translate import FilePart, Payload


def begin(who: Person, room: Channel, at: datetime, thread: str = "") -> Payload:
    """What all payloads share: whose, where, when, and an id of their own."""
    return Payload(
        id=f"web:{uuid.uuid4()}",
        at=at.isoformat(),
        user=who.id,
        name=who.name,
        language=who.language,
        channel=room.id,
        direct=room.kind == "dm",
        thread=thread,
    )


def said(base: Payload, message: Message) -> Payload:
    files = [FilePart(file=f.id, name=f.name, media_type=f.media_type, size=f.size) for f in message.files]
    return {**base, "type": "said", "message": message.id, "text": message.text, "files": files}


def edited(base: Payload, message: Message) -> Payload:
    return {**base, "type": "edited", "message": message.id, "text": message.text}


def deleted(base: Payload, message: str) -> Payload:
    return {**base, "type": "deleted", "message": message}


def reacted(base: Payload, message: str, emoji: str, removed: bool) -> Payload:
    return {**base, "type": "reacted", "message": message, "emoji": emoji, "removed": removed}


def commanded(base: Payload, command: str, args: str) -> Payload:
    return {**base, "type": "commanded", "command": command, "args": args}


def pressed(base: Payload, message: str, action: str, value: str) -> Payload:
    return {**base, "type": "pressed", "message": message, "action": action, "value": value}


def submitted(base: Payload, form: str, subject: str, fields: list[tuple[str, str]]) -> Payload:
    return {**base, "type": "submitted", "form": form, "subject": subject, "fields": fields}


def left(base: Payload) -> Payload:
    return {**base, "type": "left"}
