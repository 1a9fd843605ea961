"""What can be done to the selected run: actions of the toolbar, the context menu and the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMessageBox, QWidget

from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.run_actions import RunActions
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.columns import display_name
from gym_gui.ui.theme import Theme


class SelectedRunActions(QObject):
    """Cancel, Rerun, Open folder, Copy id: enabled only where they apply to the run that is selected."""

    rerun_wanted = Signal(str)

    def __init__(self, theme: Theme, runs: RunActions, desktop: Desktop, window: QWidget) -> None:
        super().__init__(window)
        self._runs = runs
        self._desktop = desktop
        self._window = window
        self._summary: RunSummary | None = None
        self.cancel = self._action(theme, "Cancel", "stop", "Ctrl+.", self._ask_to_cancel)
        self.rerun = self._action(theme, "Rerun", "rerun", "Ctrl+R", self._rerun)
        self.open_folder = self._action(theme, "Open folder", "folder", "Ctrl+O", self._open_folder)
        self.copy_id = self._action(theme, "Copy id", "copy", "Ctrl+Shift+C", self._copy_id)
        runs.cancelling_changed.connect(self._enable)
        self._enable()

    def all(self) -> list[QAction]:
        """The actions in the order of a toolbar."""
        return [self.cancel, self.rerun, self.open_folder, self.copy_id]

    def apply_to(self, summary: RunSummary | None) -> None:
        """Make this run the one the actions apply to."""
        self._summary = summary
        self._enable()

    def _action(self, theme: Theme, text: str, icon: str, keys: str, do: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        theme.bind_icon(action, icon)
        action.setShortcut(QKeySequence(keys))
        action.setToolTip(f"{text} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
        action.triggered.connect(do)
        return action

    def _enable(self) -> None:
        summary = self._summary
        there = summary is not None
        going = summary is not None and not summary.state.is_over
        self.cancel.setEnabled(going and not self._runs.is_cancelling(summary.run_id if summary else ""))
        self.rerun.setEnabled(summary is not None and summary.record is not None)
        self.open_folder.setEnabled(there)
        self.copy_id.setEnabled(there)

    def _ask_to_cancel(self) -> None:
        summary = self._summary
        if summary is None:
            return
        label = display_name(summary)
        question = QMessageBox(QMessageBox.Icon.NoIcon, "Cancel run", "", parent=self._window)
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setText(f"Cancel run {label}?")
        question.setInformativeText(
            "The worker is asked to stop and may save what it has; after that every process of it is ended. "
            "The run's files stay."
        )
        stop = question.addButton("Cancel run", QMessageBox.ButtonRole.DestructiveRole)
        keep = question.addButton("Keep running", QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        stop.clicked.connect(lambda: self._runs.cancel(summary.run_id, label))
        question.open()

    def _rerun(self) -> None:
        if self._summary is not None:
            self.rerun_wanted.emit(self._summary.run_id)

    def _open_folder(self) -> None:
        if self._summary is not None:
            self._desktop.open_path(self._summary.path)

    def _copy_id(self) -> None:
        if self._summary is not None:
            self._desktop.copy(self._summary.run_id, "Run id")
