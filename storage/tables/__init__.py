"""The tables, one noun a file: columns, `to_row`, `from_row`, and the finders that the core's Protocols name."""

from __future__ import annotations

from bot.model.base import Noun
from storage.tables import community, digest, judgement, knowledge, linking, meeting, member, place, question, queue
from storage.tables.base import Kind, metadata

__all__ = ["KINDS", "metadata", "queue"]

KINDS: dict[type[Noun], Kind] = {
    **community.KINDS,
    **member.KINDS,
    **linking.KINDS,
    **place.KINDS,
    **question.KINDS,
    **knowledge.KINDS,
    **meeting.KINDS,
    **digest.KINDS,
    **judgement.KINDS,
}
