"""Rows as aligned columns that fit the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

_GAP = "  "
_NARROWEST = 6


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> Iterator[str]:
    """The lines of a table; the widest columns are cut until it fits `width`, None for no limit.

    The first column names the row and is never cut; columns without any content are left out.
    """
    used = [index for index in range(len(titles)) if index == 0 or any(row[index] for row in rows)]
    lines = [[row[index] for index in used] for row in (titles, *rows)]
    widths = [max(map(columns_of, column)) for column in zip(*lines, strict=True)]
    if width is not None:
        first, *others = widths
        _shrink(others, width - first - len(_GAP) * len(others))
        widths = [first, *others]
    for row in lines:
        cells = [_padded(cut(cell, width), width) for cell, width in zip(row, widths, strict=True)]
        yield _GAP.join(cells).rstrip()


def columns_of(text: str) -> int:
    """How many columns of a terminal the text takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def cut(text: str, columns: int) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if columns_of(text) <= columns:
        return text
    kept, used = [], 1
    for character in text:
        used += _columns(character)
        if used > columns:
            break
        kept.append(character)
    return "".join(kept) + "…"


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - columns_of(text))


def _shrink(widths: list[int], available: int) -> None:
    while sum(widths) > available and max(widths, default=0) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
