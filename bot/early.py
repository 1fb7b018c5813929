"""What overtakes: an edit or a deletion that comes before its own message, a reply to one that is still being handled."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from bot.events import Deleted, Edited, Event
from bot.model.place import MessageRef, Place
from bot.ports import Store
from bot.threads import question_around

REMEMBERED = 5000  # messages that came and were none of our business, by name only: an edit of one of them waits for nothing


class Early:
    """Knows what has come. What passed is remembered by this process alone; elsewhere an edit of it waits needlessly."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._passed: OrderedDict[MessageRef, None] = OrderedDict()

    def passed(self, event: Event) -> None:
        """Its message came, and nothing was kept of it."""
        if event.ref is not None:
            self._passed[event.ref] = None
            if len(self._passed) > REMEMBERED:
                self._passed.popitem(last=False)

    async def overtakes(self, event: Event) -> bool:
        """Whether it changes a message that has not come yet and may become ours."""
        what, ref = event.what, event.ref
        if not isinstance(what, (Edited, Deleted)) or ref is None or ref in self._passed or await self._came(ref):
            return False
        return isinstance(what, Deleted) or event.private or what.mentioned or await self._judged(event)

    async def _came(self, ref: MessageRef) -> bool:
        questions = self.store.questions
        return bool(await self.store.lane_of(ref) or await questions.answer_at(ref) or await questions.asked_with(ref))

    async def _judged(self, event: Event) -> bool:
        """Said where it would be looked at: in a channel that is served, or in a question's thread."""
        if (place := event.place) is None:
            return False
        binding = await self.store.places.binding(place.door, place.channel)
        if (binding and binding.mode != "off") or await self.store.waiting(event.library, event.lane):
            return True
        return bool(place.thread and await question_around(MessageRef(place.door, place.channel, place.thread), self.store))


async def behind(event: Event, store: Store) -> Event | None:
    """The event in the lane of the message that it changes, or replies to, where something waits in it; else None."""
    place, what = event.place, event.what
    if place is None:
        return None
    about = what.message if isinstance(what, (Edited, Deleted)) else place.thread
    came = await store.lane_of(MessageRef(place.door, place.channel, about)) if about else ""
    lane = came or event.lane
    if not await store.waiting(event.library, lane):
        return None
    thread = lane.removeprefix(Place(place.door, place.channel).key)
    return event if lane == event.lane else replace(event, place=replace(place, thread=thread))
