"""Axes for what a run uses: spans of time, and the units of each quantity. Imports pyqtgraph."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pyqtgraph as pg

from gym_gui.compat import override

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_STEPS = (
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 2, 5, 10, 30, 100, 300, 1000)),
)
_PIXELS_A_TICK = 90.0


class SpanAxis(pg.AxisItem):  # type: ignore[misc]
    """Seconds since a start, at round places of the clock: "30 s", "10 min", "2 h"."""

    @override
    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        return [(span_step(maxVal - minVal, size), 0.0)]

    @override
    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [span_text(value, spacing) for value in values]


class WordedAxis(pg.AxisItem):  # type: ignore[misc]
    """Values worded by a function, as the rest of the panel words them, no closer than `least_pixels`."""

    def __init__(self, text: Callable[[float], str], orientation: str, least_pixels: float) -> None:
        super().__init__(orientation=orientation)
        self._least_pixels = least_pixels
        self._text = text

    @override
    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        return [(round_step(maxVal - minVal, size, self._least_pixels), 0.0)]

    @override
    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        # Between whole numbers of what is counted there is nothing to name.
        worded = [self._text(value * scale) for value in values]
        return [text if worded.index(text) == place else "" for place, text in enumerate(worded)]


def span_step(span: float, pixels: float) -> float:
    """The distance of ticks, in seconds, for a span that is so many pixels long."""
    least = span * _PIXELS_A_TICK / max(pixels, 1.0)
    return next((step for step in _STEPS if step >= least), max(least, 1.0))


def round_step(span: float, pixels: float, least_pixels: float) -> float:
    """A round distance of ticks (1, 2 or 5 times a power of ten) that leaves room for their words."""
    least = span * least_pixels / max(pixels, 1.0)
    if not math.isfinite(least) or least <= 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next((power * factor for factor in (1.0, 2.0, 5.0) if power * factor >= least), power * 10.0)


def span_text(seconds: float, spacing: float) -> str:
    """A tick, in the unit that the distance of the ticks asks for."""
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if spacing >= unit:
            return f"{seconds / unit:g} {name}"
    return f"{seconds:g} s"
