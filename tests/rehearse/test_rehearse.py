"""`guyub rehearse` as a person runs it: an export in, a page and JSON out, nothing of the library touched."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.rehearse.fate import gini
from bot.rehearse.spool import Spool
from tests.exports.reading import ANDROID, SAMPLES
from tests.rehearse.exports import AGAIN, ASKED, MOULD, START, TALK, Line, telegram
from tests.world import COMMUNITIES

ROOT = Path(__file__).parents[2]
Report = dict[str, Any]


def guyub(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """`guyub rehearse …`, with its data beside the export."""
    env = {"PATH": "/usr/bin:/bin", "GUYUB_DATA_DIR": str(folder / "data"), "GUYUB_LANGUAGE": "en"}
    env |= {"PYTHONPATH": str(ROOT), "GUYUB_COMMUNITIES": str(COMMUNITIES)}
    command = [sys.executable, "-m", "bot", "rehearse", *args]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def rehearsed(path: Path, *options: str) -> Report:
    """The JSON that a run leaves beside its page."""
    out = path.parent / f"{path.stem}-report.html"
    done = guyub(path.parent, str(path), "--out", str(out), *options)
    assert done.returncode == 0, done.stderr
    assert "<html" in out.read_text("utf-8")
    report: Report = json.loads(out.with_suffix(".json").read_text("utf-8"))
    return report


def asked(report: Report, hours: float) -> Report:
    at = START + timedelta(hours=hours)
    found: Report = next(one for one in report["questions"] if datetime.fromisoformat(one["at"]) == at)
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return rehearsed(telegram(tmp_path_factory.mktemp("whole") / "result.json"))


def test_it_tells_what_guyub_would_have_done(whole: Report) -> None:
    first, again, wrong = asked(whole, 1), asked(whole, 30), asked(whole, 102)
    assert (first["text"], first["decision"], first["outcome"]) == (ASKED, "routed", "settled")
    assert first["community"] and first["by"] == ["Budi"] and first["kept"]
    assert (again["text"], again["decision"], again["right"]) == (AGAIN, "answered", True)
    assert (wrong["decision"], wrong["right"]) == ("answered", False)
    assert asked(whole, 101)["outcome"] == "unanswered"
    assert asked(whole, 50)["asked"] == []  # nobody had answered there before
    figures = whole["figures"]
    assert (figures["questions"], figures["answered_before"], figures["answered_wrongly"]) == (6, 3, 1)
    assert figures["unanswered"] == 1
    assert whole["messages"] == len(TALK)


def test_who_answered_is_asked_from_then_on(tmp_path: Path) -> None:
    """And never the asker themselves; how evenly, the Gini tells."""
    talk = [one for one in TALK if one.hours < 10]
    later = Line(60, "Joko", "Anggota hilang kartunya, apakah pinjaman dan denda tetap jalan?")
    report = rehearsed(telegram(tmp_path / "result.json", [*talk, later]))
    found = asked(report, 60)
    assert found["asked"] == ["Budi"]
    assert report["figures"]["asks"] == 1
    assert report["figures"]["gini_of_asks"] == 0.0


@pytest.mark.parametrize("kept", [5, 12])
def test_it_never_sees_the_future(tmp_path: Path, whole: Report, kept: int) -> None:
    """Without the export's tail, what was done before is the same to the last figure."""
    head = rehearsed(telegram(tmp_path / "result.json", TALK[:kept]))
    end = START + timedelta(hours=TALK[kept - 1].hours)
    before = [one for one in whole["questions"] if datetime.fromisoformat(one["at"]) <= end]
    assert len(before) == len(head["questions"]) > 0
    for ours, theirs in zip(head["questions"], before, strict=True):
        for name in ("id", "decision", "sure", "community", "offered"):
            assert ours[name] == theirs[name]
        both = min(len(ours["asked"]), len(theirs["asked"]))  # whoever is silent is asked for by and by
        assert ours["asked"][:both] == theirs["asked"][:both]
        if datetime.fromisoformat(theirs["closed_at"]) <= end:
            assert ours == theirs


def test_an_answer_helps_later_questions_only(tmp_path: Path, whole: Report) -> None:
    """The same words before the first answer find nothing."""
    early = [Line(0.5, "Dewi", AGAIN), TALK[1], TALK[2], TALK[3]]
    report = rehearsed(telegram(tmp_path / "result.json", early))
    assert asked(report, 0.5)["decision"] == "routed"
    assert asked(whole, 30)["decision"] == "answered"


@pytest.mark.parametrize("path", [SAMPLES / "slack", SAMPLES / "telegram/result.json", ANDROID], ids=str)
def test_the_samples_of_every_platform(tmp_path: Path, path: Path) -> None:
    done = guyub(tmp_path, str(path), "--language", "id")
    assert done.returncode == 0, done.stderr
    made = sorted((tmp_path / "data").rglob("*"))
    assert [one.suffix for one in made] == ["", ".html", ".json"]  # in its own folder, and no database of the library
    report = json.loads(made[2].read_text("utf-8"))
    assert report["figures"]["questions"] > 0
    assert 'lang="id"' in made[1].read_text("utf-8")


def test_what_people_wrote_stays_text(tmp_path: Path) -> None:
    line = Line(0, "Sari", "Bagaimana cara menghitung denda <script>alert(1)</script> buku?")
    rehearsed(telegram(tmp_path / "result.json", [line]))
    page = (tmp_path / "result-report.html").read_text("utf-8")
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_what_is_no_export_gets_kind_words(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    done = guyub(tmp_path, "photo.png")
    assert done.returncode == 1
    assert "export" in done.stderr
    assert "Traceback" not in done.stderr


def test_gini() -> None:
    assert gini([]) is None
    assert gini([0, 0]) is None
    assert gini([4, 4, 4]) == 0.0
    assert gini([0, 0, 0, 8]) == 0.75


def test_a_long_export_waits_on_the_disk() -> None:
    """Four times as much needs no more memory; the order is that of time."""

    def peak(many: int) -> float:
        tracemalloc.start()
        try:
            with Spool[tuple[datetime, str]](lambda one: one, piece=500) as spool:
                spool.take((START + timedelta(seconds=(n * 7919) % many), "x" * 50) for n in range(many))
                before = START
                for at, _ in spool:
                    assert at >= before
                    before = at
                assert spool.count == many
            return tracemalloc.get_traced_memory()[1] / 2**20
        finally:
            tracemalloc.stop()

    peak(1_000)
    assert peak(16_000) < 2 * peak(4_000) + 0.5


def test_the_future_would_show(whole: Report) -> None:
    """What the test above compares does change with what was said before."""
    assert asked(whole, 50)["decision"] != asked(whole, 130)["decision"]
    assert asked(whole, 130)["text"] == MOULD
