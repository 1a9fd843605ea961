"""Long curves with fewer points and the same outline: the least and greatest of every stretch stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Decimated:
    """Points to draw.

    Attributes:
        xs, ys: Shape (shown,), in the order they came in.
        total: How many there were.
    """

    xs: NDArray[Any]
    ys: NDArray[Any]
    total: int

    @property
    def shown(self) -> int:
        """How many are left."""
        return len(self.xs)

    @property
    def note(self) -> str:
        """What to say beside the curve: "showing 1,000 of 14,213", or "" when nothing was left out."""
        return f"showing {self.shown:,} of {self.total:,}" if self.shown < self.total else ""


def decimate(xs: NDArray[Any], ys: NDArray[Any], most: int) -> Decimated:
    """At most `most` of the points: the first, the last, and the least and greatest of each stretch between.

    Every extreme of the curve is among them, infinities included. A stretch with nothing but NaN keeps
    one, so that a gap stays a gap; a NaN among numbers is not seen at this size and is left out.

    Args:
        xs: Shape (n,), any order.
        ys: Shape (n,).
        most: At least 4.

    Raises:
        ValueError: The lengths differ, or `most` is below 4.
    """
    total = len(ys)
    if len(xs) != total:
        raise ValueError(f"xs has {len(xs)} points and ys {total}")
    if most < 4:
        raise ValueError(f"most is {most}; a curve needs at least 4 points")
    if total <= most:
        return Decimated(xs, ys, total)
    stretch = -(-total // ((most - 2) // 2))
    whole = total // stretch * stretch
    keep = [np.zeros(1, dtype=np.intp), _extremes(ys[:whole], stretch)]
    if whole < total:
        keep.append(whole + _extremes(ys[whole:], total - whole))
    keep.append(np.array([total - 1], dtype=np.intp))
    # In order already, and a point can be there twice: least and greatest at once, or first.
    indices = np.concatenate(keep)
    indices = indices[np.concatenate(([True], np.diff(indices) > 0))]
    return Decimated(xs[indices], ys[indices], total)


def _extremes(ys: NDArray[Any], stretch: int) -> NDArray[np.intp]:
    """Indices of the least and the greatest of every `stretch` points, in order."""
    rows = ys.reshape(-1, stretch)
    least, greatest = rows.argmin(axis=1), rows.argmax(axis=1)
    lines = np.arange(len(rows))
    # Both find a NaN where there is one; those rows are few and looked at again without it.
    odd = np.flatnonzero(np.isnan(rows[lines, least]))
    if len(odd):
        some = rows[odd]
        missing = np.isnan(some)
        least[odd] = np.where(missing, np.inf, some).argmin(axis=1)
        greatest[odd] = np.where(missing, -np.inf, some).argmax(axis=1)
        _prefer_numbers(rows, odd, least, greatest)
    both = np.sort(np.stack([least, greatest], axis=1), axis=1) + (lines * stretch)[:, None]
    return both.ravel()


def _prefer_numbers(
    rows: NDArray[Any], odd: NDArray[np.intp], least: NDArray[np.intp], greatest: NDArray[np.intp]
) -> None:
    """Where a NaN was hit because it stood in for an infinity of its own, take the infinity."""
    for index in odd[np.isnan(rows[odd, least[odd]]) | np.isnan(rows[odd, greatest[odd]])].tolist():
        numbers = np.flatnonzero(~np.isnan(rows[index]))
        if len(numbers):
            least[index] = numbers[rows[index, numbers].argmin()]
            greatest[index] = numbers[rows[index, numbers].argmax()]
