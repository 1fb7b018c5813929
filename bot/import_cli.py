"""`guyub import slack-export ZIP`, `telegram-export JSON`, `whatsapp-export ZIP|TXT`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import GuyubError
from bot.importing.told import Report
from bot.model.base import Words
from bot.starting import settings_or_stop, stop

if TYPE_CHECKING:
    from bot.importing.bring import Brought
    from bot.settings import Settings
    from bot.voice import Voice

HELP = "Bawa riwayat obrolan: pertanyaan yang terjawab menjadi draf · Bring your history: answered questions become drafts"
READING = Words("Membaca", "Reading")
SHOWN = 20  # troubles told one by one

import_app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
Export = Annotated[Path, typer.Argument(help="Berkas atau folder ekspornya · The export's file or folder")]


@import_app.command("slack-export")
def slack_export(path: Export) -> None:
    """ZIP dari Slack: Settings → Import/Export Data → Export · Slack's ZIP"""
    _import("slack-export", path)


@import_app.command("telegram-export")
def telegram_export(path: Export) -> None:
    """JSON dari Telegram Desktop: Export chat history · Telegram Desktop's JSON"""
    _import("telegram-export", path)


@import_app.command("whatsapp-export")
def whatsapp_export(path: Export) -> None:
    """ZIP atau TXT dari WhatsApp: Ekspor chat · WhatsApp's ZIP or TXT"""
    _import("whatsapp-export", path)


def _import(kind: str, path: Path) -> None:
    settings = settings_or_stop()
    from bot.show import plain
    from bot.voice import Voice

    voice = Voice(settings.as_library())
    try:
        brought = asyncio.run(_bring(kind, path, settings))
    except GuyubError as error:
        stop(plain(voice(error.template, error.data, settings.language)))
    typer.echo(plain(summary(brought, voice, settings)))


async def _bring(kind: str, path: Path, settings: Settings) -> Brought:
    """Beside a Guyub that may be running; a bar shows how far it is."""
    from rich.progress import Progress

    from bot.compose import export, open_house, utc_now
    from bot.importing.bring import bring

    with Progress(transient=True) as bar:
        task = bar.add_task(READING.in_(settings.language), total=None)
        report = Report(lambda done, total: bar.update(task, completed=done, total=total or None))
        async with open_house(settings, doors=(), visiting=True) as house:
            with export(kind, path, report, settings.timezone) as (messages, bytes_of):
                return await bring(
                    messages, report, bytes_of, house.store, house.finder, house.files, utc_now, settings.language
                )


def summary(brought: Brought, voice: Voice, settings: Settings) -> str:
    """What was read, what became of it, and what could not be read."""
    kept, report = brought.kept, brought.report
    data = {
        "messages": brought.messages,
        "drafts": kept.drafts.total(),
        "unplaced": kept.drafts[""],
        "known": kept.known,
        "troubles": report.count,
    }
    lines = [voice("imported.summary", data, settings.language)]
    for one in report.troubles[:SHOWN]:
        words = voice(one.why, one.data, settings.language)
        lines.append(f"  {one.file}{f':{one.place}' if one.place else ''}  {words}")
    return "\n".join(lines)
