"""sendDocument, sendPhoto, sendMediaGroup, getFile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from tests.emulators.telegram import shapes
from tests.emulators.telegram.errors import bad
from tests.emulators.telegram.keyboards import read_markup
from tests.emulators.telegram.media import MOST_FETCHED, MOST_PHOTO, store
from tests.emulators.telegram.methods import Call, method
from tests.emulators.telegram.methods.messages import read_place, read_text, say
from tests.emulators.telegram.model import StoredFile
from tests.emulators.telegram.params import Upload

Kind = Literal["document", "photo"]
LINK_LIFE = timedelta(hours=1)


def read_file(call: Call, kind: Kind, name: str, value: str) -> StoredFile:
    """An upload under the parameter's own name or `attach://…`, or the id of a file that Telegram has."""
    upload = call.params.uploads.get(value.removeprefix("attach://") if value.startswith("attach://") else name)
    if upload is not None:
        return _uploaded(call, kind, upload)
    if not value:
        raise bad(f"there is no {kind} in the request")
    if value.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")  # nothing here reaches out
    known = call.state.files.get(value) or call.state.files.get(value.removesuffix("s"))
    if known is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if known.kind != kind:
        raise bad(f"can't use file of type {known.kind.title()} as {kind.title()}")
    return known


def _uploaded(call: Call, kind: Kind, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad("file must be non-empty")
    if kind == "photo" and len(upload.content) > MOST_PHOTO:
        size = len(upload.content)
        raise bad(f"file of size {size} bytes is too big for a photo; the maximum size is {MOST_PHOTO} bytes")
    return store(call.state, kind, upload)


def _send(call: Call, kind: Kind, what: str) -> Any:
    chat = call.reach(what)
    text, entities, html = read_text(call, "caption")
    markup = read_markup(call.params)
    reply, topic = read_place(call, chat)
    stored = read_file(call, kind, kind, call.params.text(kind))
    call.spend(chat)
    sent = say(call, chat, reply, topic, text=text, entities=entities, html=html, markup=markup, files=[stored])
    return shapes.message(sent)


@method("sendDocument")
def send_document(call: Call) -> Any:
    return _send(call, "document", "documents")


@method("sendPhoto")
def send_photo(call: Call) -> Any:
    return _send(call, "photo", "photos")


@method("sendMediaGroup")
def send_album(call: Call) -> Any:
    chat = call.reach("media")
    media = call.params.json("media", "media")
    if not isinstance(media, list) or not all(isinstance(one, dict) for one in media):
        raise bad("can't parse media JSON object")
    if not 2 <= len(media) <= 10:
        raise bad("wrong number of media in an album: 2-10 expected")
    kinds = {one.get("type") for one in media}
    if not kinds <= {"photo", "document"}:
        raise bad("can't parse InputMedia: only photo and document are known here")
    if len(kinds) > 1:
        raise bad("document can't be mixed with other media types")
    captions = [read_text(call, "caption", one) for one in media]
    reply, topic = read_place(call, chat)
    files = [read_file(call, one["type"], "", str(one.get("media") or "")) for one in media]
    call.spend(chat, len(media))
    album = f"{13_000_000_000_000 + next(call.state.ids)}"
    return [
        shapes.message(say(call, chat, reply, topic, text=text, entities=entities, html=html, files=[stored], album=album))
        for (text, entities, html), stored in zip(captions, files, strict=True)
    ]


@method("getFile")
def get_file(call: Call) -> Any:
    """The file's link lives an hour."""
    name = call.params.text("file_id")
    stored = call.state.files.get(name) or call.state.files.get(name.removesuffix("s"))
    if not name:
        raise bad("file_id not specified")
    if stored is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if stored.size > MOST_FETCHED:
        raise bad("file is too big")
    path = f"{stored.kind}s/file_{int(stored.id[-8:])}.{stored.name.rpartition('.')[2] or 'bin'}"
    call.state.links[path] = (stored, call.now + LINK_LIFE)
    return shapes.file_size(stored) | {"file_path": path}
