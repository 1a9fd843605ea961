"""The Compare page: curves of several runs over each other, what they came to, where their configs differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.artifacts.scalars.model import Kind
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.notifier import Notifier
from gym_gui.services.scalars import ScalarsReader
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.tensorboard_server import TensorBoardServer
from gym_gui.ui.compare.models import ComparedRow
from gym_gui.ui.compare.runs import MOST_RUNS, ComparedRuns
from gym_gui.ui.compare.tables import ComparedTables
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.metrics.controls import DrawingControls
from gym_gui.ui.metrics.exporting import ExportButton, Whole
from gym_gui.ui.metrics.grid import PanelGrid
from gym_gui.ui.metrics.inks import Ink
from gym_gui.ui.metrics.picker import MetricPicker
from gym_gui.ui.metrics.tensorboard_bar import TensorBoardBar
from gym_gui.ui.runs.table.columns import display_name
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines
from gym_gui.ui.widgets.placeholders import EmptyState
from gym_gui.ui.wording import plural

if TYPE_CHECKING:
    from gym_gui.ui.compare.charts import CompareCharts

_REDRAW_MS = 100


class ComparePage(QWidget):
    """Shows the runs it is given. `runs_wanted` asks to go and choose some."""

    runs_wanted = Signal()

    def __init__(
        self,
        *,
        theme: Theme,
        scalars: ScalarsReader,
        tensorboard: TensorBoardServer,
        tasks: TaskRunner,
        notifier: Notifier,
        desktop: Desktop,
        memory: LayoutMemory,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._theme = theme
        self._tasks = tasks
        self._charts: CompareCharts | None = None
        self.compared = ComparedRuns(scalars, tasks, self)
        self.count = PlainLabel("", "muted")
        self.picker = MetricPicker(theme, memory, kinds={Kind.SCALAR})
        self.controls = DrawingControls()
        self.grouped = QCheckBox("Seeds as one")
        self.grouped.setToolTip(
            "Draw runs that differ in their seed only as their mean with its confidence band"
        )
        self.method = PlainLabel("", "small", wrap=True)
        self.grid = PanelGrid()
        self.tables = ComparedTables(theme)
        self.tensorboard = TensorBoardBar(theme, tensorboard, desktop, self._tensorboard_runs)
        self.export = ExportButton(
            theme, tasks, notifier, picture=lambda: self.grid.content, points=self._whole_points
        )
        self.empty = EmptyState(
            theme,
            "compare",
            "Nothing to compare yet",
            "Select two or more runs in the table of runs (with Shift or Ctrl), then choose Compare.",
        )
        self._to_runs = self.empty.add_button("Go to the runs", primary=True)
        self._redraw = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._build()
        self._connect()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 10)
        head.setSpacing(10)
        head.addWidget(PlainLabel("Compare", "title"))
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.tensorboard)
        head.addWidget(self.export)
        right = QFrame()
        right.setProperty("role", "pane")
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        choices = QHBoxLayout()
        choices.setContentsMargins(12, 0, 12, 0)
        choices.addWidget(self.controls, 1)
        choices.addWidget(self.grouped, 0, Qt.AlignmentFlag.AlignTop)
        self.grouped.setMinimumHeight(self.controls.across.sizeHint().height())
        notes = QVBoxLayout()
        notes.setContentsMargins(12, 0, 12, 0)
        notes.addWidget(self.tensorboard.problem)
        notes.addWidget(self.method)
        self.method.hide()
        column.addLayout(choices)
        column.addLayout(notes)
        below = QSplitter(Qt.Orientation.Vertical)
        below.setChildrenCollapsible(False)
        below.addWidget(self.grid)
        below.addWidget(self.tables)
        below.setStretchFactor(0, 3)
        below.setStretchFactor(1, 2)
        self.grid.setMinimumHeight(lines(self, 12))
        below.setSizes([lines(self, 28), lines(self, 14)])
        column.addWidget(below, 1)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.picker)
        self.split.addWidget(right)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes([characters(self, 40), characters(self, 130)])
        self._place = QStackedWidget()
        self._place.addWidget(self.empty)
        self._place.addWidget(self.split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._place, 1)
        self.tensorboard.hide()
        self.export.hide()

    def _connect(self) -> None:
        self.compared.listed.connect(self._offer)
        self.compared.grown.connect(self._redraw_soon)
        self.compared.configured.connect(self._show_configs)
        self.picker.changed.connect(self._redraw_soon)
        self.controls.changed.connect(self._redraw_soon)
        self.controls.reset_wanted.connect(lambda: self._show_range(None))
        self.grouped.toggled.connect(self._group)
        self.tables.runs.shown_changed.connect(self._redraw_soon)
        self.grid.seen_changed.connect(self._redraw_soon)
        self._redraw.timeout.connect(self._draw)
        self._to_runs.clicked.connect(self.runs_wanted)
        self.setFocusProxy(self._to_runs)

    # which runs

    def show_runs(self, summaries: Sequence[RunSummary]) -> None:
        """Compare these; at most 32 are."""
        left_out = len(summaries) - MOST_RUNS
        self.compared.show(summaries)
        runs = self.compared.runs
        workers = {run.summary.record.worker_id for run in runs if run.summary.record is not None}
        self.count.setText(
            plural(len(runs), "run") + (f", the first of {len(summaries):,}" if left_out > 0 else "")
            if runs
            else ""
        )
        self.picker.begin(workers.pop() if len(workers) == 1 else "several")
        self._show_rows()
        self._offer()
        self.tensorboard.refresh()
        self._place.setCurrentIndex(1 if runs else 0)
        self.setFocusProxy(self.picker.search if runs else self._to_runs)
        for needs_runs in (self.tensorboard, self.export):
            needs_runs.setVisible(bool(runs))
        if self.isVisible():
            self.compared.follow()

    def take(self, summaries: Sequence[RunSummary]) -> None:
        """Take note of how runs stand now."""
        ours = [summary for summary in summaries if self.compared.update(summary)]
        if ours:
            self._show_rows()

    def drop(self, run_ids: Sequence[str]) -> None:
        """Compare these no longer: they are gone."""
        kept = [run.summary for run in self.compared.runs if run.run_id not in run_ids]
        if len(kept) < len(self.compared.runs):
            self.show_runs(kept)

    def _show_rows(self) -> None:
        several = [group for group in self.compared.groups if len(group) > 1]
        numbers = {run_id: place for place, group in enumerate(several, start=1) for run_id in group}
        rows = [
            ComparedRow(run.summary, Ink(place), numbers.get(run.run_id))
            for place, run in enumerate(self.compared.runs)
        ]
        if rows != self.tables.runs.rows():
            self.tables.runs.show_runs(rows)
        self.grouped.setEnabled(bool(several))

    def _show_configs(self) -> None:
        self._show_rows()
        read = [run for run in self.compared.runs if run.config is not None]
        unread = [run for run in self.compared.runs if run.config is None]
        found = self.compared.differences()
        problem = f"{plural(len(unread), 'config')} cannot be read: {unread[0].problem}" if unread else ""
        self.tables.show_differences([display_name(run.summary) for run in read], found, problem)
        self._redraw_soon()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.compared.follow()
        self._redraw_soon()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.compared.stop()
        self._redraw.stop()

    # what is drawn

    def _offer(self) -> None:
        infos = self.compared.infos()
        self.picker.offer(infos)
        self.controls.offer_superseded(False)
        self._redraw_soon()

    def _group(self, grouped: bool) -> None:
        from gym_gui.core.compare.statistics import METHOD

        self.method.setText(METHOD)
        self.method.setVisible(grouped)
        self._redraw_soon()

    def _redraw_soon(self) -> None:
        if self.isVisible() and not self._redraw.isActive():
            self._redraw.start()

    def charts(self) -> CompareCharts:
        """The charts, made now if there was none yet."""
        if self._charts is None:
            # Here and not above: pyqtgraph would triple the time to the first paint of the window.
            from gym_gui.ui.compare.charts import CompareCharts

            self._charts = CompareCharts(self._theme, self._tasks, self)
            self._charts.range_wanted.connect(self._show_range)
            self._charts.enlarge_wanted.connect(self._enlarge)
            self._charts.pointed.connect(self.tables.runs.show_pointer)
            self._charts.drawn.connect(self._show_values)
        return self._charts

    def _draw(self) -> None:
        if not self.isVisible() or not self.compared.runs:
            return
        charts = self.charts()
        panels = charts.panels_of(self.picker.drawn())
        if panels != self.grid.panels():
            self.grid.arrange(panels, self.grid.large)
            self._redraw_soon()
            return
        if charts.is_busy or charts.is_making:
            self._redraw_soon()
        charts.draw(
            self.compared,
            self.grid.in_view(),
            self.controls.drawing(),
            grouped=self.grouped.isChecked() and self.grouped.isEnabled(),
            is_shown=self.tables.runs.is_shown,
        )

    def _show_values(self) -> None:
        drawn = self.picker.drawn()
        large = self.charts().key_of(self.grid.large) if self.grid.large is not None else None
        key = large or (drawn[0] if drawn else None)
        if key is not None:
            self.tables.show_values(key, self.charts().outcomes(key))
            self.charts().point_for(key)

    def _show_range(self, span: tuple[float, float] | None) -> None:
        self.charts().show_range(span)
        self.controls.offer_reset(span is not None)

    def _enlarge(self, panel: QWidget) -> None:
        large = None if self.grid.large is panel else panel
        self.grid.arrange(self.grid.panels(), large)
        self.charts().set_large(large)
        panel.setFocus()
        self._show_values()

    # what others are given

    def _tensorboard_runs(self) -> tuple[Mapping[str, Path], str]:
        runs: dict[str, Path] = {}
        for run in self.compared.runs:
            name = display_name(run.summary)
            runs[name if name not in runs else f"{name} {run.run_id[-6:]}"] = run.summary.path
        records = [run.summary.record for run in self.compared.runs if run.summary.record is not None]
        return runs, records[0].interpreter if records else ""

    def _whole_points(self) -> Sequence[Whole]:
        found: list[Whole] = []
        for run in self.compared.runs:
            if not self.tables.runs.is_shown(run.run_id):
                continue
            for key in self.picker.drawn():
                whole = run.metrics.whole(key)
                if whole is not None:
                    found.append((display_name(run.summary), key.name, whole))
        return found
