"""The command line: `guyub run`, `guyub doctor`, …; `python -m bot` is the same."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.evaluate.command import eval_app
from bot.import_cli import import_app
from bot.model.base import Language, Words
from bot.rehearse.command import rehearse
from bot.settings import Settings, load
from bot.settings_errors import SettingsError
from bot.starting import settings_or_stop, stop

if TYPE_CHECKING:
    from bot.doctor.patient import Patient

HELP = "Guyub – komunitas belajar perpustakaan, di tempat orang sudah mengobrol · A library's Communities of Practice"

app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
app.add_typer(import_app, name="import")
app.add_typer(eval_app, name="eval")
app.command()(rehearse)

TAKEN = Words(
    "Port {port} sudah dipakai program lain – mungkin Guyub sudah berjalan: buka http://{host}:{port}\n"
    "Kalau bukan, pilih port lain, misalnya: GUYUB_PORT={other} guyub run",
    "Another program uses port {port} – perhaps Guyub is running already: open http://{host}:{port}\n"
    "If not, choose another port, for example: GUYUB_PORT={other} guyub run",
)
CLOSED = Words(
    "Guyub tidak dapat membuka {host}:{port} ({why}). Periksa GUYUB_HOST dan GUYUB_PORT.",
    "Guyub cannot listen on {host}:{port} ({why}). Check GUYUB_HOST and GUYUB_PORT.",
)
WELCOME = Words(
    "Selamat datang di Guyub. Buka http://{host}:{port} di peramban.  (Ctrl+C untuk berhenti.)",
    "Welcome to Guyub. Open http://{host}:{port} in your browser.  (Ctrl+C stops it.)",
)
GOODBYE = Words("Sampai jumpa. Semua tersimpan.", "See you. Everything is saved.")
CURRENT = Words("Skema basis data sudah yang terbaru.", "The database schema is the current one.")


@app.command()
def run(
    open_browser: Annotated[bool, typer.Option("--open", help="Buka peramban · Open the browser")] = False,
) -> None:
    """Jalankan Guyub · Start Guyub and its local messenger"""
    settings = _ready()
    gc.disable()  # nothing of what loads now is garbage: `listen` begins to look for it
    from bot.serve import serve  # heavy: the engines load here, so that doctor and --help stay quick

    _until_stopped(serve(settings, open_browser=open_browser), settings)


@app.command()
def demo() -> None:
    """Sebulan percakapan contoh, di folder sendiri · A believable month, in a folder of its own"""
    settings = _ready()
    from bot.demo import demo as show  # as in run

    _until_stopped(show(settings), settings)


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Untuk program lain · For other programs")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tampilkan juga yang sehat · Show what is well, too")
    ] = False,
    language: Annotated[Language | None, typer.Option(help="Bahasa laporan · The report's language")] = None,
) -> None:
    """Periksa apa yang salah dan cara membetulkannya · What is wrong, and how to mend it"""
    from bot.doctor import report
    from bot.doctor.checks import CHECKS

    try:
        settings = load()
        findings, spoken = report.examine(_patient(settings), CHECKS), settings.language
    except SettingsError as error:
        findings, spoken = report.of_settings(error), error.language
    spoken = language or spoken
    typer.echo(report.as_json(findings, spoken) if as_json else report.as_text(findings, spoken, verbose=verbose))
    raise typer.Exit(0 if report.healthy(findings) else 1)


@app.command()
def manifest(
    platform: Annotated[Literal["slack"], typer.Argument(help="slack")],
    url: Annotated[str, typer.Option(help="Alamat publik Guyub; kosong: Socket Mode · Guyub's public address")] = "",
    as_link: Annotated[bool, typer.Option("--link", help="Tautan yang sudah terisi · A link with it filled in")] = False,
) -> None:
    """Manifes aplikasi Slack milik perpustakaan · The manifest of the library's own Slack app"""
    settings = settings_or_stop()
    from bot.compose import slack_manifest  # as in run

    whole, link = slack_manifest(settings, url)
    typer.echo(link if as_link else whole)


@app.command()
def migrate() -> None:
    """Bawa skema basis data ke versi ini · Bring the database schema to this version"""
    settings = settings_or_stop()
    from bot.compose import migrate as bring_up  # as in run

    bring_up(settings)
    typer.echo(CURRENT.in_(settings.language))


def main() -> None:
    """The entry point of `guyub`."""
    app()


def _ready() -> Settings:
    settings = settings_or_stop()
    if error := cannot_listen(settings.host, settings.port):
        words = TAKEN if error.errno == errno.EADDRINUSE else CLOSED
        other = settings.port + 1 if settings.port < 65535 else 8765
        said = words.in_(settings.language).format(host=settings.host, port=settings.port, other=other, why=error.strerror)
        stop(said)
    return settings


def cannot_listen(host: str, port: int) -> OSError | None:
    """Why nothing can listen there, or None where it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


def _until_stopped(work: Coroutine[object, object, None], settings: Settings) -> None:
    with suppress(KeyboardInterrupt):  # pressed before the server listens, or a second time
        asyncio.run(_greeted(work, settings))
    typer.echo(GOODBYE.in_(settings.language))


async def _greeted(work: Coroutine[object, object, None], settings: Settings) -> None:
    greeting = asyncio.create_task(_greet_once_up(settings))
    try:
        await work
    finally:
        greeting.cancel()


async def _greet_once_up(settings: Settings) -> None:
    """Names the address only when it answers: whoever clicks it at once is not turned away."""
    while True:
        try:
            _, writer = await asyncio.open_connection(settings.host, settings.port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        break
    typer.echo(WELCOME.in_(settings.language).format(host=settings.host, port=settings.port))


def _patient(settings: Settings) -> Patient:
    from bot.compose import embedder, probes, vitals  # as in run
    from bot.doctor.patient import Patient

    return Patient(
        settings, embedder=lambda: embedder(settings), vitals=lambda: vitals(settings), probes=lambda: probes(settings)
    )


if __name__ == "__main__":
    main()
