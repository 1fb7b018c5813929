"""Which community somebody means by what they typed."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.model.community import Community

NEAR = 70  # of 100: from here on a typed name is taken for the community's


def match(typed: str, communities: Sequence[Community]) -> Community | None:
    """The community that somebody typed the name of: its key, or its name in either language, typos allowed."""
    names = {n.lower(): c for c in communities for n in (c.key, c.name.id, c.name.en) if n}
    wanted = typed.strip().lstrip("#").lower()
    if wanted in names:
        return names[wanted]
    best = process.extractOne(wanted, list(names), scorer=fuzz.WRatio, score_cutoff=NEAR)
    return names[best[0]] if best and len(wanted) > 2 else None
