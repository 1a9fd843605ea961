"""Curves made ready to be drawn at any zoom in well under a frame. Imports numpy; runs on any thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gym_gui.core.artifacts.scalars.decimation import Decimated, decimate
from gym_gui.core.artifacts.scalars.smoothing import smooth

Floats = NDArray[np.float64]

_THINNED_AT_ONCE = 131_072
_THINNER_BY = 16
_MOST_MARKS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """A curve as a run reported it.

    Attributes:
        xs: Positions in the unit of the axis, shape (n,).
        ys: Values, NaN and infinities among them, shape (n,).
        axis: What `xs` are: "step", "time" (Unix seconds), "episode" or "sample".
        seen: How many values the run reported, of which `ys` may hold fewer.
        superseded: How many were replaced when the run was resumed.
        replaced: The curve with those among it, in the order written; None unless asked for.
    """

    xs: NDArray[Any]
    ys: NDArray[Any]
    axis: str
    seen: int
    superseded: int = 0
    replaced: tuple[NDArray[Any], NDArray[Any]] | None = None


class Outline:
    """A curve in several grades of detail, each with the extremes of the one below it."""

    def __init__(self, xs: Floats, ys: Floats) -> None:
        """`xs` are finite; where they descend, the whole curve is thinned and never part of it."""
        self.total = len(xs)
        self.is_ascending = not bool((np.diff(xs) < 0).any())
        self._grades: list[tuple[Floats, Floats]] = [(xs, ys)]
        while len(self._grades[-1][0]) > _THINNED_AT_ONCE:
            last = self._grades[-1]
            thinner = decimate(last[0], last[1], len(last[0]) // _THINNER_BY)
            self._grades.append((thinner.xs, thinner.ys))

    @property
    def xs(self) -> Floats:
        """Every position."""
        return self._grades[0][0]

    @property
    def ys(self) -> Floats:
        """Every value."""
        return self._grades[0][1]

    def between(self, first: float, last: float, most: int) -> Decimated:
        """At most `most` points to draw between two positions, one beyond either side among them."""
        if not self.is_ascending:
            thin = self._grades[-1]
            found = decimate(thin[0], thin[1], most)
            return Decimated(found.xs, found.ys, self.total)
        total = self._span(self.xs, first, last)
        for xs, ys in self._grades:
            part = self._span(xs, first, last)
            if part.stop - part.start <= _THINNED_AT_ONCE:
                found = decimate(xs[part], ys[part], most)
                return Decimated(found.xs, found.ys, total.stop - total.start)
        raise AssertionError("unreachable: the last grade is short enough")

    def nearest(self, x: float) -> tuple[float, float] | None:
        """The point nearest to a position, None when there are no points."""
        if not self.total:
            return None
        if self.is_ascending:
            right = int(np.searchsorted(self.xs, x))
            place = min(max(right, 0), self.total - 1)
            if place and abs(self.xs[place - 1] - x) <= abs(self.xs[place] - x):
                place -= 1
        else:
            place = int(np.abs(self.xs - x).argmin())
        return float(self.xs[place]), float(self.ys[place])

    @staticmethod
    def _span(xs: Floats, first: float, last: float) -> slice:
        start = int(np.searchsorted(xs, first, side="left")) - 1
        stop = int(np.searchsorted(xs, last, side="right")) + 1
        return slice(max(start, 0), min(stop, len(xs)))


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A curve ready to be drawn.

    Attributes:
        line: What is drawn, smoothed where that was asked for.
        raw: The values as reported, where the line is smoothed; what `nearest` answers from.
        odd: Positions of values that cannot be drawn: not finite, or not above zero on a log axis.
        replaced: Points that were superseded, among those that were not, thinned; None unless asked for.
        odd_count, nonpositive: How many values are not finite, and how many a log axis has no place for.
    """

    line: Outline
    raw: Outline
    axis: str
    seen: int
    superseded: int
    odd: Floats
    odd_count: int
    nonpositive: int
    replaced: tuple[Floats, Floats] | None = None

    @property
    def is_smoothed(self) -> bool:
        """Whether the line is another than the raw values."""
        return self.line is not self.raw


def prepare(points: Points, *, smoothing: float = 0.0, log: bool = False, origin: float = 0.0) -> Prepared:
    """Make a curve ready to be drawn.

    Args:
        points: As reported.
        smoothing: Weight of the moving average, 0 to below 1.
        log: Values are drawn as their decimal logarithm; what has none is left out.
        origin: Position that counts as 0.
    """
    xs = np.asarray(points.xs, dtype=np.float64) - origin
    ys = np.asarray(points.ys, dtype=np.float64)
    placed = np.isfinite(xs)
    if not placed.all():
        xs, ys = xs[placed], ys[placed]
    not_finite = ~np.isfinite(ys)
    averaged = smooth(ys, smoothing) if smoothing > 0.0 else ys
    shown, nonpositive = (_logarithm(ys), ys <= 0.0) if log else (ys, np.zeros(len(ys), dtype=np.bool_))
    nonpositive &= ~not_finite
    raw = Outline(xs, shown)
    line = Outline(xs, _logarithm(averaged) if log else averaged) if smoothing > 0.0 else raw
    odd = xs[not_finite | nonpositive]
    replaced = None
    if points.replaced is not None:
        every = np.asarray(points.replaced[0], dtype=np.float64) - origin, np.asarray(points.replaced[1])
        thin = decimate(every[0], every[1].astype(np.float64), 4_000)
        replaced = thin.xs, _logarithm(thin.ys) if log else thin.ys
    return Prepared(
        line=line,
        raw=raw,
        axis=points.axis,
        seen=points.seen,
        superseded=points.superseded,
        odd=odd[:: max(1, -(-len(odd) // _MOST_MARKS))],
        odd_count=int(np.count_nonzero(not_finite)),
        nonpositive=int(np.count_nonzero(nonpositive)),
        replaced=replaced,
    )


def _logarithm(values: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        logs: Floats = np.log10(values)
    logs[~np.isfinite(logs) & ~np.isposinf(values)] = np.nan
    return logs
