"""From one event to one stored outcome: builds the desk, calls the handlers, commits, and starts over on a conflict."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from bot.afterwards import afterwards
from bot.desk import Desk, Rules
from bot.errors import Conflict
from bot.events import Commanded, Event, Happened, Left, Said
from bot.features.index import follow_ups
from bot.finder import Finder
from bot.model.base import new_id
from bot.model.library import Library
from bot.model.member import Member
from bot.model.place import Account
from bot.outcome import NOTHING, Data, Outcome, Then, Toast
from bot.ports import Clock, Drafter, Store, Unit
from bot.reading import intent_of, language_in
from bot.registry import AnyHandler, Intent, Routes
from bot.show import plain
from bot.voice import Voice

CONFLICTS = 8  # times that an event starts over because somebody was faster


class Dispatcher:
    """Everything one event needs on its way. `keep_file` copies a platform's file into the file store, `keep` what we made."""

    def __init__(
        self,
        library: Library,
        store: Store,
        finder: Finder,
        routes: Routes,
        voice: Voice,
        clock: Clock,
        keep_file: Callable[[str, str], Awaitable[str]],
        keep: Callable[[bytes], Awaitable[str]],
        drafter: Drafter | None = None,
        rules: Rules | None = None,
        operators: Sequence[str] = (),
    ) -> None:
        self.library, self.store, self.finder = library, store, finder
        self.routes, self.voice, self.clock, self.keep_file, self.keep = routes, voice, clock, keep_file, keep
        self.drafter = drafter
        self.rules = rules or Rules()
        self.operators = frozenset(operators)
        self.commands = tuple((c.id, c.en) for c in routes.commands)
        self.indonesian, self.english = frozenset(id for id, _ in self.commands), frozenset(en for _, en in self.commands)

    async def handle(self, event: Event, worker: str, *, at_once: bool = False) -> Outcome:
        """Decide and store. Raises what the handler raises, `Duplicate` where it was done before.

        `at_once`: somebody waits to be shown `Outcome.now`; else it is said to them.
        """
        for left in reversed(range(CONFLICTS)):
            desk = await self.desk(event)
            outcome = await self._decide(event, desk)
            if desk.arrived and outcome != NOTHING:
                outcome = Outcome(save=(desk.me,)) + outcome + Outcome(then=_opened(desk))
            if outcome.now and not at_once:
                outcome = replace(outcome, now=None, say=outcome.say + afterwards(outcome.now, desk))
            try:
                await self.store.commit(self.unit(event, outcome, done=event.id, worker=worker))
            except Conflict:
                if not left:
                    raise
                continue
            return outcome
        raise AssertionError("unreachable: the last conflict is raised")

    async def _decide(self, event: Event, desk: Desk) -> Outcome:
        outcome = NOTHING
        handlers = await self._handlers(event)
        if not handlers and event.account and event.what.kind in ("pressed", "submitted"):
            return Outcome(now=Toast("error.stale", {}, desk.language))
        for handler in handlers:
            outcome += await handler(event.what, desk)
        return outcome

    async def _handlers(self, event: Event) -> list[AnyHandler]:
        intent: Intent | None = None
        if isinstance(event.what, Said):
            intent = await intent_of(event, event.what, self.store.places, self.store.questions, self.finder.asks)
            if intent is None:
                return []
        found = self.routes.handlers(event.what, intent)
        if not found and isinstance(event.what, Commanded):
            return self.routes.handlers(replace(event.what, name="?"))
        return found

    async def desk(self, event: Event) -> Desk:
        """Who, when and in which language, with everything to look things up at."""
        known = await self._me(event.account)
        me = self._up_to_date(known, event.account, private=event.private) if event.account else known
        back = me.gone and not isinstance(event.what, Left)
        me = replace(me, gone=False) if back else me
        default = me.language or event.locale or self.library.language
        language = language_in(event, default, self.english, self.indonesian)
        if me.version == 0 and event.account:
            me = replace(me, language=language)
        store = self.store
        return Desk(
            event,
            self.library,
            self.rules,
            self.clock(),
            language,
            me,
            store.communities,
            store.members,
            store.places,
            store.questions,
            store.items,
            store.meetings,
            store.digests,
            store.judgements,
            self.finder,
            self.keep_file,
            self.keep,
            self.commands,
            self.drafter,
            opened=_shut(known, event) and not _shut(me, event),
            arrived=back or me is not known or (me.version == 0 and event.account is not None),
        )

    async def _me(self, account: Account | None) -> Member:
        if account is None:
            return Member(id="guyub", library=self.library.id, name="Guyub", language=self.library.language)
        known = await self.store.members.by_account(account.door, account.user)
        name = account.name or account.user
        return known or Member(
            library=self.library.id, name=name, accounts=(account,), role="operator" if self._operates(account) else "member"
        )

    def _up_to_date(self, me: Member, account: Account, *, private: bool) -> Member:
        """As the platform shows them now, and with the role that the settings give; the very same where all of it stands."""
        me = self.entitled(me)
        old = me.on(account.door)
        unnamed = ("", account.user, account.user.rpartition(":")[2])  # the platform could not be asked what they are called
        if old is None or old.user != account.user:
            return me
        now = replace(old, name=old.name if account.name in unnamed else account.name)
        now = replace(now, shut=None, blocked=False) if private else now
        if now == old:
            return me
        accounts = tuple(now if a == old else a for a in me.accounts)
        own = me.name in (old.name, old.user)  # they are called as this platform calls them
        return replace(me, accounts=accounts, name=now.name if own else me.name)

    def entitled(self, me: Member) -> Member:
        """An operator as long as the settings name an account of theirs, and no longer; the very same where that stands."""
        operates = any(self._operates(account) for account in me.accounts)
        if operates == (me.role == "operator"):
            return me
        return replace(me, role="operator" if operates else "member")

    async def entitle(self) -> None:
        """At the start, those whom the settings name no more: they would be told what is for operators."""
        for member in await self.store.members.with_role("operator"):
            if (now := self.entitled(member)) is not member:
                with suppress(Conflict):  # they are at it themselves: then each event of theirs says what they may
                    await self.store.commit(Unit(self.library.id, save=(now,)))

    def _operates(self, account: Account) -> bool:
        short = account.user.rpartition(":")[2]  # a door may put the workspace before the id that people can see
        return not self.operators.isdisjoint({f"{account.door}:{account.user}", f"{account.door}:{short}"})

    def unit(self, event: Event, outcome: Outcome, *, done: str | None, worker: str) -> Unit:
        """The outcome as one transaction. Follow-ups get names made from their cause, so that none comes twice."""
        thens = outcome.then + follow_ups(outcome.save)
        events = tuple(
            Event(f"{event.id}/{n}", event.library, self.clock(), Happened(t.what, t.subject, t.facts))
            for n, t in enumerate(thens)
        )
        out = tuple((new_id(), o) for o in outcome.say)
        return Unit(event.library, outcome.save, out, events, outcome.later, done, worker)

    async def view(self, name: str, account: Account) -> Data:
        """What a page shows this person. KeyError: no such view."""
        event = Event("", self.library.id, self.clock(), Commanded(name), account)
        desk = await self.desk(event)
        language = desk.me.language or self.library.language

        def words(key: str, data: Data | None = None, /) -> str:
            return plain(self.voice(key, data or {}, language))

        return await self.routes.views[name](replace(desk, language=language, words=words))


def _shut(member: Member, event: Event) -> bool:
    """Whether they could not be written to at the door that this came through."""
    here = member.on(event.account.door) if event.account else None
    return here is not None and here.shut is not None


def _opened(desk: Desk) -> tuple[Then, ...]:
    """What follows where somebody can be written to again, who could not."""
    return (Then("member.opened", desk.me.id, (("door", desk.account.door),)),) if desk.opened else ()
