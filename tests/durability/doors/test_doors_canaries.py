"""PROMISE 31: no token and no secret in a log, a traceback, the database or an answer: the whole line on each platform, with
faults, junk at the doors and tokens revoked, everything logged; then every byte that was written is searched."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

ROOT = Path(__file__).parents[3]


def spellings(secret: str) -> set[bytes]:
    """As it is, in an address, in base 64, in hexadecimal digits."""
    raw = secret.encode()
    return {raw, quote(secret, safe="").encode(), base64.b64encode(raw).rstrip(b"="), raw.hex().encode()}


@pytest.mark.parametrize("platform", ["slack", "telegram"])
def test_no_secret_is_written_anywhere(tmp_path: Path, platform: str) -> None:
    data, log = tmp_path / "data", tmp_path / "log.jsonl"
    data.mkdir()
    with log.open("wb") as stderr:
        told = subprocess.run(
            [sys.executable, "-m", "tests.durability.doors.canary", str(data), platform],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, timeout=120,
        )  # fmt: skip
    assert told.returncode == 0, log.read_text()[-3000:]
    secrets = json.loads(told.stdout.splitlines()[-1])
    written = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert b"outbox.failed" in written["log.jsonl"] and b"a bug" in written["log.jsonl"], "it was told in the log"
    hits = [
        (name, secret[:4]) for name, data in written.items() for secret in secrets for one in spellings(secret) if one in data
    ]
    print(f"{platform}: {len(secrets)} secrets, {len(written)} files, {len(hits)} hits")
    assert not hits
