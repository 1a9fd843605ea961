"""The New run page: choose a worker, fill in its form, see what it will run, start it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.probing.model import ConfigProblem, ProbedWorker, ProbeReport
from gym_gui.services.config_check import ConfigCheck
from gym_gui.services.run_launcher import RunLauncher
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.new_run.footer import LaunchFooter
from gym_gui.ui.new_run.form import RunForm
from gym_gui.ui.new_run.header import RunHeader
from gym_gui.ui.new_run.preview import LaunchPreview
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.placeholders import Banner, EmptyState
from gym_gui.ui.workers.model import WorkersModel

_NO_WORKER = "There is no worker to run"
_NO_WORKER_TEXT = "None is installed, or none of them works. The Workers page says what to do about it."


class NewRunPage(QWidget):
    """Emits `back_wanted` for Escape, and leaves the rest to the launcher it was given."""

    back_wanted = Signal()
    workers_wanted = Signal()

    def __init__(
        self,
        *,
        theme: Theme,
        probe: WorkersProbe,
        check: ConfigCheck,
        launcher: RunLauncher,
        desktop: Desktop,
        runs_folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._theme = theme
        self._probe = probe
        self._check = check
        self._launcher = launcher
        self._wanted: tuple[str, str, Mapping[str, Any] | None] | None = None
        self._doing = ""
        self._warning = ""
        self.draft = RunDraft(self)
        self.workers = WorkersModel(self, launchable_only=True)
        self.header = RunHeader(self.workers)
        self.banner = Banner(theme, "danger")
        self.form = RunForm(theme, self.draft)
        self.preview = LaunchPreview(theme, desktop, self.draft, runs_folder)
        self.footer = LaunchFooter(theme)
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
    ) -> None:
        """Start a form for a worker, filled in from a config where one is given.

        Of several environments that have the worker the one of `interpreter` is meant, else the first.
        """
        self.header.show_labels(name, tags)
        self._wanted = (worker_id, interpreter, config)
        if self._probe.report is not None:
            self._begin_wanted()

    # building

    def _build(self) -> None:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self._left())
        self.split.addWidget(self.preview)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
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
        title.addWidget(PlainLabel("New run", "title"))
        title.addStretch(1)
        margin = QVBoxLayout()
        margin.setContentsMargins(16, 0, 20, 4)
        margin.addWidget(self.banner)
        line = QFrame()
        line.setProperty("role", "line")
        layout = QVBoxLayout(left)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(title)
        layout.addWidget(self.header)
        layout.addLayout(margin)
        layout.addWidget(line)
        layout.addWidget(self.form, 1)
        return left

    def _connect(self) -> None:
        self.header.picked.connect(self._pick)
        self.header.labelled.connect(self._take_labels)
        self.draft.changed.connect(self._refresh)
        self.footer.problems.clicked.connect(self._go_to_first_problem)
        self.footer.back.clicked.connect(self.back_wanted)
        self.footer.start.clicked.connect(self._ask_worker)
        self._bind("Ctrl+Return", self._start_by_key)
        self._bind("Ctrl+Enter", self._start_by_key)
        self._bind("Esc", self.back_wanted.emit)
        self._probe.answered.connect(self._take_report)
        self._probe.scanning_changed.connect(self._choose_place)
        self._launcher.launched.connect(lambda _run_id: self._go_about(""))
        self._launcher.failed.connect(lambda _reason: self._go_about(""))

    def _bind(self, keys: str, do: Callable[[], object]) -> None:
        action = QAction(self)
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
        (worker_id, interpreter, config), self._wanted = self._wanted, None
        offered = [worker for worker in self.workers.workers() if worker.worker_id == worker_id]
        there = [worker for worker in offered if worker.interpreter == interpreter]
        worker = next(iter(there or offered), None)
        if worker is None:
            self._warn(f"The worker {worker_id} is not installed here any more, or does not work.")
        else:
            self._begin(worker, config)

    def _begin(self, worker: ProbedWorker, config: Mapping[str, Any] | None) -> None:
        self.header.show_worker(worker)
        self._warning = ""
        self.draft.begin(worker, config)
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

    # starting

    def _take_labels(self) -> None:
        self.draft.name = self.header.name.text()
        self.draft.tags = self.header.tag_list()

    def _refresh(self) -> None:
        ready = self.draft.worker is not None
        self.footer.show_standing(len(self.draft.problems()), self._doing, ready=ready)
        self.form.setEnabled(not self._doing)
        general = self.draft.general_problem()
        self.banner.say("danger" if general else "warning", general or self._warning)
        self.banner.setVisible(bool(general or self._warning))

    def _warn(self, text: str) -> None:
        self._warning = text
        self._refresh()

    def _go_to_first_problem(self) -> None:
        self.form.touch_all()
        first = next(iter(self.draft.problems()), None)
        if first is not None:
            self.form.focus_on(first)

    def _start_by_key(self) -> None:
        if self.footer.start.isEnabled():
            self._ask_worker()
        else:
            self._go_to_first_problem()

    def _ask_worker(self) -> None:
        worker = self.draft.worker
        if worker is None or self._doing:
            return
        self._go_about("Checking the config with the worker")
        self._check.ask(worker, self.draft.config(), owner=self, done=self._take_answer)

    def _take_answer(self, problems: tuple[ConfigProblem, ...]) -> None:
        self._go_about("")
        self.draft.take_answer(problems)
        if problems:
            self._go_to_first_problem()
        else:
            self._go_about("Starting")
            self._launcher.launch(self.draft.spec())

    def _go_about(self, doing: str) -> None:
        self._doing = doing
        self._refresh()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._probe.ensure_scanned()
        self._choose_place()
