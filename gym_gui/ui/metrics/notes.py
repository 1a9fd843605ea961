"""What is said beside a chart: how much of it is shown, what cannot be, where one points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gym_gui.ui.wording import duration, number, plural

if TYPE_CHECKING:
    from gym_gui.ui.metrics.outline import Prepared

_AXES = {"step": "step", "time": "time since the start", "episode": "episode", "sample": "values so far"}


def axis_name(axis: str) -> str:
    """What an axis is called."""
    return _AXES.get(axis, axis)


def position(x: float, axis: str) -> str:
    """A place on an axis: "step 12,300", "3 min 20 s"."""
    if axis == "time":
        return duration(x) if x >= 0 else f"-{duration(-x)}"
    return f"{'value' if axis == 'sample' else axis} {number(round(x))}"


def chart_note(curves: Sequence[Prepared], shown: Sequence[tuple[int, int]]) -> str:
    """What to know about the curves of one chart, "" when they show all there is.

    Args:
        curves: The curves.
        shown: Of each how many points are drawn, and how many there are in view.
    """
    drawn, there = sum(d for d, _ in shown), sum(t for _, t in shown)
    parts = []
    if drawn < there:
        parts.append(f"showing {drawn:,} of {there:,}")
    kept = sum(curve.raw.total for curve in curves)
    seen = sum(max(curve.seen, curve.raw.total) for curve in curves)
    if kept < seen:
        parts.append(f"{kept:,} kept of {seen:,} reported")
    odd = sum(curve.odd_count for curve in curves)
    if odd:
        parts.append(f"{plural(odd, 'value')} not finite")
    nonpositive = sum(curve.nonpositive for curve in curves)
    if nonpositive:
        parts.append(f"{nonpositive:,} not above zero")
    superseded = sum(curve.superseded for curve in curves)
    if superseded:
        parts.append(f"{superseded:,} superseded")
    return "  ·  ".join(parts)
