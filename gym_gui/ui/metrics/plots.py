"""What every plot of the panel shares: its looks, its axes, and no menus. Imports pyqtgraph."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtWidgets import QFrame, QWidget

from gym_gui.compat import override
from gym_gui.ui.theme import Theme


class PlainAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose ticks are worded like every other number of the panel."""

    @override
    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return axis_numbers([value * scale for value in values])

    @override
    def logTickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [f"{10.0**value:.3g}" if abs(value) < 300 else "" for value in values]


def axis_numbers(values: Sequence[float]) -> list[str]:
    """Ticks in one unit for all of them: "0k", "250k" or "0.5M", "1M"; small ones as they are."""
    largest = max((abs(value) for value in values), default=0.0)
    unit, size = next(((u, s) for u, s in (("M", 1e6), ("k", 1e3)) if largest >= s * 2), ("", 1.0))
    return ["0" if value == 0 else f"{value / size:.6g}{unit}" for value in values]


def strip(plot: pg.PlotWidget, owner: QWidget) -> None:
    """Leave a plot only what the panel uses of it."""
    item = plot.getPlotItem()
    item.setMenuEnabled(False)
    # Menus that nobody opens, made without a parent: they would outlive the window.
    for menu in (item.ctrlMenu, item.getViewBox().menu):
        if menu is not None:
            menu.setParent(owner, menu.windowFlags())
    item.hideButtons()
    plot.setFrameShape(QFrame.Shape.NoFrame)


def colour(plot: pg.PlotWidget, theme: Theme, owner: QWidget) -> None:
    """Give a plot's paper, axes and grid the colours of the theme, and its ticks the owner's font."""
    item = plot.getPlotItem()
    for name in ("bottom", "left"):
        axis = item.getAxis(name)
        axis.setPen(pg.mkPen(theme.colour("grid"), width=1))
        axis.setTextPen(pg.mkPen(theme.colour("text_muted")))
        axis.setStyle(tickFont=owner.font(), maxTickLevel=0, tickLength=0)
    plot.setBackground(theme.colour("surface"))
    item.showGrid(x=False, y=True, alpha=0.35)
