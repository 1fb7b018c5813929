"""The doctor: each fault is found under its stable id, told in both languages, and no secret comes through."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bot.doctor import clock, database, house, model, report, store
from bot.doctor.checks import CHECKS
from bot.doctor.finding import Finding
from bot.doctor.patient import Patient, Vitals
from bot.model.base import Words
from bot.ports import Health, Vector
from bot.settings import Settings
from bot.settings_errors import Problem, SettingsError

CANARY = "canary-5f3a9c1e77d24b0f-0123456789abcdef"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CALM = Health(inbox_waiting=0, inbox_parked=0, inbox_lag=0.0, outbox_waiting=0, outbox_parked=0, outbox_lag=0.0)


class Unit:
    """An embedder of four-dimensional unit vectors, or of whatever it is told to give."""

    model, dimension = "unit", 4

    def __init__(self, gives: Vector | None = None) -> None:
        self.gives = gives

    def query(self, texts: Iterable[str]) -> Vector:
        return np.tile(np.float32([0, 1, 0, 0]), (len(list(texts)), 1)) if self.gives is None else self.gives

    passage = query


async def nothing_asked() -> tuple[Finding, ...]:
    return ()


def patient(tmp_path: Path, vitals: Vitals | None = None, **settings: object) -> Patient:
    async def told() -> Vitals:
        return vitals or Vitals(CALM, 0)

    (tmp_path / "data").mkdir(mode=0o700, exist_ok=True)
    chosen = {"data_dir": tmp_path / "data", **settings}
    return Patient(Settings(**chosen), embedder=Unit, vitals=told, probes=nothing_asked, folder=tmp_path, now=lambda: NOW)


def found(findings: Iterable[Finding]) -> dict[str, str]:
    return {one.id: one.severity for one in findings}


def make_database(sick: Patient, schema: str | None = None, wal: bool = True) -> Path:
    path = sick.settings.sqlite_path
    assert path is not None
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"PRAGMA journal_mode={'wal' if wal else 'delete'}")
        file.execute("CREATE TABLE alembic_version (version_num TEXT)")
        file.execute("INSERT INTO alembic_version VALUES (?)", (database.head() if schema is None else schema,))
        file.commit()
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    return path


# ---- database ----------------------------------------------------------------------------------------------------------


def test_a_first_start_is_not_an_illness(tmp_path: Path) -> None:
    findings = report.examine(patient(tmp_path), CHECKS)
    assert report.healthy(findings)
    assert not list((tmp_path / "data").iterdir()), "the doctor only looks"


def test_a_sound_database_is_well(tmp_path: Path) -> None:
    well = patient(tmp_path)
    make_database(well)
    findings = found([*database.sqlite_file(well), *database.migrated(well)])
    assert findings == dict.fromkeys(
        ["database.reachable", "database.whole", "database.wal", "database.writable", "database.migrated"], "ok"
    )


def test_an_old_schema_is_found(tmp_path: Path) -> None:
    old = patient(tmp_path)
    make_database(old, schema="0000")
    assert found(database.migrated(old)) == {"database.migrated": "fail"}
    assert not list(store.store(old)), "an old schema is not read"


def test_no_schema_at_all_is_found(tmp_path: Path) -> None:
    bare = patient(tmp_path)
    with closing(sqlite3.connect(bare.settings.sqlite_path or "")) as file:
        file.execute("CREATE TABLE other (x)")
    assert found(database.migrated(bare)) == {"database.migrated": "fail"}


def test_a_rollback_journal_is_found(tmp_path: Path) -> None:
    slow = patient(tmp_path)
    make_database(slow, wal=False)
    assert found(database.sqlite_file(slow))["database.wal"] == "warn"


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    hurt = patient(tmp_path)
    path = make_database(hurt)
    path.write_bytes(b"not a database at all" * 500)
    assert found(database.sqlite_file(hurt)) == {"database.whole": "fail"}


def test_a_torn_page_is_found(tmp_path: Path) -> None:
    torn = patient(tmp_path)
    path = make_database(torn, wal=False)
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE t (x)")
        file.executemany("INSERT INTO t VALUES (?)", [("y" * 500,) for _ in range(200)])
        file.commit()
    whole = bytearray(path.read_bytes())
    whole[-8192:] = b"\xff" * 8192
    path.write_bytes(whole)
    assert found(database.sqlite_file(torn))["database.whole"] == "fail"


def test_a_locked_database_is_found(tmp_path: Path) -> None:
    busy = patient(tmp_path)
    path = make_database(busy)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert found(database.sqlite_file(busy))["database.writable"] == "warn"


def test_a_folder_in_the_files_place_is_found(tmp_path: Path) -> None:
    lost = patient(tmp_path, database_url=f"sqlite:///{tmp_path}")
    assert found(database.sqlite_file(lost)) == {"database.reachable": "fail"}


def test_a_silent_postgresql_is_found_and_its_password_is_not_told(tmp_path: Path) -> None:
    away = patient(tmp_path, database_url=f"postgresql://guyub:{CANARY}@127.0.0.1:1/guyub")
    findings = report.examine(away, CHECKS)
    assert found(findings)["database.reachable"] == "fail"
    assert CANARY not in report.as_json(findings, "id") + report.as_text(findings, "en", verbose=True)


@pytest.mark.parametrize(("free", "severity"), [(100, "fail"), (500, "warn"), (5000, "ok")])
def test_little_disk_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, severity: str) -> None:
    monkeypatch.setattr(database.shutil, "disk_usage", lambda path: SimpleNamespace(free=free * database.MB))
    assert found(database.disk(patient(tmp_path))) == {"database.disk": severity}


# ---- model -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "gives",
    [
        np.full((4, 4), np.nan, np.float32),
        np.ones((4, 4), np.float32),
        np.zeros((4, 4), np.float32),
        np.float32([[1, 0, 0]] * 4),
    ],
    ids=["not a number", "not of unit length", "zero", "another dimension"],
)
def test_vectors_that_search_cannot_use_are_found(tmp_path: Path, gives: Vector) -> None:
    sick = replace(patient(tmp_path), embedder=lambda: Unit(gives))
    assert found(model.model(sick)) == {"model.loads": "ok", "model.vectors": "fail"}


def test_a_model_that_does_not_load_is_found(tmp_path: Path) -> None:
    def missing() -> Unit:
        raise OSError("no such model")

    assert found(model.model(replace(patient(tmp_path), embedder=missing))) == {"model.loads": "fail"}


# ---- clock -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [1970, 2024, 2199])
def test_a_clock_in_the_wrong_year_is_found(tmp_path: Path, year: int) -> None:
    lost = replace(patient(tmp_path), now=lambda: NOW.replace(year=year))
    assert found(clock.year(lost)) == {"clock.year": "fail"}


def test_a_jumping_clock_is_found(tmp_path: Path) -> None:
    times = iter([NOW, NOW + timedelta(hours=1)])
    ticks = iter([10.0, 10.2])
    jumping = replace(patient(tmp_path), now=lambda: next(times), monotonic=lambda: next(ticks))
    assert found(clock.steady(jumping)) == {"clock.steady": "warn"}


def test_a_clock_behind_its_own_data_is_found(tmp_path: Path) -> None:
    behind = patient(tmp_path)
    make_database(behind)
    assert found(clock.set_back(behind)) == {"clock.set_back": "ok"}
    assert found(clock.set_back(replace(behind, now=lambda: NOW - timedelta(days=1)))) == {"clock.set_back": "fail"}


def test_the_zone_is_shown_with_its_offset(tmp_path: Path) -> None:
    (shown,) = clock.zone(patient(tmp_path, timezone="Asia/Jayapura"))
    assert "18:00, UTC+0900" in shown.what.en


# ---- settings, files, doors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "good", "bad", "id"),
    [
        ("slack_bot_token", "xoxb-1234567890-abc", "abc", "slack.bot_token"),
        ("slack_app_token", "xapp-1-A0B1C2D3-44", "xoxb-1234567890", "slack.app_token"),
        ("slack_signing_secret", "0123456789abcdef" * 2, "0123", "slack.signing_secret"),
        ("telegram_bot_token", "123456789:" + "A" * 35, "123456789", "telegram.bot_token"),
        ("telegram_webhook_secret", "s" * 32, "s" * 31 + "!", "telegram.webhook_secret"),
    ],
)
def test_the_shape_of_a_token_is_looked_at(tmp_path: Path, field: str, good: str, bad: str, id: str) -> None:
    assert found(house.tokens(patient(tmp_path, **{field: good}))) == {id: "ok"}
    assert found(house.tokens(patient(tmp_path, **{field: bad}))) == {id: "warn"}


def test_files_that_everybody_may_read_are_found(tmp_path: Path) -> None:
    open_house = patient(tmp_path, slack_bot_token=CANARY)
    (tmp_path / "data").chmod(0o755)
    (tmp_path / ".env").write_text(f"SLACK_BOT_TOKEN={CANARY}")
    (tmp_path / ".env").chmod(0o644)
    assert found([*house.data_dir(open_house), *house.env_file(open_house)]) == {
        "files.data_dir": "warn",
        "settings.env_file": "warn",
    }


def test_a_file_in_the_data_folders_place_is_found(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    assert found(house.data_dir(patient(tmp_path, data_dir=tmp_path / "plain"))) == {"files.data_dir": "fail"}


def test_a_messenger_open_to_the_network_is_found(tmp_path: Path) -> None:
    assert found(house.web(patient(tmp_path, host="0.0.0.0")))["web.host"] == "warn"
    assert "web.host" not in found(house.web(patient(tmp_path)))


def test_a_bad_communities_file_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text("communities:\n  - key: sirkulasi\n    name: [\n")
    (finding,) = house.communities(patient(tmp_path, communities=path))
    assert finding.severity == "fail"
    assert "ours.yaml, line" in finding.what.id


# ---- store -------------------------------------------------------------------------------------------------------------


def test_rows_set_aside_late_or_without_a_vector_are_found(tmp_path: Path) -> None:
    ill = Health(inbox_waiting=3, inbox_parked=1, inbox_lag=9000.0, outbox_waiting=0, outbox_parked=2, outbox_lag=0.0)
    sick = patient(tmp_path, Vitals(ill, 40))
    make_database(sick)
    assert found(store.store(sick)) == {
        "inbox.parked": "warn",
        "outbox.parked": "warn",
        "inbox.lag": "warn",
        "outbox.lag": "ok",
        "model.database": "warn",
    }


# ---- the report --------------------------------------------------------------------------------------------------------


def test_a_check_that_breaks_stops_no_other(tmp_path: Path) -> None:
    def shaky(one: Patient) -> Iterable[Finding]:
        raise RuntimeError(f"token={CANARY}")

    findings = report.examine(patient(tmp_path), (shaky, clock.zone))
    assert found(findings) == {"settings.keys": "ok", "doctor.shaky": "fail", "clock.zone": "ok"}
    assert CANARY not in report.as_json(findings, "en")


def test_healthy_lines_are_quiet(tmp_path: Path) -> None:
    findings = (
        Finding("a.well", "ok", Words("baik", "fine")),
        Finding("b.odd", "warn", Words("aneh", "odd"), Words("lihat", "look")),
    )
    assert report.as_text(findings, "en").splitlines() == ["! b.odd: odd", "    → look", "0 to mend, 1 to look at."]
    assert "✓ a.well: baik" in report.as_text(findings, "id", verbose=True)
    assert json.loads(report.as_json(findings, "id")) == {
        "healthy": True,
        "findings": [
            {"id": "a.well", "severity": "ok", "what": "baik", "mend": ""},
            {"id": "b.odd", "severity": "warn", "what": "aneh", "mend": "lihat"},
        ],
    }


def test_wrong_settings_are_findings_by_key() -> None:
    error = SettingsError([Problem("GUYUB_PORT", Words("harus angka", "must be a number"))], "id")
    assert found(report.of_settings(error)) == {"settings.GUYUB_PORT": "fail"}


def test_every_finding_has_both_languages_and_a_way_out(tmp_path: Path) -> None:
    sick = patient(
        tmp_path,
        Vitals(replace(CALM, inbox_parked=1), 1),
        host="0.0.0.0",
        slack_bot_token="x",
        telegram_webhook_secret="!" * 32,
    )
    make_database(sick, wal=False)
    findings = report.examine(replace(sick, embedder=lambda: Unit(np.ones((1, 1), np.float32))), CHECKS)
    ill = [one for one in findings if one.severity != "ok"]
    assert len(ill) >= 6
    for one in ill:
        assert one.what.id != one.what.en
        assert one.mend.id and one.mend.en
    for one in findings:
        assert one.id.count(".") == 1


def test_no_canary_comes_through_any_check(tmp_path: Path) -> None:
    secrets = {
        name: f"{CANARY}{number}"
        for number, name in enumerate(Settings.model_fields)
        if name.endswith(("token", "secret", "key"))
    }

    def leaky() -> Unit:
        raise OSError("401 for " + " ".join(secrets.values()))

    sick = replace(patient(tmp_path, **secrets), embedder=leaky)
    findings = report.examine(sick, CHECKS)
    shown = "".join(report.as_text(findings, lang, verbose=True) + report.as_json(findings, lang) for lang in ("id", "en"))
    assert "401 for" in shown
    assert CANARY not in shown
