"""Making an environment: what goes in, the commands that will run, their output, and how it ended."""

from __future__ import annotations

import shlex

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gym_gui.core.environments.model import EnvironmentProblem
from gym_gui.core.environments.planning import CreationPlan, plan_environment
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.command_field import CommandField
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.placeholders import Banner

_OUTPUT_LINES = 8
_MOST_LINES = 5_000


class CreatePanel(QFrame):
    """Emits `make_wanted` with the plan, `cancel_wanted` while it is carried out, `closed` when put away."""

    make_wanted = Signal(object)
    cancel_wanted = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, desktop: Desktop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.name = QLineEdit(placeholderText="e.g. rllib")
        self.packages = QLineEdit(placeholderText="e.g. my-worker torch==2.4 /path/to/project")
        self.base = QLineEdit(placeholderText="The Python of the panel")
        self.preview = CommandField(theme, desktop, "Commands")
        self.problem = Banner(theme, "danger")
        self.progress = QProgressBar()
        self.output = QPlainTextEdit(readOnly=True)
        self.make = QPushButton("Create")
        self.cancel = QPushButton("Cancel")
        self.close_button = QPushButton("Close")
        self._is_making = False
        self._build()
        self._replan()

    def open(self) -> None:
        """Show it, ready to be typed into; what is going on in it is left as it is."""
        self.show()
        if not self._is_making:
            self.problem.hide()
            self.name.setFocus()

    def plan(self) -> CreationPlan:
        """What the fields say.

        Raises:
            EnvironmentProblem: It cannot be made so.
        """
        try:
            packages = shlex.split(self.packages.text())
        except ValueError as error:
            raise EnvironmentProblem(f"packages: {error}") from error
        return plan_environment(self.name.text().strip(), packages, base_python=self.base.text().strip())

    def begin(self) -> None:
        """Show that it is being made."""
        self._set_making(True)
        self.problem.hide()
        self.output.clear()
        self.output.show()
        self.cancel.setFocus()

    def add_line(self, line: str) -> None:
        """Show a line of output."""
        self.output.appendPlainText(line)

    def end(self) -> None:
        """Show that it was made: empty, for the next one."""
        self._set_making(False)
        self.output.hide()
        for field in (self.name, self.packages):
            field.clear()

    def fail(self, reason: str, mend: str = "") -> None:
        """Show why it was not made; its output stays."""
        self._set_making(False)
        self.problem.say("danger", f"{reason}\n{mend}" if mend else reason)
        self.problem.show()
        self.name.setFocus()

    def give_up(self) -> None:
        """Show that it was cancelled."""
        self._set_making(False)
        self.problem.say("info", "Cancelled. Nothing of it was left behind.")
        self.problem.show()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        fields = (("Name", self.name, 1), ("Packages", self.packages, 3), ("Made from", self.base, 2))
        for column, (caption, field, stretch) in enumerate(fields):
            label = PlainLabel(caption, "caption")
            label.setBuddy(field)
            field.setAccessibleName(caption)
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)
            grid.setColumnStretch(column, stretch)
            field.textChanged.connect(self._replan)
            field.returnPressed.connect(self._emit)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Making the environment")
        self.output.setProperty("role", "preview")
        self.output.setAccessibleName("Output")
        self.output.setMaximumBlockCount(_MOST_LINES)
        self.output.setFixedHeight(self.output.fontMetrics().lineSpacing() * _OUTPUT_LINES + 16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(8)
        layout.addWidget(PlainLabel("New environment", "heading"))
        layout.addLayout(grid)
        layout.addWidget(PlainLabel("The worker SDK is always installed with them.", "small"))
        for widget in (self.preview, self.problem, self.progress, self.output):
            layout.addWidget(widget)
        layout.addLayout(self._buttons())
        for hidden in (self.problem, self.progress, self.output, self.cancel):
            hidden.hide()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        self.make.setProperty("role", "primary")
        self.close_button.setProperty("role", "quiet")
        for button in (self.close_button, self.cancel, self.make):
            row.addWidget(button)
        self.make.clicked.connect(self._emit)
        self.cancel.clicked.connect(self._cancel)
        self.close_button.clicked.connect(self.closed)
        return row

    def _emit(self) -> None:
        try:
            plan = self.plan()
        except EnvironmentProblem as error:
            self.fail(str(error))
            return
        self.make_wanted.emit(plan)

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.cancel_wanted.emit()

    def _replan(self) -> None:
        try:
            self.preview.set_text(self.plan().as_text() if self.name.text().strip() else "")
            self.problem.hide()
        except EnvironmentProblem as error:
            self.preview.set_text("")
            self.problem.say("danger", str(error))
            self.problem.show()
        self.preview.setVisible(bool(self.preview.label.text()))

    def _set_making(self, is_making: bool) -> None:
        self._is_making = is_making
        for widget in (self.name, self.packages, self.base):
            widget.setEnabled(not is_making)
        self.progress.setVisible(is_making)
        self.cancel.setVisible(is_making)
        self.cancel.setEnabled(is_making)
        self.make.setVisible(not is_making)
