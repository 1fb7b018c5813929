"""Slack exports: what people said in public channels, and nothing else."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from adapters.exports import BadExport
from adapters.exports.slack_text import marked, sign
from tests.exports.reading import SAMPLES, folder, packed, read, why

SLACK = SAMPLES / "slack"


def test_a_folder_and_its_zip_tell_the_same(tmp_path: Path) -> None:
    told, report = read("slack", SLACK)
    again, _ = read("slack", packed(tmp_path / "e.zip", folder(SLACK)))
    nested, _ = read("slack", packed(tmp_path / "n.zip", {f"Ekspor 2026/{k}": v for k, v in folder(SLACK).items()}))
    assert told == again == nested
    assert [one.channel_name for one in told] == ["sirkulasi"] * 6 + ["pengolahan"] * 2
    assert all(a.at <= b.at for a, b in pairwise(told[:6]))
    assert report.done == report.total > 0


def test_private_channels_and_direct_messages_are_never_read() -> None:
    told, report = read("slack", SLACK)
    assert not any("RAHASIA" in one.text for one in told)
    assert ("groups.json", 0, "private_left_out") in why(report)
    assert report.troubles[0].data == {"number": 2}


def test_joins_bots_and_deleted_messages_are_not_talk() -> None:
    words = " ".join(one.text for one in read("slack", SLACK)[0])
    assert not any(part in words for part in ("joined", "Pengingat", "carikan", "deleted"))


def test_rich_text_is_read_with_its_lists_links_and_names() -> None:
    answer = read("slack", SLACK)[0][1]
    assert answer.text.splitlines() == [
        "Pakai harga sekarang, caranya:",
        "1. Cek harga di katalog penerbit (https://contoh.id/katalog)",
        "2. Tambah biaya pengolahan Rp25.000",
    ]
    assert (answer.edited, answer.thread) == (True, "T01:C01:1767574800.000100")
    assert answer.reactions == (("✅", ("T01:U01",)),)


def test_a_broadcast_reply_stays_in_its_thread() -> None:
    told = read("slack", SLACK)[0]
    assert [one.thread for one in told if one.text == "Makasih Kak!"] == ["T01:C01:1767574800.000100"]


def test_people_who_share_a_name_are_told_apart_and_those_who_left_keep_theirs() -> None:
    names = {one.author.id: one.author.name for one in read("slack", SLACK)[0]}
    expected = {
        "T01:U01": "Sari (sari.w)",
        "T01:U02": "Budi",
        "T01:U03": "sari (sari.p)",
        "T01:U04": "Dewi Lestari",
        "T01:U99": "Tamu Unair",
    }
    assert names == expected


def test_a_file_is_told_without_the_token_in_its_link() -> None:
    (file,) = next(one.files for one in read("slack", SLACK)[0] if one.files)
    assert (file.name, file.media_type, file.size, file.path) == ("formulir-ganti.pdf", "application/pdf", 20480, "")
    assert file.url == "https://files.slack.com/files-pri/T01-F01/formulir-ganti.pdf"


def test_a_damaged_record_is_told_with_file_and_number_and_the_rest_is_read() -> None:
    told, report = read("slack", SLACK)
    assert ("sirkulasi/2026-01-06.json", 5, "record_damaged") in why(report)
    assert told[-1].channel_name == "pengolahan"


@pytest.mark.parametrize("cut", [0, 1, 300, 900])
def test_a_day_that_breaks_off_costs_only_its_end(tmp_path: Path, cut: int) -> None:
    files = folder(SLACK)
    day = "sirkulasi/2026-01-05.json"
    told, report = read("slack", packed(tmp_path / "e.zip", files | {day: files[day][:cut]}))
    assert any(file == day and reason == "part_cut" for file, _, reason in why(report))
    assert [one.text for one in told if one.channel_name == "pengolahan"] != []


def test_messages_out_of_order_and_twice_are_put_right(tmp_path: Path) -> None:
    files = folder(SLACK)
    day = "pengolahan/2026-01-05.json"
    messages = json.loads(files[day])
    told, _ = read("slack", packed(tmp_path / "e.zip", files | {day: json.dumps([*reversed(messages), *messages])}))
    assert [one.message for one in told if one.channel == "T01:C02"] == ["1767575000.000100", "1767575100.000100"]


def test_what_is_no_slack_export_says_so(tmp_path: Path) -> None:
    for files, reason in (
        ({"a.json": "[]"}, "not_slack"),
        ({"ekspor.zip": b"PK"}, "nested"),
        ({"channels.json": "["}, "part_cut"),
    ):
        with pytest.raises(BadExport) as caught:
            read("slack", packed(tmp_path / "e.zip", files))
        assert caught.value.template == f"import.{reason}"


def test_slack_markup_becomes_plain_words() -> None:
    def words(text: str) -> str:
        return marked(text, {"U1": "Sari"}.get, {"C1": "umum"}.get)  # type: ignore[arg-type]

    assert words("<@U1> dan <@U2|budi>: <#C1> <#C2|acara>") == "@Sari dan @budi: #umum #acara"
    assert words("<!here> <!subteam^S1|@pustakawan> <!date^1^{date}|5 Januari>") == "@here @pustakawan 5 Januari"
    assert words("<https://a.id/x|panduan> <https://a.id|a.id> <https://b.id/?a=1&amp;b=2>") == (
        "panduan (https://a.id/x) https://a.id https://b.id/?a=1&b=2"
    )
    assert words("x &lt; y &amp;&amp; z &gt; w :smile: :bukan-emoji: 10:30:15") == "x < y && z > w 😄 :bukan-emoji: 10:30:15"
    assert (sign("+1::skin-tone-2"), sign("buku-kita"), sign("white_check_mark")) == ("👍", "", "✅")
