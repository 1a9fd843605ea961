"""Curves of several runs brought onto one axis, and their band. Imports numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gym_gui.core.compare.statistics import Band, bootstrap_interval, interquartile_mean

POSITIONS = 200


def band_of(curves: Sequence[tuple[NDArray[Any], NDArray[Any]]], positions: int = POSITIONS) -> Band | None:
    """The band of some runs' curves over the stretch that all of them cover; None when there is none.

    Each curve is read at evenly spaced positions, between its points by a straight line. Where one has
    not begun or has ended, a mean over the others would jump, so the band is not drawn there.

    Args:
        curves: Positions and values of each run; what is not finite is passed over.
        positions: How many positions the band has.
    """
    usable = [_ascending(xs, ys) for xs, ys in curves]
    if len(usable) < 2 or not all(len(xs) for xs, _ in usable):
        return None
    first = max(float(xs[0]) for xs, _ in usable)
    last = min(float(xs[-1]) for xs, _ in usable)
    if last < first:
        return None
    across = np.linspace(first, last, positions if last > first else 1)
    table = np.stack([np.interp(across, xs, ys) for xs, ys in usable])
    low, high = bootstrap_interval(table)
    return Band(across, interquartile_mean(table), low, high, len(usable))


def _ascending(xs: NDArray[Any], ys: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    across, up = np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)
    finite = np.isfinite(across) & np.isfinite(up)
    across, up = across[finite], up[finite]
    if len(across) > 1 and bool((np.diff(across) < 0).any()):
        order = np.argsort(across, kind="stable")
        across, up = across[order], up[order]
    return across, up
