"""Memory stays flat: four times the messages need no more of it. The big figures come from tests/bench/import_bench.py."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.exports import read_slack, read_telegram, read_whatsapp
from bot.importing import threads as grouping
from bot.importing.threads import threads
from bot.importing.told import Report, Told
from tests.exports.generated import KINDS

MB = 1024 * 1024


def stream(kind: str, path: Path, report: Report | None = None) -> Iterable[Told]:
    report = report or Report()
    if kind == "whatsapp":
        return read_whatsapp(path, report, ZoneInfo("Asia/Jakarta"))
    return read_slack(path, report) if kind == "slack" else read_telegram(path, report)


@pytest.mark.parametrize("kind", KINDS)
def test_four_times_the_messages_need_no_more_memory(kind: str, tmp_path: Path) -> None:
    name, make = KINDS[kind]

    def peak(messages: int) -> float:
        path = make(tmp_path / name, messages)
        tracemalloc.start()
        try:
            assert sum(1 for _ in stream(kind, path)) == messages
            return tracemalloc.get_traced_memory()[1] / MB
        finally:
            tracemalloc.stop()

    peak(100)
    small, large = peak(3_000), peak(12_000)
    assert large < 4
    assert large < small * 1.3 + 0.3


def test_grouping_keeps_a_window_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "MOST_REMEMBERED", 2_000)
    monkeypatch.setattr(grouping, "MOST_ALONE", 200)
    monkeypatch.setattr(grouping, "MOST_OPEN", 100)

    def peak(messages: int) -> float:
        path = KINDS["telegram"][1](tmp_path / "result.json", messages)
        tracemalloc.start()
        try:
            assert sum(1 for _ in threads(stream("telegram", path))) == messages // 5
            return tracemalloc.get_traced_memory()[1] / MB
        finally:
            tracemalloc.stop()

    assert peak(12_000) < peak(4_000) * 1.3 + 0.3


@pytest.mark.parametrize("kind", KINDS)
def test_progress_goes_forward_to_its_end(kind: str, tmp_path: Path) -> None:
    path = KINDS[kind][1](tmp_path / KINDS[kind][0], 8_000)
    seen: list[tuple[int, int]] = []
    report = Report(lambda done, total: seen.append((done, total)))
    assert sum(1 for _ in stream(kind, path, report)) == 8_000
    assert len(seen) >= 4
    assert seen == sorted(seen)
    assert seen[0][0] == 0
    assert seen[-1][0] == seen[-1][1] == report.total > 1_000_000
