"""Marking a message: an answer is accepted, any other message becomes a draft through a form, and nothing else is kept."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Kindly
from bot.events import FileRef, Marked, Pressed
from bot.features.mark import _Seen
from bot.model.knowledge import Item
from bot.model.place import Account, MessageRef
from bot.model.question import State
from bot.ports import Unit
from tests.contract.store_things import rows_that_name
from tests.fakes import user_of
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Selamat pagi, bagaimana cara menghitung denda buku yang terlambat? Terima kasih"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."
TIP = "Kalau printer label macet, matikan dulu lewat saklar belakang, tunggu sepuluh detik, baru nyalakan lagi."
PROBLEM = "Printer label nomor panggil macet"


async def marks(
    world: World,
    who: str,
    message: str,
    text: str,
    by: str,
    channel: str = "#umum",
    thread: str = "",
    files: tuple[FileRef, ...] = (),
) -> None:
    """`by` wrote it."""
    world.shown = None
    account = Account(world.door.name, user_of(by), by)
    await world.happens(who, Marked(message, text, account, files), channel, thread)


async def keeps(world: World, who: str, by: str, text: str = TIP, files: tuple[FileRef, ...] = ()) -> Item:
    """A message that is no answer of ours, marked and sent off."""
    message = await world.says(by, text, "#lain")
    await marks(world, who, message, text, by, "#lain", files=files)
    await world.fills(who, problem=PROBLEM, community=await community(world, "pengolahan"))
    return await note(world, message)


async def community(world: World, key: str) -> str:
    found = await world.house.store.communities.by_key(key)
    assert found is not None
    return found.id


async def note(world: World, message: str, channel: str = "#lain") -> Item:
    answer = await world.house.store.questions.answer_at(MessageRef("paper", channel, message))
    assert answer is not None, world.toast
    item = await world.house.store.items.get(answer.question)
    assert item is not None
    return item


# ---- answers ---------------------------------------------------------------------------------------------------------


async def test_the_askers_mark_on_an_answer_settles(world: World) -> None:
    q = await world.asks("Budi", FINE)
    reply = await world.replies("Wati", ANSWER, q)
    await marks(world, "Budi", reply, ANSWER, "Wati", thread=q.origin.message)
    assert world.toast == "mark.settled"
    q = await world.again(q)
    assert q.state is State.SOLVED and (await world.item(q)).status == "draft"
    await marks(world, "Budi", reply, ANSWER, "Wati", thread=q.origin.message)
    assert world.toast == "mark.already"


async def test_another_members_mark_makes_the_draft_and_settles_nothing(world: World) -> None:
    q = await world.asks("Budi", FINE)
    reply = await world.replies("Wati", ANSWER, q)
    await marks(world, "Tono", reply, ANSWER, "Wati", thread=q.origin.message)
    assert world.toast == "mark.for_review"
    q = await world.again(q)
    item = await world.item(q)
    assert q.state is State.ANSWERED and q.trace[-1].what == "marked"
    assert [(c.name, c.part) for c in item.credits] == [("Budi", "asker"), ("Wati", "answerer"), ("Tono", "marker")]
    assert "keep.consent" in world.told("Wati") and world.told("Sari")[-1] == "review.card"
    await marks(world, "Daniel", reply, ANSWER, "Wati", thread=q.origin.message)
    assert world.toast == "mark.already"


async def test_marked_first_then_settled_it_is_one_draft(world: World) -> None:
    q = await world.asks("Budi", FINE)
    one = await world.replies("Wati", ANSWER, q)
    await marks(world, "Tono", one, ANSWER, "Wati", thread=q.origin.message)
    draft = await world.item(q)
    await world.presses("Sari", "edit_item")
    await world.fills("Sari", solution="Seribu rupiah per hari kerja.")
    await world.reacts("Budi", "✅", one)
    item = await world.item(q)
    assert (await world.again(q)).state is State.SOLVED
    assert item.id == draft.id and item.solution == "Seribu rupiah per hari kerja.", "what reviewers wrote stays"
    two = await world.replies("Daniel", "Untuk dosen dendanya setengah, pakai tipe anggota dosen.", q)
    await marks(world, "Budi", two, "Untuk dosen …", "Daniel", thread=q.origin.message)
    item = await world.item(q)
    assert item.id == draft.id and "dosen" in item.text
    assert {(c.name, c.part) for c in item.credits} >= {("Tono", "marker"), ("Daniel", "answerer")}


async def test_marked_first_those_who_joined_get_the_answer_when_it_is_settled(world: World) -> None:
    q = await world.asks("Budi", FINE)
    reply = await world.replies("Wati", ANSWER, q)
    await world.presses("Daniel", "me_too")
    await marks(world, "Tono", reply, ANSWER, "Wati", thread=q.origin.message)
    await world.reacts("Budi", "✅", reply)
    assert "Seribu rupiah" in world.card("answer.for_you_too").text


async def test_the_copy_of_an_answer_stands_for_it(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Wati", ANSWER, q, "#sirkulasi")
    copy = world.card("answer.relay", "#umum")
    await marks(world, "Budi", copy.ref.message, copy.text, "Guyub", thread=q.origin.message)
    assert world.toast == "mark.settled"
    assert [c.name for c in (await world.item(q)).credits if c.part == "answerer"] == ["Wati"]


async def test_what_was_said_in_the_thread_before_it_was_ours(world: World) -> None:
    root = await world.says("Budi", "Ada yang tahu?", "#lain")
    old = await world.says("Tono", ANSWER, "#lain", root)
    await world.says("Budi", FINE, "#lain", root, mentioned=True)
    q = await world.question()
    await marks(world, "Budi", old, ANSWER, "Tono", "#lain", thread=root)
    assert world.toast == "mark.settled"
    (answer,) = await world.house.store.questions.answers(q.id)
    assert answer.accepted and answer.source.message == old
    assert [c.name for c in (await world.item(q)).credits if c.part == "answerer"] == ["Tono"]


async def test_questions_and_our_own_words_are_nothing_to_keep(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await marks(world, "Tono", q.origin.message, FINE, "Budi")
    assert world.toast == "mark.question"
    await marks(world, "Tono", world.card("card.post").ref.message, "…", "Guyub", "#sirkulasi")
    assert world.toast == "mark.question"
    await world.published("Tono", "Cara memperpanjang pinjaman buku?", "Wati", "Lewat laman, tiga hari sebelum jatuh tempo.")
    announced = world.card("review.published")
    await marks(world, "Tono", announced.ref.message, announced.text, "Guyub", announced.ref.channel)
    assert world.toast == "mark.ours"
    await marks(world, "Tono", "m9", "  ", "Budi")
    assert world.toast == "mark.nothing"


async def test_a_question_that_was_taken_back_and_an_answer_that_was_withheld(world: World) -> None:
    q = await world.solved("Budi", FINE, "Wati", ANSWER)
    await world.presses("Wati", "withhold")
    (answer,) = await world.house.store.questions.answers(q.id)
    await marks(world, "Tono", answer.source.message, ANSWER, "Wati", thread=q.origin.message)
    assert world.toast == "mark.withheld"
    other = await world.asks("Tono", "Ruas MARC mana untuk judul seri?")
    reply = await world.replies("Daniel", "Ruas 490, dan 830 untuk titik akses.", other)
    await world.deletes("Tono", other.origin.message)
    await marks(world, "Budi", reply, "Ruas 490", "Daniel", thread=other.origin.message)
    assert world.toast == "error.closed"


async def test_the_writer_alone_does_not_settle_anothers_question(world: World) -> None:
    q = await world.asks("Budi", FINE)
    reply = await world.replies("Wati", ANSWER, q)
    await world.presses("Wati", "me_too")
    await marks(world, "Wati", reply, ANSWER, "Wati", thread=q.origin.message)
    assert world.toast == "mark.for_review" and (await world.again(q)).state is State.ANSWERED


# ---- any other message -----------------------------------------------------------------------------------------------


async def test_any_other_message_opens_a_form_and_nothing_is_stored_until_it_is_sent(world: World) -> None:
    message = await world.says("Tono", TIP, "#lain")
    await marks(world, "Wati", message, TIP, "Tono", "#lain")
    assert world.toast == "mark.form_title" and world.shown
    values = {f.name: f.value for f in world.shown.now.fields}  # type: ignore[union-attr]
    assert values["solution"] == TIP and values["title"] and values["problem"] == ""
    assert rows_that_name(world.house.settings.database_url, "printer label macet") == []
    assert rows_that_name(world.house.settings.database_url, message) == []
    assert await world.house.store.members.by_account("paper", "tono") is None


async def test_the_community_of_the_channel_is_proposed_else_the_likeliest(world: World) -> None:
    await marks(world, "Wati", "m1", TIP, "Daniel", "#preservasi")
    fields = {f.name: f.value for f in world.shown.now.fields}  # type: ignore[union-attr]
    assert fields["community"] == await community(world, "preservasi")
    await marks(world, "Wati", "m2", "Denda buku terlambat dihitung per hari kerja, bukan hari libur.", "Daniel", "#lain")
    fields = {f.name: f.value for f in world.shown.now.fields}  # type: ignore[union-attr]
    assert fields["community"] == await community(world, "sirkulasi")


async def test_sent_it_is_a_draft_with_its_credits_and_its_writer_is_asked(world: World) -> None:
    item = await keeps(world, "Wati", "Tono")
    assert world.toast == "mark.kept"
    assert (item.status, item.question, item.problem, item.solution) == ("draft", None, PROBLEM, TIP)
    assert [(c.name, c.part) for c in item.credits] == [("Wati", "marker"), ("Tono", "answerer")]
    assert [(s.author, s.ref.channel) for s in item.sources] == [("Tono", "#lain")]
    assert world.told("Tono") == ["keep.consent"]
    card = world.card("keep.consent")
    assert "saklar belakang" in card.text and "Wati" in card.text
    assert world.told("Ibu Rini")[-1] == "review.card", "nobody leads cataloguing"
    await world.happens("Ibu Rini", Pressed("approve", item.id), "@ibu.rini")
    assert (await world.item_of(item)).status == "published"
    await world.commands("Budi", "cari printer label macet")
    assert world.told("Budi")[-1] == "find.results"


async def test_the_writer_withholds_and_their_words_are_gone_until_they_give_them_back(world: World) -> None:
    item = await keeps(world, "Wati", "Tono")
    card = world.card("keep.consent")
    await world.presses("Wati", "withhold", card)
    assert world.toast == "keep.only_writer"
    await world.presses("Tono", "withhold", card)
    item = await world.item_of(item)
    assert (item.status, item.reason, item.solution) == ("rejected", "withheld", "")
    words = (item.title, *(e.title + e.solution for e in await world.house.store.items.editions(item.id)))
    assert not [one for one in words if "saklar" in one or "matikan" in one]
    assert world.told("Ibu Rini")[-1] == "review.decided"
    await world.presses("Tono", "allow", card)
    item = await world.item_of(item)
    assert (item.status, item.solution) == ("draft", TIP)
    assert [(c.name, c.part) for c in item.credits] == [("Wati", "marker"), ("Tono", "answerer")]


async def test_a_message_taken_back_is_no_longer_kept(world: World) -> None:
    item = await keeps(world, "Wati", "Tono")
    (source,) = item.sources
    await world.edits("Tono", source.ref.message, "Printer label: ganti tintanya.", "#lain")
    assert (await world.item_of(item)).solution == TIP, "what people reviewed stays as it is"
    await world.deletes("Tono", source.ref.message, "#lain")
    item = await world.item_of(item)
    assert (item.status, item.solution) == ("rejected", "")


async def test_the_same_message_twice(world: World) -> None:
    item = await keeps(world, "Wati", "Tono")
    (source,) = item.sources
    await marks(world, "Daniel", source.ref.message, TIP, "Tono", "#lain")
    assert world.toast == "mark.already"


async def test_two_who_have_the_form_open_make_one_note(world: World) -> None:
    message = await world.says("Tono", TIP, "#lain")
    await marks(world, "Wati", message, TIP, "Tono", "#lain")
    form = world.shown
    home = await community(world, "pengolahan")
    await marks(world, "Daniel", message, TIP, "Tono", "#lain")
    await world.fills("Daniel", problem=PROBLEM, community=home)
    assert world.toast == "mark.kept"
    world.shown = form
    await world.fills("Wati", problem=PROBLEM, community=home)
    assert world.toast == "mark.already"
    assert [c.name for c in (await note(world, message)).credits if c.part == "marker"] == ["Daniel"]


async def test_my_own_message_needs_nobodys_consent(world: World) -> None:
    item = await keeps(world, "Wati", "Wati")
    assert world.toast == "mark.kept_own" and "keep.consent" not in world.told("Wati")
    assert [(c.name, c.part) for c in item.credits] == [("Wati", "marker"), ("Wati", "answerer")]


async def test_an_incomplete_form_stays_open(world: World) -> None:
    await marks(world, "Wati", "m1", TIP, "Tono", "#lain")
    await world.fills("Wati", problem=" ", community="")
    assert world.shown and dict(world.shown.now.errors) == {  # type: ignore[union-attr]
        "problem": "error.required",
        "community": "error.required",
    }
    assert await world.house.store.questions.answer_at(MessageRef("paper", "#lain", "m1")) is None


async def test_files_come_along(world: World) -> None:
    world.door.files["f1"] = b"%PDF-1.7 panduan"
    item = await keeps(world, "Wati", "Tono", files=(FileRef("f1", "panduan.pdf", "application/pdf", 16),))
    (kept,) = (await world.item_of(item)).files
    assert kept.name == "panduan.pdf" and kept.sha256


async def test_steps_are_told_apart(world: World) -> None:
    item = await keeps(world, "Wati", "Tono", "Begini:\n1. Matikan printernya\n2. Tunggu sebentar\n3. Nyalakan lagi")
    assert item.steps == ("Matikan printernya", "Tunggu sebentar", "Nyalakan lagi") and item.solution == "Begini:"


async def test_a_question_in_the_message_tells_the_problem(world: World) -> None:
    await marks(world, "Wati", "m1", "Bagaimana cara mengganti label punggung yang lepas? Pakai lem kertas bebas asam.", "Tono")
    fields = {f.name: f.value for f in world.shown.now.fields}  # type: ignore[union-attr]
    assert fields["problem"].startswith("Bagaimana cara mengganti label")


async def test_where_nothing_is_replied_to_it_says_how(world: World) -> None:
    await world.commands("Budi", "simpan")
    assert world.toast == "mark.how"
    await world.commands("Budi", "save")
    assert world.toast == "mark.how" and world.shown and world.shown.now.language == "en"  # type: ignore[union-attr]


async def test_talk_below_a_marked_message_is_not_kept(world: World) -> None:
    item = await keeps(world, "Wati", "Tono")
    (source,) = item.sources
    await world.says("Daniel", "Bagaimana kalau masih macet juga setelah dinyalakan?", "#lain", source.ref.message)
    assert len(await world.house.store.questions.answers(item.id)) == 1
    assert not await world.house.store.questions.recent(1)


async def test_nowhere_to_review_it(empty: World) -> None:
    everything = await empty.house.store.communities.all()
    await empty.house.store.commit(Unit(everything[0].library, save=tuple(replace(c, archived=True) for c in everything)))
    await marks(empty, "Wati", "m1", TIP, "Tono")
    assert empty.toast == "mark.no_community"


FILES = st.lists(st.builds(FileRef, st.text(max_size=40), st.text(max_size=200), st.text(max_size=40), st.integers(0, 2**40)))


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=300), FILES)
def test_what_the_form_carries_comes_back(channel: str, message: str, user: str, name: str, files: list[FileRef]) -> None:
    mark = Marked(message, TIP, Account("paper", user, name), tuple(files))
    seen = _Seen.of(mark, MessageRef("paper", channel, message))
    back = _Seen.read(seen.written(), "paper")
    assert (back.ref, back.author.user, len(back.files)) == (seen.ref, user, min(len(files), 10))
    assert TIP not in seen.written()


@given(st.one_of(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=8).map(json.dumps)))
def test_a_subject_that_is_not_ours_is_told_kindly(subject: str) -> None:
    try:
        _Seen.read(subject, "paper")
    except Kindly as kind:
        assert kind.template == "error.stale"
