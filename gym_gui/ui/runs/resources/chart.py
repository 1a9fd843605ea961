"""One curve of what a run uses. Imports pyqtgraph and numpy, so import it when the first is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.ui import wording
from gym_gui.ui.metrics.plots import colour, strip
from gym_gui.ui.runs.resources.axes import SpanAxis, WordedAxis
from gym_gui.ui.runs.resources.series import ResourceKind, nearest
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import lines

_AXIS_CHARACTERS = "8,888 MB"
_HEADROOM = 1.12
_TICK_LINES = 1.6


class ResourceChart(QWidget):
    """A quantity over the run's time, from zero up, with the value under the pointer in words.

    `pointed` carries the seconds under the pointer, or None when it has left.
    """

    pointed = Signal(object)

    def __init__(self, theme: Theme, kind: ResourceKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kind = kind
        self._xs: list[float] = []
        self._ys: Sequence[float] = ()
        self.value = PlainLabel("", "muted")
        self._time_axis = SpanAxis(orientation="bottom")
        axes = {
            "bottom": self._time_axis,
            "left": WordedAxis(kind.text, "left", least_pixels=lines(self, _TICK_LINES)),
        }
        self.plot = pg.PlotWidget(parent=self, axisItems=axes)
        self._item = self.plot.getPlotItem()
        self._curve = self._item.plot(antialias=False)
        self._marker = pg.InfiniteLine(angle=90, movable=False)
        self._dot = self._item.plot(symbol="o", symbolSize=6, pen=None)
        self._build()
        self.plot.scene().sigMouseMoved.connect(self._follow_pointer)
        self.plot.installEventFilter(self)
        theme.changed.connect(self._take_colours)
        self._take_colours()

    def _build(self) -> None:
        strip(self.plot, self)
        item = self._item
        item.setClipToView(True)
        item.setDownsampling(auto=True, mode="peak")
        item.setMouseEnabled(x=True, y=False)
        item.addItem(self._marker, ignoreBounds=True)
        self._marker.hide()
        item.getAxis("left").setWidth(self.fontMetrics().horizontalAdvance(_AXIS_CHARACTERS) + 8)
        self.plot.setAccessibleName(f"{self._kind.title} over time")
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(PlainLabel(self._kind.title, "strong"))
        head.addStretch(1)
        head.addWidget(self.value)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)

    def show_samples(self, seconds: list[float], values: Sequence[float]) -> None:
        """Draw these samples; `seconds` ascend."""
        self._xs, self._ys = seconds, values
        self._curve.setData(
            np.asarray(seconds, dtype=float), np.asarray(values, dtype=float), connect="finite"
        )
        highest = max((value for value in values if math.isfinite(value)), default=0.0)
        self._item.setYRange(0.0, highest * _HEADROOM or 1.0, padding=0.0)
        self.point_at(None)

    def show_range(self, first: float, last: float) -> None:
        """Show the time between these, in seconds since the start."""
        self._item.setXRange(first, max(last, first + 1.0), padding=0.01)

    def point_at(self, seconds: float | None) -> None:
        """Name the sample nearest to this time, the last one for None."""
        place = None if seconds is None else nearest(self._xs, seconds)
        self._marker.setVisible(place is not None)
        if place is None:
            self._dot.setData([], [])
            self.value.setText(self._kind.text(self._ys[-1]) if self._xs else "")
            return
        moment, value = self._xs[place], self._ys[place]
        self._marker.setPos(moment)
        self._dot.setData([moment], [value])
        self.value.setText(f"{self._kind.text(value)}  at {wording.duration(moment)}")

    def link_to(self, other: ResourceChart) -> None:
        """Have this chart's time move with the other's."""
        self._item.setXLink(other.plot.getPlotItem())

    def hide_times(self) -> None:
        """Leave the words of the time axis to the chart below."""
        self._time_axis.setStyle(showValues=False)

    def _follow_pointer(self, position: QPointF) -> None:
        box = self._item.getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        self.pointed.emit(float(box.mapSceneToView(position).x()) if inside else None)

    @override
    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self.pointed.emit(None)
        return False

    def _take_colours(self) -> None:
        theme = self._theme
        colour(self.plot, theme, self)
        self._curve.setPen(pg.mkPen(theme.colour("curve"), width=1))
        self._marker.setPen(pg.mkPen(theme.colour("text_muted"), width=1))
        self._dot.setSymbolBrush(pg.mkBrush(theme.colour("curve")))
        self._dot.setSymbolPen(pg.mkPen(theme.colour("surface"), width=1))
