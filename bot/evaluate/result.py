"""What an evaluation found, and how it is shown: a table for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.model.base import Language, Words

Figure = float | int | None
Figures = Mapping[str, Figure]
Json = Mapping[str, object]

BY = {
    "ours": Words("Guyub", "Guyub"),
    "bm25": Words("BM25 saja", "BM25 alone"),
    "embeddings": Words("vektor saja", "embeddings alone"),
}
NO_GOLD = Words("Tidak ada baris berlabel: hanya prediksi yang dibuat.", "No line is labelled: only predictions were made.")
NO_MODEL = Words(
    "Model vektor tidak dapat dimuat: semua dinilai dari kata saja.",
    "The embedding model cannot be loaded: judged by words alone.",
)


@dataclass(frozen=True, slots=True)
class Result:
    """`predictions`: one a line, as DESIGN gives them. `figures`: by whom (ours, bm25, embeddings) → figure → value."""

    what: str
    predictions: Sequence[Json]
    counts: Mapping[str, int]
    figures: Mapping[str, Figures] = field(default_factory=dict)
    curve: Sequence[tuple[float, float]] = ()
    model: str = ""


def table(result: Result, names: Mapping[str, Words], language: Language) -> str:
    """Figures in rows, by whom in columns; `names` of the figures, in their order."""
    head = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in result.counts.items())
    rows = [f"{result.what}: {head}"]
    if not result.model:
        rows.append(NO_MODEL.in_(language))
    if not result.figures:
        return "\n".join([*rows, NO_GOLD.in_(language)])
    columns = [by for by in BY if by in result.figures]
    width = max(len(words.in_(language)) for words in names.values())
    titles = [BY[by].in_(language) for by in columns]
    rows.append(" " * width + "".join(f"  {title:>{max(len(title), 6)}}" for title in titles))
    for name, words in names.items():
        values = [result.figures[by].get(name) for by in columns]
        if any(value is not None for value in values):
            shown = (f"  {_shown(value):>{max(len(title), 6)}}" for value, title in zip(values, titles, strict=True))
            rows.append(f"{words.in_(language):{width}}" + "".join(shown))
    if result.curve:
        rows.append(CURVE.in_(language))
        rows.append("  ".join(f"{covered:.0%} → {risk:.1%}" for covered, risk in result.curve))
    return "\n".join(row.rstrip() for row in rows)


CURVE = Words("Salah, menurut bagian yang dijawab (paling yakin dahulu):", "Wrong, by the share answered (surest first):")


def write_json(result: Result, path: Path) -> None:
    """Everything but the predictions."""
    whole = {
        "what": result.what,
        "model": result.model,
        "counts": result.counts,
        "figures": result.figures,
        "risk_coverage": [{"covered": covered, "wrong": wrong} for covered, wrong in result.curve],
    }
    path.write_text(json.dumps(whole, indent=2) + "\n", "utf-8")


def write_predictions(result: Result, path: Path) -> None:
    """One JSON object a line, in the order of the lines read."""
    path.write_text("".join(json.dumps(one) + "\n" for one in result.predictions), "utf-8")


def _shown(value: Figure) -> str:
    return "–" if value is None else str(value) if isinstance(value, int) else f"{value:.3f}"
