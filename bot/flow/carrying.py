"""Files of a question or an answer, copied while the platform holds them and brought to where others read it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.desk import Desk
from bot.events import FileRef
from bot.flow.people import person
from bot.model.attachment import Attachment
from bot.model.base import Language
from bot.model.member import Member
from bot.model.question import Question
from bot.outcome import Data, Later, Say, Then, Under

SOON, AGAIN = timedelta(seconds=20), timedelta(minutes=10)  # between two tries to copy a file, at first and at last
PATIENCE = timedelta(days=7)


def attached(files: Iterable[FileRef], door: str) -> tuple[Attachment, ...]:
    """Files of a message, not copied yet."""
    return tuple(Attachment(f.name, f.media_type, f.size, door=door, file=f.file) for f in files)


def files_wanted(q: Question) -> tuple[Then, ...]:
    """What follows wherever a question is put before somebody: its files come along."""
    return (Then("question.files", q.id),) if q.files else ()


async def copies(files: Iterable[Attachment], desk: Desk) -> tuple[Attachment, ...]:
    """The same, each copied into our own store if it can be had now."""
    return tuple([await _copy(f, desk) for f in files])


async def _copy(file: Attachment, desk: Desk) -> Attachment:
    if file.sha256:
        return file
    try:
        return replace(file, sha256=await desk.keep_file(file.door, file.file))
    except Exception:  # a platform is at the edge: whatever breaks there, the file is asked for again
        return file


def tried_again(what: str, subject: str, files: Iterable[Attachment], since: datetime, now: datetime) -> tuple[Later, ...]:
    """For what is still missing, ever more seldom, for as long as a platform may be expected to hold it."""
    missing = any(not f.sha256 for f in files) and now - since < PATIENCE
    return (Later(what, subject, now + min(max(now - since, SOON), AGAIN)),) if missing else ()


def sent(files: Iterable[Attachment]) -> tuple[tuple[str, str], ...]:
    """What a message carries: (name, SHA-256) of those that are kept, no two under one name."""
    named: dict[str, str] = {}
    for file in files:
        if file.sha256:
            stem, dot, end = file.name.rpartition(".")
            names = (file.name, *(f"{stem or end}-{n}{dot + end if stem else ''}" for n in range(2, 1000)))
            named[next(name for name in names if name not in named)] = file.sha256
    return tuple(named.items())


def brought(
    author: Member,
    subject: str,
    before: Sequence[Attachment],
    after: Sequence[Attachment],
    cards: Iterable[str],
    known: Collection[str],
    language: Language,
) -> tuple[Say, ...]:
    """The files under each of these cards; where some were brought already (`known`: names of cards), those that came since."""
    fresh = [now for was, now in zip(before, after, strict=True) if now.sha256 and not was.sha256]
    missing = [f.name for f in after if not f.sha256]
    says: list[Say] = []
    for card in cards:
        name = f"files:{card}"
        come, lacking = (fresh, []) if name in known else ([*after], missing)
        if name in known and fresh:
            name = f"{name}:{fresh[0].sha256[:12]}"
        files = sent(come)
        if files or lacking:
            data: Data = {"author": person(author), "files": len(files), "missing": lacking}
            says.append(Say(Under(card), "carry.files", data, language, (), name, subject, files))
    return tuple(says)
