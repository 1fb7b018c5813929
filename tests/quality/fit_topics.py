"""Learn topics from tests/quality/data/topics.yaml: writes bot/data/topics.npz and bot/data/adapter-e5-small.npz.

Run: python -m tests.quality.fit_topics (or all fits in order: python -m tests.quality.fit). Deterministic; numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from bot.triage import words
from bot.triage.centre import unit
from bot.triage.topics import PIECES, parts
from tests.quality.vectors import kept

DATA = Path(__file__).parent / "data"
TOPICS, ADAPTER = Path("bot/data/topics.npz"), Path("bot/data/adapter-e5-small.npz")
RIDGE = 0.5  # of the classifier over words
SHRINK = 0.3  # of the covariance, towards a ball, for topics by meaning
SHARPNESS = {"words": 6.0, "meaning": 0.3}  # the classifiers' scores are no log odds; chosen by leaving communities out
COMMON, TOPICAL, PLAIN_SHARE, ADAPTER_SHRINK = 5, 64, 0.55, 0.2  # of the adapter
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lines:
    """Texts with the number of their topic; `spoken`: a whole line, not just a telling word."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    topic: npt.NDArray[np.int64]
    spoken: npt.NDArray[np.bool_]


def lines() -> Lines:
    """All of the file, in its order."""
    data = yaml.safe_load((DATA / "topics.yaml").read_text("utf-8"))
    found = [
        (text.strip(), number, spoken)
        for number, one in enumerate(data.values())
        for spoken, texts in ((True, one["said"]), (False, one["words"].split(",")))
        for text in texts
        if text.strip()
    ]
    texts, topic, spoken = zip(*found, strict=True)
    return Lines(tuple(data), texts, np.array(topic), np.array(spoken))


def by_words(learnt: Lines) -> dict[str, npt.NDArray[np.generic]]:
    """Ridge regression on one column a topic, in its dual form: there are fewer lines than features."""
    own = [parts(words.terms(text).words) for text in learnt.texts]
    vocabulary = sorted({term for terms, _ in own for term in terms})
    rows = {term: row for row, term in enumerate(vocabulary)}
    x = np.zeros((len(own), len(vocabulary) + PIECES), np.float32)
    for line, (terms, pieces) in enumerate(own):
        x[line, [rows[term] for term in terms]] = list(terms.values())
        x[line, [len(vocabulary) + piece for piece in pieces]] = list(pieces.values())
    truth = np.eye(len(learnt.names))[learnt.topic]
    middle, base = x.mean(axis=0), truth.mean(axis=0)
    x -= middle
    dual = np.linalg.solve((x @ x.T).astype(np.float64) + RIDGE * np.eye(len(x)), truth - base)
    weights = SHARPNESS["words"] * (x.T @ dual.astype(np.float32))
    scale = np.abs(weights).max(axis=0) / 127
    whole = np.rint(weights / scale).astype(np.int8)
    bias = SHARPNESS["words"] * base - middle @ (whole * scale)
    return {"terms": np.array(" ".join(vocabulary)), "by_words": whole, "scale": scale, "words_bias": bias.astype(np.float32)}


def discriminant(x: Array, topic: npt.NDArray[np.int64], shrink: float) -> tuple[Array, Array]:
    """Covariance within topics, shrunk towards a ball, and the topics' means."""
    means = np.stack([x[topic == one].mean(axis=0) for one in range(topic.max() + 1)])
    rest = x - means[topic]
    within = rest.T @ rest / len(x)
    return (1 - shrink) * within + shrink * np.trace(within) / len(within) * np.eye(len(within)), means


def by_meaning(asked: Array, topic: npt.NDArray[np.int64], spoken: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.generic]]:
    """Linear discriminant analysis over centred vectors of the lines as questions."""
    mean = asked[spoken].mean(axis=0)
    within, means = discriminant(unit(asked - mean).astype(np.float64), topic, SHRINK)
    weights = np.linalg.solve(within, means.T)
    bias = -0.5 * np.einsum("kd,dk->k", means, weights)
    sharp = SHARPNESS["meaning"]
    return {
        "mean": mean.astype(np.float32),
        "by_meaning": (sharp * weights).astype(np.float16),
        "meaning_bias": (sharp * bias).astype(np.float32),
    }


def adapter(learnt: Lines, asked: Array, found: Array) -> dict[str, npt.NDArray[np.generic]]:
    """Both views of bot/triage/centre.py; `found`: the spoken lines as passages, so that this difference counts as style."""
    chat = [line for line in (DATA / "background.txt").read_text("utf-8").splitlines() if line.strip()]
    ready = [words.expand(line) for line in chat]
    spoken = asked[learnt.spoken]
    mean = (
        np.concatenate([spoken, kept().query(ready)]).mean(axis=0) + np.concatenate([found, kept().passage(ready)]).mean(axis=0)
    ) / 2
    everyday = np.concatenate([spoken, found]) - mean
    axes = np.linalg.svd(everyday - everyday.mean(axis=0), full_matrices=False)[2]
    plain = axes[COMMON : len(mean) - TOPICAL].T
    x = unit(np.concatenate([asked, found]) - mean).astype(np.float64)
    within, means = discriminant(x, np.concatenate([learnt.topic, learnt.topic[learnt.spoken]]), ADAPTER_SHRINK)
    values, vectors = np.linalg.eigh(within)
    white = vectors @ np.diag(values**-0.5) @ vectors.T
    topical = white @ np.linalg.svd((means - means.mean(axis=0)) @ white, full_matrices=False)[2][:TOPICAL].T
    return {
        "mean": mean.astype(np.float32),
        "plain": plain.astype(np.float16),
        "topical": (topical / np.abs(topical).max()).astype(np.float16),
        "share": np.array(PLAIN_SHARE),
    }


def main() -> None:
    """Learn, write, say how big."""
    learnt = lines()
    ready = [words.expand(text) for text in learnt.texts]
    asked = kept().query(ready).astype(np.float64)
    found = kept().passage([text for text, spoken in zip(ready, learnt.spoken, strict=True) if spoken]).astype(np.float64)
    names = {"names": np.array(" ".join(learnt.names))}
    np.savez_compressed(TOPICS, **names, **by_words(learnt), **by_meaning(asked, learnt.topic, learnt.spoken))
    np.savez_compressed(ADAPTER, **adapter(learnt, asked, found))
    print(f"{len(learnt.names)} topics from {int(learnt.spoken.sum())} lines and {int((~learnt.spoken).sum())} telling words")
    for target in (TOPICS, ADAPTER):
        print(f"{target}: {target.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
