"""Which talk belongs together, and which questions somebody else answered."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice

import pytest

from bot.importing import threads as grouping
from bot.importing.answered import found
from bot.importing.threads import threads
from bot.importing.told import Told, ToldFile
from tests.exports.reading import ANDROID, IPHONE, SAMPLES, read, says

ASKED = "Kak, buku yang hilang dendanya dihitung dari harga beli atau harga sekarang ya?"
OTHER = "Cara ekspor data anggota dari SLiMS ke berkas CSV gimana ya?"
ANSWER = "Pakai harga sekarang ditambah biaya pengolahan, caranya: cek katalog lalu catat di SLiMS."
EXPORT = "Buka menu Keanggotaan, klik Ekspor Data, pilih pemisah koma, lalu simpan sebagai CSV."


def pairs(messages: list[Told]) -> list[tuple[str, list[str]]]:
    return [(one.question.text, [answer.text for answer in one.answers]) for one in found(messages)]


def slack(who: str, text: str, minute: float, thread: str = "", **more: object) -> Told:
    return says(who, text, minute, "slack-export", thread=f"g:{thread}" if thread else "", **more)


def telegram(who: str, text: str, minute: float, reply: float | None = None, **more: object) -> Told:
    return says(who, text, minute, "telegram-export", reply_to="" if reply is None else f"g:{reply}", **more)


# ---- the samples -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "path", "asked"),
    [
        ("slack", SAMPLES / "slack", ["buku referensi hilang"]),
        ("telegram", SAMPLES / "telegram", ["perpanjang pinjaman", "backup database"]),
        ("whatsapp", ANDROID, ["buku yang hilang", "ekspor data anggota"]),
        ("whatsapp", IPHONE, []),  # the answer came eight days later
    ],
)
def test_the_answered_questions_of_the_samples_are_found(kind: str, path: object, asked: list[str]) -> None:
    got = pairs(read(kind, path)[0])  # type: ignore[arg-type]
    assert len(got) >= len(asked)
    assert [part for part in asked if not any(part in question for question, _ in got)] == []
    assert all(answers for _, answers in got)


# ---- said by the platform -----------------------------------------------------------------------------------------------


def test_slack_threads_run_beside_each_other() -> None:
    talk = [
        slack("Sari", ASKED, 0, "0"),
        slack("Dewi", OTHER, 1, "1"),
        slack("Budi", ANSWER, 2, "0"),
        slack("Joko", EXPORT, 3, "1"),
        slack("Wati", "Selamat pagi semua", 4),
    ]
    assert sorted(pairs(talk)) == sorted([(ASKED, [ANSWER]), (OTHER, [EXPORT])])


def test_telegram_replies_are_followed_however_deep() -> None:
    talk = [
        telegram("Sari", ASKED, 0),
        telegram("Wati", "Selamat pagi semua", 1),
        telegram("Budi", "Sama, saya juga ingin tahu", 2, 0),
        telegram("Joko", ANSWER, 3, 2),
        telegram("Sari", "Makasih Kak!", 4, 3),
    ]
    (one,) = found(talk)
    assert ([a.text for a in one.answers], len(one.others)) == ([ANSWER], 2)


def test_what_the_asker_adds_before_anyone_answers_belongs_to_the_question() -> None:
    talk = [
        slack("Sari", "Permisi Kak", 0, "0"),
        slack("Sari", ASKED, 1, "0"),
        slack("Budi", ANSWER, 2, "0"),
    ]
    (one,) = found(talk)
    assert (one.question.id, one.question.text) == ("g:0", f"Permisi Kak\n{ASKED}")


def test_the_askers_thanks_and_tick_say_which_message_helped() -> None:
    odd = "Pernah dibahas, jawabannya kolom ketiga."
    ticked = [
        slack("Sari", ASKED, 0, "0"),
        slack("Joko", odd, 1, "0", reactions=(("✅", ("sari",)),)),
        slack("Budi", ANSWER, 2, "0"),
    ]
    thanked = [
        telegram("Sari", ASKED, 0),
        telegram("Joko", odd, 1, 0),
        telegram("Budi", ANSWER, 2, 0),
        telegram("Sari", "Makasih Kak, berhasil", 3, 1),
    ]
    assert pairs(ticked) == pairs(thanked) == [(ASKED, [odd])]


def test_a_picture_of_who_answered_comes_along() -> None:
    picture = slack("Budi", "", 3, "0", files=(ToldFile("langkah.png", "image/png", 5),))
    talk = [slack("Sari", ASKED, 0, "0"), slack("Budi", ANSWER, 1, "0"), slack("Joko", "mantap", 2, "0"), picture]
    (one,) = found(talk)
    assert picture in one.answers


@pytest.mark.parametrize(
    "talk",
    [
        [slack("Sari", ASKED, 0, "0")],
        [slack("Sari", ASKED, 0, "0"), slack("Sari", ANSWER, 1, "0")],
        [slack("Sari", ASKED, 0, "0"), slack("Budi", "Sama, saya juga", 1, "0")],
        [slack("Sari", "Besok perpustakaan tutup.", 0, "0"), slack("Budi", ANSWER, 1, "0")],
        [telegram("Budi", ANSWER, 1, 99)],
    ],
)
def test_what_nobody_else_answered_or_asked_is_left_out(talk: list[Told]) -> None:
    assert pairs(talk) == []


def test_a_message_that_comes_twice_counts_once() -> None:
    talk = [telegram("Sari", ASKED, 0), telegram("Budi", ANSWER, 1, 0)]
    (one,) = threads([*talk, *talk])
    assert len(one.replies) == 1


def test_channels_do_not_mix() -> None:
    a = [telegram("Sari", ASKED, 0), telegram("Budi", ANSWER, 1, 0)]
    b = [
        says("Sari", OTHER, 0, "telegram-export", channel="h", id="h0"),
        says("Budi", ANSWER, 1, "telegram-export", channel="h", id="h1", reply_to="g:0"),
    ]
    assert pairs([*a, *b]) == [(ASKED, [ANSWER])]


# ---- talk without threads -----------------------------------------------------------------------------------------------


def test_on_whatsapp_a_question_takes_what_follows_until_the_next() -> None:
    talk = [
        says("Wati", "Selamat pagi semua", 0),
        says("Sari", ASKED, 1),
        says("Budi", ANSWER, 4),
        says("Sari", "Makasih Kak!", 5),
        says("Dewi", OTHER, 60),
        says("Joko", EXPORT, 65),
    ]
    assert pairs(talk) == [(ASKED, [ANSWER]), (OTHER, [EXPORT])]


def test_a_question_asked_back_does_not_end_the_first() -> None:
    talk = [
        says("Dewi", OTHER, 0),
        says("Sari", "Versi berapa, Kak?", 2),
        says("Dewi", "Versi 9", 3),
        says("Sari", EXPORT, 5),
    ]
    assert pairs(talk) == [(OTHER, [EXPORT])]


def test_who_is_called_by_name_is_answered_in_their_own_thread() -> None:
    talk = [
        says("Sari", ASKED, 0),
        says("Dewi", OTHER, 1),
        says("Budi", f"@Sari {ANSWER}", 2),
        says("Joko", f"@Dewi {EXPORT}", 3),
    ]
    assert pairs(talk) == [(ASKED, [f"@Sari {ANSWER}"]), (OTHER, [f"@Dewi {EXPORT}"])]


def test_a_question_typed_in_several_messages_is_one() -> None:
    talk = [says("Sari", "Kak mau tanya dong?", 0), says("Sari", ASKED, 1), says("Budi", ANSWER, 3)]
    (one,) = found(talk)
    assert (one.question.id, one.question.text.splitlines()[-1]) == ("g:0", ASKED)


def test_after_half_a_day_nothing_belongs_to_a_question_any_more() -> None:
    assert pairs([says("Sari", ASKED, 0), says("Budi", ANSWER, 13 * 60)]) == []


# ---- memory ----------------------------------------------------------------------------------------------------------


def test_no_more_is_kept_than_the_limits_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "MOST_OPEN", 10)
    monkeypatch.setattr(grouping, "MOST_ALONE", 10)
    monkeypatch.setattr(grouping, "MOST_REMEMBERED", 50)
    monkeypatch.setattr(grouping, "MOST_REPLIES", 5)

    def endless() -> Iterator[Told]:
        for n in count():
            yield telegram("Sari", ASKED, n, None if n % 3 else n - 1)

    class Watched(grouping._Replies):
        most = 0

        def add(self, one: Told) -> Iterator[grouping.Thread]:
            yield from super().add(one)
            kept = len(self.alone) + len(self.root_of) + sum(1 + len(thread.replies) for thread in self.open.values())
            Watched.most = max(Watched.most, kept)

    monkeypatch.setattr(grouping, "_Replies", Watched)
    given = list(threads(islice(endless(), 3000)))
    assert len(given) > 500
    assert 50 < Watched.most <= 10 + 50 + 10 * 6
