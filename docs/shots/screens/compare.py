"""The Compare page: curves of real runs over each other, seeds as one, where configs differ, and nothing."""

from __future__ import annotations

from docs.shots.photographer import Photographer
from docs.shots.waiting import settle, wait
from gym_gui.ui.compare.page import ComparePage
from gym_gui.ui.metrics.chart import CurveChart
from gym_gui.ui.pages import Page

_NAMES = ("compare", "compare-seeds", "compare-configs", "compare-empty")


def take(photographer: Photographer) -> None:
    """Every finished run of the stage, compared."""
    if not photographer.wants(*_NAMES):
        return
    navigation = photographer.panel.navigation
    page = photographer.go_to(Page.COMPARE, ComparePage)
    photographer.shoot("compare-empty")
    stage = photographer.stage
    run_ids = [run_id for run_id in stage.store.run_ids() if photographer.panel.watch.summary(run_id)]
    navigation.compare(sorted(run_ids))
    page.controls.smoothing.setValue(60)
    wait(lambda: sum(isinstance(c, CurveChart) and len(c.curves()) > 1 for c in page.grid.panels()) >= 1)
    settle(1.0)
    chart = page.grid.panels()[0]
    if isinstance(chart, CurveChart):
        first, last = chart.shown_range()
        chart.pointed.emit(first + (last - first) * 0.5)
    photographer.shoot("compare")
    page.grouped.setChecked(True)
    settle(1.0)
    photographer.shoot("compare-seeds")
    page.grouped.setChecked(False)
    page.tables.setCurrentIndex(1)
    photographer.shoot("compare-configs")
    page.tables.setCurrentIndex(0)
    page.controls.smoothing.setValue(0)
    page.show_runs([])
    photographer.panel.window.go_to(Page.RUNS)
