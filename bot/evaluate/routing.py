"""`guyub eval routing`: which community is a question for, and does the bot know when it does not know?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.communities_file import SeedCommunity, read_communities
from bot.compose import House
from bot.evaluate import baseline
from bot.evaluate.cold import cold_house
from bot.evaluate.lines import Line, acceptable, read
from bot.evaluate.result import Figure, Figures, Json, Result
from bot.evaluate.score import Judged, calibration_error, curve, refused_at, right_at, share
from bot.model.base import Words
from bot.settings import Settings
from bot.triage.route import Routing
from bot.triage.trust import bound

NAMES = {
    "first_right": Words("tempat pertama benar", "first place right"),
    "right_at_80": Words("benar di antara 80 % paling yakin", "right among the surest 80 %"),
    "refused_at_80": Words("di luar lingkup tertahan pada ambang itu", "out of scope refused at that bar"),
    "routed": Words("diteruskan (dari yang punya komunitas)", "routed (of those in scope)"),
    "asked": Words("ditanyakan balik (dari yang punya komunitas)", "asked back (of those in scope)"),
    "right_of_routed": Words("benar dari semua yang diteruskan", "right of all routed"),
    "right_of_routed_in_scope": Words("benar dari yang diteruskan dan punya komunitas", "right of those routed in scope"),
    "kept_out": Words("di luar lingkup tidak diteruskan", "out of scope not routed"),
    "wrong_at_most": Words("salah paling banyak (yakin 95 %)", "wrong at most (95 % sure)"),
    "calibration_error": Words("galat kalibrasi", "calibration error"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A question and what the router said; communities by their keys."""

    line: Line
    routing: Routing


async def evaluate(settings: Settings, communities: Path, questions: Path) -> Result:
    """Predict every line as members are served, then compare with the labels, where there are any."""
    seeds, lines = read_communities(communities), read(questions)
    asked = [line.text("text") for line in lines]
    async with cold_house(settings, communities) as house:
        said = [Said(line, await _route(house, text)) for line, text in zip(lines, asked, strict=True)]
        keys = {one.id: one.key for one in await house.store.communities.all()}
        predictions = [_prediction(one, keys) for one in said]
        labelled = [number for number, line in enumerate(lines) if line.has("community")]
        if not labelled:
            return Result("routing", predictions, {"questions": len(lines)}, model=house.finder.model)
        right = [acceptable(lines[number], "community", frozenset(keys.values())) for number in labelled]
        figures = {"ours": _ours([said[number] for number in labelled], right, keys)}
        figures |= await _baselines(house, seeds, [asked[number] for number in labelled], right)
    inside = sum(map(bool, right))
    counts = {"questions": len(lines), "in_scope": inside, "out_of_scope": len(right) - inside}
    judged = _judged([said[number] for number in labelled], right, keys)
    return Result("routing", predictions, counts, figures, curve(judged), house.finder.model)


async def _route(house: House, text: str) -> Routing:
    return await house.finder.route(await house.finder.query(text))


def _prediction(said: Said, keys: Mapping[str, str]) -> Json:
    guesses = [{"community": keys[guess.id], "probability": guess.probability} for guess in said.routing.guesses]
    decision = said.routing.decision
    best = None if decision == "none" or not guesses else guesses[0]["community"]
    return {"id": said.line.id("id"), "decision": decision, "community": best, "candidates": guesses}


def _judged(said: Sequence[Said], right: Sequence[frozenset[str]], keys: Mapping[str, str]) -> list[Judged]:
    return [
        Judged(keys[one.routing.guesses[0].id] in gold, one.routing.guesses[0].probability, bool(gold))
        for one, gold in zip(said, right, strict=True)
    ]


def _ours(said: Sequence[Said], right: Sequence[frozenset[str]], keys: Mapping[str, str]) -> Figures:
    judged = _judged(said, right, keys)
    decided = [(one.routing.decision, found) for one, found in zip(said, judged, strict=True)]
    routed = [found for decision, found in decided if decision == "routed"]
    return {
        **_scale_free(judged),
        "routed": share(decision == "routed" for decision, found in decided if found.inside),
        "asked": share(decision == "ask" for decision, found in decided if found.inside),
        "right_of_routed": share(found.right for found in routed),
        "right_of_routed_in_scope": share(found.right for found in routed if found.inside),
        "kept_out": share(decision != "routed" for decision, found in decided if not found.inside),
        "wrong_at_most": bound(sum(not found.right for found in routed), len(routed)),
        "calibration_error": calibration_error(judged),
    }


def _scale_free(judged: Sequence[Judged]) -> dict[str, Figure]:
    return {
        "first_right": share(one.right for one in judged if one.inside),
        "right_at_80": right_at(judged),
        "refused_at_80": refused_at(judged),
    }


async def _baselines(
    house: House, seeds: Sequence[SeedCommunity], asked: Sequence[str], right: Sequence[frozenset[str]]
) -> dict[str, Figures]:
    texts = [(seed.key, text) for seed in seeds for text in texts_of(seed)]
    words = [text for _, text in texts]
    found = {
        "bm25": baseline.by_words(asked, words),
        "embeddings": await baseline.by_meaning(house.finder.embedder, asked, words),
    }
    keys = np.array([key for key, _ in texts])
    return {
        by: _scale_free([_nearest(keys, row, gold) for row, gold in zip(scores, right, strict=True)])
        for by, scores in found.items()
        if scores is not None
    }


def texts_of(seed: SeedCommunity) -> list[str]:
    """What stands for a community: both descriptions, each example."""
    about = [f"{seed.name.in_(one)}. {seed.description.in_(one)}" for one in ("id", "en")]
    return [*about, *(text for text, _ in seed.examples)]


def _nearest(keys: np.ndarray, scores: baseline.Scores, gold: frozenset[str]) -> Judged:
    best = int(scores.argmax())
    return Judged(str(keys[best]) in gold, float(scores[best]), bool(gold))
