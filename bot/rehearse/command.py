"""`guyub rehearse EXPORT`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.communities_file import BadCommunitiesFile
from bot.errors import GuyubError
from bot.model.base import Language, Words
from bot.settings import Settings
from bot.starting import settings_or_stop, stop

if TYPE_CHECKING:
    from bot.rehearse.fate import Fate
    from bot.rehearse.run import Rehearsal
    from bot.rehearse.spool import Spool

READING = Words("Membaca", "Reading")
REPLAYING = Words("Memutar ulang", "Replaying")
Page = Annotated[Path | None, typer.Option(help="Halamannya (HTML), JSON di sebelahnya · The page, its JSON beside it")]
Beside = Annotated[Path | None, typer.Option("--json", help="Tempat lain untuk JSON-nya · Another place for its JSON")]
Spoken = Annotated[Language | None, typer.Option(help="Bahasa laporan · The report's language")]
NOT_WRITTEN = Words("{path} tidak dapat ditulis ({why}).", "{path} cannot be written ({why}).")


def rehearse(
    path: Annotated[Path, typer.Argument(metavar="EXPORT", help="Ekspor Slack, Telegram, atau WhatsApp · The export")],
    out: Page = None,
    json: Beside = None,
    language: Spoken = None,
) -> None:
    """Putar ulang obrolan lama: apa yang akan dilakukan Guyub? · Replay your history: what would Guyub have done?"""
    settings = settings_or_stop()
    spoken = language or settings.language
    page = out or settings.data_dir / "rehearsal" / f"{path.resolve().stem or 'export'}.html"
    beside = json or page.with_suffix(".json")
    from bot.rehearse.fate import Fate
    from bot.rehearse.page import write_json, write_page
    from bot.rehearse.spool import Spool
    from bot.show import plain
    from bot.voice import Voice  # heavy, like the others: loaded here, so that --help stays quick

    voice = Voice(settings.as_library())
    with Spool[Fate](lambda one: (one.at, one.id)) as fates:
        try:
            found = asyncio.run(_played(settings, path, fates))
        except BadCommunitiesFile as error:
            stop(str(error))
        except GuyubError as error:
            stop(plain(voice(error.template, error.data, spoken)))
        try:
            page.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_page(found, page, voice, spoken)
            write_json(found, beside)
        except OSError as error:
            stop(NOT_WRITTEN.in_(spoken).format(path=page, why=error.strerror))
    told = {"figures": found.tally.figures(), "messages": found.messages, "page": str(page), "json": str(beside)}
    typer.echo(plain(voice("rehearse.summary", told, spoken)))


async def _played(settings: Settings, path: Path, fates: Spool[Fate]) -> Rehearsal:
    from rich.progress import Progress

    from bot.rehearse.run import rehearse as play

    with Progress(transient=True) as bar:
        reading = bar.add_task(READING.in_(settings.language), total=None)
        replaying = bar.add_task(REPLAYING.in_(settings.language), total=None)
        return await play(
            settings,
            path,
            fates,
            lambda done, total: bar.update(reading, completed=done, total=total or None),
            lambda done, total: bar.update(replaying, completed=done, total=total),
        )
