"""Damaged and hostile archives: nothing is written, limits hold while unpacking, what can be read is read (PROMISES 28)."""

from __future__ import annotations

import gc
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import pytest
import yaml

from adapters.exports import BadExport, archive, open_archive
from adapters.exports.archive import safe
from bot.importing.told import Report
from bot.voice import FOLDER
from tests.exports.reading import ANDROID, SAMPLES, folder, packed, read, why

CHAT = "_chat.txt"
TALK = b"25/11/26 14.05 - Sari: halo\n"
EVIL = ("../luar.txt", "/etc/luar.txt", "a/../../luar.txt", "..\\luar.txt", "C:\\luar.txt", "C:luar.txt", "a\nb.txt")


def refused(kind: str, path: Path) -> str:
    with pytest.raises(BadExport) as caught:
        read(kind, path)
    return caught.value.template.removeprefix("import.")


def tree(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_names_that_lead_outside_are_left_out_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "dalam").mkdir()
    path = tmp_path / "dalam" / "e.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr(CHAT, TALK)
        for name in EVIL:
            zipped.writestr(name, b"25/11/26 14.05 - Mallory: jahat\n")
        link = zipfile.ZipInfo("tautan.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        zipped.writestr(link, "/etc/passwd")
    before = tree(tmp_path)
    told, report = read("whatsapp", path)
    assert [one.text for one in told] == ["halo"]
    assert [reason for _, _, reason in why(report)] == ["unsafe_name"] * (len(EVIL) + 1)
    assert tree(tmp_path) == before


def test_honest_names_are_safe() -> None:
    assert all(map(safe, ("umum/2026-01-05.json", "Chat WhatsApp dengan Ibu.txt", "foto 2.05\u202fPM.jpeg", "a..b/…")))
    assert not any(map(safe, (*EVIL, "", "..", "a/..")))


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "rahasia.txt"
    secret.write_bytes(b"25/11/26 14.05 - Sari: rahasia\n")
    inside = tmp_path / "ekspor"
    inside.mkdir()
    (inside / CHAT).symlink_to(secret)
    (inside / "putar").symlink_to(inside)
    assert refused("whatsapp", inside) == "not_whatsapp"


@pytest.mark.parametrize("kind", ["slack", "telegram", "whatsapp"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_zip_that_breaks_off_is_told_kindly(tmp_path: Path, kind: str, share: float) -> None:
    whole = packed(tmp_path / "w.zip", folder(SAMPLES / kind)).read_bytes()
    path = tmp_path / "e.zip"
    path.write_bytes(whole[: int(len(whole) * share)])
    assert refused(kind, path) == "damaged_zip"


def test_a_file_with_a_wrong_checksum_costs_only_itself(tmp_path: Path) -> None:
    path = packed(tmp_path / "e.zip", folder(SAMPLES / "slack"), zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"Nomor klasifikasi", b"Nomor klasifikas\x00"))
    told, report = read("slack", path)
    assert {one.channel_name for one in told} >= {"sirkulasi"}
    assert ("pengolahan/2026-01-05.json", 0, "part_damaged") in why(report)


def test_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "e.zip", {CHAT: TALK + b"0" * (64 * archive.MB)})
    assert refused("whatsapp", bomb) == "bomb"
    bomb = packed(
        tmp_path / "t.zip",
        {"result.json": b'{"type":"private_group","messages":[' + b'{"id":1,"a":"%s"},' % (b"0" * 99_000) * 300},
    )
    assert refused("telegram", bomb) == "bomb"


def test_all_files_together_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_READ", 3000)
    assert refused("slack", packed(tmp_path / "e.zip", folder(SAMPLES / "slack"))) == "too_big"


def test_a_claim_of_ten_gigabytes_is_refused_before_reading(tmp_path: Path) -> None:
    path = packed(tmp_path / "e.zip", {"result.json": (SAMPLES / "telegram" / "result.json").read_bytes()})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    name = struct.unpack_from("<H", data, at + 28)[0]
    extra = struct.pack("<HHQ", 1, 8, 10 * 1024**3)  # ZIP64: the real size follows
    struct.pack_into("<I", data, at + 24, 0xFFFFFFFF)
    struct.pack_into("<H", data, at + 30, len(extra))
    data[at + 46 + name : at + 46 + name] = extra
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<I", data, end + 12, struct.unpack_from("<I", data, end + 12)[0] + len(extra))
    path.write_bytes(data)
    assert refused("telegram", path) == "too_big"


def test_an_endless_table_of_contents_is_refused_before_reading(tmp_path: Path) -> None:
    path = packed(tmp_path / "e.zip", {CHAT: TALK})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.rindex(b"PK\x05\x06") + 12, 500 * archive.MB)
    path.write_bytes(data)
    assert refused("whatsapp", path) == "too_many"


def test_of_two_files_with_one_name_the_last_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as zipped, pytest.warns(UserWarning, match="Duplicate"):
        zipped.writestr(CHAT, TALK)
        zipped.writestr(CHAT, TALK.replace(b"halo", b"hai"))
    told, report = read("whatsapp", path)
    assert ([one.text for one in told], why(report)) == (["hai"], [(CHAT, 0, "twice")])


def test_a_locked_zip_says_what_to_do(tmp_path: Path) -> None:
    path = packed(tmp_path / "e.zip", {CHAT: TALK})
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    path.write_bytes(data)
    assert refused("whatsapp", path) == "encrypted"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_without_a_limit_are_not_unpacked(tmp_path: Path, method: int) -> None:
    with pytest.raises(BadExport):
        read("whatsapp", packed(tmp_path / "e.zip", {CHAT: TALK}, method))


def test_what_is_not_there_or_no_zip_is_told(tmp_path: Path) -> None:
    (tmp_path / "e.zip").write_bytes(b"bukan zip sama sekali")
    (tmp_path / "kosong.zip").write_bytes(b"")
    assert refused("slack", tmp_path / "tidak-ada.zip") == "no_file"
    assert refused("slack", tmp_path / "e.zip") == refused("slack", tmp_path / "kosong.zip") == "damaged_zip"


def test_a_file_of_an_export_can_be_fetched_within_a_limit() -> None:
    with open_archive(SAMPLES / "telegram", Report()) as opened:
        photo = "photos/photo_1@05-01-2026.jpg"
        assert opened.read(photo, most=100).startswith(b"\xff\xd8")
        for name, most in ((photo, 5), ("../slack/users.json", 10_000), ("tidak-ada", 10)):
            with pytest.raises(BadExport):
                opened.read(name, most)


def test_every_word_of_the_import_is_said_and_is_there() -> None:
    code = "".join(path.read_text("utf-8") for path in Path(archive.__file__).parent.glob("*.py"))
    keys = yaml.safe_load((FOLDER / "id" / "import.yaml").read_text("utf-8"))
    assert {key for key in keys if f'"import.{key}"' not in code} == set()


def test_reading_the_samples_leaves_no_file_open() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        for kind, path in (("slack", SAMPLES / "slack"), ("telegram", SAMPLES / "telegram"), ("whatsapp", ANDROID)):
            read(kind, path)
        gc.collect()
