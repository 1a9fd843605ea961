"""Histograms over time, and their quantiles as curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gym_gui.core.artifacts.scalars.limits import MOST_HISTOGRAM_BINS
from gym_gui.core.artifacts.scalars.wire import BYTES, FIXED64, ByteSource, fields

Floats = NDArray[np.float64]
# Quantiles at whole standard deviations of a normal distribution, as people know them from such charts.
QUANTILES = (0.0, 0.0668, 0.1587, 0.3085, 0.5, 0.6915, 0.8413, 0.9332, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How values were distributed at one step.

    Attributes:
        wall_time: Unix seconds.
        lefts, rights: Edges of the bins, float64 of shape (k,).
        counts: How many values each bin holds, float64 of shape (k,).
    """

    step: int
    wall_time: float
    lefts: Floats
    rights: Floats
    counts: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """Quantiles of histograms over time.

    Attributes:
        steps: int64, shape (n,).
        fractions: Which quantiles, shape (q,).
        values: float64, shape (n, q); NaN where a histogram is empty.
    """

    steps: NDArray[np.int64]
    fractions: Floats
    values: Floats


def from_proto(data: ByteSource, start: int, end: int, step: int, wall_time: float) -> Histogram | None:
    """The histogram of a HistogramProto in this span, None when it is none or has too many bins.

    Its outer edges are the least and the greatest value where those are given.
    """
    single = {1: np.nan, 2: np.nan}
    lists: dict[int, list[Floats]] = {6: [], 7: []}
    for name, kind, first, last in fields(data, start, end):
        if name in single and kind == FIXED64:
            single[name] = float(np.frombuffer(data[first:last], dtype="<f8")[0])
        elif name in lists and kind in (BYTES, FIXED64):
            if last - first > 8 * MOST_HISTOGRAM_BINS or (last - first) % 8:
                return None
            lists[name].append(np.frombuffer(data[first:last], dtype="<f8"))
    limits, counts = (np.concatenate([np.empty(0), *parts]) for parts in lists.values())
    if len(limits) != len(counts) or len(limits) > MOST_HISTOGRAM_BINS:
        return None
    lefts, rights = np.concatenate(([-np.inf], limits[:-1]))[: len(limits)], limits.copy()
    if len(limits):
        least, greatest = single[1], single[2]
        lefts[0] = least if least <= limits[0] else limits[0]
        if lefts[-1] <= greatest <= limits[-1]:
            rights[-1] = greatest
    return Histogram(step, wall_time, lefts, rights, counts)


def from_table(table: Floats, step: int, wall_time: float) -> Histogram | None:
    """The histogram of a table with left edge, right edge and count a row, shape (k, 3); else None."""
    if table.ndim != 2 or table.shape[1] != 3:
        return None
    lefts, rights, counts = (np.ascontiguousarray(table[:, column]) for column in range(3))
    return Histogram(step, wall_time, lefts, rights, counts)


def distribution(histograms: Sequence[Histogram], fractions: Sequence[float] = QUANTILES) -> Distribution:
    """Quantiles of each histogram, values taken as spread evenly within a bin."""
    levels = np.array(fractions, dtype=np.float64)
    rows = [_quantiles(histogram, levels) for histogram in histograms]
    steps = np.array([histogram.step for histogram in histograms], dtype=np.int64)
    return Distribution(steps, levels, np.array(rows).reshape(len(rows), len(levels)))


def _quantiles(histogram: Histogram, levels: Floats) -> Floats:
    usable = (
        (histogram.counts > 0)
        & np.isfinite(histogram.counts)
        & np.isfinite(histogram.lefts)
        & np.isfinite(histogram.rights)
    )
    counts, lefts, rights = histogram.counts[usable], histogram.lefts[usable], histogram.rights[usable]
    if not len(counts):
        return np.full(len(levels), np.nan)
    above = np.cumsum(counts / counts.max())
    wanted = levels * above[-1]
    place = np.minimum(np.searchsorted(above, wanted, side="left"), len(above) - 1)
    below = np.where(place > 0, above[place - 1], 0.0)
    size = above[place] - below
    share = np.clip(np.divide(wanted - below, size, out=np.zeros_like(size), where=size > 0), 0.0, 1.0)
    result: Floats = lefts[place] * (1 - share) + rights[place] * share
    return result
