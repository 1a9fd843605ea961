"""The Resources tab: what the run uses now, and its CPU, memory and processes over its life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.processes.resources import ResourceCurve
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.resource_watch import ResourceWatch
from gym_gui.ui import wording
from gym_gui.ui.runs.resources_series import (
    CPU,
    MEMORY,
    PROCESSES,
    ResourceFigures,
    count,
    figures_of,
    percent,
    since,
)
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.flow import FlowLayout
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import lines
from gym_gui.ui.widgets.placeholders import EmptyState

if TYPE_CHECKING:
    from gym_gui.ui.runs.resources_chart import ResourceChart

_WHOLE = 0.0
_RANGES = (("Whole run", _WHOLE), ("Last 30 minutes", 30.0), ("Last 5 minutes", 5.0))
_LEAST_CHART_LINES = 5
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
        self.charts: list[ResourceChart] = []
        self.empty = EmptyState(theme, "chart", *_READING)
        self._build()
        self.range.activated.connect(self._show_range)
        resources.changed.connect(self._refresh)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.figures, 1)
        head.addWidget(self.range)
        content = QWidget()
        self._column = QVBoxLayout(content)
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
        for chart, kind in zip(self._charts(), (CPU, MEMORY, PROCESSES), strict=True):
            chart.show_samples(seconds, kind.values(curve))
        self._last = seconds[-1]
        self._show_range()

    def _show_range(self) -> None:
        minutes = float(self.range.currentData())
        first = 0.0 if minutes == _WHOLE else max(self._last - 60.0 * minutes, 0.0)
        self.charts[0].show_range(first, self._last)

    def _charts(self) -> list[ResourceChart]:
        if not self.charts:
            # Here and not above: pyqtgraph would triple the time to the first paint of the window.
            from gym_gui.ui.runs.resources_chart import ResourceChart

            self.charts = [ResourceChart(self._theme, kind) for kind in (CPU, MEMORY, PROCESSES)]
            for chart in self.charts:
                chart.setMinimumHeight(lines(self, _LEAST_CHART_LINES))
                chart.pointed.connect(self._point_at)
                self._column.addWidget(chart, 1)
            for chart in self.charts[1:]:
                chart.link_to(self.charts[0])
            for chart in self.charts[:-1]:
                chart.hide_times()
        return self.charts

    def _point_at(self, seconds: float | None) -> None:
        for chart in self.charts:
            chart.point_at(seconds)


class FigureRow(QWidget):
    """Numbers over their names, side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: dict[str, PlainLabel] = {}
        self._names: dict[str, PlainLabel] = {}
        flow = FlowLayout(self, gap=24)
        for name in ("CPU", "CPU on average", "Memory", "Most memory", "Processes"):
            self._numbers[name] = PlainLabel("", "heading")
            self._names[name] = PlainLabel(name, "small")
            self._numbers[name].setAccessibleName(name)
            cell = QWidget()
            column = QVBoxLayout(cell)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(self._numbers[name])
            column.addWidget(self._names[name])
            flow.addWidget(cell)

    def show_figures(self, figures: ResourceFigures, *, is_over: bool) -> None:
        """Show these; of a run that is over the latest ones are its last."""
        texts = (
            percent(figures.cpu_percent),
            percent(figures.mean_cpu_percent),
            wording.size(figures.rss_bytes),
            wording.size(figures.peak_rss_bytes),
            count(figures.processes),
        )
        for label, text in zip(self._numbers.values(), texts, strict=True):
            label.setText(text)
        for name in ("CPU", "Memory", "Processes"):
            self._names[name].setText(f"{name} at last" if is_over else f"{name} now")

    def figure(self, name: str) -> str:
        """The number shown under this name."""
        return self._numbers[name].text()
