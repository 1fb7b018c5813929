"""All figures of docs/quality.md, by the very commands that a library uses (`guyub eval`), on what was never fitted on and on
what was. Run: python -m tests.quality.route_report (`make quality`); with --write it puts the tables into docs/quality.md.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from bot.evaluate import answered, capture, questions, routing
from bot.evaluate.result import table
from bot.settings import Settings
from tests.quality import answered_set, fit_capture, fit_question
from tests.quality.routing_set import FIT_ON, HELD_OUT, SETS, texts_of_eight

DATA = Path(__file__).parent / "data"
PAGE = Path(__file__).parents[2] / "docs/quality.md"
BEGIN, END = "<!-- made by make quality: begin -->", "<!-- made by make quality: end -->"
SETTINGS = Settings.model_validate({})


def main() -> None:
    """Print, and write where asked."""
    shown = []
    with tempfile.TemporaryDirectory() as folder:
        for title, text in tables(Path(folder)):
            shown.append(f"**{title}**\n```\n{text}\n```")
            print(f"\n{title}\n{text}", flush=True)
    if "--write" in sys.argv[1:]:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n" + "\n\n".join(shown) + f"\n{END}{after}", "utf-8")


def tables(folder: Path) -> Iterator[tuple[str, str]]:
    """(title, table), held out first."""
    for name in (*HELD_OUT, *FIT_ON):
        communities, asked = folder / "communities.yaml", _joined(folder, *SETS[name].questions)
        communities.write_text(texts_of_eight(SETS[name].path), "utf-8")
        found = asyncio.run(routing.evaluate(SETTINGS, communities, asked))
        yield f"Routing, {name} set, eight examples, {_part(name in HELD_OUT)}", table(found, routing.NAMES, "en")
    packaged = resources.files("bot.data").joinpath("communities.yaml")
    with resources.as_file(packaged) as path:
        found = asyncio.run(routing.evaluate(SETTINGS, path, DATA / "routing_held_out.jsonl"))
    yield "Routing, the packaged communities with all their examples, held out", table(found, routing.NAMES, "en")
    for held_out in (True, False):
        items = _joined(folder, *(answered_set.ALL_ITEMS if held_out else answered_set.FIT_ITEMS), to="items.jsonl")
        asked = _joined(folder, *(answered_set.HELD_OUT_QUERIES if held_out else answered_set.FIT_QUERIES))
        found = asyncio.run(answered.evaluate(SETTINGS, items, asked))
        yield f"Answered before, {_part(held_out)}", table(found, answered.NAMES, "en")
    for held_out in (True, False):
        asked = _joined(folder, *(("questions_held_out.jsonl",) if held_out else fit_question.LABELLED))
        yield (
            f"Is it a question, {_part(held_out)}",
            table(asyncio.run(questions.evaluate(SETTINGS, asked)), questions.NAMES, "en"),
        )
    for held_out in (True, False):
        asked = _joined(folder, *(("capture_held_out.jsonl",) if held_out else fit_capture.FILES))
        yield f"Capture, {_part(held_out)}", table(asyncio.run(capture.evaluate(SETTINGS, asked)), capture.NAMES, "en")


def _part(held_out: bool) -> str:
    return "held out" if held_out else "fitted on"


def _joined(folder: Path, *names: str, to: str = "lines.jsonl") -> Path:
    path = folder / to
    path.write_text("".join((DATA / name).read_text("utf-8") for name in names), "utf-8")
    return path


if __name__ == "__main__":
    main()
