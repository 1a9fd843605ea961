"""The plot itself. Imports pyqtgraph and numpy, so import it only when the first curve is drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gym_gui.ui.metrics.plots import PlainAxis, colour, strip
from gym_gui.ui.theme import Theme


class CurvePlot(QWidget):
    """One curve over labelled axes, in the colours of the theme."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        axes = {side: PlainAxis(orientation=side) for side in ("bottom", "left")}
        self._widget = pg.PlotWidget(parent=self, axisItems=axes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._widget)
        strip(self._widget, self)
        item = self._widget.getPlotItem()
        item.setClipToView(True)
        item.setDownsampling(auto=True, mode="peak")
        self._curve = item.plot(antialias=False)
        self._last = item.plot(symbol="o", symbolSize=6, pen=None)
        self._item = item
        theme.changed.connect(self._take_colours)
        self._take_colours()

    def show_points(self, xs: Sequence[float], ys: Sequence[float], x_name: str) -> None:
        """Draw these points; the latest of them is marked."""
        across, up = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
        self._curve.setData(across, up, connect="finite")
        finite = np.flatnonzero(np.isfinite(up) & np.isfinite(across))
        end = finite[-1:]
        self._last.setData(across[end], up[end])
        self._item.setLabel("bottom", x_name)

    def show_everything(self) -> None:
        """Let the axes follow the data again after someone zoomed or panned."""
        self._item.enableAutoRange()

    def _take_colours(self) -> None:
        theme = self._theme
        curve: QColor = theme.colour("curve")
        colour(self._widget, theme, self)
        self._curve.setPen(pg.mkPen(curve, width=1))
        self._last.setSymbolBrush(pg.mkBrush(curve))
        self._last.setSymbolPen(pg.mkPen(theme.colour("surface"), width=1))
