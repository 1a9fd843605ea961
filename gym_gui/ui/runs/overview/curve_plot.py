"""The plot itself. Imports pyqtgraph and numpy, so import it only when the first curve is drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.ui.metrics.plots import PlainAxis, colour, strip
from gym_gui.ui.theme import Theme


class CurvePlot(QWidget):
    """One curve over labelled axes, in the colours of the theme.

    `pointed` carries x and y of the point nearest to the pointer, or None when the pointer has left.
    """

    pointed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        axes = {side: PlainAxis(orientation=side) for side in ("bottom", "left")}
        self.canvas = pg.PlotWidget(parent=self, axisItems=axes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        strip(self.canvas, self)
        item = self.canvas.getPlotItem()
        item.setClipToView(True)
        item.setDownsampling(auto=True, mode="peak")
        self._curve = item.plot(antialias=False)
        self._last = item.plot(symbol="o", symbolSize=6, pen=None)
        self._marker = pg.InfiniteLine(angle=90, movable=False)
        self._marker.hide()
        item.addItem(self._marker, ignoreBounds=True)
        self._item = item
        self._xs, self._ys = np.empty(0), np.empty(0)
        self._pointer: float | None = None
        self.canvas.scene().sigMouseMoved.connect(self._follow_pointer)
        self.canvas.installEventFilter(self)
        theme.changed.connect(self._take_colours)
        self._take_colours()

    def show_points(self, xs: Sequence[float], ys: Sequence[float], x_name: str) -> None:
        """Draw these points; the latest of them is marked, or the one that is pointed at."""
        across, up = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
        self._curve.setData(across, up, connect="finite")
        finite = np.isfinite(up) & np.isfinite(across)
        self._xs, self._ys = across[finite], up[finite]
        self._item.setLabel("bottom", x_name)
        self._mark()

    def show_everything(self) -> None:
        """Let the axes follow the data again after someone zoomed or panned."""
        self._item.enableAutoRange()

    def point_at(self, x: float | None) -> None:
        """Mark the point that is nearest to this place; for None the latest, and nothing is pointed at."""
        self._pointer = x
        self._mark()

    def _mark(self) -> None:
        x = self._pointer if len(self._xs) else None
        place = len(self._xs) - 1 if x is None else int(np.abs(self._xs - x).argmin())
        marked = slice(max(place, 0), place + 1)
        self._last.setData(self._xs[marked], self._ys[marked])
        self._marker.setVisible(x is not None)
        if x is None:
            self.pointed.emit(None)
            return
        self._marker.setPos(float(self._xs[place]))
        self.pointed.emit((float(self._xs[place]), float(self._ys[place])))

    def _follow_pointer(self, position: QPointF) -> None:
        box = self._item.getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        self.point_at(float(box.mapSceneToView(position).x()) if inside else None)

    @override
    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self.point_at(None)
        return False

    def _take_colours(self) -> None:
        theme = self._theme
        curve: QColor = theme.colour("curve")
        colour(self.canvas, theme, self)
        self._curve.setPen(pg.mkPen(curve, width=1))
        self._marker.setPen(pg.mkPen(theme.colour("text_muted"), width=1))
        self._last.setSymbolBrush(pg.mkBrush(curve))
        self._last.setSymbolPen(pg.mkPen(theme.colour("surface"), width=1))
