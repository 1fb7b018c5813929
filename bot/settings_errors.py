"""What can be wrong with the settings, in words a librarian can act on. Never shows the value of a secret."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from bot.errors import GuyubError
from bot.log import redact
from bot.model.base import Language, Words

PREFIXES = ("GUYUB_", "SLACK_", "TELEGRAM_")

CHOICES = {
    "GUYUB_LANGUAGE": "id, en",
    "GUYUB_ADDRESS_AS": "kak, bapak_ibu, anda",
    "GUYUB_LOG": "auto, console, json",
}

REASONS = {
    "zone": Words(
        "bukan zona waktu yang dikenal; contoh: Asia/Jakarta, Asia/Makassar, Asia/Jayapura",
        "is not a known time zone; examples: Asia/Jakarta, Asia/Makassar, Asia/Jayapura",
    ),
    "no_file": Words(
        "menunjuk berkas yang tidak ada; periksa letaknya atau hapus baris ini",
        "points at a file that is not there; check the path or delete the line",
    ),
    "embedder": Words(
        "harus bundled atau sentence-transformers:<model>",
        "must be bundled or sentence-transformers:<model>",
    ),
    "short_secret": Words(
        "terlalu pendek: sedikitnya 32 huruf acak, misalnya dari openssl rand -hex 32",
        "is too short: at least 32 random characters, for example from openssl rand -hex 32",
    ),
    "url": Words(
        "bukan alamat lengkap; mulai dengan http:// atau https://", "is not a whole address; start with http:// or https://"
    ),
    "library": Words("harus berisi huruf atau angka", "must contain letters or digits"),
    "database": Words(
        "harus sqlite:///letak/berkas.db atau postgresql://pengguna:sandi@host/nama",
        "must be sqlite:///path/to/file.db or postgresql://user:password@host/name",
    ),
    "account": Words(
        "harus berisi akun seperti slack:U123 atau web:sari, dipisah koma",
        "must hold accounts such as slack:U123 or web:sari, separated by commas",
    ),
    "moment": Words(
        "harus waktu lengkap dengan selisihnya dari UTC, misalnya 2026-12-01T09:30+07:00",
        "must be a whole time with its distance from UTC, such as 2026-12-01T09:30+07:00",
    ),
    "port": Words("harus angka antara 1 dan 65535", "must be a number between 1 and 65535"),
    "other": Words("tidak dapat dipakai", "cannot be used"),
}

HEAD = Words(
    "Pengaturan belum benar. Perbaiki di .env atau di lingkungan, lalu coba lagi:",
    "Some settings are not right. Mend them in .env or in the environment, then try again:",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `words` follow the key: "GUYUB_PORT must be a number …"."""

    key: str
    words: Words

    def line(self, language: Language) -> str:
        return f"{self.key} {self.words.in_(language)}"


class SettingsError(GuyubError):
    """The settings cannot be used. `problems` has all that is wrong; str() says it in the library's language."""

    def __init__(self, problems: Iterable[Problem], language: Language) -> None:
        super().__init__("error.settings")
        self.problems = tuple(sorted(problems, key=lambda one: one.key))
        self.language: Language = language

    def __str__(self) -> str:
        return self.told(self.language)

    def told(self, language: Language) -> str:
        """All of it, a line each."""
        return "\n".join([HEAD.in_(language), *(f"  - {one.line(language)}" for one in self.problems)])


def value_problem(key: str, error: ErrorDetails, value: str, secrets: Collection[str]) -> Problem:
    """A value that does not fit. `value` is what was given; it is shown unless the key is a secret."""
    shown = "" if key in secrets or not value else f" (“{redact(value)[:80]}”)"
    if key in CHOICES:
        words = Words(f"harus salah satu dari: {CHOICES[key]}", f"must be one of: {CHOICES[key]}")
    else:
        words = REASONS["port" if key == "GUYUB_PORT" else _reason(error)]
    return Problem(key, Words(words.id + shown, words.en + shown))


def _reason(error: ErrorDetails) -> str:
    cause = error.get("ctx", {}).get("error")
    return str(cause) if str(cause) in REASONS else "other"


def unknown_keys(file: Iterable[str], process_keys: Iterable[str], known: Collection[str]) -> list[Problem]:
    """Keys with our prefixes that mean nothing here.

    Somebody else's program may keep its SLACK_… or TELEGRAM_… in the same environment: there only near misses count.
    """
    ours = [key for key in file if key.startswith(PREFIXES)]
    ours += [key for key in process_keys if key.startswith("GUYUB_") or (key.startswith(PREFIXES) and nearest(key, known, 85))]
    return [_unknown(key, known) for key in dict.fromkeys(ours) if key not in known]


def nearest(key: str, known: Collection[str], at_least: float = 60) -> str | None:
    """The known key most like this one; `at_least` is a likeness of 0..100."""
    found = process.extractOne(key, known, scorer=fuzz.ratio, score_cutoff=at_least)
    return found[0] if found else None


def _unknown(key: str, known: Collection[str]) -> Problem:
    if right := nearest(key, known):
        return Problem(key, Words(f"tidak dikenal. Maksudnya {right}?", f"is not known. Did you mean {right}?"))
    return Problem(key, Words("tidak dikenal; lihat .env.example", "is not known; see .env.example"))


def unfit(given: Mapping[str, str]) -> list[Problem]:
    """Settings that only make sense together."""
    pairs = (
        ("GUYUB_LLM_URL", ("GUYUB_LLM_MODEL",)),
        ("GUYUB_LLM_MODEL", ("GUYUB_LLM_URL",)),
        ("SLACK_BOT_TOKEN", ("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")),
        ("SLACK_APP_TOKEN", ("SLACK_BOT_TOKEN",)),
        ("SLACK_SIGNING_SECRET", ("SLACK_BOT_TOKEN",)),
        ("TELEGRAM_WEBHOOK_URL", ("TELEGRAM_WEBHOOK_SECRET",)),
        ("TELEGRAM_WEBHOOK_SECRET", ("TELEGRAM_WEBHOOK_URL",)),
    )
    return [_lacks(key, needs) for key, needs in pairs if given.get(key) and not any(given.get(one) for one in needs)]


def _lacks(key: str, needs: tuple[str, ...]) -> Problem:
    return Problem(key, Words(f"memerlukan juga {' atau '.join(needs)}", f"also needs {' or '.join(needs)}"))
