"""Telegram exports: one group or a whole account, text in pieces, topics that show only as replies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.exports import BadExport
from tests.exports.reading import SAMPLES, folder, packed, read, why

TELEGRAM = SAMPLES / "telegram"
GROUP = TELEGRAM / "result.json"


def group(tmp_path: Path, messages: list[Any], **more: Any) -> Path:
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"name": "Uji", "type": "private_supergroup", "id": 7, **more, "messages": messages}))
    return path


def message(number: int, text: Any, **more: Any) -> dict[str, Any]:
    at = {"date": "2026-01-05T08:00:00", "date_unixtime": str(1767574800 + number)}
    return {"id": number, "type": "message", **at, "from": "Sari", "from_id": "user1", "text": text, **more}


def test_a_group_is_read_with_the_ids_that_the_bot_api_has() -> None:
    told, report = read("telegram", GROUP)
    first = told[0]
    assert (first.id, first.channel, first.message) == ("-1001500001:4", "-1001500001", "4")
    assert (first.author.id, first.author.name, first.channel_name) == ("1", "Sari Wulandari", "Pustakawan Jateng")
    assert first.at.isoformat() == "2026-01-05T01:04:00+00:00"
    assert report.done == report.total


def test_text_in_pieces_is_put_together_with_hidden_links() -> None:
    told = read("telegram", GROUP)[0]
    assert told[0].text == (
        "Kak, gimana cara perpanjang pinjaman yang sudah telat? Panduan di sini (https://contoh.id/p) nggak bisa dibuka"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (["a ", {"type": "mention", "text": "@budi"}, " b"], "a @budi b"),
        ([{"type": "pre", "text": "SELECT 1", "language": "sql"}], "SELECT 1"),
        (
            [{"type": "mention_name", "text": "Budi", "user_id": 2}, {"type": "link", "text": "https://a.id"}],
            "Budihttps://a.id",
        ),
        ([{"type": "text_link", "text": "x", "href": "javascript:alert(1)"}], "x"),
        (["a", None, 5, {"text": None}, {"type": "bold"}, ["b"]], "a"),
    ],
)
def test_every_kind_of_piece_is_read(tmp_path: Path, text: Any, words: str) -> None:
    (one,) = read("telegram", group(tmp_path, [message(1, text)]))[0]
    assert one.text == words


def test_text_entities_stand_in_where_text_is_missing(tmp_path: Path) -> None:
    entities = [{"type": "plain", "text": "halo "}, {"type": "bold", "text": "semua"}]
    (one,) = read("telegram", group(tmp_path, [message(1, "", text_entities=entities)]))[0]
    assert one.text == "halo semua"


def test_topics_are_followed_along_replies() -> None:
    told = {one.message: (one.topic_name, one.topic, one.reply_to) for one in read("telegram", GROUP)[0]}
    assert told["4"] == ("Sirkulasi", "2", "")
    assert told["6"] == ("Sirkulasi", "2", "-1001500001:5")
    assert told["8"] == ("SLiMS", "3", "-1001500001:7")
    assert told["11"] == ("", "1", "")


def test_a_renamed_topic_goes_by_its_new_name(tmp_path: Path) -> None:
    service = {"type": "service", "date_unixtime": "1767574800"}
    messages = [
        {"id": 1, **service, "action": "topic_created", "title": "Lama"},
        {"id": 2, **service, "action": "topic_edit", "new_title": "Baru", "reply_to_message_id": 1},
        message(3, "Halo", reply_to_message_id=1),
    ]
    assert [one.topic_name for one in read("telegram", group(tmp_path, messages))[0]] == ["Baru"]


def test_files_are_named_whether_they_are_there_or_not(tmp_path: Path) -> None:
    for path in (TELEGRAM, packed(tmp_path / "e.zip", {f"ChatExport/{k}": v for k, v in folder(TELEGRAM).items()})):
        files = [one.files[0] for one in read("telegram", path)[0] if one.files]
        assert [(file.name, file.size, bool(file.path)) for file in files] == [
            ("panduan.pdf", 1234, False),
            ("photo_1@05-01-2026.jpg", 9, True),
        ]


def test_edits_reactions_polls_and_forwards_are_told() -> None:
    told = {one.message: one for one in read("telegram", GROUP)[0]}
    assert (told["5"].edited, told["5"].reactions) == (True, (("👍", ("1",)),))
    assert told["12"].text == "Rapat hari apa?\n- Kamis\n- Jumat"
    assert told["11"].forwarded_from == "Perpusnas"
    assert (told["8"].author.name, told["16"].author.id) == ("", "-10077")


def test_stickers_bots_and_service_messages_are_not_talk() -> None:
    assert {one.message for one in read("telegram", GROUP)[0]} == {"4", "5", "6", "7", "8", "9", "11", "12", "16"}


def test_a_damaged_record_is_told_and_reading_goes_on() -> None:
    told, report = read("telegram", GROUP)
    assert why(report) == [("result.json", 15, "record_damaged")]
    assert told[-1].message == "16"


def test_of_a_whole_account_only_the_groups_are_read() -> None:
    told, report = read("telegram", TELEGRAM / "account.json")
    assert {one.channel: one.channel_name for one in told} == {
        "-42": "Grup Referensi",
        "-1001500001": "Pustakawan Jateng",
        "-1007": "Lama",
    }
    assert not any("RAHASIA" in one.text for one in told)
    assert report.troubles[0].data == {"number": 2}


def test_a_private_chat_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadExport) as caught:
        read("telegram", group(tmp_path, [message(1, "Halo")], type="personal_chat"))
    assert caught.value.template == "import.private_chat"


def test_an_old_export_without_unix_times_is_read_in_the_given_zone(tmp_path: Path) -> None:
    one = message(1, "Halo")
    del one["date_unixtime"]
    assert read("telegram", group(tmp_path, [one]))[0][0].at.isoformat() == "2026-01-05T01:00:00+00:00"


@pytest.mark.parametrize("cut", range(200, 4900, 470))
def test_an_export_that_breaks_off_is_read_up_to_there(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(GROUP.read_bytes()[:cut])
    whole = [one.id for one in read("telegram", GROUP)[0]]
    told, report = read("telegram", path)
    assert [one.id for one in told] == whole[: len(told)]
    assert why(report)[-1][2] == "part_cut"


def test_control_characters_as_telegram_writes_them_are_read(tmp_path: Path) -> None:
    path = group(tmp_path, [message(1, "a\x1fb \\x41 c\x02"), message(2, "d")])
    path.write_bytes(path.read_bytes().replace(rb"\u001f", rb"\x1F").replace(rb"\u0002", rb"\x02"))
    assert [one.text for one in read("telegram", path)[0]] == ["a b \\x41 c", "d"]


def test_other_exports_are_told_by_their_kind(tmp_path: Path) -> None:
    cases = (({"messages.html": "<html>"}, "telegram_html"), ({"a.txt": "x"}, "not_telegram"), ({"e.zip": b"x"}, "nested"))
    for files, reason in (
        *cases,
        ({"result.json": '{"type": "lain"}'}, "not_telegram"),
        ({"result.json": "<"}, "not_telegram"),
    ):
        with pytest.raises(BadExport) as caught:
            read("telegram", packed(tmp_path / "e.zip", files))
        assert caught.value.template == f"import.{reason}", files


def test_a_record_over_the_limits_is_left_out_alone(tmp_path: Path) -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    path = group(tmp_path, [message(1, "a"), message(2, deep), message(3, ["x"] * 60_000), message(4, "b" * 50_000)])
    path.write_bytes(path.read_bytes()[:-2] + b", " + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]}")
    told, report = read("telegram", path)
    assert [(one.message, len(one.text)) for one in told] == [("1", 1), ("4", 40_000)]
    assert [place for _, place, _ in why(report)] == [2, 3, 5]
