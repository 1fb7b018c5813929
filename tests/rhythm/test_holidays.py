"""Public holidays, in the reader's language and honest about estimates."""

from __future__ import annotations

from datetime import date, timedelta

import holidays as library

from bot.rhythm import holidays


def test_a_public_holiday_in_both_languages() -> None:
    (kemerdekaan,) = holidays.on(date(2026, 8, 17), "id")
    assert (kemerdekaan.name, kemerdekaan.kind, kemerdekaan.estimated) == (
        "Hari Kemerdekaan Republik Indonesia",
        "public",
        False,
    )
    assert [one.name for one in holidays.on(date(2026, 8, 17), "en")] == ["Independence Day"]


def test_joint_leave_is_told_apart() -> None:
    assert [(one.name, one.kind) for one in holidays.on(date(2026, 12, 24), "id")] == [
        ("Cuti Bersama Hari Raya Natal", "joint_leave")
    ]
    assert holidays.on(date(2026, 12, 3), "id") == ()


def test_an_estimated_feast_says_so_once() -> None:
    (fitri,) = holidays.on(date(2027, 3, 10), "id")
    assert (fitri.name, fitri.estimated) == ("Hari Raya Idul Fitri", True)
    assert [(one.name, one.estimated) for one in holidays.on(date(2027, 3, 10), "en")] == [("Eid al-Fitr", True)]


def test_no_day_of_the_library_is_left_out_and_none_is_added() -> None:
    for year in (2025, 2026, 2027, 2028, 2031):
        theirs = library.country_holidays("ID", years=year, categories=("public", "government"))
        ours = holidays.between(date(year, 1, 1), date(year, 12, 31), "id")
        assert {one.day for one in ours} == set(theirs)
        assert not any("perkiraan" in one.name for one in ours)


def test_a_span_over_new_year_is_in_order() -> None:
    found = holidays.between(date(2026, 12, 24), date(2027, 1, 1), "id")
    assert [one.day.day for one in found] == [24, 25, 1]
    assert holidays.between(date(2026, 12, 26), date(2026, 12, 26) - timedelta(days=1), "id") == ()
