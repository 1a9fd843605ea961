"""The Runs page: search, the table, and the pane with the run that is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.run_actions import RunActions
from gym_gui.services.run_tail import RunTail
from gym_gui.services.runs_watch import RunsWatch
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui import wording
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.runs.actions import SelectedRunActions
from gym_gui.ui.runs.table import RunsTable
from gym_gui.ui.runs.table_model import RunsModel
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.placeholders import EmptyState

if TYPE_CHECKING:
    from gym_gui.ui.runs.detail import RunDetail

_CLOCK_MS = 1_000
_LISTING_PATIENCE_MS = 400
_AFTER_LISTING_MS = 20
_BESIDE_CHARACTERS = 210
_EMPTY_TEXT = (
    "Runs you start here or with gym-gui are listed on this page, and stay when the panel is closed. "
    "Pick a worker to start the first one."
)


class RunsPage(QWidget):
    """Home of the panel."""

    new_run_wanted = Signal()
    workers_wanted = Signal()
    rerun_wanted = Signal(str)

    def __init__(
        self,
        *,
        theme: Theme,
        watch: RunsWatch,
        tail: RunTail,
        tasks: TaskRunner,
        run_actions: RunActions,
        probe: WorkersProbe,
        desktop: Desktop,
        memory: LayoutMemory,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._theme = theme
        self._watch = watch
        self._tail = tail
        self._tasks = tasks
        self._desktop = desktop
        self._memory = memory
        self._probe = probe
        self.actions_for_run = SelectedRunActions(theme, run_actions, desktop, self, tasks)
        self.addActions(self.actions_for_run.all())
        self.model = RunsModel(self)
        self.table = RunsTable(theme, self.model, self.actions_for_run.all())
        self.detail: RunDetail | None = None
        self.search = QLineEdit(
            placeholderText="Search name, id, worker, environment, state", clearButtonEnabled=True
        )
        self.search.setAccessibleName("Search runs")
        self.count = PlainLabel("", "muted")
        self._clock = QTimer(self, interval=_CLOCK_MS)
        self._patience = QTimer(self, singleShot=True)
        self._build()
        self._connect()
        self.setFocusProxy(self.table)

    # building

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 10)
        head.setSpacing(10)
        head.addWidget(PlainLabel("Runs", "title"))
        head.addWidget(self.count)
        head.addStretch(1)
        self.search.setMinimumWidth(characters(self, 48))
        head.addWidget(self.search)
        head.addWidget(self._layout_button())
        self.empty = EmptyState(self._theme, "runs", "No runs yet", _EMPTY_TEXT)
        self.empty.add_button("Browse workers").clicked.connect(self.workers_wanted)
        self.empty.add_button("New run", primary=True).clicked.connect(self.new_run_wanted)
        self.nothing_found = EmptyState(self._theme, "search", "No run matches")
        self.nothing_found.add_button("Clear search").clicked.connect(self.search.clear)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setChildrenCollapsible(False)
        self._upper = QStackedWidget()
        self._upper.addWidget(self.table)
        self._upper.addWidget(self.nothing_found)
        self.split.addWidget(self._upper)
        self._place = QStackedWidget()
        self._place.addWidget(self.split)
        self._place.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._place, 1)
        self._memory.restore_state(self.table.horizontalHeader(), "runs/columns")

    def _layout_button(self) -> QToolButton:
        self.layout_action = QAction("Details beside the table", self, checkable=True)
        self.layout_action.setToolTip("Put the details beside the table, or below it")
        self._theme.bind_icon(self.layout_action, "split-beside")
        self.layout_action.setChecked(self._memory.text("runs/layout") == "beside")
        self.layout_action.toggled.connect(self._arrange)
        button = QToolButton()
        button.setDefaultAction(self.layout_action)
        return button

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        find = QAction("Search", self)
        find.setShortcut(QKeySequence.StandardKey.Find)
        find.triggered.connect(self.search.setFocus)
        self.addAction(find)
        self.table.chosen.connect(self._show)
        self.actions_for_run.rerun_wanted.connect(self.rerun_wanted)
        self._watch.changed.connect(self._take)
        self._watch.removed.connect(self._drop)
        self._watch.listed.connect(self._on_listed)
        self._clock.timeout.connect(self._tick)
        self._patience.timeout.connect(self._choose_if_none)

    # what others ask

    def choose(self, run_id: str) -> None:
        """Select a run, now or as soon as it is listed; the search gives way if it hides the run."""
        summary = self.model.summary(run_id)
        if summary is not None and self.model.row_of(run_id) is None:
            self.search.clear()
        self.table.choose(run_id)

    def remember_layout(self) -> None:
        """Have the columns and splitters remembered for the next start."""
        self._memory.remember_state(self.table.horizontalHeader(), "runs/columns")
        self._memory.remember_text("runs/layout", "beside" if self.layout_action.isChecked() else "below")
        if self.detail is not None:
            self._memory.remember_state(self.split, self._split_key())

    # what happens

    def _take(self, batch: list[RunSummary]) -> None:
        self.model.take(batch)
        self._refresh_counts()
        shown = self.detail.run_id if self.detail else None
        for summary in batch:
            if summary.run_id == shown:
                self._show(summary.run_id)
        if self.detail is None and not self._patience.isActive():
            self._patience.start(_LISTING_PATIENCE_MS)

    def _drop(self, run_ids: list[str]) -> None:
        self.model.drop(run_ids)
        self._refresh_counts()
        if self.detail is not None and self.detail.run_id in run_ids:
            self._choose_newest()

    def _on_listed(self) -> None:
        self._refresh_counts()
        self._patience.start(_AFTER_LISTING_MS)

    def _choose_if_none(self) -> None:
        """Show the newest run when none is shown: after the table, for a first curve takes a moment."""
        self._patience.stop()
        if self.detail is None and self.isVisible():
            self._choose_newest()

    def _refresh_counts(self) -> None:
        total, shown = self.model.total, self.model.rowCount()
        self.count.setText(f"{shown:,} of {total:,}" if shown != total else f"{total:,}" if total else "")
        self._place.setCurrentIndex(0 if total else 1)
        self._upper.setCurrentIndex(0 if shown or not total else 1)

    def _choose_newest(self) -> None:
        first = self.model.summary_at(0)
        if first is not None:
            self.table.choose(first.run_id)

    def _search(self, text: str) -> None:
        self.model.search(text)
        self.nothing_found.say(
            "No run matches", f"None of {wording.plural(self.model.total, 'run')} contains “{text}”."
        )
        self._refresh_counts()

    def _show(self, run_id: str) -> None:
        summary = self.model.summary(run_id)
        if summary is None:
            return
        self.actions_for_run.apply_to(summary)
        self._detail_pane().show_run(summary)

    def _tick(self) -> None:
        self.model.tick()
        shown = self.model.summary(self.detail.run_id or "") if self.detail else None
        if shown is not None and not shown.state.is_over and self.detail is not None:
            self.detail.overview.show_run(shown)

    # the detail pane, built when the first run is shown

    def _detail_pane(self) -> RunDetail:
        if self.detail is None:
            self.detail = self._make_detail()
            self.split.addWidget(self.detail)
            if not self._memory.text("runs/layout"):
                wide = self.width() >= characters(self, _BESIDE_CHARACTERS)
                self.layout_action.setChecked(wide)
            self._arrange(self.layout_action.isChecked())
        return self.detail

    def _make_detail(self) -> RunDetail:
        # Imported here: the table is on screen before any of it is needed.
        from gym_gui.services.resource_watch import ResourceWatch
        from gym_gui.services.run_labels import LabelsEditor
        from gym_gui.services.run_story import RunStory
        from gym_gui.ui.runs.detail import RunDetail
        from gym_gui.ui.runs.overview import Overview
        from gym_gui.ui.runs.tabs import run_tabs

        resources = ResourceWatch(self._tasks, self)
        overview = Overview(
            theme=self._theme,
            tail=self._tail,
            desktop=self._desktop,
            resources=resources,
            story=RunStory(self._tasks, self),
            labels=LabelsEditor(self._tasks, self),
        )
        overview.labels.edited.connect(self._watch.look_at)
        overview.continue_wanted.connect(self.actions_for_run.freeze.trigger)
        overview.stacks_wanted.connect(self.actions_for_run.stacks.trigger)
        return RunDetail(
            theme=self._theme,
            tail=self._tail,
            overview=overview,
            tabs=run_tabs(
                theme=self._theme,
                tail=self._tail,
                tasks=self._tasks,
                desktop=self._desktop,
                resources=resources,
                probe=self._probe,
                runs=self._watch.summaries,
                memory=self._memory,
            ),
            actions=self.actions_for_run.all(),
        )

    def _split_key(self) -> str:
        return (
            "runs/split-beside"
            if self.split.orientation() is Qt.Orientation.Horizontal
            else "runs/split-below"
        )

    def _arrange(self, beside: bool) -> None:
        if self.detail is None:
            return
        self.split.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
        if not self._memory.restore_state(self.split, self._split_key()):
            room = self.split.width() if beside else self.split.height()
            self.split.setSizes([round(room * 0.42), room - round(room * 0.42)])
        self.split.setStretchFactor(0, 2)
        self.split.setStretchFactor(1, 3)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        if self.model.total:
            self._choose_if_none()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()
