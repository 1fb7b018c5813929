"""`guyub import` as a person runs it: a real export, a real database, words on the terminal."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

SAMPLE = """25/11/25 09.01 - Pesan dan panggilan terenkripsi secara end-to-end.
25/11/25 09.02 - Bu Rina: Bagaimana menghitung denda buku yang telat dikembalikan?
25/11/25 09.05 - Pak Joko: Seribu rupiah per hari kerja per buku, hari libur tidak dihitung. Catat di SLiMS menu denda.
25/11/25 09.06 - Bu Rina: terima kasih pak
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "Chat WhatsApp dengan Grup Sirkulasi.txt"
    path.write_text(SAMPLE, "utf-8")
    return path


def guyub(folder: Path, *args: str, language: str = "id") -> subprocess.CompletedProcess[str]:
    env = {"PATH": "/usr/bin:/bin", "GUYUB_DATA_DIR": str(folder / "data"), "GUYUB_LANGUAGE": language}
    command = [sys.executable, "-m", "bot", "import", *args]
    return subprocess.run(
        command,
        cwd=folder,
        env=env | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_whatsapp_export_twice(tmp_path: Path, export: Path) -> None:
    first = guyub(tmp_path, "whatsapp-export", str(export))
    assert first.returncode == 0, first.stderr
    assert "1 pertanyaan" in first.stdout
    again = guyub(tmp_path, "whatsapp-export", str(export), language="en")
    assert again.returncode == 0, again.stderr
    assert "1 were kept before" in again.stdout


@pytest.mark.parametrize("kind", ["slack-export", "telegram-export", "whatsapp-export"])
def test_what_is_no_export_gets_kind_words(tmp_path: Path, kind: str) -> None:
    junk = tmp_path / "junk.bin"
    junk.write_bytes(bytes(range(256)) * 10)
    for path in (junk, tmp_path / "nowhere.zip"):
        result = guyub(tmp_path, kind, str(path))
        assert result.returncode == 1
        assert result.stderr.strip() and "Traceback" not in result.stderr


def test_a_slack_export(tmp_path: Path) -> None:
    path = tmp_path / "slack.zip"
    base = 1740960000
    day = [
        {
            "type": "message",
            "user": "U1",
            "ts": f"{base}.000100",
            "thread_ts": f"{base}.000100",
            "text": "Bagaimana menghitung denda buku yang telat dikembalikan?",
        },
        {
            "type": "message",
            "user": "U2",
            "ts": f"{base + 60}.000100",
            "thread_ts": f"{base}.000100",
            "text": "Seribu rupiah per hari kerja per buku, hari libur tidak dihitung. Catat di SLiMS menu denda.",
        },
        {"type": "message", "user": "U1", "ts": f"{base + 90}.000100", "thread_ts": f"{base}.000100", "text": "terima kasih!"},
    ]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "users.json",
            json.dumps([{"id": "U1", "name": "rina", "real_name": "Rina"}, {"id": "U2", "name": "joko", "real_name": "Joko"}]),
        )
        archive.writestr("channels.json", json.dumps([{"id": "C1", "name": "sirkulasi"}]))
        archive.writestr("sirkulasi/2025-03-03.json", json.dumps(day))
    result = guyub(tmp_path, "slack-export", str(path))
    assert result.returncode == 0, result.stderr
    assert "1 pertanyaan" in result.stdout
