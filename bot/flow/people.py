"""Members and messages as template data."""

from __future__ import annotations

from bot.model.knowledge import Item
from bot.model.member import Member
from bot.model.place import MessageRef
from bot.outcome import JSON


def person(member: Member) -> dict[str, str]:
    """For the `mention` filter."""
    return {"id": member.id, "name": member.name}


def link_to(ref: MessageRef) -> str:
    """An address that each door resolves; "" where there is no message."""
    return f"guyub:message/{ref.door}/{ref.channel}/{ref.message}" if ref.message else ""


def credits_of(item: Item) -> dict[str, JSON]:
    """Names by part: askers, answerers, reviewers, editors, markers."""
    parts = ("asker", "answerer", "reviewer", "editor", "marker")
    return {part: [c.name for c in item.credits if c.part == part] for part in parts}


def item_data(item: Item, *, lines: int = 6) -> dict[str, JSON]:
    """An item's face: title, the solution's first lines, credits, date."""
    steps = [f"{n}. {step}" for n, step in enumerate(item.steps, 1)]
    solution = item.solution.strip().splitlines() + steps
    return {
        "id": item.id,
        "title": item.title,
        "problem": item.problem,
        "solution": item.solution,
        "first_lines": "\n".join(solution[:lines]),
        "more": len(solution) > lines,
        "steps": list(item.steps),
        "language": item.language,
        "published": item.published_at.isoformat() if item.published_at else "",
        "review_by": item.review_by.isoformat() if item.review_by else "",
        "credits": credits_of(item),
        "sources": [{"link": link_to(s.ref), "author": s.author} for s in item.sources],
        "files": [{"name": f.name, "size": f.size, "kept": bool(f.sha256)} for f in item.files],
        "thanks": item.thanks,
    }
