"""files.*: the upload in three steps, and what is known of a file."""

from __future__ import annotations

from tests.emulators.slack.api_chat import by_app, checked_blocks, parent_of
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.model import JSON, File, Message
from tests.emulators.slack.registry import Call, method
from tests.emulators.slack.shapes import file_json
from tests.emulators.slack.texts import checked

LARGEST = 1024**3


@method("files.getUploadURLExternal", "files:write", tier=4)
def upload_url(call: Call) -> JSON:
    space, length = call.space, call.args.need("length")
    if not length.isdecimal() or int(length) < 1:
        raise SlackError("invalid_arguments")
    if int(length) > LARGEST:
        raise SlackError("file_upload_size_restricted")
    file = File(space.new_id("F"), call.args.need("filename"), call.token.user, length=int(length),
                created=int(space.slack.clock()), alt_text=call.args.text("alt_txt"))  # fmt: skip
    space.files[file.id] = file
    return {"upload_url": f"{space.base_url}/upload/v1/{space.id}-{file.id}-{space.hex(16)}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write", tier=4)
def complete(call: Call) -> JSON:
    """Share what was uploaded, as one message with all the files, or keep it private."""
    space, given = call.space, call.args.objects("files", "invalid_arguments")
    if not given:
        raise SlackError("invalid_arguments")
    files = []
    for one in given:
        file = space.files.get(str(one.get("id")))
        if file is None or file.user != call.token.user or file.content is None or file.complete:
            raise SlackError("file_not_found")
        file.title = str(one.get("title") or file.title)
        files.append(file)
    where = call.args.text("channel_id")
    if where:
        channel = call.channel("channel_id", member=True)
        if channel.archived:
            raise SlackError("is_archived")
        text, thread = checked(call.args.text("initial_comment")), parent_of(call, channel)
        blocks = call.args.objects("blocks", "invalid_blocks_format") or []
        blocks = checked_blocks(space, blocks) if blocks else []
        for file in files:
            file.channels.append(channel.id)
        space.post(Message(space.new_ts(), channel.id, text=text, blocks=blocks, thread_ts=thread, files=files,
                           subtype="file_share", **by_app(call)))  # fmt: skip
        for file in files:
            space.emit({"type": "file_shared", "file_id": file.id, "file": {"id": file.id}, "user_id": file.user,
                        "channel_id": channel.id, "event_ts": space.new_ts()}, channel)  # fmt: skip
    for file in files:
        file.complete = True
    return {"files": [file_json(space, one) for one in files]}


@method("files.info", "files:read", tier=4)
def info(call: Call) -> JSON:
    file = call.space.files.get(call.args.need("file"))
    if file is None or not file.complete or not may_see(call, file):
        raise SlackError("file_not_found")
    return {"file": file_json(call.space, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def may_see(call: Call, file: File) -> bool:
    """Its owner, and whoever is where it was shared; a public channel's files are everybody's."""
    rooms = [call.space.channels[one] for one in file.channels]
    return file.user == call.token.user or any(one.kind == "public" or call.token.user in one.members for one in rooms)
