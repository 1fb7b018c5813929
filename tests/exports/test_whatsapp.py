"""WhatsApp exports: no ids, no zone, dates in the phone's order, WhatsApp's own words between people's."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.exports import BadExport
from adapters.exports.whatsapp_text import author, masked
from tests.exports.reading import ANDROID, IPHONE, ZONE, chat, folder, packed, read, why

LRM, NNBSP = "\u200e", "\u202f"


def words(path: Path) -> list[str]:
    return [one.text for one in read("whatsapp", path)[0]]


def test_an_indonesian_android_chat_is_read() -> None:
    told, report = read("whatsapp", ANDROID)
    assert why(report) == []
    assert told[1].text == "Mau tanya, buku yang hilang itu dendanya dihitung dari harga beli\natau harga sekarang ya?"
    assert (told[1].author.name, told[1].at.isoformat()) == ("Sari", "2025-11-25T01:01:00+00:00")
    assert (told[0].channel, report.done) == ("Pustakawan Jateng", report.total)
    assert [one.edited for one in told if "ekspor data anggota" in one.text] == [True]


def test_notices_deleted_messages_and_missing_media_are_left_out() -> None:
    said = " ".join(words(ANDROID) + words(IPHONE)).casefold()
    for notice in ("terenkripsi", "encrypted", "membuat", "created", "bergabung", "dihapus", "deleted", "left", "subjek"):
        assert notice not in said
    for notice in ("disertakan", "omitted", "tak terjawab", "terlampir", "attached", "diedit", "edited"):
        assert notice not in said


def test_what_people_say_about_such_things_stays(tmp_path: Path) -> None:
    said = [
        "Anda menambahkan ruas 245 di MARC ya?",
        "Pesan ini dihapus kenapa ya kak?",
        "Filenya terlampir di surel",
        "Sari: kata Budi begitu",
        "Saya keluar",
    ]
    text = "".join(f"25/11/25 08.0{n} - Budi: {one}\n" for n, one in enumerate(said))
    assert words(chat(tmp_path, text)) == said


def test_an_iphone_chat_is_read_with_its_files(tmp_path: Path) -> None:
    told, report = read("whatsapp", IPHONE)
    zipped, _ = read("whatsapp", packed(tmp_path / "WhatsApp Chat - Pustakawan Jatim.zip", folder(IPHONE)))
    assert [one.at.isoformat()[:16] for one in told[:2]] == ["2025-11-05T07:06", "2025-11-13T02:15"]
    assert (why(report), zipped[0].channel) == ([], "Pustakawan Jatim")
    files = [file for one in zipped for file in one.files]
    assert [(file.name, file.size, bool(file.path)) for file in files] == [
        ("00000004-PHOTO-2025-11-13-09-16-10.jpg", 9, True),
        ("00000005-panduan.pdf", 0, False),
    ]
    assert [one.at.hour for one in told if one.text == "tengah malam"] == [17]


@pytest.mark.parametrize(
    ("line", "hour"),
    [
        ("25/11/26 14.05 - Sari: halo", 14),
        ("25/11/26, 14:05 - Sari: halo", 14),
        ("25/11/2026 14.05 - Sari: halo", 14),
        ("25.11.26, 14:05 - Sari: halo", 14),
        ("25-11-2026 14:05 - Sari: halo", 14),
        ("11/25/26, 2:05 PM - Sari: halo", 14),
        (f"11/25/26, 2:05{NNBSP}PM - Sari: halo", 14),
        ("25/11/26, 2.05 pm - Sari: halo", 14),
        ("25/11/26, 12:05 a.m. - Sari: halo", 0),
        ("[25/11/26 14.05.33] Sari: halo", 14),
        (f"{LRM}[25/11/26, 14.05.33] Sari: halo", 14),
        (f"[11/25/26, 2:05:33{NNBSP}PM] Sari: {LRM}halo", 14),
        ("[2026-11-25, 14:05:33] Sari: halo", 14),
        ("25/11/26, 14:05:33: Sari: halo", 14),
        ("25/11/26 pukul 14.05 - Sari: halo", 14),
    ],
)
def test_every_way_of_writing_the_time_is_understood(tmp_path: Path, line: str, hour: int) -> None:
    (one,) = read("whatsapp", chat(tmp_path, line))[0]
    local = one.at.astimezone(ZONE)
    assert (local.year, local.month, local.day, local.hour, local.minute) == (2026, 11, 25, hour, 5)
    assert (one.author.name, one.text) == ("Sari", "halo")


def test_the_order_of_dates_is_found_in_the_whole_file(tmp_path: Path) -> None:
    def months(*dates: str) -> tuple[list[int], bool]:
        told, report = read(
            "whatsapp", chat(tmp_path, "".join(f"{date} 10.00 - Sari: a {n}\n" for n, date in enumerate(dates)))
        )
        return [one.at.month for one in told], ("import.day_first" in {one.why for one in report.troubles})

    assert months("01/02/26", "13/02/26") == ([2, 2], False)
    assert months("01/02/26", "02/13/26") == ([1, 2], False)
    assert months("01/12/26", "02/01/26", "02/02/26") == ([1, 2, 2], False)  # by time alone: it goes forward only month first
    assert months("01/02/26", "02/02/26") == ([2, 2], True)
    assert months("03/03/26", "03/03/26") == ([3, 3], False)


def test_phone_numbers_are_shown_masked_only(tmp_path: Path) -> None:
    told, _ = read("whatsapp", ANDROID)
    shown = " ".join(f"{one.author.id} {one.author.name} {one.text} {one.id}" for one in told)
    assert "3456" not in shown
    assert "9999" not in shown
    assert {one.author.id for one in told if "•" in one.author.name} == {"+62 812-••••-7890", "+62 812-••••-7890 (2)"}
    assert "@+62 812-••••-7890" in shown


def test_masks_hide_at_least_four_digits() -> None:
    assert masked("+62 812-3456-7890") == "+62 812-••••-7890"
    assert masked("6281234567890") == "+62 812-••••-7890"
    assert masked("+62 812-345-6789") == "+62 81•-•••-6789"
    assert masked("+65 9123 4567") == "+65 •••• 4567"
    assert author("\u202a+62 812\u20113456\u20117890\u202c") == "+62 812-••••-7890"
    assert author("~\u202fBudi") == "Budi"
    assert author("Budi 081234567890") == "Budi 0812-••••-7890"
    assert author("Perpus 2024") == "Perpus 2024"


def test_the_same_talk_has_the_same_ids_from_another_phone_and_without_files(tmp_path: Path) -> None:
    android = "25/11/26 14.05 - Sari: halo\n" * 2 + "25/11/26 14.06 - Budi: IMG-1.jpg (file terlampir)\nlihat ini\n"
    iphone = (
        f"[25/11/26, 14.05.01] Sari: halo\r\n[25/11/26, 14.05.02] Sari: halo\r\n"
        f"{LRM}[25/11/26, 14.06.09] Budi: {LRM}<terlampir: 0001-PHOTO.jpg>\r\nlihat ini\r\n"
    )
    one = [told.id for told in read("whatsapp", chat(tmp_path, android, "Chat WhatsApp dengan Grup A.txt"))[0]]
    other = packed(tmp_path / "WhatsApp Chat - Grup A (2).zip", {"_chat.txt": iphone})
    assert one == [told.id for told in read("whatsapp", other)[0]]
    assert len(set(one)) == 3


def test_a_wrong_encoding_is_mended_and_told(tmp_path: Path) -> None:
    text = "25/11/26 14.05 - Sari: caf\u00e9 d\u00e9nda\n"
    for data in (text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode()):
        told, report = read("whatsapp", chat(tmp_path, data))
        assert ([one.text for one in told], why(report)) == (["café dénda"], [])
    told, report = read("whatsapp", chat(tmp_path, text.encode("cp1252")))
    assert [one.text for one in told] == ["café dénda"]
    assert [reason for _, _, reason in why(report)] == ["encoding"]


def test_an_impossible_date_is_told_with_its_line(tmp_path: Path) -> None:
    told, report = read(
        "whatsapp", chat(tmp_path, "25/11/26 14.05 - Sari: a\n31/02/26 14.06 - Sari: b\nlanjutan\n26/11/26 1.00 - Sari: c")
    )
    assert [one.text for one in told] == ["a", "c"]
    assert why(report) == [("Chat WhatsApp dengan Uji.txt", 2, "record_damaged")]


def test_a_monstrous_line_is_cut_and_told(tmp_path: Path) -> None:
    told, report = read(
        "whatsapp", chat(tmp_path, "25/11/26 14.05 - Sari: " + "a" * 3_000_000 + "\n25/11/26 14.06 - Sari: b\n")
    )
    assert [len(one.text) for one in told] == [40_000, 1]
    assert [(place, reason) for _, place, reason in why(report)] == [(1, "line_cut")]


def test_a_chat_is_found_among_the_texts_that_people_sent(tmp_path: Path) -> None:
    files = folder(ANDROID.parent) | {"catatan.txt": b"25/11/26 14.05 - Sari: bukan obrolan"}
    path = packed(tmp_path / "e.zip", {name: data for name, data in files.items() if not name.startswith("ios/")})
    assert words(path) == words(ANDROID)


def test_what_is_no_whatsapp_export_says_so(tmp_path: Path) -> None:
    for files, reason in (({"a.txt": "halo\n"}, "not_whatsapp"), ({"a.jpg": "x"}, "not_whatsapp"), ({"a.zip": "x"}, "nested")):
        with pytest.raises(BadExport) as caught:
            read("whatsapp", packed(tmp_path / "e.zip", files))
        assert caught.value.template == f"import.{reason}"
