"""Adding a plain script to the workers, and taking one off the list again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gym_gui.core.environments.model import Environment
from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.scripts.describing import standing_of
from gym_gui.core.scripts.model import Script, ScriptProblem
from gym_gui.services.notifier import NoticeAction, Notifier
from gym_gui.services.scripts import Scripts
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.placeholders import Banner
from gym_gui.ui.workers.script_form import ScriptForm

_ABOUT = (
    "A script needs nothing of MOSAIC in it. One that mentions argparse or tyro is started once, up to where "
    "it reads its arguments, to make a form of them; any other is not started before its first run."
)
_MOST_NAMED = 12


class ScriptPanel(QFrame):
    """Where a script is added; `environments` gives those it could run in. Emits `closed`."""

    closed = Signal()

    def __init__(
        self,
        *,
        theme: Theme,
        scripts: Scripts,
        environments: Callable[[], tuple[Environment, ...]],
        notifier: Notifier,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._scripts = scripts
        self._environments = environments
        self._notifier = notifier
        self.form = ScriptForm()
        self.outcome = Banner(theme, "info")
        self.progress = QProgressBar()
        self.check = QPushButton("Check")
        self.check.setToolTip("Find out which arguments it takes; nothing is added yet")
        self.add = QPushButton("Add")
        self.add.setProperty("role", "primary")
        self.close_button = QPushButton("Close")
        self.close_button.setProperty("role", "quiet")
        self._build()
        self._connect()

    def _build(self) -> None:
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Asking the script for its arguments")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.close_button, self.check, self.add):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(8)
        layout.addWidget(PlainLabel("Add a script", "heading"))
        layout.addWidget(PlainLabel(_ABOUT, "muted", wrap=True))
        layout.addWidget(self.form)
        layout.addWidget(self.outcome)
        layout.addWidget(self.progress)
        layout.addLayout(buttons)
        self.outcome.hide()
        self.progress.hide()

    def _connect(self) -> None:
        self.add.clicked.connect(self._add)
        self.check.clicked.connect(self._check)
        self.close_button.clicked.connect(self.closed)
        self.form.submitted.connect(self._add)
        self.form.edited.connect(self.outcome.hide)
        escape = QAction("Close", self)
        escape.setShortcut(QKeySequence("Esc"))
        escape.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.triggered.connect(self.closed)
        self.addAction(escape)

    def open(self) -> None:
        """Be ready to be typed into; what was typed before and not added is still there."""
        try:
            self.form.offer(self._environments())
        except ValueError as error:
            self._refuse(error)
        self.form.file.setFocus()

    def remove(self, name: str) -> None:
        """Take a script off the list, and offer to put it back."""
        try:
            removed = self._scripts.remove(name)
        except (ValueError, OSError) as error:
            self._notifier.error(f"{name} could not be removed", str(error))
            return
        undo = NoticeAction("Undo", lambda: self._put_back(removed))
        self._notifier.info(f"{name} is off the list", f"{removed.file} is as it was.", undo)

    def _put_back(self, script: Script) -> None:
        try:
            self._scripts.put_back(script)
        except (ValueError, OSError) as error:
            self._notifier.error(f"{script.name} could not be put back", str(error))

    def _check(self) -> None:
        script = self._read()
        if script is not None:
            self._scripts.check(script, owner=self, done=self._show_found, failed=self._refuse)

    def _add(self) -> None:
        script = self._read() if self.add.isEnabled() else None
        if script is not None:
            self._scripts.add(script, owner=self, done=self._take_added, failed=self._refuse)

    def _read(self) -> Script | None:
        self.outcome.hide()
        try:
            script = self.form.script()
        except ScriptProblem as problem:
            self._refuse(problem)
            return None
        self._be_busy(True)
        return script

    def _be_busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        for widget in (self.add, self.check, self.form):
            widget.setEnabled(not busy)

    def _show_found(self, worker: ProbedWorker) -> None:
        self._be_busy(False)
        self.outcome.say(*_found(worker))
        self.outcome.show()
        self.add.setFocus()

    def _take_added(self, worker: ProbedWorker) -> None:
        self._be_busy(False)
        self.form.clear()
        self.closed.emit()
        known = standing_of(worker)
        self._notifier.success(f"Added {worker.worker_id}", f"{known[:1].upper()}{known[1:]}.")

    def _refuse(self, error: Exception) -> None:
        self._be_busy(False)
        self.outcome.say("danger", str(error))
        self.outcome.show()
        self.form.point_at(str(error))


def _found(worker: ProbedWorker) -> tuple[str, str]:
    """Tone and words for what a check has found."""
    if worker.failure is not None:
        return "danger", worker.failure.message
    if worker.schema is None:
        problem = worker.schema_problem
        return "warning", f"Its arguments are not known: {problem}" if problem else "It can be added."
    names = [str(name) for name in worker.schema.get("properties") or ()]
    if not names:
        return "info", "It takes no arguments."
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return "info", f"It takes {', '.join(names[:_MOST_NAMED])}{more}."
