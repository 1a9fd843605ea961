"""The Metrics tab: the curves of a run as they grow, from its output and its event files together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.artifacts.scalars.model import Kind
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.notifier import Notifier
from gym_gui.services.run_tail import RunTail
from gym_gui.services.scalars import ScalarsReader
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.tensorboard_server import TensorBoardServer
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.metrics.controls import DrawingControls
from gym_gui.ui.metrics.exporting import ExportButton, Whole
from gym_gui.ui.metrics.grid import PanelGrid
from gym_gui.ui.metrics.keys import MetricKey
from gym_gui.ui.metrics.picker import MetricPicker
from gym_gui.ui.metrics.preparing import CurvePreparer
from gym_gui.ui.metrics.run_metrics import RunMetrics
from gym_gui.ui.metrics.tensorboard_bar import TensorBoardBar
from gym_gui.ui.runs.table.columns import display_name
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.placeholders import Banner, EmptyState

if TYPE_CHECKING:
    from gym_gui.ui.metrics.panels import Panels

_REDRAW_MS = 60
_MOST_DRAWN = 48
_SPLIT_PLACE = "metrics/split"
_ROOM_FOR_WORDS_CHARACTERS = 96


class MetricsView(QWidget):
    """Shows the metrics of the run whose tail is followed."""

    def __init__(
        self,
        *,
        theme: Theme,
        tail: RunTail,
        scalars: ScalarsReader,
        tensorboard: TensorBoardServer,
        tasks: TaskRunner,
        notifier: Notifier,
        desktop: Desktop,
        memory: LayoutMemory,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tasks = tasks
        self._scalars = scalars
        self._memory = memory
        self._summary: RunSummary | None = None
        self._panels: Panels | None = None
        self.metrics = RunMetrics(tail, scalars, tasks, self)
        self.picker = MetricPicker(theme, memory)
        self.controls = DrawingControls()
        self.preparer = CurvePreparer(tasks, self)
        self.grid = PanelGrid()
        self.tensorboard = TensorBoardBar(theme, tensorboard, desktop, self._tensorboard_runs)
        self.export = ExportButton(
            theme, tasks, notifier, picture=lambda: self.grid.content, points=self._whole_points
        )
        self.problems = Banner(theme, "warning")
        self.empty = EmptyState(theme, "chart", "")
        self.unchecked = EmptyState(
            theme, "chart", "Nothing is checked", "Check a metric in the list to see its curve."
        )
        self._redraw = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._build()
        self._connect()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 0)
        head.setSpacing(8)
        head.addWidget(self.controls, 1)
        head.addWidget(self.tensorboard, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.export, 0, Qt.AlignmentFlag.AlignTop)
        self._charts = QStackedWidget()
        self._charts.addWidget(self.grid)
        self._charts.addWidget(self.unchecked)
        right = self._right = QFrame()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        notes = QVBoxLayout()
        notes.setContentsMargins(12, 0, 12, 0)
        notes.addWidget(self.problems)
        notes.addWidget(self.tensorboard.problem)
        self.problems.hide()
        column.addLayout(notes)
        column.addWidget(self._charts, 1)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.picker)
        self.split.addWidget(right)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes([characters(self, 44), characters(self, 120)])
        self._memory.restore_state(self.split, _SPLIT_PLACE)
        self._place = QStackedWidget()
        self._place.addWidget(self.empty)
        self._place.addWidget(self.split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._place)

    def _connect(self) -> None:
        self.split.splitterMoved.connect(self._note_split)
        self.metrics.listed.connect(self._offer)
        self.metrics.grown.connect(self._redraw_soon)
        self.picker.changed.connect(self._arrange)
        self.controls.changed.connect(self._draw_anew)
        self.controls.reset_wanted.connect(lambda: self._show_range(None))
        self.grid.seen_changed.connect(self._redraw_soon)
        self._redraw.timeout.connect(self._draw)
        self._scalars.changed.connect(self._show_problems)
        self._scalars.failed.connect(self._tell_failure)

    def _note_split(self) -> None:
        self._memory.remember_state(self.split, _SPLIT_PLACE)
        self._fit_head()

    def _fit_head(self) -> None:
        """Leave the line above the charts to what is chosen there: buttons go without words when narrow."""
        narrow = self._right.width() < characters(self, _ROOM_FOR_WORDS_CHARACTERS)
        self.tensorboard.show_narrow(narrow)
        self.export.show_narrow(narrow)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_head()

    # which run

    def show_run(self, summary: RunSummary) -> None:
        """Show this run as it stands."""
        before = self._summary
        self._summary = summary
        if before is None or before.path != summary.path:
            if self._panels is not None:
                self._panels.clear()
            worker = summary.record.worker_id if summary.record is not None else ""
            self.picker.begin(worker)
            self.problems.hide()
            self._follow()
            self.metrics.show(summary.path, summary.started)
            self._offer()
        else:
            self.metrics.show(summary.path, summary.started)
        self.tensorboard.refresh()
        self._place_content()

    def _follow(self) -> None:
        if self._summary is not None and self.isVisible():
            self._scalars.show([self._summary.path])

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()
        self._arrange()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._scalars.stop()
        self._redraw.stop()

    # what there is

    def _offer(self) -> None:
        infos = self.metrics.infos()
        self.picker.offer(infos)
        self.controls.offer_superseded(any(info.superseded for info in infos))
        self._place_content()
        self._arrange()

    def _place_content(self) -> None:
        there = bool(self.metrics.infos())
        self._place.setCurrentIndex(1 if there else 0)
        if there or self._summary is None:
            return
        if not self._scalars.is_caught_up:
            self.empty.say("Looking for metrics…", "")
        elif self._summary.state.is_over:
            self.empty.say(
                "This run reported no numbers",
                "A worker's heartbeats, episodes and TensorBoard event files become curves. In the worker: "
                "emitter.heartbeat(step=…, loss=…), or a SummaryWriter on the run's tensorboard folder.",
            )
        else:
            self.empty.say(
                "No numbers yet",
                "Curves appear with the first heartbeats, episodes or TensorBoard event files of the run.",
            )

    def _show_problems(self) -> None:
        self._place_content()
        run = self.metrics.run
        problems = run.problems if run is not None else ()
        self.problems.setVisible(bool(problems))
        if problems:
            first = problems[0]
            more = f"  ({len(problems) - 1:,} more)" if len(problems) > 1 else ""
            times = f" ({first.count:,} times)" if first.count > 1 else ""
            self.problems.say("warning", f"{first.path or 'Event files'}: {first.text}{times}{more}")

    def _tell_failure(self, text: str) -> None:
        self.problems.say("danger", f"The event files could not be read: {text}")
        self.problems.show()
        self._place_content()

    # what is drawn

    def panels(self) -> Panels:
        """The charts, made now if there was none yet."""
        if self._panels is None:
            # Here and not above: pyqtgraph would triple the time to the first paint of the window.
            from gym_gui.ui.metrics.panels import Panels

            self._panels = Panels(self._theme, self._tasks, self.picker, self)
            self._panels.made.connect(self._arrange)
            self._panels.range_wanted.connect(self._show_range)
            self._panels.enlarge_wanted.connect(self._enlarge)
        return self._panels

    def _arrange(self) -> None:
        if not self.isVisible() or self._place.currentIndex() == 0:
            return
        wanted = self.picker.drawn()
        self._charts.setCurrentIndex(0 if wanted else 1)
        panels = self.panels()
        shown = panels.panels_of(wanted[:_MOST_DRAWN])
        if len(wanted) > _MOST_DRAWN:
            self.problems.say(
                "info", f"The first {_MOST_DRAWN} of {len(wanted):,} checked metrics are drawn."
            )
            self.problems.show()
        if shown != self.grid.panels():
            self.grid.arrange(shown, self.grid.large)
        self._redraw_soon()

    def _redraw_soon(self) -> None:
        if self.isVisible() and not self._redraw.isActive():
            self._redraw.start()

    def _draw_anew(self) -> None:
        if self._panels is not None:
            drawing = self.controls.drawing()
            if self._panels.set_drawing(drawing):
                self._show_range(None)
        self._redraw_soon()

    def _draw(self) -> None:
        """Prepare what has changed of the charts in view, and have it drawn when that is done."""
        if self._panels is None or not self.isVisible():
            return
        if self.preparer.is_busy:
            self._redraw_soon()
            return
        panels, drawing = self._panels, self.controls.drawing()
        panels.set_drawing(drawing)
        batch = panels.due(self.metrics, self.grid.in_view())
        self._scalars.want(panels.series_in_view(self.metrics, self.grid.in_view()))
        if batch:
            origin = self.metrics.origin if drawing.across.value == "time" else 0.0
            timed = {key for key, points in batch.items() if points.axis == "time"}
            self.preparer.start(
                batch,
                partial(panels.take, drawing=drawing),
                smoothing=drawing.smoothing,
                log=drawing.log,
                origin=lambda key: origin if key in timed else 0.0,
            )

    def _show_range(self, span: tuple[float, float] | None) -> None:
        if self._panels is not None:
            self._panels.show_range(span)
        self.controls.offer_reset(span is not None)

    def _enlarge(self, panel: QWidget) -> None:
        large = None if self.grid.large is panel else panel
        self.grid.arrange(self.grid.panels(), large)
        if self._panels is not None:
            self._panels.set_large(large)
        panel.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.grid.large is not None:
            self._enlarge(self.grid.large)
        else:
            super().keyPressEvent(event)

    # what others are given

    def _tensorboard_runs(self) -> tuple[Mapping[str, Path], str]:
        summary = self._summary
        if summary is None:
            return {}, ""
        interpreter = summary.record.interpreter if summary.record is not None else ""
        return {display_name(summary): summary.path}, interpreter

    def _whole_points(self) -> Sequence[Whole]:
        name = display_name(self._summary) if self._summary is not None else ""
        scalars: list[MetricKey] = [key for key in self.picker.drawn() if key.kind is Kind.SCALAR]
        found = [(key, self.metrics.whole(key)) for key in scalars]
        return [(name, key.name, whole) for key, whole in found if whole is not None]
