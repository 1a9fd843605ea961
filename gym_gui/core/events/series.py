"""One growing curve in bounded memory: every value for a long while, then its extremes."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

_RECENT = 4_096
_LEAST_GROUPS = 16


class XAxis(StrEnum):
    """What the values of a curve are set against."""

    STEP = "step"
    EPISODE = "episode"
    TIME = "time"
    SAMPLE = "sample"


POSITIONS = (XAxis.STEP, XAxis.EPISODE, XAxis.TIME)


@dataclass(frozen=True, slots=True)
class Series:
    """One curve as it stood when it was asked for; the arrays belong to whoever asked.

    Attributes:
        xs: Positions on the axis; Unix seconds on `TIME`, numbers from 0 on `SAMPLE`.
        ys: Values, NaN and infinities among them.
        x_name: The axis the positions are on.
        seen: How many values the run reported, of which `ys` may hold fewer.
        every: How many reported values one point stands for, 1 when all are there. Of every
            group the least and the greatest are kept, in their order, so no peak is lost.
    """

    xs: array[float]
    ys: array[float]
    x_name: XAxis
    seen: int
    every: int


class GrowingSeries:
    """Values with their positions on each axis. The newest are all kept, the others up to a limit."""

    __slots__ = ("_kept", "_kept_numbers", "_recent", "default_axis", "every", "seen", "shrunk")

    def __init__(self, default_axis: XAxis) -> None:
        self.default_axis = default_axis
        self.seen = 0
        self.every = 1
        self.shrunk = 0
        # Columns: the value, then its place on each of POSITIONS.
        self._kept = tuple(array("d") for _ in range(1 + len(POSITIONS)))
        self._kept_numbers = array("d")
        self._recent = tuple(array("d") for _ in range(1 + len(POSITIONS)))

    def __len__(self) -> int:
        return len(self._kept_numbers) + len(self._recent[0])

    def add(self, value: float, positions: Mapping[XAxis, float]) -> None:
        """Take one value in. Where it lacks a position it was seen no earlier than the one before it."""
        self._recent[0].append(value)
        for column, kept, axis in zip(self._recent[1:], self._kept[1:], POSITIONS, strict=True):
            position = positions.get(axis)
            if position is None:
                position = column[-1] if column else kept[-1] if kept else math.nan
            column.append(position)
        self.seen += 1

    def extend(self, columns: tuple[array[float], ...]) -> None:
        """Take many in: the values, then their positions on each of `POSITIONS`."""
        for mine, more in zip(self._recent, columns, strict=True):
            mine.extend(more)
        self.seen += len(columns[0])

    def trim(self, limit: int) -> None:
        """Give up points where there are more than about `limit`."""
        if len(self._recent[0]) >= max(_RECENT, 2 * self.every * _LEAST_GROUPS):
            self._settle_recent()
        while len(self._kept_numbers) > limit:
            self._shrink()

    def _settle_recent(self) -> None:
        group = 2 * self.every
        count = len(self._recent[0]) if self.every == 1 else len(self._recent[0]) // group * group
        first = self.seen - len(self._recent[0])
        numbers = array("d", range(first, first + count))
        chosen = None if self.every == 1 else _extremes(self._recent[0][:count], group)
        for mine, recent in zip(self._kept, self._recent, strict=True):
            mine.extend(recent[:count] if chosen is None else _pick(recent, chosen))
            del recent[:count]
        self._kept_numbers.extend(numbers if chosen is None else _pick(numbers, chosen))

    def _shrink(self) -> None:
        """Keep two of every four points."""
        chosen = _extremes(self._kept[0], 4)
        self._kept = tuple(_pick(column, chosen) for column in self._kept)
        self._kept_numbers = _pick(self._kept_numbers, chosen)
        self.every *= 2
        self.shrunk += 1

    def axes(self) -> tuple[XAxis, ...]:
        """The axes that its values can be set against, its own first."""
        last = dict(zip(POSITIONS, (self._last(column) for column in range(1, 4)), strict=True))
        known = [axis for axis, position in last.items() if not math.isnan(position)]
        return tuple(dict.fromkeys((self.default_axis, *known, XAxis.SAMPLE)))

    def _last(self, column: int) -> float:
        recent, kept = self._recent[column], self._kept[column]
        return recent[-1] if recent else kept[-1] if kept else math.nan

    def latest(self) -> float:
        """The value that came last."""
        return self._last(0)

    def copy(self, axis: XAxis | None) -> Series:
        """The curve over an axis, its own when None."""
        axis = axis or self.default_axis
        ys = self._kept[0] + self._recent[0]
        if axis is XAxis.SAMPLE:
            first = self.seen - len(self._recent[0])
            return Series(
                self._kept_numbers + array("d", range(first, self.seen)), ys, axis, self.seen, self.every
            )
        column = 1 + POSITIONS.index(axis)
        xs = self._kept[column] + self._recent[column]
        unplaced = next((i for i, x in enumerate(xs) if not math.isnan(x)), len(xs))
        return Series(xs[unplaced:], ys[unplaced:], axis, self.seen, self.every)


def _extremes(values: array[float], group: int) -> bytes:
    """For each value whether it is the least or the greatest of its group, as a mask.

    What is not finite is passed over where a group has anything else. The rest after the last
    full group stays whole.
    """
    import numpy as np  # loaded with the first curve; values come by the ten thousand before this is called

    whole = len(values) // group * group
    # Copied: while numpy looked at the array itself, that could not grow.
    table = np.array(values[:whole], dtype=float).reshape(-1, group)
    finite = np.isfinite(table)
    rows = np.arange(len(table))
    mask = np.ones(len(values), dtype=bool)
    inner = np.zeros(table.shape, dtype=bool)
    inner[rows, np.where(finite, table, np.inf).argmin(axis=1)] = True
    inner[rows, np.where(finite, table, -np.inf).argmax(axis=1)] = True
    mask[:whole] = inner.reshape(-1)
    return mask.tobytes()


def _pick(column: array[float], mask: bytes) -> array[float]:
    import numpy as np

    chosen = np.array(column[: len(mask)], dtype=float)[np.frombuffer(mask, dtype=bool)]
    picked = array("d")
    picked.frombytes(chosen.tobytes())
    return picked
