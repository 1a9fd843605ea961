"""The Resources tab: what the run uses now, and its CPU, memory and processes over its life."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.processes.resources import ResourceCurve
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.resource_watch import ResourceWatch
from gym_gui.ui import wording
from gym_gui.ui.runs.resources.series import (
    PROCESSES,
    ResourceFigures,
    ResourceKind,
    amount,
    count,
    figures_of,
    kinds_of,
    percent,
    since,
)
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.flow import FlowLayout
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import lines
from gym_gui.ui.widgets.placeholders import EmptyState
from gym_gui.ui.widgets.scrolled import ScrolledColumn

if TYPE_CHECKING:
    from gym_gui.ui.runs.resources.chart import ResourceChart

_WHOLE = 0.0
_RANGES = (("Whole run", _WHOLE), ("Last 30 minutes", 30.0), ("Last 5 minutes", 5.0))
_LEAST_CHART_LINES = 5
_GPU_FIGURES = ("GPU", "GPU memory", "Most GPU memory")
_PENDING = ("No samples yet", "The first is taken a second after the start, then one every five seconds.")
_NONE = (
    "Nothing was recorded",
    "This run has no resources.jsonl: it never started, or another program ran it.",
)
_READING = ("Reading what the run uses…", "")


class ResourcesView(QWidget):
    """Shows the samples of the run that the resource watch follows."""

    def __init__(self, theme: Theme, resources: ResourceWatch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._resources = resources
        self._start: float | None = None
        self._is_over = False
        self.range = QComboBox()
        self.range.setAccessibleName("Time shown")
        for words, minutes in _RANGES:
            self.range.addItem(words, minutes)
        self.figures = FigureRow()
        self._made: dict[str, ResourceChart] = {}
        self.charts: list[ResourceChart] = []
        self.empty = EmptyState(theme, "chart", *_READING)
        self._build()
        self.range.activated.connect(self._show_range)
        resources.changed.connect(self._refresh)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.figures, 1)
        head.addWidget(self.range, 0, Qt.AlignmentFlag.AlignTop)
        content = ScrolledColumn()
        self._column = content.column
        self._column.setContentsMargins(16, 8, 16, 8)
        self._column.setSpacing(6)
        self._column.addLayout(head)
        self._place = QStackedWidget()
        self._place.addWidget(self.empty)
        self._place.addWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._place)

    def show_run(self, summary: RunSummary) -> None:
        """Show this run as it stands."""
        self._start = summary.started
        self._is_over = summary.state.is_over
        self._resources.follow(RunDirectory(summary.path))
        self._refresh()

    def _refresh(self) -> None:
        curve = self._resources.curve
        figures = figures_of(curve) if curve is not None else None
        if curve is None or figures is None:
            unread = curve is None
            self.empty.say(*(_READING if unread else _NONE if self._is_over else _PENDING))
            self._place.setCurrentIndex(0)
            return
        self.figures.show_figures(figures, is_over=self._is_over)
        self._draw(curve)
        self._place.setCurrentIndex(1)

    def _draw(self, curve: ResourceCurve) -> None:
        seconds = since(curve, min(self._start or curve.times[0], curve.times[0]))
        kinds = kinds_of(curve)
        for chart, kind in zip(self._charts(kinds), kinds, strict=True):
            chart.show_samples(seconds, kind.values(curve))
        self._last = seconds[-1]
        self._show_range()

    def _show_range(self) -> None:
        minutes = float(self.range.currentData())
        first = 0.0 if minutes == _WHOLE else max(self._last - 60.0 * minutes, 0.0)
        self.charts[0].show_range(first, self._last)

    def _charts(self, kinds: tuple[ResourceKind, ...]) -> list[ResourceChart]:
        """A chart for each of these and no other, in their order."""
        titles = [kind.title for kind in kinds]
        for kind in kinds:
            if kind.title not in self._made:
                self._made[kind.title] = self._new_chart(kind)
        charts = [self._made[title] for title in titles]
        if charts != self.charts:
            for title, chart in self._made.items():
                self._column.removeWidget(chart)
                chart.setVisible(title in titles)
            for chart in charts:
                self._column.addWidget(chart, 1)
            for earlier, later in pairwise(charts):
                QWidget.setTabOrder(earlier, later)
            self.charts = charts
        return charts

    def _new_chart(self, kind: ResourceKind) -> ResourceChart:
        # Here and not above: pyqtgraph would triple the time to the first paint of the window.
        from gym_gui.ui.runs.resources.chart import ResourceChart

        chart = ResourceChart(self._theme, kind)
        chart.setMinimumHeight(lines(self, _LEAST_CHART_LINES))
        chart.pointed.connect(self._point_at)
        if self._made:
            chart.link_to(next(iter(self._made.values())))
        if kind is not PROCESSES:  # the last one, whose times are those of all
            chart.hide_times()
        return chart

    def _point_at(self, seconds: float | None) -> None:
        for chart in self.charts:
            chart.point_at(seconds)


class FigureRow(QWidget):
    """Numbers over their names, side by side; those of graphics cards only where there are any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: dict[str, PlainLabel] = {}
        self._names: dict[str, PlainLabel] = {}
        self._cells: dict[str, QWidget] = {}
        flow = FlowLayout(self, gap=24)
        for name in (*("CPU", "CPU on average", "Memory", "Most memory"), *_GPU_FIGURES, "Processes"):
            self._numbers[name] = PlainLabel("", "heading")
            self._names[name] = PlainLabel(name, "small")
            self._numbers[name].setAccessibleName(name)
            cell = self._cells[name] = QWidget()
            column = QVBoxLayout(cell)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(self._numbers[name])
            column.addWidget(self._names[name])
            flow.addWidget(cell)

    def show_figures(self, figures: ResourceFigures, *, is_over: bool) -> None:
        """Show these; of a run that is over the latest ones are its last."""
        texts = {
            "CPU": percent(figures.cpu_percent),
            "CPU on average": percent(figures.mean_cpu_percent),
            "Memory": wording.size(figures.rss_bytes),
            "Most memory": wording.size(figures.peak_rss_bytes),
            "GPU": _told(percent, figures.gpu_percent),
            "GPU memory": _told(amount, figures.gpu_memory_bytes),
            "Most GPU memory": _told(amount, figures.peak_gpu_memory_bytes),
            "Processes": count(figures.processes),
        }
        for name, text in texts.items():
            self._numbers[name].setText(text)
            self._cells[name].setVisible(bool(text))
        for name in ("CPU", "Memory", "GPU", "GPU memory", "Processes"):
            self._names[name].setText(f"{name} at last" if is_over else f"{name} now")

    def figure(self, name: str) -> str:
        """The number shown under this name, "" when there is none."""
        return self._numbers[name].text()


def _told(words: Callable[[float], str], value: float | None) -> str:
    return "" if value is None else words(value)
