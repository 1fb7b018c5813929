"""Settings and files: who may read them, what is exposed, and whether tokens look like tokens (their shape only)."""

from __future__ import annotations

import os
import re
import socket
import stat
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from bot.communities_file import BadCommunitiesFile, read_communities
from bot.doctor.finding import Finding, fail, ok, warn
from bot.doctor.patient import Patient
from bot.settings import parts

SHAPES = (
    ("slack_bot_token", "slack.bot_token", r"xoxb-[\w-]{10,}", "xoxb-…", "OAuth & Permissions"),
    ("slack_app_token", "slack.app_token", r"xapp-[\w-]{10,}", "xapp-…", "Basic Information → App-Level Tokens"),
    ("slack_signing_secret", "slack.signing_secret", r"[0-9a-f]{32}", "32 × 0-9 a-f", "Basic Information → Signing Secret"),
    ("telegram_bot_token", "telegram.bot_token", r"\d{5,}:[\w-]{30,}", "123456:ABC…", "@BotFather → /token"),
    (
        "telegram_webhook_secret",
        "telegram.webhook_secret",
        r"[\w-]{32,256}",
        "32–256 × A-Z a-z 0-9 _ -",
        "openssl rand -hex 32",
    ),
)


def communities(patient: Patient) -> Iterator[Finding]:
    """The file that names a library's first communities."""
    try:
        found = read_communities(patient.settings.communities)
    except BadCommunitiesFile as error:
        yield fail(
            "settings.communities",
            (f"Berkas komunitas belum benar: {error}.", f"The communities file is not right: {error}."),
            (
                "Betulkan baris itu; contohnya bot/data/communities.yaml.",
                "Mend that line; bot/data/communities.yaml is an example.",
            ),
        )
    else:
        count = len(found)
        yield ok("settings.communities", f"{count} komunitas dalam berkas.", f"{count} communities in the file.")


def data_dir(patient: Patient) -> Iterator[Finding]:
    """The folder holds people's questions: it must be writable for us and closed to other accounts."""
    folder = patient.settings.data_dir
    if not folder.exists():
        yield ok("files.data_dir", f"{folder} dibuat saat pertama dijalankan.", f"{folder} will be made at the first start.")
    elif not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        yield fail(
            "files.data_dir",
            (f"{folder} bukan folder yang dapat ditulis.", f"{folder} is not a folder that can be written."),
            ("Betulkan GUYUB_DATA_DIR atau pemilik folder itu.", "Mend GUYUB_DATA_DIR, or the folder's owner."),
        )
    elif readable_by_all(folder):
        yield warn(
            "files.data_dir",
            (f"Siapa pun di server ini dapat membaca {folder}.", f"Anyone on this server can read {folder}."),
            (f"chmod 700 {folder}", f"chmod 700 {folder}"),
        )
    else:
        yield ok("files.data_dir", f"{folder} tertutup bagi akun lain.", f"{folder} is closed to other accounts.")


def env_file(patient: Patient) -> Iterator[Finding]:
    """`.env` holds tokens."""
    path = patient.folder / ".env"
    if path.is_file() and patient.settings.secret_values() and readable_by_all(path):
        yield warn(
            "settings.env_file",
            ("Siapa pun di server ini dapat membaca .env.", "Anyone on this server can read .env."),
            ("chmod 600 .env", "chmod 600 .env"),
        )


def readable_by_all(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IROTH)


def tokens(patient: Patient) -> Iterator[Finding]:
    """The shape only: whether a token is valid is the platform's to say."""
    for field, id, shape, example, where in SHAPES:
        values = [one for part in parts(getattr(patient.settings, field)) for one in part.split("|") if one]
        if not values:
            continue
        if all(re.fullmatch(shape, value) for value in values):
            yield ok(id, f"{field.upper()} berbentuk benar.", f"{field.upper()} has the right shape.")
        else:
            yield warn(
                id,
                (f"{field.upper()} tidak berbentuk {example}.", f"{field.upper()} does not look like {example}."),
                (f"Salin ulang dari: {where}", f"Copy it again from: {where}"),
            )


def web(patient: Patient) -> Iterator[Finding]:
    """The local messenger has no passwords: it belongs on this machine only. And its port must be free, or ours."""
    host, port = patient.settings.host, patient.settings.port
    if not loopback(host):
        yield warn(
            "web.host",
            (
                f"Aplikasi obrolan lokal terbuka untuk jaringan ({host}) tanpa kata sandi.",
                f"{host} opens the local messenger to the network, without passwords.",
            ),
            (
                "Pakai GUYUB_HOST=127.0.0.1, kecuali ada proksi dengan kata sandi di depannya.",
                "Use GUYUB_HOST=127.0.0.1, unless a proxy with passwords stands before it.",
            ),
        )
    if answers(host, port):
        yield ok(
            "web.port",
            f"Port {port} dipakai (Guyub mungkin sedang berjalan).",
            f"Port {port} is in use (Guyub may be running).",
        )
    else:
        yield ok("web.port", f"Port {port} bebas.", f"Port {port} is free.")


def loopback(host: str) -> bool:
    """Whether only this machine can connect."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def answers(host: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False


CHECKS = (communities, data_dir, env_file, tokens, web)
