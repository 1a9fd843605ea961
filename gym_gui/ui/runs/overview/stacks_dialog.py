"""Where a run's processes are in their code: their stacks as plain text, to read, copy and keep."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.processes.stacks import StackDump, StackReport, dump_stacks
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui import wording
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.command_field import CommandField
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines
from gym_gui.ui.widgets.placeholders import Banner

_WIDTH_IN_CHARACTERS = 118
_TEXT_LINES = 22


class StacksDialog(QDialog):
    """Asks for the stacks in the background when it opens, and again on request."""

    def __init__(
        self,
        *,
        theme: Theme,
        tasks: TaskRunner,
        desktop: Desktop,
        run: RunDirectory,
        label: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._desktop = desktop
        self._run = run
        self.heading = PlainLabel(f"Stacks of {label}", "heading", wrap=True)
        self.status = PlainLabel("", "muted", wrap=True)
        self.progress = QProgressBar()
        self.problem = Banner(theme, "warning")
        self.install = CommandField(theme, desktop, "Command")
        self.text = QPlainTextEdit(readOnly=True)
        self.again = QPushButton("Take again")
        self.copy = QPushButton("Copy")
        self.save = QPushButton("Save as…")
        self.close_button = QPushButton("Close")
        self._build()
        self.again.clicked.connect(self.take)
        self.copy.clicked.connect(lambda: self._desktop.copy(self.text.toPlainText(), "Stacks"))
        self.save.clicked.connect(self._save)
        self.close_button.clicked.connect(self.reject)
        self.take()

    def _build(self) -> None:
        self.setWindowTitle("Stacks")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(characters(self, _WIDTH_IN_CHARACTERS), lines(self, _TEXT_LINES + 10))
        self.progress.setRange(0, 0)
        self.text.setProperty("role", "preview")
        self.text.setAccessibleName("Stacks")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        buttons = QHBoxLayout()
        for button in (self.again, self.copy, self.save):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        self.close_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        for part in (self.heading, self.status, self.progress, self.problem, self.install):
            layout.addWidget(part)
        layout.addWidget(self.text, 1)
        layout.addLayout(buttons)
        self.close_button.setFocus()

    def take(self) -> None:
        """Ask for the stacks as they are now; what is shown stays until they are there."""
        run = self._run
        self.status.setText("py-spy looks into each process; none of them is disturbed for longer than that.")
        self._show_working(True)
        self.problem.hide()
        self.install.hide()
        self._tasks.start(
            "Taking stacks",
            lambda: dump_stacks(run),
            owner=self,
            done=self._show,
            failed=lambda error: self._refuse(f"{type(error).__name__}: {error}", ""),
        )

    def _show_working(self, working: bool) -> None:
        self.progress.setVisible(working)
        self.again.setEnabled(not working)
        has_text = bool(self.text.toPlainText())
        self.copy.setEnabled(has_text and not working)
        self.save.setEnabled(has_text and not working)

    def _show(self, report: StackReport) -> None:
        if report.problem:
            self._refuse(report.problem, report.hint)
            return
        self.text.setPlainText("\n\n".join(map(_dump_text, report.dumps)))
        unread = [dump for dump in report.dumps if dump.problem]
        count = wording.plural(len(report.dumps), "process", "processes")
        self.status.setText(
            "; ".join(filter(None, (f"{count}, taken at {wording.clock(time.time())}", report.hint)))
        )
        if unread:
            self.problem.say("warning", f"{len(unread):,} of {count} could not be read: {unread[0].problem}.")
            self.problem.show()
        self._show_working(False)

    def _refuse(self, problem: str, mend: str) -> None:
        self.text.clear()
        is_command = mend.startswith("pip ")
        self.status.setText("Installed with this command, it can be asked at once:" if is_command else mend)
        self.status.setVisible(bool(mend))
        self.install.setVisible(is_command)
        self.install.set_text(mend if is_command else "")
        self.problem.say("warning", f"There are no stacks: {problem}.")
        self.problem.show()
        self._show_working(False)

    def _save(self) -> None:
        suggested = str(Path.home() / f"stacks-{self._run.run_id}.txt")
        name, _ = QFileDialog.getSaveFileName(self, "Save stacks", suggested, "Text (*.txt)")
        if not name:
            return
        text, file = self.text.toPlainText(), Path(name)
        self._tasks.start(
            "Saving the stacks",
            lambda: file.write_text(text, encoding="utf-8"),
            owner=self,
            done=lambda _: self.status.setText(f"Saved as {file}"),
            failed=lambda error: self._tell_unsaved(file, error),
        )

    def _tell_unsaved(self, file: Path, error: Exception) -> None:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        self.problem.say("danger", f"{file} was not written: {why}")
        self.problem.show()


def _dump_text(dump: StackDump) -> str:
    process = dump.process
    role = f" ({process.role})" if process.role else ""
    head = f"Process {process.pid}{role}  {process.command}"
    # py-spy begins with a line that says the same without the role.
    text = dump.text.partition("\n")[2] if dump.text.startswith("Process ") else dump.text
    return f"{head}\n{(text or dump.problem).rstrip()}"
