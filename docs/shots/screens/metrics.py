"""The Metrics tab: curves of real runs, smoothed, one large, and of a run without any."""

from __future__ import annotations

from docs.shots.photographer import Photographer
from docs.shots.waiting import settle, wait
from gym_gui.ui.metrics.chart import CurveChart
from gym_gui.ui.metrics.view import MetricsView

_NAMES = ("run-metrics", "run-metrics-smoothed", "run-metrics-large", "run-metrics-empty", "run-metrics-live")


def take(photographer: Photographer) -> None:
    """The tab with a finished run, with one that is going, and with one that reported nothing."""
    if not photographer.wants(*_NAMES):
        return
    stage = photographer.stage
    detail = photographer.choose(stage.finished)
    view = detail.tab("Metrics", MetricsView)
    wait(lambda: _drawn(view) >= 1)
    settle(0.5)
    photographer.shoot("run-metrics")
    view.controls.smoothing.setValue(80)
    chart = view.grid.panels()[0]
    if not isinstance(chart, CurveChart):
        raise TypeError("the first panel is no chart")
    settle(0.5)
    first, last = chart.shown_range()
    chart.point_at(first + (last - first) * 0.4)
    photographer.shoot("run-metrics-smoothed")
    chart.enlarge_wanted.emit()
    settle(0.5)
    chart.point_at(first + (last - first) * 0.6)
    photographer.shoot("run-metrics-large")
    chart.enlarge_wanted.emit()
    view.controls.smoothing.setValue(0)
    photographer.choose(stage.going[0])
    settle(1.0)
    photographer.shoot("run-metrics-live")
    photographer.choose(stage.failed)
    settle(0.5)
    photographer.shoot("run-metrics-empty")
    detail.tabs.setCurrentIndex(0)


def _drawn(view: MetricsView) -> int:
    return sum(isinstance(panel, CurveChart) and bool(panel.curves()) for panel in view.grid.panels())
