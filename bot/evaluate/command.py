"""`guyub eval routing | answered | questions | capture`."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Annotated

import typer

from bot.communities_file import BadCommunitiesFile
from bot.evaluate.lines import BadLine
from bot.evaluate.result import Result, table, write_json, write_predictions
from bot.log import configure
from bot.model.base import Words
from bot.settings import Settings, load
from bot.settings_errors import SettingsError
from bot.starting import stop

HELP = "Ukur pada pertanyaan Anda sendiri, sebelum memakai mode auto · Measure on your own questions, before you use auto"
NOT_WRITTEN = Words("{path} tidak dapat ditulis ({why}).", "{path} cannot be written ({why}).")

eval_app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
Lines = Annotated[Path, typer.Argument(help="JSON Lines, UTF-8")]
AsJson = Annotated[Path | None, typer.Option("--json", help="Tulis angkanya ke berkas ini · Write the figures to this file")]
Predictions = Annotated[
    Path | None, typer.Option("--predictions", help="Tulis prediksinya ke berkas ini · Write the predictions to this file")
]


@eval_app.command()
def routing(
    communities: Annotated[Path, typer.Option(help="Komunitas (YAML) · The communities (YAML)")],
    questions: Annotated[Path, typer.Option(help="Pertanyaan (JSON Lines) · The questions (JSON Lines)")],
    json: AsJson = None,
    predictions: Predictions = None,
) -> None:
    """Komunitas mana yang tepat · Which community is right"""
    settings = _settings()
    from bot.evaluate.routing import NAMES, evaluate  # heavy: the engines load here, so that --help stays quick

    _show(evaluate(settings, communities, questions), NAMES, settings, json, predictions)


@eval_app.command()
def answered(
    items: Annotated[Path, typer.Option(help="Butir pengetahuan (JSON Lines) · The knowledge items (JSON Lines)")],
    queries: Annotated[Path, typer.Option(help="Pertanyaan (JSON Lines) · The queries (JSON Lines)")],
    json: AsJson = None,
    predictions: Predictions = None,
) -> None:
    """Sudah pernah terjawab atau belum · Was it answered before"""
    settings = _settings()
    from bot.evaluate.answered import NAMES, evaluate  # as in routing

    _show(evaluate(settings, items, queries), NAMES, settings, json, predictions)


@eval_app.command()
def questions(path: Lines, json: AsJson = None, predictions: Predictions = None) -> None:
    """Apakah sebuah pesan bertanya · Is a message a question"""
    settings = _settings()
    from bot.evaluate.questions import NAMES, evaluate  # as in routing

    _show(evaluate(settings, path), NAMES, settings, json, predictions)


@eval_app.command()
def capture(path: Lines, json: AsJson = None, predictions: Predictions = None) -> None:
    """Pesan mana yang menjadi jawaban · Which messages of a thread are the answer"""
    settings = _settings()
    from bot.evaluate.capture import NAMES, evaluate  # as in routing

    _show(evaluate(settings, path), NAMES, settings, json, predictions)


def _settings() -> Settings:
    """Language and model only: no data folder is made, nothing of the library is touched."""
    try:
        settings = load()
    except SettingsError as error:
        stop(str(error))
    configure(settings.log, settings.secret_values())
    return settings


def _show(
    work: Coroutine[object, object, Result],
    names: Mapping[str, Words],
    settings: Settings,
    json: Path | None,
    predictions: Path | None,
) -> None:
    try:
        result = asyncio.run(work)
    except (BadLine, BadCommunitiesFile) as error:
        stop(str(error))
    typer.echo(table(result, names, settings.language))
    for path, write in ((json, write_json), (predictions, write_predictions)):
        if path is not None:
            try:
                write(result, path)
            except OSError as error:
                stop(NOT_WRITTEN.in_(settings.language).format(path=path, why=error.strerror))
