"""Random acts of four people on a few questions; after each, what must always hold does."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.events import Pressed
from bot.model.question import Question, State
from bot.outcome import OpenForm
from tests.world import Heard, World, a_library, user_of

T = TypeVar("T")
PEOPLE = ("Budi", "Tono", "Sari", "Wati")
TEXTS = (
    "Bagaimana cara menghitung denda buku yang terlambat?",
    "Bagaimana cara menghitung denda buku yang telat?",
    "Ruas MARC mana untuk judul seri?",
    "Buku komik dari pemustaka rusak, nomor klasifikasi dan jamur bagaimana?",
    "Siapa pemenang liga sepak bola kemarin malam?",
)
ANSWERS = (
    "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi.",
    "Pakai ruas 490, lalu 830 untuk titik akses tambahan.",
    "makasih kak",
    "👍",
)
CHANNELS = ("#umum", "#sirkulasi", "#obrolan", "@")
REASONS = {
    State.SOLVED: {"solved", "solved_by_item"},
    State.WITHDRAWN: {"withdrawn", "asker_left"},
    State.REFUSED: {"forgotten", "folded"},
}
CARDS = ("card.", "review.card", "review.decided", "keep.", "answer.relay", "review.published")
who, few = st.sampled_from(PEOPLE), st.integers(0, 11)


class QuestionMachine(RuleBasedStateMachine):
    """Its acts are what people can do; buttons are pressed wherever they hang, by whoever likes."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.opened: AbstractAsyncContextManager[World] = a_library(Path(self.folder.name))
        self.world: World = self.run(self.opened.__aenter__)
        self.asked = False

    def run(self, act: Callable[[], Awaitable[T]]) -> T:
        async def whole() -> T:
            return await act()

        return self.runner.run(whole())

    def teardown(self) -> None:
        self.run(lambda: self.opened.__aexit__(None, None, None))
        self.runner.close()
        self.folder.cleanup()

    def pick(self, n: int) -> Question:
        found = self.run(lambda: self.world.house.store.questions.recent(12))
        return found[n % len(found)]

    @initialize()
    def one_channel_only_suggests(self) -> None:
        self.run(lambda: self.world.binds("Ibu Rini", "#obrolan", "sirkulasi", "suggest"))
        self.world.door.messages.clear()

    # ---- acts --------------------------------------------------------------------------------------------------------

    @rule(by=who, text=st.sampled_from(TEXTS), channel=st.sampled_from(CHANNELS))
    def asks(self, by: str, text: str, channel: str) -> None:
        here = f"@{by.lower()}" if channel == "@" else channel
        self.run(lambda: self.world.says(by, text, here, mentioned=here == "#umum"))
        self.asked = bool(self.run(lambda: self.world.house.store.questions.recent(1)))

    @rule(by=who, text=st.sampled_from(TEXTS))
    def asks_by_command(self, by: str, text: str) -> None:
        self.run(lambda: self.world.commands(by, f"tanya {text}"))
        self.asked = True

    @rule(by=who, helper=who, text=st.sampled_from(TEXTS[:3]), answer=st.sampled_from(ANSWERS[:2]))
    def asks_and_is_helped(self, by: str, helper: str, text: str, answer: str) -> None:
        """The main line in one step, so that what comes after it is reached often."""
        self.run(lambda: self.world.solved(by, text, helper, answer))
        self.asked = True

    @precondition(lambda self: self.asked)
    @rule(by=who, n=few, text=st.sampled_from(ANSWERS), tick=st.booleans())
    def replies(self, by: str, n: int, text: str, tick: bool) -> None:
        q = self.pick(n)

        async def act() -> None:
            roots = [m.ref for m in self.world.door.messages if m.template == "card.post"]
            at = q.origin if (q.origin.message and n % 2 == 0) or not roots else roots[n % len(roots)]
            reply = await self.world.says(by, text, at.channel, at.message)
            if tick:
                await self.world.reacts(PEOPLE[n % 4], "✅", reply, at.channel)

        self.run(act)

    @precondition(lambda self: self.asked)
    @rule(by=who, n=few, edit=st.booleans(), text=st.sampled_from((*TEXTS, "")))
    def changes_the_question(self, by: str, n: int, edit: bool, text: str) -> None:
        q = self.pick(n)
        if edit:
            self.run(lambda: self.world.edits(by, q.origin.message or "nothing", text, q.origin.channel))
        else:
            self.run(lambda: self.world.deletes(by, q.origin.message or "nothing", q.origin.channel))

    @precondition(lambda self: self.asked)
    @rule(by=who, n=few, text=st.sampled_from((*ANSWERS, "")))
    def changes_an_answer(self, by: str, n: int, text: str) -> None:
        q = self.pick(n)
        given = self.run(lambda: self.world.house.store.questions.answers(q.id))
        if given:
            ref = given[n % len(given)].source
            self.run(lambda: self.world.edits(by, ref.message, text, ref.channel))

    @precondition(lambda self: bool(self.buttons()))
    @rule(by=who, m=st.integers(0, 30), twice=st.booleans())
    def presses_a_button(self, by: str, m: int, twice: bool) -> None:
        """Among the newest; what stands before one person's eyes only is pressed by that person."""
        buttons = self.buttons()[::-1]
        heard, action = buttons[m % len(buttons)]
        owner = heard.alone or heard.ref.channel.partition("@")[2]
        presser = next((name for name in (*PEOPLE, "Ibu Rini", "Daniel") if user_of(name) == owner), by)
        self.run(lambda: self._press(presser, heard, action, 2 if twice else 1))

    async def _press(self, by: str, heard: Heard, action: str, times: int) -> None:
        label = heard.buttons[action]
        for _ in range(times):
            what = Pressed(label.action, label.value, heard.ref.message)
            shown = await self.world.happens(by, what, heard.ref.channel, heard.thread)
            if shown and isinstance(shown.now, OpenForm) and shown.now.name in ("place", "refer", "reject", "edit_item"):
                field = shown.now.fields[0]
                self.world.shown = shown
                await self.world.fills(by, **{field.name: field.choices[0].value if field.choices else "Karena sudah usang."})

    def buttons(self) -> list[tuple[Heard, str]]:
        return [(m, label.action) for m in self.world.door.messages for label in m.delivery.buttons]

    @rule(by=who)
    def leaves(self, by: str) -> None:
        self.run(lambda: self.world.leaves(by))

    @rule(by=who)
    def joins(self, by: str) -> None:
        self.run(lambda: self.world.joins(by, "sirkulasi", knows="denda"))

    @rule(hours=st.sampled_from((1, 5, 25)))
    def time_passes(self, hours: int) -> None:
        self.run(lambda: self.world.later(hours=hours))

    # ---- what must always hold -----------------------------------------------------------------------------------------

    @invariant()
    def every_question_has_an_owner_or_an_end_with_a_reason(self) -> None:
        for q in self.run(lambda: self.world.house.store.questions.recent(50)):
            steps = {s.what for s in q.trace}
            assert (q.ended_at is not None) == q.state.ended, q
            if q.state.ended:
                assert steps & REASONS[q.state], (q.state, steps)
                continue
            asker = self.run(lambda q=q: self.world.house.store.members.get(q.asker))  # type: ignore[misc]
            assert asker and not asker.gone, "it waits for somebody who left"
            assert q.state is not State.OPEN or q.community, "it is open, and with nobody"

    @invariant()
    def nothing_is_published_unreviewed_and_nothing_withheld_is_kept(self) -> None:
        store = self.world.house.store
        for q in self.run(lambda: store.questions.recent(50)):
            item = self.run(lambda q=q: store.items.of_question(q.id))  # type: ignore[misc]
            if item is None or item.status not in ("draft", "published"):
                continue
            assert item.status == "draft" or "reviewer" in {c.part for c in item.credits}
            for source in item.sources:
                answer = self.run(lambda s=source: store.questions.answer(s.answer)) if source.answer else None  # type: ignore[misc]
                assert answer is None or (answer.accepted and not answer.withheld and not answer.deleted)

    @invariant()
    def nobody_who_left_is_waited_for(self) -> None:
        store = self.world.house.store
        for ask in self.run(lambda: store.questions.asks()):
            member = self.run(lambda a=ask: store.members.get(a.member))  # type: ignore[misc]
            assert member and (not member.gone or ask.state != "waiting")

    @invariant()
    def a_card_stands_once_in_a_place(self) -> None:
        refs = [m.ref for m in self.world.door.messages if m.template.startswith(CARDS)]
        lost = [ref for ref in refs if self.run(lambda r=ref: self.world.house.store.places.posting_at(r)) is None]  # type: ignore[misc]
        assert not lost, "a card was posted a second time"

    @invariant()
    def nothing_is_left_undone(self) -> None:
        health = self.run(lambda: self.world.house.store.health(self.world.clock()))
        assert (health.inbox_waiting, health.inbox_parked, health.outbox_waiting, health.outbox_parked) == (0, 0, 0, 0)


QuestionMachine.TestCase.settings = settings(
    max_examples=10, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
TestQuestionMachine = QuestionMachine.TestCase
