"""`guyub import`: answered questions of an export become drafts; twice changes nothing; people are matched or only names."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.compose import open_house, utc_now
from bot.errors import Kindly
from bot.events import Pressed
from bot.importing.bring import Brought, bring
from bot.importing.told import Author, Report, Told, ToldFile
from bot.model.member import Member
from bot.model.place import Account
from bot.ports import Unit
from bot.settings import Settings
from tests.fakes import WordVectors
from tests.world import COMMUNITIES, World, a_library

pytestmark = pytest.mark.anyio

AT = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)
SARI, WATI, AMIN = Author("900", "Sari"), Author("901", "Wati"), Author("902", "Pak Amin")


def told(n: int, author: Author, text: str, reply_to: str = "", files: tuple[ToldFile, ...] = ()) -> Told:
    at = AT + timedelta(minutes=n)
    return Told(f"-7:{n}", "telegram-export", "-7", "Grup Sirkulasi", str(n), author, at, text, reply_to=reply_to, files=files)


def talk() -> Iterator[Told]:
    yield told(1, AMIN, "Bagaimana menghitung denda buku yang telat dikembalikan?")
    yield told(2, SARI, "Seribu rupiah per hari kerja per buku, hari libur tidak dihitung.", "-7:1")
    yield told(3, AMIN, "terima kasih bu", "-7:2")
    yield told(4, WATI, "Besok libur ya teman-teman.")
    yield told(5, AMIN, "Bagaimana cara menyelamatkan buku yang basah kena air?")
    yield told(6, WATI, "Keringkan pelan dengan kipas, sisipkan kertas penyerap tiap sepuluh halaman.", "-7:5", (PHOTO,))
    yield told(7, AMIN, "makasih banyak kak", "-7:6")


PHOTO = ToldFile("pengeringan.jpg", "image/jpeg", 9, path="photos/1.jpg")


async def brought(world: World, messages: Iterator[Told] | None = None) -> Brought:
    house = world.house
    result = await bring(
        messages or talk(),
        Report(),
        lambda file: b"gambarnya",
        house.store,
        house.finder,
        house.files,
        world.clock,
        "id",
    )
    await world.settles()
    return result


async def drafts(world: World) -> list[str]:
    communities = tuple(c.id for c in await world.house.store.communities.all())
    return sorted(item.title for item in await world.house.store.items.drafts((*communities, "")))


async def test_answered_questions_become_drafts_of_their_communities(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        result = await brought(world)
        assert (result.messages, result.kept.drafts.total(), result.kept.known) == (7, 2, 0)
        assert len(await drafts(world)) == 2
        keys = {c.id: c.key for c in await world.house.store.communities.all()}
        assert "sirkulasi" in {keys[c] for c in result.kept.drafts}


async def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await brought(world)
        before, heard = await drafts(world), len(world.door.messages)
        again = await brought(world)
        assert (again.kept.drafts.total(), again.kept.known) == (0, 2)
        assert await drafts(world) == before
        assert len(world.door.messages) == heard, "nobody is told twice"


async def test_two_at_once_share_the_work(tmp_path: Path) -> None:
    """Two processes on one database, started at the same moment in an empty folder."""
    settings = Settings(data_dir=tmp_path, communities=COMMUNITIES)

    async def one() -> Brought:
        async with open_house(settings, doors=(), visiting=True, model=WordVectors()) as house:
            return await bring(many(), Report(), lambda file: b"", house.store, house.finder, house.files, utc_now, "id")

    both = await asyncio.gather(one(), one())
    async with open_house(settings, doors=(), visiting=True, model=WordVectors()) as house:
        communities = await house.store.communities.all()
        kept = await house.store.items.drafts(("", *(c.id for c in communities)))
    assert len({c.key for c in communities}) == len(communities) > 0
    assert len(kept) == len({item.id for item in kept}) == 60
    assert sum(b.kept.drafts.total() for b in both) == 60 and sum(b.kept.known for b in both) == 60


def many() -> Iterator[Told]:
    """Sixty answered questions: three batches."""
    for n in range(60):
        yield told(3 * n, AMIN, f"Bagaimana menghitung denda buku nomor {n} yang telat dikembalikan?")
        yield told(3 * n + 1, SARI, f"Seribu rupiah per hari kerja untuk buku nomor {n}, libur tidak dihitung.", f"-7:{3 * n}")
        yield told(3 * n + 2, AMIN, "terima kasih bu", f"-7:{3 * n + 1}")


async def test_one_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    def torn() -> Iterator[Told]:
        for one in talk():
            if one.message == "5":
                raise Kindly("import.part_cut")
            yield one

    async with a_library(tmp_path) as world:
        with pytest.raises(Kindly):
            await brought(world, torn())
        rest = await brought(world)
        assert len(await drafts(world)) == 2
        assert rest.kept.known + rest.kept.drafts.total() == 2


async def test_people_are_matched_or_only_names(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await brought(world)
        q = (await world.house.store.questions.of((await world.member("Sari")).id)) or ()
        assert not q, "she only answered"
        items = await world.house.store.items.drafts(tuple(c.id for c in await world.house.store.communities.all()))
        credits = {(c.name, c.part): c.member for item in items for c in item.credits}
        assert credits["Sari", "answerer"] == (await world.member("Sari")).id
        amin = await world.house.store.members.get(credits["Pak Amin", "asker"])
        assert amin is not None and amin.gone and not amin.accounts


async def test_two_of_one_name_are_not_guessed_between(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        other = Member(library=world.house.store.library, name="Sari", accounts=(Account("paper", "sari.2", "Sari"),))
        await world.house.store.commit(Unit(world.house.store.library, save=(other,)))
        await brought(world)
        items = await world.house.store.items.drafts(tuple(c.id for c in await world.house.store.communities.all()))
        member = next(c.member for item in items for c in item.credits if c.name == "Sari")
        assert member not in ((await world.member("Sari")).id, other.id)


async def test_an_account_that_is_known_is_the_member_whatever_the_name(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        sari = Member(library=world.house.store.library, name="S. Wulandari", accounts=(Account("telegram", "900", "S"),))
        await world.house.store.commit(Unit(world.house.store.library, save=(sari,)))
        await brought(world)
        items = await world.house.store.items.drafts(tuple(c.id for c in await world.house.store.communities.all()))
        assert sari.id in {c.member for item in items for c in item.credits}


async def test_reviewers_and_writers_are_told_once_and_a_writer_may_take_words_out(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await brought(world)
        assert world.told("Sari").count("imported.waiting") == 1
        assert world.told("Wati").count("imported.yours") == 1
        await world.presses("Wati", "my_imports", world.card("imported.yours", "@wati"))
        assert world.toast == "imported.mine"
        await world.presses("Wati", "withhold")
        assert [title for title in await drafts(world) if "air" in title] == [], (
            "her only answer is gone, and the draft with it"
        )
        assert len(await drafts(world)) == 1


async def test_files_come_along(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await brought(world)
        items = await world.house.store.items.drafts(tuple(c.id for c in await world.house.store.communities.all()))
        [file] = [f for item in items for f in item.files]
        assert await world.house.files.get(file.sha256) == b"gambarnya"


async def test_what_is_published_of_it_is_found_again(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await brought(world)
        item = next(
            i
            for i in await world.house.store.items.drafts(tuple(c.id for c in await world.house.store.communities.all()))
            if "denda" in i.title.lower()
        )

        await world.happens("Sari", Pressed("approve", item.id, ""), "@sari")
        await world.commands("Tono", "cari denda telat")
        assert world.card("find.results", "#umum").buttons["open"].value.startswith(item.id)


async def test_what_was_asked_here_live_is_not_kept_again(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        q = await world.asks("Budi", "Bagaimana menghitung denda buku yang telat dikembalikan?", "#sirkulasi")

        live = replace(q, origin=replace(q.origin, door="telegram", channel="-7", message="1"))
        await world.house.store.commit(Unit(world.house.store.library, save=(live,)))
        assert (await brought(world)).kept.known == 1


def whatsapp(day: int) -> Iterator[Told]:
    """The same talk in a group where nobody has a number, only a name; another one each `day`."""
    for one in talk():
        author = Author(one.author.name, one.author.name)
        reply = f"Grup:{day}.{one.reply_to.partition(':')[2]}" if one.reply_to else ""
        yield replace(
            one, id=f"Grup:{day}.{one.message}", source="whatsapp-export", channel="Grup", message=f"{day}.{one.message}",
            author=author, reply_to=reply, at=one.at + timedelta(days=day), text=f"{one.text} ({day})",
        )  # fmt: skip


async def credited(world: World, name: str) -> set[str]:
    items = await world.house.store.items.drafts(tuple(c.id for c in await world.house.store.communities.all()))
    return {c.member for item in items for c in item.credits if c.name == name}


async def test_somebody_else_of_ones_name_is_told_apart_for_good(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await brought(world, whatsapp(1))
        sari = (await world.member("Sari")).id
        assert await credited(world, "Sari") == {sari}
        await world.presses("Sari", "my_imports", world.card("imported.yours", "@sari"))
        await world.presses("Sari", "not_me")
        assert world.toast == "imported.not_you"
        [other] = await credited(world, "Sari")
        namesake = await world.house.store.members.get(other)
        assert other != sari and namesake is not None and namesake.gone and not namesake.accounts
        await brought(world, whatsapp(2))
        assert await credited(world, "Sari") == {other}, "nor mixed up by the next export"
        assert world.told("Sari").count("imported.yours") == 1
        await world.presses("Wati", "my_imports", world.card("imported.yours", "@wati"))
        assert await credited(world, "Wati") == {(await world.member("Wati")).id}, "nobody else is touched"


async def test_whoever_has_another_account_there_is_not_taken_for_a_namesake(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        sari = await world.member("Sari")
        known = replace(sari, accounts=(*sari.accounts, Account("telegram", "111", "Sari")))
        await world.house.store.commit(Unit(world.house.store.library, save=(known,)))
        await brought(world)
        assert sari.id not in await credited(world, "Sari")


async def test_words_of_ones_own_account_are_nobody_elses(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        sari = await world.member("Sari")
        known = replace(sari, accounts=(*sari.accounts, Account("telegram", "900", "Sari")))
        await world.house.store.commit(Unit(world.house.store.library, save=(known,)))
        await brought(world)
        await world.presses("Sari", "my_imports", world.card("imported.yours", "@sari"))
        await world.presses("Sari", "not_me")
        assert world.toast == "imported.yours_by_account"
        assert await credited(world, "Sari") == {sari.id}
