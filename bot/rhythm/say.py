"""The words of a schedule in each language. What they build, bot/rhythm/phrases.py reads back (tests/rhythm/test_words.py)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.base import Language


@dataclass(frozen=True, slots=True)
class Say:
    """Patterns: {n} how many, {days} weekdays or dates, {day} one date. `sunday`: where the bare name could mean a week."""

    locale: str
    clock: str
    conjunction: str
    sunday: str
    ordinals: tuple[str, ...]  # first … fifth
    last: str
    daily: str
    days: str
    workdays: str
    weekly: str
    weeks: str
    monthly: str
    months: str
    dates: str
    dates_of_months: str
    last_date: str
    last_date_of_months: str
    yearly: str
    years: str
    of_month: str
    lasting: str
    hour: str
    hours: str
    minute: str
    minutes: str
    beginning: str
    until: str
    times: str
    other: str


SAY: dict[Language, Say] = {
    "id": Say(
        locale="id", clock="HH.mm", conjunction="dan", sunday="hari Minggu",
        ordinals=("pertama", "kedua", "ketiga", "keempat", "kelima"), last="terakhir",
        daily="setiap hari", days="setiap {n} hari", workdays="setiap hari kerja",
        weekly="setiap {days}", weeks="setiap {n} minggu, hari {days}",
        monthly="setiap {days}", months="setiap {n} bulan, {days}",
        dates="setiap tanggal {days}", dates_of_months="setiap {n} bulan, tanggal {days}",
        last_date="setiap akhir bulan", last_date_of_months="setiap {n} bulan, akhir bulan",
        yearly="setiap {day}", years="setiap {n} tahun, {day}", of_month="{days} bulan {month}",
        lasting="selama {length}", hour="1 jam", hours="{n} jam", minute="1 menit", minutes="{n} menit",
        beginning="mulai {day}", until="sampai {day}", times="sebanyak {n} kali", other="menurut jadwal sendiri",
    ),
    "en": Say(
        locale="en_GB", clock="HH:mm", conjunction="and", sunday="Sunday",
        ordinals=("first", "second", "third", "fourth", "fifth"), last="last",
        daily="every day", days="every {n} days", workdays="every weekday",
        weekly="every {days}", weeks="every {n} weeks on {days}",
        monthly="every {days} of the month", months="every {n} months on the {days}",
        dates="on the {days} of every month", dates_of_months="every {n} months on the {days}",
        last_date="on the last day of every month", last_date_of_months="every {n} months on the last day of the month",
        yearly="every {day}", years="every {n} years on {day}", of_month="{days} of {month}",
        lasting="for {length}", hour="1 hour", hours="{n} hours", minute="1 minute", minutes="{n} minutes",
        beginning="starting {day}", until="until {day}", times="{n} times", other="on a schedule of its own",
    ),
}  # fmt: skip
