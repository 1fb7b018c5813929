"""The whole line in Telegram, with the real core behind the door, and Telegram's limits kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.model.base import new_id
from bot.model.member import Member, Membership
from bot.model.place import Account, Binding, MessageRef
from bot.model.question import State
from bot.outcome import Direct, Say
from bot.ports import Unit
from tests.emulators.telegram import Chat, Message, Person, TelegramEmulator
from tests.telegram.house import Home, a_home

pytestmark = pytest.mark.anyio
GROUP = -1001234567890
QUESTION = "Bagaimana menghitung denda buku yang telat dikembalikan?"
ANSWER = "Seribu rupiah per hari kerja per buku, hari libur tidak dihitung."


@pytest.fixture
def sari(telegram: TelegramEmulator) -> Person:
    return telegram.person(501, "Sari Dewi", started=True)


@pytest.fixture
def budi(telegram: TelegramEmulator) -> Person:
    return telegram.person(502, "Budi", started=True)


@pytest.fixture
def group(telegram: TelegramEmulator, sari: Person, budi: Person) -> Chat:
    return telegram.supergroup(GROUP, "Pustakawan", owner=sari, members=[budi], bot_status="administrator")


def refused(telegram: TelegramEmulator) -> list[tuple[str, int | None, str]]:
    return [(one.method, one.status, one.description) for one in telegram.calls if one.status != 200]


async def test_telegram_takes_every_command_that_there_is(
    home: Home, telegram: TelegramEmulator, group: Chat, sari: Person
) -> None:
    await telegram.until(lambda: "id" in telegram.bot.short_descriptions)
    assert len(telegram.accepted("setMyCommands")) == 6 and not refused(telegram)
    menu = sari.menu()
    assert len(menu) == len(set(menu)) and {"tanya", "simpan", "batal"} <= set(menu) and "kanal" in sari.menu(group)


async def test_a_question_goes_the_whole_line(
    home: Home, telegram: TelegramEmulator, group: Chat, sari: Person, budi: Person
) -> None:
    question = sari.mentions(QUESTION, group)
    card = await telegram.hears(group)
    assert card.reply_to is question
    await telegram.until(lambda: question.emoji == ["👀"])
    await _recorded(home, card)
    answer = budi.says(ANSWER, reply_to=card)  # people reply to anything in the thread
    await telegram.until(lambda: card.edits, within=10)
    sari.reacts(answer, "👍")
    await telegram.until(lambda: "👍" in question.emoji, within=10)
    await telegram.settled()
    assert refused(telegram) == []


async def _recorded(home: Home, message: Message) -> None:
    """Until it is written down what this message is about: a person needs longer to answer it."""
    ref = MessageRef("telegram", str(message.chat.id), str(message.id))
    while await home.house.store.places.posting_at(ref) is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_in_private_and_back(home: Home, telegram: TelegramEmulator, sari: Person) -> None:
    sari.starts()
    await telegram.hears(sari.private(), "Saya Guyub")
    sari.says("/tanya")
    await telegram.hears(sari.private(), "Apa yang ingin ditanyakan?")
    sari.says(QUESTION)
    await telegram.hears(sari.private(), "Pusat Belajar", within=10)
    sari.commands("cri", "denda")
    await telegram.hears(sari.private(), "/cari", within=10)
    assert refused(telegram) == []


async def test_a_topic_is_bound_to_a_community_by_a_form_in_private(
    home: Home, telegram: TelegramEmulator, sari: Person
) -> None:
    forum = telegram.supergroup(-1009999999999, "Forum", forum=True, owner=sari, bot_status="administrator")
    topic = telegram.topic(forum, "Sirkulasi")
    sari.commands("kanal", topic=topic)
    await telegram.hears(sari.private(), "1/2")
    first = next(one.text for row in sari.inbox()[-1].buttons for one in row if "Sirkulasi" in one.text)
    await sari.presses(first)
    await telegram.hears(sari.private(), "2/2")
    mode = sari.inbox()[-1].buttons[2][0].text
    await sari.presses(mode)
    await telegram.hears(sari.private(), "Sudah benar?")
    await sari.presses("Simpan")
    await telegram.until(lambda: not sari.inbox()[-1].buttons, within=10)
    (binding,) = await home.house.store.places.bindings()
    assert (binding.door, binding.channel, binding.mode) == ("telegram", f"{forum.id}:{topic.id}", "auto")
    question = sari.says(QUESTION, topic=topic)
    card = await telegram.hears(forum, within=10)
    assert (card.topic, card.reply_to) == (topic, question)
    budi = telegram.person(502, "Budi")
    forum.members[502] = forum.members[501]
    budi.says(ANSWER, reply_to=question)
    await telegram.until(lambda: card.edits, within=10)
    assert refused(telegram) == []


async def test_an_offer_is_for_the_asker_alone(home: Home, telegram: TelegramEmulator, group: Chat) -> None:
    """Overheard in a group that is served, by somebody who has never written to the bot."""
    await _bind(home, "suggest")
    tono = telegram.person(503, "Tono")
    tono.joins(group)
    question = tono.says(QUESTION, group)
    hint = await telegram.hears(group, "Tono, ada pesan", within=10)
    assert hint.reply_to is question and QUESTION not in hint.text
    tono.follows(hint.buttons[0][0].url or "")
    offer = await telegram.hears(tono.private(), "Sepertinya ini pertanyaan", within=10)
    await tono.presses("Ya, tanyakan", offer)
    await telegram.until(lambda: any(one.reply_to is question and one is not hint for one in group.messages), within=10)
    assert refused(telegram) == [("sendMessage", 403, "Forbidden: bot can't initiate conversation with a user")]


async def _bind(home: Home, mode: str) -> None:
    library = home.house.store.library
    binding = Binding(id=new_id(), library=library, door="telegram", channel=str(GROUP), name="", community=None, mode=mode)
    await home.house.store.commit(Unit(library, save=(binding,)))


async def test_a_group_that_grows_is_followed(home: Home, telegram: TelegramEmulator, sari: Person) -> None:
    small = telegram.group(-4242, "Kecil", owner=sari)
    sari.mentions(QUESTION, small)
    await telegram.hears(small)
    big = sari.turns_into_supergroup(small, -1004242424242)
    await telegram.hears(big, "denda", within=10)


async def test_a_burst_stays_within_the_limits(home: Home, telegram: TelegramEmulator, group: Chat) -> None:
    """Ninety people at once, and six messages for one of them: not one 429."""
    store = home.house.store
    people = [telegram.person(1000 + n, f"Orang {n}", started=True) for n in range(90)]
    members = [await _member(home, one) for one in people]
    says = [Say(Direct(id, "telegram"), "telegram.short_description") for id in [*members, *members[:1] * 5]]
    await store.commit(Unit(store.library, out=tuple((f"{n:032x}", say) for n, say in enumerate(says))))
    home.house.outbox.wake.set()
    await telegram.until(lambda: sum(len(one.inbox()) for one in people) == 95, within=30)
    assert len(people[0].inbox()) == 6 and refused(telegram) == []
    times = [one.at.timestamp() for one in telegram.accepted("sendMessage")]
    assert max(sum(0 <= other - one < 1 for other in times) for one in times) <= 30


async def test_who_never_started_is_asked_once_in_the_group_and_reached_once_they_do(
    home: Home, telegram: TelegramEmulator, group: Chat, sari: Person
) -> None:
    """The button leads to the private chat; Start there is all that it takes."""
    store, wati = home.house.store, telegram.person(503, "Wati")
    wati.joins(group)
    (place, *_) = await store.communities.all()
    member = await _member(home, wati)
    one = Membership(library=store.library, member=member, community=place.id, joined_at=home.house.app.dispatcher.clock())
    binding = Binding(library=store.library, door="telegram", channel=str(GROUP), name="Pustakawan", community=place.id)
    await store.commit(Unit(store.library, save=(one, binding)))

    async def told(number: int) -> None:
        say = Say(Direct(member, "telegram"), "telegram.short_description")
        await store.commit(Unit(store.library, out=((f"{number:032x}", say),)))
        home.house.outbox.wake.set()

    await told(1)
    card = await telegram.hears(group, "tekan", within=10)
    assert "Wati" in card.text and wati.inbox() == []
    press = await wati.presses("Buka obrolan", card)
    assert press.url and group.last is card, "no more words in the group"
    wati.follows(press.url)
    await telegram.until(lambda: any("Senang bertemu" in m.text for m in wati.inbox()), within=10)
    await telegram.until(lambda: "Terima kasih" in card.text, within=10)
    found = await store.members.get(member)
    assert found and found.reachable
    await told(2)
    await telegram.until(lambda: len(wati.inbox()) == 2, within=10)


async def _member(home: Home, person: Person) -> str:
    member = Member(library=home.house.store.library, name=person.first_name, accounts=(Account("telegram", str(person.id)),))
    await home.house.store.commit(Unit(member.library, save=(member,)))
    return member.id


HOSTILE = [
    "a" * 4096,
    "😀" * 2000,
    "@sari " * 600,
    "\u202etxet thgir ot tfel",
    "ni\u200bngki\u200d\u2060r?",
    "e\u0301 é ﬁ Å",
    "<b>tebal</b> &amp; <script>alert(1)</script> </blockquote>",
    "**x** `y` [z](tg://user?id=1) > _",
    "```\n" * 500,
    "?" * 4000,
    "🧕🏽" * 100,
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_whatever_people_write_is_answered_in_private(telegram: TelegramEmulator, tmp_path: Path, text: str) -> None:
    """And nobody's words turn into markup, a mention or a link of the bot's."""
    telegram.rates.on = False
    async with a_home(telegram, tmp_path) as home:
        joko = telegram.person(504, "Joko <b>&</b>", language="en", started=True)
        joko.says(text)
        joko.says("/ask " + text[:4000])
        await telegram.until(lambda: len(joko.inbox()) >= 2, within=15)
        await telegram.settled()
        health = await home.house.store.health(telegram.clock())
        assert (health.inbox_parked, health.outbox_parked, refused(telegram)) == (0, 0, [])
        for message in joko.inbox():
            called = [one for one in message.entities if one["type"] in ("mention", "text_mention", "text_link")]
            assert all(one["type"] == "text_mention" and one["user"]["id"] == joko.id for one in called), message.text


async def test_a_question_asked_by_a_message_is_taken_back_by_its_asker_alone(
    home: Home, telegram: TelegramEmulator, group: Chat, sari: Person, budi: Person
) -> None:
    """Telegram tells no bot that a message was deleted: the card has a button for it."""
    sari.mentions(QUESTION, group)
    card = await telegram.hears(group)
    await _recorded(home, card)
    withdraw = "Tarik pertanyaan"
    assert withdraw in [one.text for row in card.buttons for one in row]
    pressed = await budi.presses(withdraw, card)
    assert "penanya" in pressed.text and not card.edits
    await sari.presses(withdraw, card)
    await telegram.until(lambda: "ditarik kembali" in card.text, within=10)
    assert not card.buttons
    (question,) = await home.house.store.questions.recent(1)
    assert question.state is State.WITHDRAWN
