"""Uploading an offline W&B run: the exact command first, then, when asked, its live output."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.artifacts.wandb.sync import sync_command
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.command_field import CommandField
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines
from gym_gui.ui.widgets.placeholders import Banner

_WIDTH, _HEIGHT = 92, 22
_ABOUT = (
    "This uploads the run to the W&B server that the command is logged in to. Nothing is sent before you "
    "start it. Closing this window while it runs ends it."
)
_MOST_LINES = 5_000
_END_MS = 2_000


class SyncDialog(QDialog):
    """Starts `wandb sync` when told to, and ends it with the window."""

    def __init__(
        self,
        theme: Theme,
        desktop: Desktop,
        directory: Path,
        python: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._pending = b""
        program = find_wandb(python)
        self.command = sync_command(directory, program or "wandb")
        self.note = Banner(theme, "warning")
        self.output = QPlainTextEdit(readOnly=True)
        self.start = QPushButton("Start sync")
        self.close_button = QPushButton("Cancel")
        self._build(theme, desktop)
        self.start.setEnabled(bool(program))
        if program:
            self.note.hide()
        else:
            self.note.say(
                "warning",
                "No wandb command was found, neither beside the run's Python nor on the search path. Install "
                "it there (pip install wandb), or run the command above where it is installed.",
            )

    def _build(self, theme: Theme, desktop: Desktop) -> None:
        self.setWindowTitle("Sync with W&B")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(characters(self, _WIDTH), lines(self, _HEIGHT))
        self.output.setProperty("role", "preview")
        self.output.setAccessibleName("Output")
        self.output.setMaximumBlockCount(_MOST_LINES)
        self.output.setPlaceholderText("What the command says shows here.")
        self.start.setAutoDefault(False)
        self.close_button.setDefault(True)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.start)
        row.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel("Upload this run to W&B?", "heading"))
        layout.addWidget(PlainLabel(_ABOUT, "muted", wrap=True))
        layout.addWidget(CommandField(theme, desktop, "Command", shlex.join(self.command)))
        layout.addWidget(self.note)
        layout.addWidget(self.output, 1)
        layout.addLayout(row)
        self.start.clicked.connect(self._begin)
        self.close_button.clicked.connect(self.reject)

    @property
    def is_running(self) -> bool:
        """Whether the command is running."""
        return self._process is not None

    def _begin(self) -> None:
        self.start.setEnabled(False)
        self.close_button.setText("Stop")
        self.output.clear()
        process = self._process = QProcess(self)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        process.setStandardInputFile(QProcess.nullDevice())
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._finish)
        process.errorOccurred.connect(self._fail)
        process.start(self.command[0], self.command[1:])

    def _read(self) -> None:
        if self._process is not None:
            self._pending += bytes(self._process.readAllStandardOutput().data())
            *whole, self._pending = self._pending.replace(b"\r", b"\n").split(b"\n")
            for line in whole:
                self.output.appendPlainText(line.decode("utf-8", "replace"))

    def _finish(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        if self._pending:
            self.output.appendPlainText(self._pending.decode("utf-8", "replace"))
        self._pending = b""
        self._process = None
        crashed = status is not QProcess.ExitStatus.NormalExit
        if code == 0 and not crashed:
            self._tell("success", "Done. Its output names the address of the run.")
        else:
            self._tell(
                "danger", f"It ended with {'a signal' if crashed else f'code {code}'}; its output says why."
            )

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            words = self._process.errorString()
            self._process = None
            self._tell("danger", f"{self.command[0]} could not be started: {words}")

    def _tell(self, tone: str, words: str) -> None:
        self.note.say(tone, words)
        self.note.show()
        self.start.setText("Start again")
        self.start.setEnabled(True)
        self.close_button.setText("Close")

    @override
    def done(self, result: int) -> None:
        process, self._process = self._process, None
        if process is not None:
            for signal in (process.finished, process.errorOccurred, process.readyReadStandardOutput):
                signal.disconnect()
            process.terminate()
            if not process.waitForFinished(_END_MS):
                process.kill()
                process.waitForFinished(_END_MS)
        super().done(result)


def find_wandb(python: str = "") -> str:
    """The wandb command beside an interpreter, else the one on the search path; "" when there is none."""
    beside = Path(python).parent / "wandb" if python else None
    if beside is not None and beside.is_file():
        return str(beside)
    return shutil.which("wandb") or ""
