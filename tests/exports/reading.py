"""What the tests of the readers share: read an export to its end, make a ZIP, talk without an export."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from adapters.exports import read_slack, read_telegram, read_whatsapp
from bot.importing.told import Author, Report, Source, Told

SAMPLES = Path(__file__).parent / "samples"
ANDROID = SAMPLES / "whatsapp" / "Chat WhatsApp dengan Pustakawan Jateng.txt"
IPHONE = SAMPLES / "whatsapp" / "ios"
ZONE = ZoneInfo("Asia/Jakarta")
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def read(kind: str, path: Path) -> tuple[list[Told], Report]:
    """All messages, and what the reader had to say."""
    report = Report()
    if kind == "slack":
        return list(read_slack(path, report)), report
    if kind == "telegram":
        return list(read_telegram(path, report, ZONE)), report
    return list(read_whatsapp(path, report, ZONE)), report


def chat(tmp_path: Path, text: str | bytes, name: str = "Chat WhatsApp dengan Uji.txt") -> Path:
    """A WhatsApp TXT."""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def packed(path: Path, files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as zipped:
        for name, data in files.items():
            zipped.writestr(name, data)
    return path


def folder(of: Path) -> dict[str, bytes]:
    """The files of a sample folder, to be packed."""
    return {path.relative_to(of).as_posix(): path.read_bytes() for path in sorted(of.rglob("*")) if path.is_file()}


def why(report: Report) -> list[tuple[str, int, str]]:
    """File, place and reason of each trouble."""
    return [(one.file, one.place, one.why.removeprefix("import.")) for one in report.troubles]


def says(who: str, text: str, minute: float, source: Source = "whatsapp-export", **more: Any) -> Told:
    """A message as the readers give it; `minute` counts from the start."""
    key = more.pop("id", f"{minute}")
    return Told(
        id=f"g:{key}",
        source=source,
        channel=more.pop("channel", "g"),
        channel_name="g",
        message=str(key),
        author=Author(who.lower(), who),
        at=START + timedelta(minutes=minute),
        text=text,
        **more,
    )
