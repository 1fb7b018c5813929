"""Settings: defaults, what is wrong told all at once, and no secret in any of it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.keys import SlackKeys
from bot.compose import slack_keys
from bot.settings import SECRETS, VARIABLES, Settings, load
from bot.settings_errors import PREFIXES, SettingsError, nearest

CANARY = "canary-5f3a9c1e77-and-thirty-two-characters"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for key in os.environ:
        if key.upper().startswith(PREFIXES):
            monkeypatch.delenv(key)
    monkeypatch.chdir(tmp_path)


def wrong(text: str) -> dict[str, str]:
    """What is wrong with this .env, in English, by key."""
    Path(".env").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load()
    return {one.key: one.words.en for one in caught.value.problems}


def test_nothing_set_is_enough() -> None:
    settings = load()
    assert (settings.host, settings.port, settings.language) == ("127.0.0.1", 8765, "id")
    assert settings.database_url == "sqlite:///data/guyub.db"
    assert settings.sqlite_path == Path("data/guyub.db")
    assert settings.embedder == "bundled"


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("GUYUB_PORT=9001\nGUYUB_LANGUAGE=en\n")
    monkeypatch.setenv("GUYUB_PORT", "9002")
    assert (load().port, load().language) == (9002, "en")


def test_an_empty_value_means_the_default() -> None:
    Path(".env").write_text("GUYUB_PORT=\nSLACK_BOT_TOKEN=\n")
    assert load().port == 8765


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_addresses_get_the_driver_we_use(scheme: str) -> None:
    Path(".env").write_text(f"GUYUB_DATABASE_URL={scheme}://u:p@db/guyub\n")
    assert load().database_url == "postgresql+psycopg://u:p@db/guyub"
    assert load().sqlite_path is None


def test_a_library_has_a_stable_short_name() -> None:
    library = Settings(library="Perpustakaan Universitas Andalas ").as_library()
    assert (library.id, library.name) == ("perpustakaan-universitas-andalas", "Perpustakaan Universitas Andalas")


def test_operators_are_a_list_of_accounts() -> None:
    Path(".env").write_text("GUYUB_OPERATORS=slack:U1, web:sari\n")
    assert load().operators == ("slack:U1", "web:sari")


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = wrong(
        "GUYUB_PORT=lots\nGUYUB_LANGUAGE=jv\nGUYUB_TIMEZONE=Bandung\nGUYUB_DATABASE_URL=mysql://x\nGUYUB_EMBEDDER=gpt\n"
        "GUYUB_COMMUNITIES=nowhere.yaml\nGUYUB_LLM_URL=localhost\nGUYUB_LLM_MODEL=m\nGUYUB_OPERATORS=sari\nGUYUB_LIBRARY=!!\n"
        "GUYUB_ADDRESS_AS=bro\nGUYUB_LOG=loud\nGUYUB_PROT=1\nTELEGRAM_BOT_TOKE=1\n"
    )
    assert set(found) == {
        *("GUYUB_PORT", "GUYUB_LANGUAGE", "GUYUB_TIMEZONE", "GUYUB_DATABASE_URL", "GUYUB_EMBEDDER", "GUYUB_COMMUNITIES"),
        *("GUYUB_LLM_URL", "GUYUB_OPERATORS", "GUYUB_LIBRARY", "GUYUB_ADDRESS_AS", "GUYUB_LOG", "GUYUB_PROT"),
        "TELEGRAM_BOT_TOKE",
    }
    assert "cannot be used" not in found.values()


def test_an_unknown_key_is_met_with_the_nearest_right_one() -> None:
    found = wrong("GUYUB_DATBASE_URL=x\nSLACK_BOT_TOKN=y\nGUYUB_ZZZZZZ_QQQQ=z\n")
    assert "GUYUB_DATABASE_URL?" in found["GUYUB_DATBASE_URL"]
    assert "SLACK_BOT_TOKEN?" in found["SLACK_BOT_TOKN"]
    assert ".env.example" in found["GUYUB_ZZZZZZ_QQQQ"]


def test_another_programs_slack_keys_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_WEBHOOK_FOR_BACKUPS", "https://hooks")
    load()
    monkeypatch.setenv("SLACK_BOT_TOKE", "x")
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN"):
        load()


@pytest.mark.parametrize(
    ("given_key", "needed"),
    [
        ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"),
        ("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"),
        ("TELEGRAM_WEBHOOK_URL", "TELEGRAM_WEBHOOK_SECRET"),
        ("GUYUB_LLM_URL", "GUYUB_LLM_MODEL"),
    ],
)
def test_half_a_pair_is_told(given_key: str, needed: str) -> None:
    assert needed in wrong(f"{given_key}=https://x.example\n")[given_key]


def test_the_words_follow_the_language() -> None:
    Path(".env").write_text("GUYUB_PORT=x\n")
    with pytest.raises(SettingsError, match="harus angka"):
        load()
    Path(".env").write_text("GUYUB_PORT=x\nGUYUB_LANGUAGE=en\n")
    with pytest.raises(SettingsError, match="must be a number"):
        load()


@pytest.mark.parametrize("key", sorted(SECRETS))
def test_no_secret_is_ever_shown(key: str) -> None:
    value = f"nosuch://u:{CANARY}@h" if key == "GUYUB_DATABASE_URL" else CANARY
    Path(".env").write_text(f"{key}={value}\nGUYUB_PORT=x\n")
    with pytest.raises(SettingsError) as caught:
        load()
    shown = "".join([str(caught.value), repr(caught.value), caught.value.told("en"), repr(caught.value.__cause__)])
    assert CANARY not in shown
    field = next(name for name, one in Settings.model_fields.items() if one.alias == key)
    settings = Settings(**{field: value.replace("nosuch", "postgresql")})
    assert CANARY not in f"{settings} {settings!r}"
    assert CANARY in settings.secret_values()


def test_a_token_pasted_into_the_wrong_line_stays_hidden() -> None:
    assert "xoxb" not in wrong("GUYUB_LANGUAGE=xoxb-1234567890-abcdefghij\n")["GUYUB_LANGUAGE"]


@given(st.sampled_from(VARIABLES), st.data())
def test_one_slip_of_the_finger_still_finds_the_key(key: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(min_value=6, max_value=len(key) - 1))
    assert nearest(key[:at] + key[at + 1 :], VARIABLES) is not None


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("", True),
        ("SLACK_BOT_TOKEN=xoxb-1\nSLACK_SIGNING_SECRET=s\n", False),
        ("TELEGRAM_BOT_TOKEN=1:a\n", False),
        ("TELEGRAM_BOT_TOKEN=1:a\nGUYUB_MESSENGER=on\n", True),
        ("GUYUB_MESSENGER=off\n", False),
    ],
)
def test_the_messenger_without_a_login_opens_beside_other_doors_only_on_purpose(text: str, opens: bool) -> None:
    Path(".env").write_text(text)
    assert load().opens_messenger is opens


def test_several_workspaces_keep_their_order_and_each_token_is_a_secret() -> None:
    Path(".env").write_text("SLACK_BOT_TOKEN=xoxb-1, xoxb-2\nSLACK_APP_TOKEN=,xapp-2\nSLACK_SIGNING_SECRET=new|old,\n")
    settings = load()
    assert slack_keys(settings) == (SlackKeys("xoxb-1", "", ("new", "old")), SlackKeys("xoxb-2", "xapp-2", ()))
    assert {"xoxb-1", "xoxb-2", "xapp-2", "new", "old"} <= set(settings.secret_values())


def test_a_webhooks_secret_must_be_long() -> None:
    text = "TELEGRAM_BOT_TOKEN=1:a\nTELEGRAM_WEBHOOK_URL=https://a.example/telegram/webhook\nTELEGRAM_WEBHOOK_SECRET="
    assert "32" in wrong(text + "short\n")["TELEGRAM_WEBHOOK_SECRET"]
    Path(".env").write_text(text + "x" * 32 + "\n")
    assert load().telegram_webhook_url


@pytest.mark.parametrize("value", ["kemarin", "2026-12-01T09:30", "2026-12-01"])
def test_until_when_another_copy_sent_is_a_whole_moment(value: str) -> None:
    found = wrong(f"GUYUB_SENT_UNTIL={value}")
    assert "distance from UTC" in found["GUYUB_SENT_UNTIL"]
    Path(".env").write_text("GUYUB_SENT_UNTIL=2026-12-01T09:30+07:00", encoding="utf-8")
    assert load().sent_until == datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
