"""Whose export is this? Told by the names of the files in it."""

from __future__ import annotations

from pathlib import Path

from adapters.exports.archive import open_archive
from adapters.exports.errors import BadExport
from bot.importing.told import Report, Source


def kind_of(path: Path) -> Source:
    """Raises BadExport: nothing in there is an export's."""
    with open_archive(path, Report()) as archive:
        names = {member.base.lower() for member in archive.members.values()}
    if "channels.json" in names:
        return "slack-export"
    if "result.json" in names or sum(name.endswith(".json") for name in names) == 1:
        return "telegram-export"
    if any(name.endswith(".txt") for name in names):
        return "whatsapp-export"
    raise BadExport("import.unknown", name=path.name)
