"""The plot itself. Imports pyqtgraph and numpy, so import it only when the first curve is drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.ui.theme import Theme


class PlainAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose ticks are worded like every other number of the panel."""

    @override
    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return axis_numbers([value * scale for value in values])


def axis_numbers(values: Sequence[float]) -> list[str]:
    """Ticks in one unit for all of them: "0k", "250k" or "0.5M", "1M"; small ones as they are."""
    largest = max((abs(value) for value in values), default=0.0)
    unit, size = next(((u, s) for u, s in (("M", 1e6), ("k", 1e3)) if largest >= s * 2), ("", 1.0))
    return ["0" if value == 0 else f"{value / size:.6g}{unit}" for value in values]


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
        item = self._widget.getPlotItem()
        item.setMenuEnabled(False)
        # Menus that nobody opens, made without a parent: they would outlive the window.
        for menu in (item.ctrlMenu, item.getViewBox().menu):
            if menu is not None:
                menu.setParent(self, menu.windowFlags())
        item.hideButtons()
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
        muted: QColor = theme.colour("text_muted")
        curve: QColor = theme.colour("curve")
        for name in ("bottom", "left"):
            axis = self._item.getAxis(name)
            axis.setPen(pg.mkPen(theme.colour("grid"), width=1))
            axis.setTextPen(pg.mkPen(muted))
            axis.setStyle(tickFont=self.font(), maxTickLevel=0, tickLength=0)
        self._widget.setBackground(theme.colour("surface"))
        self._item.showGrid(x=False, y=True, alpha=0.35)
        self._curve.setPen(pg.mkPen(curve, width=1))
        self._last.setSymbolBrush(pg.mkBrush(curve))
        self._last.setSymbolPen(pg.mkPen(theme.colour("surface"), width=1))
