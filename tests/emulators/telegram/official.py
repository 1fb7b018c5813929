"""python-telegram-bot pointed at the emulator: the judge of its answers."""

from __future__ import annotations

from telegram import Bot as OfficialBot
from telegram.ext import Application, ApplicationBuilder
from telegram.request import HTTPXRequest

from tests.emulators.telegram.emulator import TelegramEmulator


def request(read_timeout: float = 5.0) -> HTTPXRequest:
    """Loopback needs no certificates; loading them costs more than most tests."""
    return HTTPXRequest(8, read_timeout=read_timeout, httpx_kwargs={"verify": False})


def official_bot(telegram: TelegramEmulator, token: str = "", read_timeout: float = 5.0) -> OfficialBot:
    return OfficialBot(
        token or telegram.bot.token,
        base_url=telegram.api_url,
        base_file_url=telegram.file_url,
        request=request(read_timeout),
        get_updates_request=request(read_timeout),
    )


def official_application(telegram: TelegramEmulator) -> Application:  # type: ignore[type-arg]
    builder = ApplicationBuilder().token(telegram.bot.token).base_url(telegram.api_url).base_file_url(telegram.file_url)
    return builder.request(request()).get_updates_request(request()).build()
