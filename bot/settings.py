"""Every setting, typed. Read from the environment and from `.env` in the working folder; the environment wins.

All that is wrong is told at once, in both languages, and never with the value of a secret.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.doors import SHORTEST_SECRET
from bot.model.base import Language
from bot.model.library import Library
from bot.settings_errors import SettingsError, unfit, unknown_keys, value_problem

DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "postgresql+psycopg": "postgresql+psycopg"}


def variable(field: str) -> str:
    """The environment variable of a field: `port` → GUYUB_PORT, `slack_bot_token` → SLACK_BOT_TOKEN."""
    return field.upper() if field.startswith(("slack_", "telegram_")) else f"GUYUB_{field}".upper()


def parts(secret: SecretStr) -> tuple[str, ...]:
    """Several tokens in one setting, one for each workspace, with commas between them; an empty one keeps its place."""
    value = secret.get_secret_value()
    return tuple(part.strip() for part in value.split(",")) if value else ()


class Settings(BaseSettings):
    """What a library can choose. `.env.example` explains each in both languages."""

    model_config = SettingsConfigDict(
        alias_generator=variable,
        populate_by_name=True,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        case_sensitive=False,
    )

    data_dir: Path = Path("data")
    database_url: str = Field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=1, le=65535)
    public_url: str = ""
    library: str = "Perpustakaan"
    language: Language = "id"
    timezone: str = "Asia/Jakarta"
    address_as: Literal["kak", "bapak_ibu", "anda"] = "kak"
    communities: Path | None = None
    operators: Annotated[tuple[str, ...], NoDecode] = ()
    sent_until: datetime | None = None
    embedder: str = "bundled"
    llm_url: str = ""
    llm_model: str = ""
    llm_key: SecretStr = SecretStr("")
    log: Literal["auto", "console", "json"] = "auto"
    messenger: Literal["auto", "on", "off"] = "auto"

    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_api_url: str = "https://slack.com/api/"
    telegram_bot_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org/bot"
    telegram_webhook_url: str = ""
    telegram_webhook_secret: SecretStr = SecretStr("")

    @field_validator("operators", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("operators")
    @classmethod
    def _accounts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[a-z]+:\S+", one) for one in value):
            raise ValueError("account")
        return value

    @field_validator("sent_until", mode="before")
    @classmethod
    def _moment(cls, value: object) -> object:
        """With its distance from UTC: an hour of nobody's clock would resend, or hold back, hours of messages."""
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            raise ValueError("moment") from None
        if isinstance(found, datetime) and found.tzinfo is None:
            raise ValueError("moment")
        return found

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("zone")
        return value

    @field_validator("communities")
    @classmethod
    def _file_is_there(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("no_file")
        return value

    @field_validator("embedder")
    @classmethod
    def _known_embedder(cls, value: str) -> str:
        if value != "bundled" and not re.fullmatch(r"sentence-transformers:\S.*", value):
            raise ValueError("embedder")
        return value

    @field_validator("public_url", "llm_url", "slack_api_url", "telegram_api_url", "telegram_webhook_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
            raise ValueError("url")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError("short_secret")
        return value

    @field_validator("library")
    @classmethod
    def _has_letters(cls, value: str) -> str:
        if not re.search(r"[A-Za-z0-9]", value):
            raise ValueError("library")
        return value.strip()

    @field_validator("database_url")
    @classmethod
    def _driver(cls, value: str) -> str:
        scheme, found, rest = value.partition("://")
        if not value or (found and scheme == "sqlite" and rest.startswith("/")):
            return value
        if not found or scheme not in DRIVERS:
            raise ValueError("database")
        return f"{DRIVERS[scheme]}://{rest}"

    @model_validator(mode="after")
    def _default_database(self) -> Self:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir / 'guyub.db'}")
        return self

    @cached_property
    def library_id(self) -> str:
        """The library's short stable name, made of GUYUB_LIBRARY: lower case, words joined by hyphens."""
        return re.sub(r"[^a-z0-9]+", "-", self.library.lower()).strip("-")

    def as_library(self) -> Library:
        """The noun that every row belongs to."""
        site, public = self.site
        return Library(self.library_id, self.library, self.language, self.timezone, self.address_as, site, public)

    @property
    def site(self) -> tuple[str, bool]:
        """Where people reach our own pages, and whether from anywhere: as it is set, else as Telegram reaches us."""
        hook, path = self.telegram_webhook_url, "/telegram/webhook"
        if url := self.public_url or (hook.removesuffix(path) if hook.endswith(path) else ""):
            return url.rstrip("/"), True
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}", False

    def secret_values(self) -> tuple[str, ...]:
        """Everything that must never be shown: for `Redaction`."""
        values = [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]
        secrets = [part.strip() for value in values for part in (value, *re.split("[,|]", value))]
        password = re.match(r"[^/]+://[^/@]*?:([^/]+)@", self.database_url)
        return tuple(one for one in (*secrets, password[1] if password else "") if one)

    @property
    def opens_messenger(self) -> bool:
        """The local messenger has no login: beside doors to the outside it opens only where it is asked for."""
        outside = self.slack_bot_token.get_secret_value() or self.telegram_bot_token.get_secret_value()
        return self.messenger == "on" or (self.messenger == "auto" and not outside)

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, or None on PostgreSQL."""
        return (
            Path(self.database_url.removeprefix("sqlite:///").partition("?")[0])
            if self.database_url.startswith("sqlite:")
            else None
        )


VARIABLES = tuple(variable(name) for name in Settings.model_fields)
SECRETS = frozenset(
    variable(name) for name, field in Settings.model_fields.items() if field.annotation is SecretStr or name == "database_url"
)


def load(folder: Path | None = None) -> Settings:
    """The settings of this process and of `.env` in the folder (the working one).

    Raises SettingsError with all that is wrong.
    """
    env_file = (folder or Path()) / ".env"
    file = _upper(dotenv_values(env_file) if env_file.is_file() else {})
    process = _upper(os.environ)
    given = {**file, **process}
    problems = unknown_keys(file, process, VARIABLES) + unfit(given)
    try:
        settings = Settings.model_validate({key: given[key] for key in VARIABLES if key in given})
    except ValidationError as error:
        problems += [value_problem(key := str(one["loc"][0]), one, given.get(key, ""), SECRETS) for one in error.errors()]
    if problems:
        raise SettingsError(problems, "en" if given.get("GUYUB_LANGUAGE") == "en" else "id")
    return settings


def _upper(found: Mapping[str, str | None]) -> dict[str, str]:
    return {key.upper(): value for key, value in found.items() if value}
