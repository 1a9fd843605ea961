"""The graphics of one curve: its line, the values behind it, its marks. Imports pyqtgraph and numpy."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg

from gym_gui.ui.metrics.inks import Ink
from gym_gui.ui.metrics.outline import Floats, Outline, Prepared
from gym_gui.ui.theme import Theme

_FEW = 40
_FAINT, _FAINTER, _FILL = 80, 110, 45
Bounds = tuple[float, float]


class DrawnCurve:
    """Items of a plot that show one curve.

    Attributes:
        shown: How many points of the line are drawn.
        in_view: How many there are in the stretch that is.
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._prepared: Prepared | None = None
        self._bounds: tuple[Outline, Outline] | None = None
        self._low, self._high = pg.PlotCurveItem(), pg.PlotCurveItem()
        self._fill = pg.FillBetweenItem(self._low, self._high)
        self._replaced = pg.PlotDataItem(antialias=False)
        self._raw = pg.PlotDataItem(antialias=False)
        self._line = pg.PlotDataItem(antialias=False)
        self._dots = pg.PlotDataItem(symbol="o", symbolSize=5, pen=None)
        self._pointer = pg.PlotDataItem(symbol="o", symbolSize=8, pen=None)
        self._odd = pg.PlotDataItem(symbol="x", symbolSize=7, pen=None)
        behind, before = (self._fill, self._replaced, self._raw), (self._dots, self._pointer, self._odd)
        self._items = (*behind, self._line, *before)
        for item in self._items:
            plot.addItem(item, ignoreBounds=True)
        self.shown = self.in_view = 0

    def remove(self) -> None:
        """Take everything off the plot."""
        for item in self._items:
            self._plot.removeItem(item)

    def take(
        self, prepared: Prepared, ink: Ink, theme: Theme, bounds: tuple[Outline, Outline] | None = None
    ) -> None:
        """Hold this curve; it is on screen after the next `draw`."""
        self._prepared = prepared
        self._bounds = bounds
        self._fill.setVisible(bounds is not None)
        self._raw.setVisible(prepared.is_smoothed)
        self._replaced.setVisible(prepared.replaced is not None)
        if prepared.replaced is not None:
            xs, ys = prepared.replaced
            # Where the run went back a new piece begins.
            goes_on = np.append(np.diff(xs) >= 0, False) & np.isfinite(ys)
            self._replaced.setData(xs, ys, connect=goes_on.astype(np.int32))
        self.take_colours(ink, theme)

    def take_colours(self, ink: Ink, theme: Theme) -> None:
        """Draw in these colours from now on."""
        colour = ink.colour(theme)
        self._line.setPen(pg.mkPen(colour, width=1, style=ink.line))
        faint, fainter, fill = (pg.mkColor(colour) for _ in range(3))
        faint.setAlpha(_FAINT)
        fainter.setAlpha(_FAINTER)
        fill.setAlpha(_FILL)
        self._raw.setPen(pg.mkPen(faint, width=1))
        self._replaced.setPen(pg.mkPen(theme.colour("warning"), width=1))
        self._fill.setBrush(pg.mkBrush(fill))
        for dots in (self._dots, self._pointer):
            dots.setSymbolBrush(pg.mkBrush(colour))
            dots.setSymbolPen(pg.mkPen(theme.colour("surface"), width=1))
        self._odd.setSymbolPen(pg.mkPen(theme.colour("danger"), width=1))
        self._odd.setSymbolBrush(pg.mkBrush(None))

    def draw(self, first: float, last: float, most: int) -> Bounds | None:
        """Draw what is between two positions; the least and greatest finite value of it, None without any."""
        if self._prepared is None:
            return None
        found = self._prepared.line.between(first, last, most)
        self._line.setData(found.xs, found.ys, connect="finite")
        inside = (found.xs >= first) & (found.xs <= last)
        self.shown, self.in_view = found.shown, found.total
        heights = [found.ys[inside]]
        if self._prepared.is_smoothed:
            raw = self._prepared.raw.between(first, last, most)
            self._raw.setData(raw.xs, raw.ys, connect="finite")
            heights.append(raw.ys[(raw.xs >= first) & (raw.xs <= last)])
        if self._prepared.replaced is not None:
            xs, ys = self._prepared.replaced
            heights.append(ys[(xs >= first) & (xs <= last)])
        heights += self._draw_band(first, last, most)
        self._draw_dots(found.xs, found.ys)
        every = np.concatenate(heights)
        every = every[np.isfinite(every)]
        return (float(every.min()), float(every.max())) if len(every) else None

    def _draw_dots(self, xs: Floats, ys: Floats) -> None:
        """Every point where they are few, else the last one."""
        finite = np.flatnonzero(np.isfinite(ys))
        dotted = finite if len(finite) <= _FEW else finite[-1:]
        if len(finite) > _FEW and self._prepared is not None and finite[-1] != len(ys) - 1:
            dotted = finite[:0]
        self._dots.setData(xs[dotted], ys[dotted])

    def _draw_band(self, first: float, last: float, most: int) -> list[Floats]:
        if self._bounds is None:
            return []
        low, high = (bound.between(first, last, most) for bound in self._bounds)
        self._low.setData(low.xs, low.ys)
        self._high.setData(high.xs, high.ys)
        return [low.ys, high.ys]

    def mark_odd(self, height: float) -> None:
        """Mark, at this height, where values are that cannot be drawn."""
        odd = self._prepared.odd if self._prepared is not None else np.empty(0)
        self._odd.setData(odd, np.full(len(odd), height))

    def mark(self, x: float | None) -> None:
        """Mark the point nearest to a position, none for None."""
        point = self._prepared.raw.nearest(x) if self._prepared is not None and x is not None else None
        if point is None or not math.isfinite(point[1]):
            self._pointer.setData([], [])
        else:
            self._pointer.setData([point[0]], [point[1]])
