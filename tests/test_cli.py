"""The command line, as a process: help, kind failures, exit codes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

COMMANDS = ("run", "demo", "doctor", "migrate")
CANARY = "canary-5f3a9c1e77d24b0f"


def guyub(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith(("GUYUB_", "SLACK_", "TELEGRAM_"))}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env={**own, "COLUMNS": "200", "PYTHONPATH": str(Path(__file__).parents[1]), **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_help_names_every_command_in_both_languages(tmp_path: Path) -> None:
    told = guyub(tmp_path, "--help")
    assert told.returncode == 0
    for name in COMMANDS:
        line = next(one for one in told.stdout.splitlines() if one.strip().startswith(f"{name} "))
        assert " · " in line


def test_a_taken_port_is_told_kindly(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = guyub(tmp_path, "run", GUYUB_PORT=str(port))
    assert told.returncode == 1
    assert str(port) in told.stderr and "GUYUB_PORT" in told.stderr
    assert "Traceback" not in told.stderr


def test_an_address_that_is_not_ours_is_told_kindly(tmp_path: Path) -> None:
    told = guyub(tmp_path, "run", GUYUB_HOST="192.0.2.1", GUYUB_LANGUAGE="en")
    assert told.returncode == 1
    assert "cannot listen on 192.0.2.1" in told.stderr


def test_a_data_folder_that_cannot_be_is_told_kindly(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    told = guyub(tmp_path, "migrate", GUYUB_DATA_DIR="plain/data", GUYUB_LANGUAGE="en")
    assert told.returncode == 1
    assert "GUYUB_DATA_DIR" in told.stderr and "Traceback" not in told.stderr


@pytest.mark.parametrize("command", ["run", "demo", "migrate"])
def test_wrong_settings_stop_every_command_with_all_that_is_wrong(tmp_path: Path, command: str) -> None:
    told = guyub(tmp_path, command, GUYUB_PORT="x", GUYUB_TIMEZONE="Mars", SLACK_BOT_TOKEN=CANARY)
    assert told.returncode == 1
    assert all(key in told.stderr for key in ("GUYUB_PORT", "GUYUB_TIMEZONE", "SLACK_BOT_TOKEN"))
    assert CANARY not in told.stdout + told.stderr
    assert "Traceback" not in told.stderr


def test_the_doctor_tells_wrong_settings_as_json(tmp_path: Path) -> None:
    told = guyub(tmp_path, "doctor", "--json", "--language", "en", GUYUB_PORT="x")
    assert told.returncode == 1
    answer = json.loads(told.stdout)
    assert answer["healthy"] is False
    assert answer["findings"][0]["id"] == "settings.GUYUB_PORT"
    assert "must be a number" in answer["findings"][0]["what"]


def test_the_doctor_finds_a_newcomers_machine_well(tmp_path: Path) -> None:
    told = guyub(tmp_path, "doctor")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Guyub sehat" in told.stdout
    assert not (tmp_path / "data").exists()


def test_migrate_then_doctor(tmp_path: Path) -> None:
    assert guyub(tmp_path, "migrate", GUYUB_LANGUAGE="en").stdout.strip() == "The database schema is the current one."
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    told = guyub(tmp_path, "doctor", "--json")
    found = {one["id"]: one["severity"] for one in json.loads(told.stdout)["findings"]}
    assert told.returncode == 0
    assert {found[one] for one in ("database.migrated", "database.whole", "database.writable", "inbox.parked")} == {"ok"}
    assert found["model.vectors"] == "ok"


def test_it_runs_and_stops_cleanly(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {key: value for key, value in os.environ.items() if not key.startswith(("GUYUB_", "SLACK_", "TELEGRAM_"))}
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=tmp_path,
        env={**own, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONUNBUFFERED": "1", "GUYUB_PORT": str(port)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    try:
        assert f"http://127.0.0.1:{port}" in running.stdout.readline()
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
    finally:
        running.send_signal(signal.SIGTERM)
        said, _ = running.communicate(timeout=60)
    assert (running.returncode, said.strip()) == (0, "Sampai jumpa. Semua tersimpan.")
    assert not list((tmp_path / "data").glob("*-wal")), "the databases were closed"
