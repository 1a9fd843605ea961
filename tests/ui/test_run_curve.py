"""The learning curve of the Overview tells the values under the pointer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication

from gym_gui.core.runs.directory import RunStore
from gym_gui.services.run_tail import RunTail
from gym_gui.ui.runs.overview.curve_pane import CurvePane
from gym_gui.ui.runs.overview.curve_plot import CurvePlot
from gym_gui.ui.theme import Theme
from tests.panel_helpers import make_run, spin, wait_for, write_events


@pytest.fixture
def plot(theme: Theme) -> CurvePlot:
    made = CurvePlot(theme)
    made.resize(400, 200)
    return made


def test_the_nearest_point_is_named_whatever_the_order(plot: CurvePlot) -> None:
    told: list[object] = []
    plot.pointed.connect(told.append)
    plot.show_points([0, 10, 5, float("nan")], [1.0, 2.0, 3.0, 4.0], "step")
    plot.point_at(5.9)
    plot.point_at(99.0)
    plot.point_at(None)
    assert told == [None, (5.0, 3.0), (10.0, 2.0), None]
    plot.show_points([], [], "step")
    plot.point_at(1.0)
    assert told[-1] is None, "there is nothing to point at"
    plot.deleteLater()


def test_the_pane_tells_the_pointed_value_and_then_the_latest_again(
    theme: Theme, tail: RunTail, store: RunStore
) -> None:
    run = make_run(store, name="curve")
    write_events(run, [("heartbeat", {"step": 1000 * n, "return_mean": n / 2}) for n in range(1, 5)])
    pane = CurvePane(theme, tail)
    pane.resize(500, 300)
    pane.show()
    tail.follow(run)
    wait_for(lambda: pane.findChild(CurvePlot) is not None, "the curve")
    plot = pane.findChild(CurvePlot)
    assert plot is not None
    wait_for(lambda: pane.told == "latest 2  ·  4 points")
    spin(0.05)  # the curve is laid out
    view = plot.canvas.getPlotItem().getViewBox()
    plot.canvas.scene().sigMouseMoved.emit(view.mapViewToScene(QPointF(2100.0, 1.0)))
    assert pane.told == "1  at step 2,000"
    QApplication.sendEvent(plot.canvas, QEvent(QEvent.Type.Leave))
    assert pane.told == "latest 2  ·  4 points"
    pane.close()
    pane.deleteLater()
