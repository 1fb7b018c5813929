"""A table where there are no tables: aligned columns if a phone is wide enough for them, else a list. Pure."""

from __future__ import annotations

from collections.abc import Sequence

WIDE = 36  # characters of fixed width that a phone shows on a line


def table_lines(rows: Sequence[Sequence[str]]) -> tuple[list[str], bool]:
    """Lines, and whether they are aligned columns (to be shown in fixed width). The first row is the head."""
    columns = max((len(row) for row in rows), default=0)
    full = [[*row, *([""] * (columns - len(row)))] for row in rows]
    widths = [max(len(row[column]) for row in full) for column in range(columns)]
    if sum(widths) + 2 * (columns - 1) <= WIDE:
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in full]
        return [*lines[:1], "─" * (sum(widths) + 2 * (columns - 1)), *lines[1:]], True
    head, *body = full or [[]]
    return ["• " + ", ".join(_named(name, cell) for name, cell in zip(head, row, strict=True) if cell) for row in body], False


def _named(name: str, cell: str) -> str:
    return f"{name}: {cell}" if name else cell
