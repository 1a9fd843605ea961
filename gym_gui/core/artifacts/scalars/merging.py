"""Parts of a series in several files put together: restarts cut off what they replace, writers interleave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gym_gui.core.artifacts.scalars.columns import Columns


@dataclass(frozen=True, slots=True)
class Part:
    """What one file holds of a series, and the lowest step at which a later file starts anew."""

    columns: Columns
    later_restart: int | None = None


def counting_rows(parts: Sequence[Part]) -> list[NDArray[np.bool_] | None]:
    """Which rows of each part count, None where all do; the parts come in the order of their files.

    A later file supersedes steps in two ways: its writer says that it starts anew, or it begins, in
    time, behind the end of an earlier one and, in steps, before it: a run resumed from a
    checkpoint. Files written side by side supersede nothing.
    """
    masks: list[NDArray[np.bool_] | None] = []
    for index, part in enumerate(parts):
        mask = part.columns.alive()
        limits = [
            _first_step(later.columns)
            for later in parts[index + 1 :]
            if _follows(part.columns, later.columns)
        ]
        if part.later_restart is not None:
            limits.append(part.later_restart)
        if limits and len(part.columns):
            below = part.columns.column(0) < min(limits)
            if not below.all():
                mask = below if mask is None else mask & below
        masks.append(mask)
    return masks


def merged(parts: Sequence[Part]) -> tuple[list[NDArray[Any]], int]:
    """The columns of all parts as one, and how many rows do not count. One whole part is not copied."""
    masks = counting_rows(parts)
    width = parts[0].columns.width
    superseded = sum(int(np.count_nonzero(~mask)) for mask in masks if mask is not None)
    if len(parts) == 1 and masks[0] is None:
        return [parts[0].columns.column(number) for number in range(width)], 0
    columns = []
    for number in range(width):
        pieces = [part.columns.column(number) for part in parts]
        kept = [piece if mask is None else piece[mask] for piece, mask in zip(pieces, masks, strict=True)]
        columns.append(np.concatenate(kept))
    if _side_by_side(parts) and len(columns[0]) > 1 and bool((np.diff(columns[0]) < 0).any()):
        order = np.lexsort((columns[1], columns[0]))
        columns = [column[order] for column in columns]
    for column in columns:
        column.flags.writeable = False
    return columns, superseded


def _first_step(columns: Columns) -> int:
    return int(columns.column(0)[0])


def _follows(earlier: Columns, later: Columns) -> bool:
    """Whether the later one was begun when the earlier one had ended."""
    return bool(len(earlier) and len(later) and later.column(1)[0] >= earlier.column(1)[-1])


def _side_by_side(parts: Sequence[Part]) -> bool:
    filled = [part.columns for part in parts if len(part.columns)]
    return any(not _follows(one, two) for one, two in pairwise(filled))
