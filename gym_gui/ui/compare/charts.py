"""A chart per metric with the curves of all compared runs. Imports pyqtgraph."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from gym_gui.core.compare.bests import Outcome
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.compare.curves import MetricCurves, RunPoints, work_out
from gym_gui.ui.compare.runs import ComparedRuns
from gym_gui.ui.metrics.chart import ChartCurve, CurveChart
from gym_gui.ui.metrics.controls import Drawing
from gym_gui.ui.metrics.inks import Ink
from gym_gui.ui.metrics.keys import Across, MetricKey
from gym_gui.ui.theme import Theme

_State = tuple[object, ...]
_Work = list[tuple[MetricKey, list[RunPoints]]]


class CompareCharts(QObject):
    """Keeps the charts and works out what they show in the background.

    `drawn` tells that charts show something new, `pointed` carries each run's value under the pointer.
    """

    drawn = Signal()
    pointed = Signal(object)
    range_wanted = Signal(object)
    enlarge_wanted = Signal(object)

    def __init__(self, theme: Theme, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tasks = tasks
        self._charts: dict[MetricKey, CurveChart] = {}
        self._states: dict[MetricKey, _State] = {}
        self._curves: dict[MetricKey, MetricCurves] = {}
        self._shown_ids: dict[MetricKey, list[str]] = {}
        self._wanted: list[MetricKey] = []
        self._pointed_key: MetricKey | None = None
        self._span: tuple[float, float] | None = None
        self._is_busy = False
        self._make_next = QTimer(self, singleShot=True, interval=0)
        self._make_next.timeout.connect(self._make_one)

    @property
    def is_busy(self) -> bool:
        """Whether curves are being worked out."""
        return self._is_busy

    @property
    def is_making(self) -> bool:
        """Whether charts that were asked for are still to be made."""
        return any(key not in self._charts for key in self._wanted)

    def panels_of(self, keys: Sequence[MetricKey]) -> list[QWidget]:
        """The charts of these metrics that are there; the others follow, a turn of the event loop each."""
        self._wanted = list(keys)
        if keys and keys[0] not in self._charts:
            self._make(keys[0])
        if self.is_making:
            self._make_next.start()
        return [self._charts[key] for key in keys if key in self._charts]

    def key_of(self, panel: QWidget) -> MetricKey | None:
        """The metric of a chart."""
        return next((key for key, chart in self._charts.items() if chart is panel), None)

    def chart(self, key: MetricKey) -> CurveChart | None:
        """The chart of a metric, None when it was not made."""
        return self._charts.get(key)

    def outcomes(self, key: MetricKey) -> Mapping[str, Outcome]:
        """What each run came to in a metric."""
        found = self._curves.get(key)
        return found.outcomes if found is not None else {}

    def point_for(self, key: MetricKey) -> None:
        """Have `pointed` speak of this metric."""
        self._pointed_key = key

    def _make_one(self) -> None:
        missing = next((key for key in self._wanted if key not in self._charts), None)
        if missing is not None:
            self._make(missing)
            self._make_next.start()

    def _make(self, key: MetricKey) -> None:
        chart = CurveChart(self._theme, key.name, key.source.label)
        chart.range_wanted.connect(self.range_wanted)
        chart.enlarge_wanted.connect(lambda: self.enlarge_wanted.emit(chart))
        chart.pointed.connect(self._point_at)
        chart.show_range(self._span)
        self._charts[key] = chart

    # drawing

    def draw(
        self,
        compared: ComparedRuns,
        in_view: Collection[QWidget],
        drawing: Drawing,
        *,
        grouped: bool,
        is_shown: Callable[[str], bool],
    ) -> None:
        """Work out and draw the charts in view that are out of date."""
        if self._is_busy:
            return
        hidden = frozenset(run.run_id for run in compared.runs if not is_shown(run.run_id))
        groups = tuple(tuple(r for r in group if r not in hidden) for group in compared.groups)
        work: _Work = []
        states: dict[MetricKey, _State] = {}
        for key, chart in self._charts.items():
            if chart not in in_view:
                continue
            versions = tuple((run.run_id, run.metrics.version(key)) for run in compared.runs)
            state = (drawing, grouped, hidden, groups, versions)
            if self._states.get(key) != state:
                states[key] = state
                work.append((key, _points(compared, key, drawing, hidden)))
        if not work:
            return
        inks = {run.run_id: Ink(place) for place, run in enumerate(compared.runs)}
        names = {run.run_id: run.summary.labels.name or run.run_id for run in compared.runs}
        self._is_busy = True

        def compute() -> dict[MetricKey, MetricCurves]:
            together = groups if grouped else ()
            return {key: work_out(key, points, together, drawing) for key, points in work}

        def finish(found: dict[MetricKey, MetricCurves]) -> None:
            self._is_busy = False
            self._curves.update(found)
            self._states.update(states)
            for key, curves in found.items():
                self._show(key, curves, inks, names, log=drawing.log)
            self.drawn.emit()

        def give_up(error: Exception) -> None:
            self._is_busy = False
            raise error

        self._tasks.start("Comparing runs", compute, owner=self, done=finish, failed=give_up)

    def _show(
        self,
        key: MetricKey,
        curves: MetricCurves,
        inks: Mapping[str, Ink],
        names: Mapping[str, str],
        *,
        log: bool,
    ) -> None:
        grouped = {run_id for group in curves.groups for run_id in group.run_ids}
        shown: list[ChartCurve] = []
        ids: list[str] = []
        for group in curves.groups:
            first = group.run_ids[0]
            label = f"{names[first]} and {len(group.run_ids) - 1} more"
            shown.append(ChartCurve(label, inks[first], group.middle, (group.low, group.high)))
            ids.append("")
        for run_id, prepared in curves.runs.items():
            if run_id not in grouped:
                shown.append(ChartCurve(names[run_id], inks[run_id], prepared))
                ids.append(run_id)
        self._shown_ids[key] = ids
        self._charts[key].show_curves(shown, log=log)
        if not shown:
            self._charts[key].note.setText("None of these runs reports it over this axis")

    def show_range(self, span: tuple[float, float] | None) -> None:
        """Show this stretch in every chart, everything for None."""
        self._span = span
        for chart in self._charts.values():
            chart.show_range(span)

    def set_large(self, large: QWidget | None) -> None:
        """One chart has all the room, or none has: there is nothing to scroll past with the wheel then."""
        for chart in self._charts.values():
            chart.wheel_zooms = chart is large

    def _point_at(self, x: float | None) -> None:
        for chart in self._charts.values():
            if chart.isVisible():
                chart.point_at(x)
        key = self._pointed_key
        curves = self._curves.get(key) if key is not None else None
        chart_there = self._charts.get(key) if key is not None else None
        if x is None or curves is None or chart_there is None:
            self.pointed.emit({})
            return
        values: dict[str, float] = {}
        for run_id, prepared in curves.runs.items():
            point = prepared.raw.nearest(x)
            if point is not None:
                values[run_id] = 10.0 ** point[1] if chart_there.is_log else point[1]
        self.pointed.emit(values)


def _points(
    compared: ComparedRuns, key: MetricKey, drawing: Drawing, hidden: frozenset[str]
) -> list[RunPoints]:
    found = []
    for run in compared.runs:
        points = None if run.run_id in hidden else run.metrics.points(key, drawing.across)
        if points is not None:
            origin = run.metrics.origin if drawing.across is Across.TIME else 0.0
            found.append(RunPoints(run.run_id, points, origin))
    return found
