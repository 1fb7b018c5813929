"""Stores what an export tells: each answered question, its answers and a draft of it. Once, however often it is read.

Every row's name is made of the message it comes from, so that a second run finds what the first one kept.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.errors import Conflict, GuyubError
from bot.finder import Finder
from bot.flow.drafting import drafted
from bot.importing.answered import Found
from bot.importing.told import Author, Source, Told, ToldFile
from bot.insist import insist
from bot.model.attachment import Attachment
from bot.model.base import Language, Noun
from bot.model.member import Member
from bot.model.place import MessageRef
from bot.model.question import Answer, Question, State, Step
from bot.ports import Clock, Files, Store, Unit
from bot.triage.language import language_of

NAMES = uuid.UUID("6f1c7d0e-6b0b-5f0e-9f0a-6775797562aa")
TRIES = 20  # times that somebody may be faster: a batch is a second's work
DOORS = {"slack-export": "slack", "telegram-export": "telegram", "whatsapp-export": "whatsapp"}


@dataclass(slots=True)
class Kept:
    """What came of it: drafts by community, answers by the member who wrote them and is here; `known` were kept before."""

    drafts: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    known: int = 0

    def copy(self) -> Kept:
        """As it stands now."""
        return Kept(self.drafts.copy(), self.answers.copy(), self.known)


class Keeper:
    """Keeps the answered questions of exports. `bytes_of` reads a file of the export; GuyubError where it is damaged."""

    def __init__(
        self,
        store: Store,
        finder: Finder,
        files: Files,
        clock: Clock,
        language: Language,
        bytes_of: Callable[[ToldFile], bytes],
    ) -> None:
        self.store, self.finder, self.files, self.clock = store, finder, files, clock
        self.language, self.bytes_of = language, bytes_of
        self.people: dict[str, Member] = {}
        self.kept = Kept()

    async def keep(self, batch: Sequence[Found]) -> None:
        """Stores what is new of these, in one transaction.

        Looks again where somebody was faster: another import, or Guyub itself, which may be running. `Conflict`: always.
        """
        for _ in range(TRIES):
            before = self.kept.copy()
            try:
                await self._keep(batch)
                return
            except Conflict:
                self.kept = before
                self.people.clear()
        await self._keep(batch)

    async def _keep(self, batch: Sequence[Found]) -> None:
        nouns: dict[str, Noun] = {}
        for one in {found.question.id: found for found in batch}.values():
            nouns |= {noun.id: noun for noun in await self._nouns(one)}
        if not nouns:
            return
        for noun in nouns.values():  # words at once; vectors follow in the background of a running Guyub
            if isinstance(noun, Answer):
                await self.finder.put_words("answer", noun.id, noun.text)
        unit = Unit(self.finder.library, save=tuple(nouns.values()))
        await insist(lambda: self.store.commit(unit))
        self.people = {who: replace(m, version=1) if m.id in nouns else m for who, m in self.people.items()}

    async def _nouns(self, found: Found) -> list[Noun]:
        """The rows of one answered question; none where it was kept before, or heard live."""
        asked = found.question
        if await self.store.questions.get(self._id("question", asked.id)) or await self.store.questions.at(_ref(asked)):
            self.kept.known += 1
            return []
        asker = await self._person(asked, asked.author)
        writers = [await self._person(told, told.author) for told in found.answers]
        q = self._question(found, asker, await self._community(asked))
        answers = [await self._answer(q, told, who) for told, who in zip(found.answers, writers, strict=True)]
        people = {m.id: m for m in (asker, *writers)}
        item = replace(drafted(q, answers, people, q.community or "", self.clock()), id=self._id("item", asked.id))
        self.kept.drafts[item.community] += 1
        self.kept.answers.update(who.id for who in writers if not who.gone)
        return [*(m for m in people.values() if m.version == 0), q, *answers, item]

    async def _community(self, asked: Told) -> str:
        """The one that its channel is bound to, else the likeliest; "" where there is none at all."""
        binding = await self.store.places.binding(DOORS[asked.source], asked.channel)
        if binding and binding.community:
            return binding.community
        guesses = (await self.finder.route(await self.finder.query(asked.text))).guesses
        return guesses[0].id if guesses else ""

    async def _person(self, told: Told, author: Author) -> Member:
        """A member with that account, or the only one of that name; else somebody who is only a name, and is not here."""
        who = f"{told.source}/{author.id}"
        if who not in self.people:
            here = await self.store.members.by_account(DOORS[told.source], author.id)
            here = here or (await self._named(told.source, author) if author.name else None)
            self.people[who] = here or await self._name_only(who, author)
        return self.people[who]

    async def _named(self, source: Source, author: Author) -> Member | None:
        """The namesake whom a member told apart from themselves; else the only member of that name, unless known otherwise."""
        if namesake := await self.store.members.get(namesake_id(self.finder.library, source, author.name)):
            return namesake
        present = [m for m in await self.store.members.named(author.name) if not m.gone]
        return present[0] if len(present) == 1 and not known_there(present[0], DOORS[source], author.id) else None

    async def _name_only(self, who: str, author: Author) -> Member:
        id = self._id("member", who)
        stored = await self.store.members.get(id)
        return stored or Member(id=id, library=self.finder.library, name=author.name or author.id, gone=True)

    def _question(self, found: Found, asker: Member, community: str) -> Question:
        asked = found.question
        return Question(
            id=self._id("question", asked.id),
            library=self.finder.library,
            asker=asker.id,
            text=asked.text,
            language=language_of(asked.text, self.language),
            origin=_ref(asked),
            asked_at=asked.at,
            state=State.SOLVED,
            community=community or None,
            solved_by="people",
            ended_at=max(told.at for told in found.answers),
            trace=(Step(self.clock(), "imported", (("from", asked.source), ("channel", asked.channel_name))),),
        )

    async def _answer(self, q: Question, told: Told, who: Member) -> Answer:
        return Answer(
            id=self._id("answer", told.id),
            library=q.library,
            question=q.id,
            author=who.id,
            text=told.text,
            language=language_of(told.text, self.language),
            at=told.at,
            source=_ref(told),
            files=tuple([await self._file(told, file) for file in told.files]),
            accepted=True,
        )

    async def _file(self, told: Told, file: ToldFile) -> Attachment:
        """Copied into our own store where the export brought it along."""
        try:
            sha256 = await self.files.put(self.bytes_of(file)) if file.path else ""
        except GuyubError:
            sha256 = ""
        return Attachment(file.name, file.media_type, file.size, door=DOORS[told.source], file=file.path, sha256=sha256)

    def _id(self, kind: str, name: str) -> str:
        return _made_id(self.finder.library, kind, name)


def known_there(member: Member, door: str, id: str) -> bool:
    """Has an account of their own where this person or channel is, so that no name need be trusted.

    Ids of workspaces are "team:id"; an account without a team is known everywhere at its door.
    """
    teams = [account.user.rpartition(":")[0] for account in member.accounts if account.door == door]
    return any(not team or id.startswith(f"{team}:") for team in teams)


def namesake_id(library: str, source: str, name: str) -> str:
    """Of somebody in these exports who has a member's name and is somebody else."""
    return _made_id(library, "namesake", f"{source}/{name.casefold()}")


def _made_id(library: str, kind: str, name: str) -> str:
    return uuid.uuid5(NAMES, f"{library}/{kind}/{name}").hex


def _ref(told: Told) -> MessageRef:
    return MessageRef(DOORS[told.source], told.channel, told.message)
