"""The Runs page: search, the table, and the pane with the run, or the runs, that are selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.runs.query.query import Query
from gym_gui.core.runs.queue.status import QueueStatus
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.many_runs import ManyRuns
from gym_gui.services.run_actions import RunActions
from gym_gui.services.run_sizing import RunSizing
from gym_gui.services.run_tail import RunTail
from gym_gui.services.runs_watch import RunsWatch
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.runs.actions import SelectedRunActions
from gym_gui.ui.runs.page_found import FoundRuns, count_text, count_tip
from gym_gui.ui.runs.page_head import page_head
from gym_gui.ui.runs.page_split import DetailsSplit
from gym_gui.ui.runs.search.field import SearchField
from gym_gui.ui.runs.search.saved import SavedSearches
from gym_gui.ui.runs.selection.actions import SelectionActions
from gym_gui.ui.runs.selection.pane import SelectionPane
from gym_gui.ui.runs.selection.targets import targets_of
from gym_gui.ui.runs.table.group_memory import opened_groups, remember_opened_groups
from gym_gui.ui.runs.table.header import ColumnsButton
from gym_gui.ui.runs.table.model import RunsModel
from gym_gui.ui.runs.table.table import RunsTable
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.placeholders import EmptyState

if TYPE_CHECKING:
    from pathlib import Path

    from gym_gui.core.probing.model import ProbedWorker
    from gym_gui.ui.runs.detail import RunDetail

_CLOCK_MS = 1_000
_LISTING_PATIENCE_MS = 400
_AFTER_LISTING_MS = 20
_EMPTY_TEXT = (
    "Runs you start here or with gym-gui are listed on this page, and stay when the panel is closed. "
    "Start the first one with New run (Ctrl+N). F1 lists every key, Ctrl+K finds every command."
)


class RunsPage(QWidget):
    """Home of the panel. `compare_wanted` carries ids of runs; see `offer_compare`."""

    new_run_wanted = Signal()
    workers_wanted = Signal()
    rerun_wanted = Signal(str)
    compare_wanted = Signal(object)

    def __init__(
        self,
        *,
        theme: Theme,
        watch: RunsWatch,
        tail: RunTail,
        tasks: TaskRunner,
        run_actions: RunActions,
        many: ManyRuns,
        probe: WorkersProbe,
        desktop: Desktop,
        memory: LayoutMemory,
        make_metrics: Callable[[], QWidget],
        resume: Callable[[str, Path], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._theme = theme
        self._watch = watch
        self._tail = tail
        self._tasks = tasks
        self._many = many
        self._desktop = desktop
        self._memory = memory
        self._make_metrics = make_metrics
        self._resume = resume
        self._probe = probe
        self.actions_for_run = SelectedRunActions(
            theme, run_actions, desktop, self, tasks=tasks, control=many.control
        )
        self.addActions(self.actions_for_run.all())
        self.selection_actions = SelectionActions(
            theme, self, tasks=tasks, many=many, known_tags=self._known_tags
        )
        self.model = RunsModel(self)
        self.table = RunsTable(theme, self.model, self._menu_actions)
        self.table.addActions(self.selection_actions.all())
        self.columns = ColumnsButton(theme, self.table, memory)
        self.detail: RunDetail | None = None
        self.selection: SelectionPane | None = None
        self.search = SearchField(theme, SavedSearches(memory), self.model.order.summaries)
        self.count = PlainLabel("", "muted")
        self._clock = QTimer(self, interval=_CLOCK_MS)
        self._patience = QTimer(self, singleShot=True)
        self._build()
        self._connect()
        self.model.group_runs(self.columns.grouping.isChecked(), opened_groups(memory))
        self.setFocusProxy(self.table)

    # building

    def _build(self) -> None:
        self.empty = EmptyState(self._theme, "runs", "No runs yet", _EMPTY_TEXT)
        self.empty.add_button("New run", primary=True).clicked.connect(self.new_run_wanted)
        self.empty.add_button("Browse workers").clicked.connect(self.workers_wanted)
        self.found = FoundRuns(self._theme, self.table)
        self.found.search_archived.clicked.connect(lambda: self.search.setText("is:archived"))
        self.found.clear_search.clicked.connect(self.search.clear)
        self.split = DetailsSplit(self._theme, self._memory, self.found)
        self._place = QStackedWidget()
        self._place.addWidget(self.split)
        self._place.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(
            page_head(
                self.count,
                self.search,
                self.columns,
                (self.split.layout_action, self.selection_actions.show_trash),
            )
        )
        layout.addWidget(self._place, 1)

    def _connect(self) -> None:
        self.search.searched.connect(self._search)
        self.search.left.connect(self.table.setFocus)
        find = QAction("Search", self)
        find.setShortcut(QKeySequence.StandardKey.Find)
        find.triggered.connect(self.search.setFocus)
        self.addActions([find, self.columns.choose, self.columns.grouping])
        self.columns.group_wanted.connect(lambda on: self.model.group_runs(on, self.model.order.opened))
        self.table.chosen.connect(self._show)
        self.table.selection_changed.connect(self._on_selection)
        self.table.fold_wanted.connect(self.model.open_group)
        self.model.arranged.connect(self._refresh_counts)
        self.actions_for_run.rerun_wanted.connect(self.rerun_wanted)
        self.actions_for_run.rerun_all_wanted.connect(self._rerun_all)
        self.selection_actions.compare_wanted.connect(self.compare_wanted)
        self._watch.changed.connect(self._take)
        self._watch.removed.connect(self._drop)
        self._watch.listed.connect(self._on_listed)
        self._clock.timeout.connect(self._tick)
        self._patience.timeout.connect(self._choose_if_none)
        self._many.labelling.edited.connect(self._look_at_each)
        self._many.trash.restored.connect(self._look_at_each)
        self._many.trash.deleted.connect(self._drop)
        self._many.control.touched.connect(self._watch.look_at)
        self._many.queue.changed.connect(self._show_line)

    # what others ask

    def choose(self, run_id: str) -> None:
        """Select a run, now or as soon as it is listed; a search or a fold that hides it gives way."""
        summary = self.model.summary(run_id)
        if summary is not None and not self.model.order.matches(run_id):
            self.search.setText("is:archived" if summary.labels.archived else "")
        group = self.model.order.row_group(run_id)
        if group is not None and self.model.row_of(run_id) is None:
            self.model.open_group(group, True)
        self.table.choose(run_id)

    def offer_compare(self) -> None:
        """Have comparing offered; whoever calls this has connected `compare_wanted`."""
        self.selection_actions.offer_compare()
        if self.selection is not None:
            self.selection.show_actions(self._actions_for_many())

    def show_sizes(self, sizing: RunSizing) -> None:
        """Have the table show what the runs take on the disk; of a run that is turned to, as of now."""
        sizing.measured.connect(self.model.show_sizes)
        self.table.chosen.connect(sizing.look_at)

    def remember_layout(self) -> None:
        """Have the columns, groups and splitters remembered for the next start."""
        self.columns.remember()
        remember_opened_groups(self._memory, self.model.order.opened)
        self.split.remember()

    # what happens

    def _take(self, batch: list[RunSummary]) -> None:
        self.model.take(batch)
        self._refresh_counts()
        changed = {summary.run_id for summary in batch}
        selected = self.table.selected_runs()
        if len(selected) > 1:
            if any(run.run_id in changed for run in selected):
                self._on_selection()
        elif self.detail is not None and self.detail.run_id in changed:
            self._show(self.detail.run_id or "")
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

    def _look_at_each(self, run_ids: list[str]) -> None:
        """Show the runs as they are now, those too that were dropped here and that the watch still knows."""
        seen = [self._watch.look_at(run_id) for run_id in run_ids]
        self.model.take(summary for summary in seen if summary is not None)

    def _show_line(self, status: QueueStatus) -> None:
        count = len(status.waiting)
        places = {
            entry.run_id: f"{place:,} of {count:,} in line" for place, entry in enumerate(status.waiting, 1)
        }
        self.model.show_line(places)

    def _choose_if_none(self) -> None:
        """Show the newest run when none is shown: after the table, for a first curve takes a moment."""
        self._patience.stop()
        if self.detail is None and self.isVisible():
            self._choose_newest()

    def _choose_newest(self) -> None:
        key = self.model.key_at(0)
        if key:
            self.table.choose(key)

    def _refresh_counts(self) -> None:
        order = self.model.order
        self.count.setText(count_text(order))
        self.count.setToolTip(count_tip(order))
        self._place.setCurrentWidget(self.split if order.total else self.empty)
        self.found.show_found(order)

    def _search(self, query: Query) -> None:
        self.model.search(query)
        self._refresh_counts()

    def _known_tags(self) -> set[str]:
        return {tag for run in self.model.order.summaries() for tag in run.labels.tags}

    def _tick(self) -> None:
        self.model.tick()
        shown = self.model.summary(self.detail.run_id or "") if self.detail else None
        if shown is not None and not shown.state.is_over and self.detail is not None:
            self.detail.overview.show_run(shown)

    def _rerun_all(self, runs: list[RunSummary]) -> None:
        found = {run.run_id: self._worker_of(run) for run in runs}
        workers = {run_id: worker for run_id, worker in found.items() if worker is not None}
        self._many.rerun.queue_again(targets_of(runs), workers)

    def _worker_of(self, run: RunSummary) -> ProbedWorker | None:
        record = run.record
        return self._probe.worker(record.worker_id, record.interpreter) if record is not None else None

    # the selection

    def _on_selection(self) -> None:
        runs = self.table.selected_runs()
        if len(runs) > 1:
            self.actions_for_run.apply_to_selection(runs)
            self.selection_actions.apply_to(runs)
            self._show_many(runs)
        elif runs or self.detail is not None:
            self._show(runs[0].run_id if runs else (self.detail and self.detail.run_id) or "")

    def _show(self, run_id: str) -> None:
        summary = self.model.summary(run_id)
        if summary is None:
            return
        self.actions_for_run.apply_to(summary)
        self.selection_actions.apply_to((summary,))
        detail = self._detail_pane()
        self.split.show_details(detail)
        detail.show_run(summary)

    def _show_many(self, runs: list[RunSummary]) -> None:
        self._detail_pane()
        if self.selection is None:
            self.selection = SelectionPane(self._theme, self._desktop, self._actions_for_many())
            self.split.add_details(self.selection)
        group = self.table.selected_group()
        self.selection.show_runs(runs, group.name if group is not None else "")
        self.split.show_details(self.selection)

    def _actions_for_many(self) -> list[QAction]:
        single = self.actions_for_run
        run_again = [single.rerun, single.open_folder]
        more = self.selection_actions.for_selection()
        return [single.cancel, single.freeze, *more, *run_again, single.copy_id]

    def _menu_actions(self) -> list[QAction]:
        def line() -> QAction:
            between = QAction(self.table)
            between.setSeparator(True)
            return between

        more = self.selection_actions
        queue = [line(), *more.for_queue()] if more.concerns_queue else []
        return [*self.actions_for_run.all(), line(), *more.for_selection(), *queue]

    # the detail pane, built when the first run is shown

    def _detail_pane(self) -> RunDetail:
        if self.detail is None:
            from gym_gui.ui.runs.page_detail import make_detail

            self.detail = make_detail(
                theme=self._theme,
                watch=self._watch,
                tail=self._tail,
                tasks=self._tasks,
                probe=self._probe,
                desktop=self._desktop,
                memory=self._memory,
                queue=self._many.queue,
                actions=self.actions_for_run,
                start_now=self.selection_actions.start_now.trigger,
                page=self,
                make_metrics=self._make_metrics,
                resume=self._resume,
            )
            self.split.add_details(self.detail)
        return self.detail

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
