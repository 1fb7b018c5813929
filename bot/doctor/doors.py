"""The doors: what the platforms themselves say of our tokens, what they refused, and who may set channels up."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from bot.doctor.finding import Finding, fail, ok, warn
from bot.doctor.patient import Patient


def operators(patient: Patient) -> Iterator[Finding]:
    """Nobody can give a channel to a community before there is an operator, a librarian or a steward."""
    settings = patient.settings
    names = [
        n
        for n, token in (("slack", settings.slack_bot_token), ("telegram", settings.telegram_bot_token))
        if token.get_secret_value()
    ]
    for name in names:
        if any(one.startswith(f"{name}:") for one in settings.operators):
            yield ok(f"{name}.operators", f"Ada pengelola di {name.title()}.", f"{name.title()} has an operator.")
        else:
            yield warn(
                f"{name}.operators",
                (f"Belum ada pengelola di {name.title()}.", f"There is no operator on {name.title()} yet."),
                (WHERE[name][0], WHERE[name][1]),
            )


WHERE = {
    "slack": (
        "Di Slack: profil Anda → ⋮ → Copy member ID, lalu GUYUB_OPERATORS=slack:U…",
        "In Slack: your profile → ⋮ → Copy member ID, then GUYUB_OPERATORS=slack:U…",
    ),
    "telegram": (
        "Tulis /bantuan kepada bot secara pribadi: nomor Anda ada di sana. Lalu GUYUB_OPERATORS=telegram:nomor",
        "Write /help to the bot in private: your number is in its answer. Then GUYUB_OPERATORS=telegram:number",
    ),
}


def platforms(patient: Patient) -> Iterator[Finding]:
    """Asks each platform whose token is set."""
    try:
        yield from asyncio.run(patient.probes())
    except Exception as error:  # a platform is at the edge: whatever breaks there is a finding, not a crash
        yield fail(
            "doors.probe",
            (f"Pintu tidak dapat diperiksa: {type(error).__name__}.", f"The doors could not be asked: {type(error).__name__}."),
            (
                "Periksa sambungan internet, lalu jalankan guyub doctor lagi.",
                "Check the connection and run guyub doctor again.",
            ),
        )


CHECKS = (operators, platforms)
