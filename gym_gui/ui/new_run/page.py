"""The New run page: choose a worker, fill in its form, see what it will run, start it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSplitter,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.core.preferences.presets import PresetStore
from gym_gui.core.probing.model import ConfigProblem, ProbedWorker, ProbeReport
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.notifier import Notifier
from gym_gui.services.preflight_check import PreflightCheck
from gym_gui.services.queue_watch import QueueWatch
from gym_gui.services.run_launcher import RunLauncher
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.new_run.checks_pane import ChecksPane
from gym_gui.ui.new_run.draft import DraftState, RunDraft
from gym_gui.ui.new_run.filling import Filling
from gym_gui.ui.new_run.footer import LaunchFooter
from gym_gui.ui.new_run.form_tabs import FormTabs
from gym_gui.ui.new_run.header import RunHeader
from gym_gui.ui.new_run.preview import LaunchPreview
from gym_gui.ui.new_run.starting import Starting, Wanted
from gym_gui.ui.new_run.undo_strip import UndoStrip
from gym_gui.ui.new_run.value_menus import ValueMenus
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.placeholders import Banner, EmptyState
from gym_gui.ui.widgets.tab_order import step_focus
from gym_gui.ui.workers.model import WorkersModel

_NO_WORKER = "There is no worker to run"
_NO_WORKER_TEXT = "None is installed, or none of them works. The Workers page says what to do about it."
_SPLIT = "new_run/split"
_PREVIEW, _CHECKS = 0, 1


@dataclass(frozen=True, slots=True)
class _WantedForm:
    """A form that is asked for before the workers are known."""

    worker_id: str
    interpreter: str
    config: Mapping[str, Any] | None
    checkpoint: Path | None


class NewRunPage(QWidget):
    """Emits `back_wanted` for Escape, `runs_begun` with the ids of several or queued runs.

    A single run that is started at once is told of by the launcher it was given.
    """

    back_wanted = Signal()
    workers_wanted = Signal()
    runs_begun = Signal(object)

    def __init__(
        self,
        *,
        theme: Theme,
        probe: WorkersProbe,
        launcher: RunLauncher,
        queue: QueueWatch,
        tasks: TaskRunner,
        notifier: Notifier,
        desktop: Desktop,
        memory: LayoutMemory,
        presets: PresetStore,
        store: RunStore,
        runs: Callable[[], Sequence[RunSummary]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._theme = theme
        self._probe = probe
        self._memory = memory
        self._wanted: _WantedForm | None = None
        self._warning = ""
        self.draft = RunDraft(self)
        self.workers = WorkersModel(self, launchable_only=True)
        self.header = RunHeader(self.workers)
        self.banner = Banner(theme, "danger")
        self.undo = UndoStrip(theme, self.draft)
        self.tabs = FormTabs(theme, self.draft, tasks, store.root)
        self.preview = LaunchPreview(theme, desktop, self.draft, store.root)
        self.checks = ChecksPane(theme)
        self.footer = LaunchFooter(theme)
        self.filling = Filling(
            theme=theme,
            draft=self.draft,
            presets=presets,
            store=store,
            runs=runs,
            tasks=tasks,
            notifier=notifier,
            desktop=desktop,
            page=self,
        )
        self.menus = ValueMenus(self.filling)
        self.starting = Starting(
            draft=self.draft,
            sweep=self.tabs.sweep,
            checks=self.checks,
            preflight=PreflightCheck(tasks, self),
            launcher=launcher,
            queue=queue,
            tasks=tasks,
            runs_folder=store.root,
            page=self,
        )
        self._build()
        self._connect()
        self.setFocusProxy(self.header.picker)
        if probe.report is not None:
            self._take_report(probe.report)
        self._refresh()

    def begin(
        self,
        worker_id: str,
        config: Mapping[str, Any] | None = None,
        name: str = "",
        tags: str = "",
        *,
        interpreter: str = "",
        checkpoint: Path | None = None,
    ) -> None:
        """Start a form for a worker, filled in from a config where one is given.

        Of several environments that have the worker the one of `interpreter` is meant, else the first.
        A `checkpoint` goes to the field of the config that takes one.
        """
        self.header.show_labels(name, tags)
        self._wanted = _WantedForm(worker_id, interpreter, config, checkpoint)
        if self._probe.report is not None:
            self._begin_wanted()

    # building

    def _build(self) -> None:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.right = QTabWidget()
        self.right.setDocumentMode(True)
        self.right.setProperty("role", "pane")
        self.right.tabBar().setAccessibleName("Preview and checks")
        self.right.addTab(self.preview, "What it runs")
        self.right.addTab(self.checks, "Checks")
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self._left())
        self.split.addWidget(self.right)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        if not self._memory.restore_state(self.split, _SPLIT):
            self.split.setSizes([600, 400])
        layout.addWidget(self.split, 1)
        layout.addWidget(self.footer)
        self.none = EmptyState(self._theme, "workers", _NO_WORKER, _NO_WORKER_TEXT)
        self.none.add_button("Browse workers", primary=True).clicked.connect(self.workers_wanted)
        self.scanning = EmptyState(self._theme, "search", "Looking for workers")
        self._place = QStackedLayout(self)
        for place in (content, self.none, self.scanning):
            self._place.addWidget(place)

    def _left(self) -> QWidget:
        left = QWidget()
        title = QHBoxLayout()
        title.setContentsMargins(16, 12, 20, 6)
        title.setSpacing(12)
        title.addWidget(PlainLabel("New run", "title"))
        title.addStretch(1)
        title.addWidget(self.menus)
        strips = QVBoxLayout()
        strips.setContentsMargins(16, 0, 20, 4)
        strips.setSpacing(6)
        strips.addWidget(self.banner)
        strips.addWidget(self.undo)
        line = QFrame()
        line.setProperty("role", "line")
        layout = QVBoxLayout(left)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(title)
        layout.addWidget(self.header)
        layout.addLayout(strips)
        layout.addWidget(line)
        layout.addWidget(self.tabs, 1)
        return left

    def _connect(self) -> None:
        self.header.picked.connect(self._pick)
        self.header.labelled.connect(self._take_labels)
        self.draft.changed.connect(self._refresh)
        self.tabs.options_changed.connect(self._take_options)
        self.filling.filled.connect(self._offer_undo)
        self.undo.undone.connect(self._show_restored)
        self.starting.changed.connect(self._refresh)
        self.starting.refused.connect(self._show_refusal)
        self.starting.begun.connect(self.filling.remember_last)
        self.starting.queued.connect(self.runs_begun)
        self.split.splitterMoved.connect(lambda *_: self._memory.remember_state(self.split, _SPLIT))
        self.footer.problems.clicked.connect(self.tabs.go_to_first_problem)
        self.footer.back.clicked.connect(self.back_wanted)
        self.footer.cancel.clicked.connect(self.starting.cancel)
        self.footer.check.clicked.connect(lambda: self._begin_start(Wanted.NOTHING))
        self.footer.start.clicked.connect(lambda: self._begin_start(Wanted.START))
        self.footer.queue.clicked.connect(lambda: self._begin_start(Wanted.QUEUE))
        self._bind("Ctrl+Return", lambda: self._begin_start(Wanted.START), "Start")
        self._bind("Ctrl+Enter", lambda: self._begin_start(Wanted.START), "")
        self._bind("Ctrl+Shift+Return", lambda: self._begin_start(Wanted.QUEUE), "Add to the queue")
        self._bind("Ctrl+F", self.tabs.find_field, "Find a field")
        self._bind("Esc", self._escape, "Back")
        self._probe.answered.connect(self._take_report)
        self._probe.scanning_changed.connect(self._choose_place)

    def _bind(self, keys: str, do: Callable[[], object], label: str) -> None:
        action = QAction(label, self)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked: do())
        self.addAction(action)

    # choosing a worker

    def _take_report(self, report: ProbeReport) -> None:
        self.header.take_report(report, self.draft.worker)
        if self._wanted is not None:
            self._begin_wanted()
        elif self.draft.worker is None and self.workers.rowCount():
            self._begin(self.workers.workers()[0], None)
        self._choose_place()

    def _begin_wanted(self) -> None:
        if self._wanted is None:
            return
        wanted, self._wanted = self._wanted, None
        offered = [worker for worker in self.workers.workers() if worker.worker_id == wanted.worker_id]
        there = [worker for worker in offered if worker.interpreter == wanted.interpreter]
        worker = next(iter(there or offered), None)
        if worker is None:
            self._warn(f"The worker {wanted.worker_id} is not installed here any more, or does not work.")
            return
        self._begin(worker, wanted.config)
        self.tabs.sweep.clear()
        if wanted.checkpoint is not None:
            self.filling.resume(wanted.config or {}, wanted.checkpoint)

    def _begin(self, worker: ProbedWorker, config: Mapping[str, Any] | None) -> None:
        before = self.draft.state()
        had_values = before is not None and bool(self.draft.differences())
        self.header.show_worker(worker)
        self.setWindowTitle(f"New run of {worker.worker_id}")
        self._warning = ""
        self.undo.forget()
        self.draft.begin(worker, config)
        if had_values and before is not None:
            self._offer_undo("The form was started over.", before)
        if self.draft.ignored:
            self._warn(f"Not fields of this worker, so left out: {', '.join(self.draft.ignored)}.")

    def _pick(self, worker: ProbedWorker | None) -> None:
        if worker is not None and worker != self.draft.worker:
            self._begin(worker, None)

    def _choose_place(self) -> None:
        if self.workers.rowCount():
            self._place.setCurrentIndex(0)
        else:
            self._place.setCurrentWidget(self.scanning if self._probe.scanning else self.none)

    def _offer_undo(self, told: str, before: DraftState) -> None:
        self._warning = ""
        self.undo.offer(told, before)
        self.tabs.show_form()
        self._refresh()

    def _show_restored(self) -> None:
        self._warning = ""
        self.header.show_worker(self.draft.worker)
        self._refresh()

    # what is asked for

    def _take_labels(self) -> None:
        self.draft.name = self.header.name.text()
        self.draft.tags = self.header.tag_list()

    def _take_options(self) -> None:
        self.draft.options = self.tabs.options
        self.preview.refresh()
        self._refresh()

    def _refresh(self) -> None:
        starting = self.starting
        self.footer.show_standing(
            self.tabs.problem_count(),
            starting.doing,
            ready=self.draft.worker is not None,
            runs=self.tabs.sweep.count,
            stoppable=starting.stoppable,
            anyway=starting.anyway,
        )
        self.tabs.show_standing(enabled=not starting.doing)
        for part in (self.header, self.menus, self.undo):
            part.setEnabled(not starting.doing)
        if starting.doing or starting.anyway:
            self.right.setCurrentIndex(_CHECKS)
        general = self.draft.general_problem()
        self.banner.say("danger" if general else "warning", general or self._warning)
        self.banner.setVisible(bool(general or self._warning))

    def _warn(self, text: str) -> None:
        self._warning = text
        self._refresh()

    def _escape(self) -> None:
        if self.starting.stoppable:
            self.starting.cancel()
        elif self.tabs.form_pane.search.hasFocus() and self.tabs.form_pane.search.text():
            self.tabs.form_pane.search.clear()
        else:
            self.back_wanted.emit()

    # starting

    def _begin_start(self, wanted: Wanted) -> None:
        if self.tabs.problem_count():
            self.tabs.go_to_first_problem()
        else:
            self.starting.begin(wanted)

    def _show_refusal(self, problems: tuple[ConfigProblem, ...]) -> None:
        self.draft.take_answer(problems)
        self.tabs.go_to_first_problem()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        # The button that starts comes right after the fields; what is only looked at comes last.
        form = (self.header, self.menus, self.banner, self.undo, self.tabs.tabBar(), self.tabs)
        parts = (*form, self.footer, self.right.tabBar(), self.right)
        return step_focus(self, parts, forward=next)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._probe.ensure_scanned()
        self._choose_place()
