"""The New run page: choose a worker, fill in its form, see what it will run, start it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.core.probing.model import ConfigProblem, ProbedWorker, ProbeReport
from gym_gui.services.config_check import ConfigCheck
from gym_gui.services.run_launcher import RunLauncher
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.new_run.form import RunForm
from gym_gui.ui.new_run.preview import LaunchPreview
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.placeholders import Banner, EmptyState
from gym_gui.ui.wording import plural
from gym_gui.ui.workers.model import WORKER_ROLE, WorkersModel

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
        self._wanted: tuple[str, Mapping[str, Any] | None] | None = None
        self._busy = False
        self.draft = RunDraft(self)
        self.workers = WorkersModel(self, launchable_only=True)
        self.picker = QComboBox()
        self.name = QLineEdit(placeholderText="Optional")
        self.tags = QLineEdit(placeholderText="Optional, separated by commas")
        self.form = RunForm(theme, self.draft)
        self.preview = LaunchPreview(theme, desktop, self.draft, runs_folder)
        self.banner = Banner(theme, "danger")
        self.problems = QPushButton()
        self.back = QPushButton("Back")
        self.start = QPushButton("Start")
        self.progress = QProgressBar()
        self._build()
        self._connect()
        if probe.report is not None:
            self._take_report(probe.report)
        self._refresh()

    # what others ask

    def begin(
        self, worker_id: str, config: Mapping[str, Any] | None = None, name: str = "", tags: str = ""
    ) -> None:
        """Start a form for a worker, filled in from a config where one is given."""
        for line, text in ((self.name, name), (self.tags, tags)):
            line.setText(text)
            line.setCursorPosition(0)
        self._wanted = (worker_id, config)
        if self._probe.report is not None:
            self._begin_wanted()

    # building

    def _build(self) -> None:
        self._place = QStackedLayout(self)
        self._place.addWidget(self._content())
        self.none = EmptyState(self._theme, "workers", _NO_WORKER, _NO_WORKER_TEXT)
        self.none.add_button("Browse workers", primary=True).clicked.connect(self.workers_wanted)
        self._place.addWidget(self.none)
        self.scanning = EmptyState(self._theme, "search", "Looking for workers")
        self._place.addWidget(self.scanning)

    def _content(self) -> QWidget:
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
        layout.addWidget(self._footer())
        return content

    def _left(self) -> QWidget:
        left = QWidget()
        head = QGridLayout()
        head.setContentsMargins(16, 4, 20, 8)
        head.setHorizontalSpacing(12)
        head.setVerticalSpacing(4)
        self.picker.setModel(self.workers)
        for column, (caption, widget) in enumerate(
            (("Worker", self.picker), ("Run name", self.name), ("Tags", self.tags))
        ):
            label = PlainLabel(caption, "caption")
            label.setBuddy(widget)
            widget.setAccessibleName(caption)
            head.addWidget(label, 0, column)
            head.addWidget(widget, 1, column)
            head.setColumnStretch(column, 1)
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
        layout.addLayout(head)
        layout.addLayout(margin)
        layout.addWidget(line)
        layout.addWidget(self.form, 1)
        return left

    def _footer(self) -> QFrame:
        footer = QFrame()
        footer.setProperty("role", "footer")
        row = QHBoxLayout(footer)
        row.setContentsMargins(16, 10, 16, 10)
        self.problems.setProperty("role", "quiet")
        self.start.setProperty("role", "primary")
        self._theme.bind_icon(self.start, "play", "accent_text")
        space_icon(self.start)
        self.start.setToolTip(f"Start the run ({QKeySequence('Ctrl+Return').toString(_NATIVE)})")
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(characters(self, 16))
        self.progress.setAccessibleName("Checking the config")
        self.doing = PlainLabel("", "muted")
        row.addWidget(self.problems)
        row.addWidget(self.doing)
        row.addWidget(self.progress)
        row.addStretch(1)
        row.addWidget(self.back)
        row.addWidget(self.start)
        return footer

    def _connect(self) -> None:
        self.picker.activated.connect(self._pick)
        self.name.textChanged.connect(self._take_labels)
        self.tags.textChanged.connect(self._take_labels)
        self.draft.changed.connect(self._refresh)
        self.problems.clicked.connect(self._go_to_first_problem)
        self.back.clicked.connect(self.back_wanted)
        self.start.clicked.connect(self._ask_worker)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            self._bind(keys, self._start_by_key)
        self._bind("Esc", self.back_wanted.emit)
        self._probe.answered.connect(self._take_report)
        self._probe.scanning_changed.connect(self._choose_place)
        self._launcher.launched.connect(lambda: self._set_busy(""))
        self._launcher.failed.connect(lambda: self._set_busy(""))

    def _bind(self, keys: str, do: Any) -> None:
        action = QAction(self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _checked: do())
        self.addAction(action)

    # choosing a worker

    def _take_report(self, report: ProbeReport) -> None:
        chosen = self.draft.worker.worker_id if self.draft.worker else ""
        with QSignalBlocker(self.picker):
            self.workers.take(report)
            self.picker.setCurrentIndex(self.workers.row_of(chosen))
        if self._wanted is not None:
            self._begin_wanted()
        elif self.draft.worker is None and self.workers.rowCount():
            self._begin(self.workers.workers()[0], None)
        self._choose_place()

    def _begin_wanted(self) -> None:
        if self._wanted is None:
            return
        (worker_id, config), self._wanted = self._wanted, None
        worker = next((w for w in self.workers.workers() if w.worker_id == worker_id), None)
        if worker is None:
            self._warn(f"The worker {worker_id} is not installed here any more, or does not work.")
        else:
            self._begin(worker, config)

    def _begin(self, worker: ProbedWorker, config: Mapping[str, Any] | None) -> None:
        self.picker.setCurrentIndex(self.workers.row_of(worker.worker_id))
        self.draft.begin(worker, config)
        if self.draft.ignored:
            self._warn(f"Not fields of this worker, so left out: {', '.join(self.draft.ignored)}.")

    def _pick(self, row: int) -> None:
        worker = self.workers.index(row, 0).data(WORKER_ROLE)
        if worker is not None and worker != self.draft.worker:
            self._begin(worker, None)

    def _choose_place(self) -> None:
        if self.workers.rowCount():
            self._place.setCurrentIndex(0)
        else:
            self._place.setCurrentWidget(self.scanning if self._probe.scanning else self.none)

    # starting

    def _take_labels(self) -> None:
        self.draft.name = self.name.text()
        self.draft.tags = tuple(tag for tag in map(str.strip, self.tags.text().split(",")) if tag)

    def _refresh(self) -> None:
        count = len(self.draft.problems())
        self.problems.setVisible(count > 0 and not self._busy)
        self.problems.setText(f"{plural(count, 'problem')} to fix")
        self.start.setEnabled(count == 0 and not self._busy and self.draft.worker is not None)
        general = self.draft.general_problem()
        self.banner.setVisible(bool(general))
        if general:
            self.banner.say("danger", general)

    def _warn(self, text: str) -> None:
        self.banner.say("warning", text)
        self.banner.show()

    def _go_to_first_problem(self) -> None:
        self.form.touch_all()
        first = next(iter(self.draft.problems()), None)
        if first is not None:
            self.form.focus_on(first)

    def _start_by_key(self) -> None:
        if self.start.isEnabled():
            self._ask_worker()
        else:
            self._go_to_first_problem()

    def _ask_worker(self) -> None:
        worker = self.draft.worker
        if worker is None or self._busy:
            return
        self._set_busy("Checking the config with the worker")
        self._check.ask(worker, self.draft.config(), owner=self, done=self._take_answer)

    def _take_answer(self, problems: tuple[ConfigProblem, ...]) -> None:
        self._set_busy("")
        self.draft.take_answer(problems)
        if problems:
            self._go_to_first_problem()
        else:
            self._set_busy("Starting")
            self._launcher.launch(self.draft.spec())

    def _set_busy(self, doing: str) -> None:
        self._busy = bool(doing)
        self.progress.setVisible(self._busy)
        self.doing.setText(doing)
        self.form.setEnabled(not self._busy)
        self._refresh()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._set_busy("") if not self._busy else None
        self._probe.ensure_scanned()
        self._choose_place()


_NATIVE = QKeySequence.SequenceFormat.NativeText
