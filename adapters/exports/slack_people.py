"""Who and where, in a Slack export: users.json, channels.json and the indexes of what is private."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.exports.archive import Archive, Member
from adapters.exports.encoding import Utf8
from adapters.exports.errors import BadExport, BadMember
from adapters.exports.records import Record, child, records, text
from adapters.exports.words import name
from bot.importing.told import Author, Report, Trouble

MOST_PEOPLE = 500_000
PRIVATE = ("groups.json", "dms.json", "mpims.json")


@dataclass(slots=True)
class People:
    """Names by id. Who shares a shown name with somebody is told apart by the handle behind it; bots are nobody.

    `team`: the workspace's own id, "" where nobody's row tells it.
    """

    authors: dict[str, Author] = field(default_factory=dict)
    bots: set[str] = field(default_factory=lambda: {"USLACKBOT"})
    team: str = ""

    def named(self, user: str) -> str:
        """The name behind an id; the id itself where nobody knows it."""
        found = self.authors.get(user)
        return (found and found.name) or name(user) or "?"


@dataclass(frozen=True, slots=True)
class Channel:
    """A public channel. `folder`: where its days lie in the export."""

    id: str
    name: str
    folder: str


def indexed(archive: Archive, at: str, report: Report) -> Iterator[Record]:
    """The objects of an index file such as users.json; a damaged end is told."""
    member = archive.members.get(at)
    if member is None:
        return
    try:
        with archive.open(member) as raw:
            stream = Utf8(raw, at, json=True)
            yield from (one for one in records(stream, lambda path: path == ("[]",)) if one is not None)
    except BadMember as error:
        report.trouble(Trouble(at, 0, error.template, error.data))


def people(archive: Archive, root: str, report: Report) -> People:
    """Everybody in users.json (Enterprise: org_users.json beside it), people who left too."""
    known = People()
    handles: dict[str, str] = {}
    teams: Counter[str] = Counter()
    for index in ("org_users.json", "users.json"):
        for one in indexed(archive, root + index, report):
            user = text(one, "id")
            if not user or len(handles) >= MOST_PEOPLE:
                continue
            profile = child(one, "profile")
            if one.get("is_bot") is True:
                known.bots.add(user)
            shown = (
                name(text(profile, "display_name")) or name(text(profile, "real_name")) or name(text(one, "real_name", "name"))
            )
            known.authors[user] = Author(user, shown)
            handles[user] = name(text(one, "name"))
            teams[text(one, "team_id")] += 1
    known.team = next((team for team, _ in teams.most_common() if team), "")
    shared = Counter(author.name.casefold() for author in known.authors.values())
    for user, author in known.authors.items():
        if author.name and shared[author.name.casefold()] > 1:
            known.authors[user] = Author(user, f"{author.name} ({handles[user] or user})")
    return known


def channels(archive: Archive, report: Report) -> tuple[str, list[Channel]]:
    """Where the export's root lies in the archive, and its public channels. Raises BadExport when this is no Slack export.

    Without a whole channels.json nobody can tell what is public, so nothing is read.
    """
    indexes = [member for member in archive.members.values() if member.base == "channels.json"]
    if not indexes:
        raise BadExport("import.nested" if _holds_zip(archive) else "import.not_slack")
    index = min(indexes, key=lambda member: member.name.count("/"))
    root = index.name.removesuffix("channels.json")
    listed = _listed(archive, index)
    found = [Channel(text(one, "id"), name(text(one, "name")), f"{root}{text(one, 'name')}/") for one in listed]
    private = sum(1 for file in PRIVATE for _ in indexed(archive, root + file, report))
    if private:
        report.trouble(Trouble(root + "groups.json", 0, "import.private_left_out", {"number": private}, lost=False))
    return root, list({one.folder: one for one in found if one.id and one.name}.values())


def _listed(archive: Archive, index: Member) -> list[Record]:
    with archive.open(index) as raw:
        return [one for one in records(Utf8(raw, index.name, json=True), lambda path: path == ("[]",)) if one is not None]


def _holds_zip(archive: Archive) -> bool:
    return any(name.lower().endswith(".zip") for name in archive.members)
