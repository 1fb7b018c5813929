"""`guyub eval` as a library uses it: formats of the contract, labels never read early, bad lines named, nothing left behind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.evaluate.command import eval_app

DATA = Path(__file__).parents[1] / "quality/data"
COMMUNITIES = DATA / "communities_other.yaml"
Rows = Sequence[Mapping[str, object]]
QUESTIONS: Rows = (
    {"id": "1", "text": "pendongeng buat anak TK cari di mana", "community": "children", "note": "unknown keys are ignored"},
    {"id": 2, "text": "dehumidifier untuk foto kota tahun 1930?", "community": ["localhistory", "systems"]},
    {"id": "3", "text": "resep soto ayam", "community": None},
)
ITEMS: Rows = (
    {"item_id": "m", "title": "Membersihkan buku berjamur", "problem": "Bercak jamur.", "solution": "Sikat lembut.",
     "community": "preservation"},
    {"item_id": 7, "title": "Fines on holidays", "solution": "Closed days do not count, set the calendar."},
    {"item_id": "r", "title": "Rak penuh", "problem": "Kelas 300 sesak.", "solution": "Geser dari ujung akhir."},
)  # fmt: skip
QUERIES: Rows = (
    {"id": "a", "text": "mould on book covers, how to clean", "item_id": "m"},
    {"id": "b", "text": "hari libur kena denda ga", "item_id": 7},
    {"id": "c", "text": "jadwal kereta ke Solo", "item_id": None},
)
MESSAGES: Rows = (
    {"id": "x", "text": "kak, cara perpanjang buku gimana?", "is_question": True},
    {"id": "y", "text": "Selamat pagi semua", "is_question": False},
)
THREADS: Rows = (
    {
        "thread_id": "t",
        "question_id": "1",
        "messages": [
            {"id": "1", "author": "sari", "text": "Gimana cara perpanjang buku yang telat?"},
            {"id": "2", "author": "budi", "text": "sama nih"},
            {"id": "3", "author": "rina", "text": "Lunasi dulu dendanya di menu Denda, lalu klik Perpanjang di Sirkulasi."},
        ],
        "answer_ids": ["3"],
    },
)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GUYUB_LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)


def lines(path: Path, rows: Rows) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", "utf-8")
    return path


def without(rows: Rows, label: str) -> Rows:
    return [{key: value for key, value in row.items() if key != label} for row in rows]


def call(what: str, folder: Path, rows: Rows) -> tuple[Result, list[dict[str, object]], dict[str, object]]:
    """One command with these lines; what it said, its predictions, its figures."""
    asked = lines(folder / "in.jsonl", rows)
    said, figures = folder / "said.jsonl", folder / "figures.json"
    given = {
        "routing": ["--communities", COMMUNITIES, "--questions", asked],
        "answered": ["--items", lines(folder / "items.jsonl", ITEMS), "--queries", asked],
    }.get(what, [asked])
    result = CliRunner().invoke(eval_app, [what, *map(str, given), "--json", str(figures), "--predictions", str(said)])
    if result.exit_code:
        return result, [], {}
    return result, [json.loads(line) for line in said.read_text("utf-8").splitlines()], json.loads(figures.read_text("utf-8"))


def test_routing_gives_decisions_and_all_communities_best_first(tmp_path: Path) -> None:
    result, said, figures = call("routing", tmp_path, QUESTIONS)
    assert [one["id"] for one in said] == ["1", 2, "3"]
    for one in said:
        assert set(one) == {"id", "decision", "community", "candidates"}
        assert one["decision"] in ("routed", "ask", "none")
        guesses = one["candidates"]
        assert isinstance(guesses, list)
        chances = [guess["probability"] for guess in guesses]
        assert len(chances) == 8 and chances == sorted(chances, reverse=True) and all(0 <= chance <= 1 for chance in chances)
        assert one["community"] == (None if one["decision"] == "none" else guesses[0]["community"])
    assert said[0]["community"] == "children"
    assert said[2]["decision"] == "none"
    assert figures["counts"] == {"questions": 3, "in_scope": 2, "out_of_scope": 1}
    assert figures["figures"].keys() == {"ours", "bm25", "embeddings"}  # type: ignore[attr-defined]
    assert "BM25 alone" in result.output and "embeddings alone" in result.output


def test_answered_gives_the_best_items_and_a_decision(tmp_path: Path) -> None:
    _, said, figures = call("answered", tmp_path, QUERIES)
    for one in said:
        assert set(one) == {"id", "decision", "item_id", "candidates"}
        guesses = one["candidates"]
        assert isinstance(guesses, list) and 0 < len(guesses) <= 10
        assert one["item_id"] == (guesses[0]["item_id"] if one["decision"] == "answered" else None)
    assert [one["candidates"][0]["item_id"] for one in said[:2]] == ["m", 7]  # type: ignore[index]
    assert said[2]["decision"] == "none"
    assert figures["figures"]["ours"]["recall_at_1"] == 1.0  # type: ignore[index]
    assert figures["counts"]["across_languages"] == 2  # type: ignore[index]


def test_questions_and_capture_give_their_predictions(tmp_path: Path) -> None:
    _, said, figures = call("questions", tmp_path, MESSAGES)
    assert [(one["id"], one["is_question"]) for one in said] == [("x", True), ("y", False)]
    assert all(set(one) == {"id", "is_question", "probability"} for one in said)
    assert figures["figures"]["ours"]["f1"] == 1.0  # type: ignore[index]
    _, said, figures = call("capture", tmp_path, THREADS)
    assert said == [{"thread_id": "t", "answer_ids": ["3"]}]
    assert figures["figures"]["ours"]["f1"] == 1.0  # type: ignore[index]


WHAT = [
    ("routing", QUESTIONS, "community", "systems"),
    ("answered", QUERIES, "item_id", "r"),
    ("questions", MESSAGES, "is_question", False),
    ("capture", THREADS, "answer_ids", ["2"]),
]


@pytest.mark.parametrize(("what", "rows", "label", "wrong"), WHAT)
def test_predictions_do_not_depend_on_labels_and_need_none(
    what: str, rows: Rows, label: str, wrong: object, tmp_path: Path
) -> None:
    _, labelled, _ = call(what, tmp_path, rows)
    _, lied_to, _ = call(what, tmp_path, [{**row, label: wrong} for row in rows])
    result, bare, figures = call(what, tmp_path, without(rows, label))
    assert labelled == lied_to == bare
    assert figures["figures"] == {}
    assert "only predictions were made" in result.output


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    call("routing", tmp_path, QUESTIONS)
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "items.jsonl", "said.jsonl", "figures.json"}


BAD = [
    ("routing", b'{"id": "1", "text": "a", "community": null}\n{"id": "2"}', 2, "`text` is missing"),
    ("routing", b'{"id": "1", "text": "a", "community": "nowhere"}', 1, "'nowhere' is not known"),
    ("routing", b'{"id": "1", "text": "a", "community": []}', 1, "a key, a list of keys, or null"),
    ("routing", b'{"id": "1", "text": "a"}\n\n{"id": "1", "text": "b"}', 3, "'1' is there twice"),
    ("answered", b'{"id": "1", "text": "a", "item_id": "zzz"}', 1, "'zzz' is not among the items"),
    ("answered", b'{"id": "1", "text": 5}', 1, "`text` must be a text"),
    ("questions", b'{"id": "1", "text": "a", "is_question": "yes"}', 1, "true or false"),
    ("questions", b"[1, 2]", 1, "must be an object"),
    ("questions", b'{"id": true, "text": "a"}', 1, "`id` must be a text or a whole number"),
    ("questions", b'{"id": "1", "text": "a"', 1, "is not JSON"),
    ("questions", b'{"id": "1", "text": "\xff"}', 1, "is not UTF-8"),
    ("questions", b"[" * 100_000, 1, "is not JSON"),
    ("capture", b'{"thread_id": "t", "question_id": "9", "messages": []}', 1, "'9' is not among the messages"),
    ("capture", b'{"thread_id": "t", "question_id": 1, "messages": [{"id": 1, "text": "b"}], "answer_ids": [1]}', 1,
     "not among the messages after the question"),
    ("capture", b'{"thread_id": "t", "question_id": "1", "messages": ["b"]}', 1, "a list of objects"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "raw", "at", "why"), BAD)
def test_a_bad_line_names_file_line_and_reason(what: str, raw: bytes, at: int, why: str, tmp_path: Path) -> None:
    asked = tmp_path / "bad.jsonl"
    asked.write_bytes(raw)
    given = {
        "routing": ["--communities", COMMUNITIES, "--questions", asked],
        "answered": ["--items", lines(tmp_path / "items.jsonl", ITEMS), "--queries", asked],
    }.get(what, [asked])
    result = CliRunner().invoke(eval_app, [what, *map(str, given)])
    assert result.exit_code == 1
    assert f"bad.jsonl, line {at}: " in result.stderr and why in result.stderr


def test_missing_files_are_told_kindly(tmp_path: Path) -> None:
    result = CliRunner().invoke(eval_app, ["questions", str(tmp_path / "none.jsonl")])
    assert result.exit_code == 1 and "none.jsonl, line 1: cannot be read" in result.stderr
    asked = lines(tmp_path / "in.jsonl", QUESTIONS)
    result = CliRunner().invoke(eval_app, ["routing", "--communities", "none.yaml", "--questions", str(asked)])
    assert result.exit_code == 1 and "none.yaml" in result.stderr
    result = CliRunner().invoke(eval_app, ["questions", str(lines(asked, MESSAGES)), "--json", str(tmp_path / "no/where.json")])
    assert result.exit_code == 1 and "cannot be written" in result.stderr


def test_an_empty_file_is_nothing_to_measure(tmp_path: Path) -> None:
    for what in ("routing", "answered", "questions", "capture"):
        result, said, _ = call(what, tmp_path, ())
        assert result.exit_code == 0 and said == []
