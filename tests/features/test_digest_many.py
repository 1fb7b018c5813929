"""The benchmark's Monday, small: everybody gets theirs once, within the limits, with the very words that plain code makes."""

from __future__ import annotations

import asyncio

from tests.bench import digest_bench

MEMBERS = 150


def test_everybody_gets_theirs_once_and_no_limit_is_broken() -> None:
    figures = asyncio.run(digest_bench.run(MEMBERS, rounds=1))
    assert (figures["sent"], figures["people"], figures["refused"]) == (MEMBERS, MEMBERS, 0)
    assert figures["characters"] == figures["same"]
    assert figures["simulated"] <= figures["floor"] + 2
