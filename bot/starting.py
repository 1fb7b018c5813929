"""What every command begins with: settings that fit, logs, a data folder; or kind words and exit code 1."""

from __future__ import annotations

from typing import NoReturn

import typer

from bot.log import configure
from bot.model.base import Words
from bot.settings import Settings, load
from bot.settings_errors import SettingsError

NO_FOLDER = Words(
    "Folder {folder} tidak dapat dibuat ({why}). Periksa GUYUB_DATA_DIR.",
    "The folder {folder} cannot be made ({why}). Check GUYUB_DATA_DIR.",
)


def settings_or_stop() -> Settings:
    """The settings of this process, ready to work with."""
    try:
        settings = load()
    except SettingsError as error:
        stop(str(error))
    configure(settings.log, settings.secret_values())
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        stop(NO_FOLDER.in_(settings.language).format(folder=settings.data_dir, why=error.strerror))
    return settings


def stop(words: str) -> NoReturn:
    """Says why, and ends."""
    typer.echo(words, err=True)
    raise typer.Exit(1)
