"""`guyub eval answered`: is the item that answers found, and is the bot silent where none does?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.compose import House, utc_now
from bot.evaluate import baseline
from bot.evaluate.cold import cold_house
from bot.evaluate.lines import Id, Line, read
from bot.evaluate.result import Figure, Json, Result
from bot.evaluate.score import Judged, calibration_error, curve, found_while_refusing, share
from bot.model.access import Sight
from bot.model.base import Language, Words
from bot.model.knowledge import Item
from bot.model.question import Guess
from bot.ports import Unit
from bot.settings import Settings
from bot.triage.language import language_of
from bot.triage.trust import bound

MOST = 10  # candidates in a prediction
NAMES = {
    "recall_at_1": Words("tempat pertama benar", "right item first"),
    "recall_at_3": Words("benar di antara tiga", "right item among three"),
    "cross_lingual_at_1": Words("lintas bahasa, tempat pertama", "across languages, first"),
    "cross_lingual_at_3": Words("lintas bahasa, di antara tiga", "across languages, among three"),
    "found_at_90": Words("benar terjawab bila 90 % tanpa jawaban tertahan", "answered right while refusing 90 % of the rest"),
    "answered_right": Words("dijawab dengan benar", "answered, and rightly"),
    "answered_wrongly": Words("dijawab dengan butir lain", "answered with another item"),
    "unanswerable_answered": Words("dijawab padahal tak ada jawabannya", "answered though nothing answers"),
    "wrong_at_most": Words("salah paling banyak (yakin 95 %)", "wrong at most (95 % sure)"),
    "calibration_error": Words("galat kalibrasi", "calibration error"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A query and what was found for it; items by the given ids."""

    line: Line
    text: str
    guesses: tuple[Guess, ...]
    answered: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ids in the order somebody gives them, and how sure of the first."""

    order: tuple[Id, ...]
    sure: float


async def evaluate(settings: Settings, items: Path, queries: Path) -> Result:
    """Publish the items in a cold house, ask, then compare with the labels, where there are any."""
    kept, lines = read(items, "item_id"), read(queries)
    asked = [line.text("text") for line in lines]
    async with cold_house(settings) as house:
        ids, languages = await _publish(house, kept, settings.language)
        said = [await _ask(house, line, text) for line, text in zip(lines, asked, strict=True)]
        predictions = [_prediction(one, ids) for one in said]
        labelled = [one for one in said if one.line.has("item_id")]
        counts = {"items": len(kept), "queries": len(lines)}
        if not labelled:
            return Result("answered", predictions, counts, model=house.finder.model)
        gold = [_gold(one.line, languages) for one in labelled]
        texts = [_text(line) for line in kept]
        own = [line.id("item_id") for line in kept]
        scores = {
            "bm25": baseline.by_words([one.text for one in labelled], texts),
            "embeddings": await baseline.by_meaning(house.finder.embedder, [one.text for one in labelled], texts),
        }
    ours = [
        Ranked(tuple(ids[guess.id] for guess in one.guesses), one.guesses[0].probability if one.guesses else 0.0)
        for one in labelled
    ]
    cross = [
        item is not None and languages[item] != language_of(one.text, settings.language)
        for one, item in zip(labelled, gold, strict=True)
    ]
    judged = _judged(ours, gold)
    figures = {
        "ours": _found(ours, gold, cross) | _decided(labelled, ours, gold) | {"calibration_error": calibration_error(judged)}
    }
    figures |= {by: _found(_by_scores(rows, own), gold, cross) for by, rows in scores.items() if rows is not None}
    counts |= {"answerable": sum(item is not None for item in gold), "across_languages": sum(cross)}
    return Result("answered", predictions, counts, figures, curve(judged), house.finder.model)


async def _publish(house: House, lines: Sequence[Line], default: Language) -> tuple[dict[str, Id], dict[Id, Language]]:
    """Our ids → theirs, and the language of each item."""
    found: dict[str, Id] = {}
    languages: dict[Id, Language] = {}
    for line in lines:
        language = language_of(_text(line), default)
        item = Item(
            library=house.finder.library,
            community="",
            title=line.text("title"),
            problem=line.text("problem", needed=False),
            solution=line.text("solution"),
            language=language,
            status="published",
            created_at=utc_now(),
            published_at=utc_now(),
        )
        await house.store.commit(Unit(house.finder.library, save=(item,)))
        await house.finder.put("item", item.id, item.text)
        found[item.id] = own = line.id("item_id")
        languages[own] = language
    return found, languages


async def _ask(house: House, line: Line, text: str) -> Said:
    query = await house.finder.query(text)
    sight = Sight(house.finder.library, frozenset(), everything=True)
    found = await house.finder.answered(query, sight)
    return Said(line, text, await house.finder.ranked(query, sight, MOST), found.decision == "sure")


def _prediction(said: Said, ids: Mapping[str, Id]) -> Json:
    return {
        "id": said.line.id("id"),
        "decision": "answered" if said.answered else "none",
        "item_id": ids[said.guesses[0].id] if said.answered else None,
        "candidates": [{"item_id": ids[guess.id], "probability": guess.probability} for guess in said.guesses],
    }


def _gold(line: Line, known: Mapping[Id, Language]) -> Id | None:
    value = line.gold("item_id")
    if value is None:
        return None
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        line.refuse("`item_id` must be an item's id, or null")
    if value not in known:
        line.refuse(f"`item_id`: {value!r} is not among the items")
    return value


def _judged(ranked: Sequence[Ranked], gold: Sequence[Id | None]) -> list[Judged]:
    return [
        Judged(item is not None and one.order[:1] == (item,), one.sure, item is not None)
        for one, item in zip(ranked, gold, strict=True)
    ]


def _found(ranked: Sequence[Ranked], gold: Sequence[Id | None], cross: Sequence[bool]) -> dict[str, Figure]:
    pairs = [(one, item, far) for one, item, far in zip(ranked, gold, cross, strict=True) if item is not None]
    return {
        "recall_at_1": share(item in one.order[:1] for one, item, _ in pairs),
        "recall_at_3": share(item in one.order[:3] for one, item, _ in pairs),
        "cross_lingual_at_1": share(item in one.order[:1] for one, item, far in pairs if far),
        "cross_lingual_at_3": share(item in one.order[:3] for one, item, far in pairs if far),
        "found_at_90": found_while_refusing(_judged(ranked, gold)),
    }


def _decided(said: Sequence[Said], ranked: Sequence[Ranked], gold: Sequence[Id | None]) -> dict[str, Figure]:
    rows = [(one.answered, found.order[:1] == (item,), item) for one, found, item in zip(said, ranked, gold, strict=True)]
    answered = [right for yes, right, _ in rows if yes]
    return {
        "answered_right": share(yes and right for yes, right, item in rows if item is not None),
        "answered_wrongly": share(yes and not right for yes, right, item in rows if item is not None),
        "unanswerable_answered": share(yes for yes, _, item in rows if item is None),
        "wrong_at_most": bound(sum(not right for right in answered), len(answered)),
    }


def _by_scores(rows: baseline.Scores, ids: Sequence[Id]) -> list[Ranked]:
    orders = (-rows).argsort(axis=1, kind="stable")[:, :MOST]
    return [
        Ranked(tuple(ids[at] for at in order.tolist()), float(row[order[0]]) if len(order) else 0.0)
        for row, order in zip(rows, orders, strict=True)
    ]


def _text(line: Line) -> str:
    return "\n".join((line.text("title"), line.text("problem", needed=False), line.text("solution")))
