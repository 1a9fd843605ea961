"""What can be done to the selected run: actions of the toolbar, the context menu and the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.services.run_actions import RunActions
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.action_reasons import (
    why_not_at_all,
    why_not_cancel,
    why_not_freeze,
    why_not_rerun,
    why_not_stacks,
)
from gym_gui.ui.runs.columns import display_name
from gym_gui.ui.theme import Theme

_LONGEST_LABEL = 80
_FREEZE_TIP = "Stop every process where it stands; memory and devices stay held"


class SelectedRunActions(QObject):
    """Cancel, Freeze or Continue, Show stacks, Rerun, Open folder, Copy id.

    Each is enabled only where it applies to the run that is selected; its tool tip says why where it
    does not.
    """

    rerun_wanted = Signal(str)

    def __init__(
        self,
        theme: Theme,
        runs: RunActions,
        desktop: Desktop,
        window: QWidget,
        tasks: TaskRunner,
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._runs = runs
        self._desktop = desktop
        self._window = window
        self._tasks = tasks
        self._summary: RunSummary | None = None
        self._tips: dict[QAction, str] = {}
        self.cancel = self._action("Cancel", "stop", "Ctrl+.", self._ask_to_cancel)
        self.freeze = self._action("Freeze", "pause", "Ctrl+Shift+F", self._freeze_or_continue)
        self.stacks = self._action(
            "Stacks",
            "stacks",
            "Ctrl+Shift+K",
            self._show_stacks,
            "Show where its processes are in their code",
        )
        self.rerun = self._action("Rerun", "rerun", "Ctrl+R", self._rerun)
        self.open_folder = self._action("Open folder", "folder", "Ctrl+O", self._open_folder)
        self.copy_id = self._action("Copy id", "copy", "Ctrl+Shift+C", self._copy_id)
        runs.cancelling_changed.connect(self._enable)
        runs.freezing_changed.connect(self._enable)
        self._enable()

    def all(self) -> list[QAction]:
        """The actions in the order of a toolbar."""
        return [self.cancel, self.freeze, self.stacks, self.rerun, self.open_folder, self.copy_id]

    def apply_to(self, summary: RunSummary | None) -> None:
        """Make this run the one the actions apply to."""
        self._summary = summary
        self._enable()

    def _action(self, text: str, icon: str, keys: str, do: Callable[[], None], tip: str = "") -> QAction:
        action = QAction(text, self)
        self._theme.bind_icon(action, icon)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked: do())
        self._tips[action] = tip or text
        return action

    def _enable(self) -> None:
        summary = self._summary
        run_id = summary.run_id if summary else ""
        self._show_what_freeze_does()
        cancelling, freezing = self._runs.is_cancelling(run_id), self._runs.is_freezing(run_id)
        self._allow(self.cancel, why_not_cancel(summary, is_cancelling=cancelling))
        self._allow(self.freeze, why_not_freeze(summary, is_busy=cancelling or freezing))
        self._allow(self.stacks, why_not_stacks(summary))
        self._allow(self.rerun, why_not_rerun(summary))
        self._allow(self.open_folder, why_not_at_all(summary))
        self._allow(self.copy_id, why_not_at_all(summary))

    def _allow(self, action: QAction, why_not: str) -> None:
        action.setEnabled(not why_not)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        tip = self._tips[action]
        action.setToolTip(f"{action.text()}: {why_not}" if why_not else f"{tip} ({keys})")

    def _show_what_freeze_does(self) -> None:
        is_frozen = self._is_frozen()
        text = "Continue" if is_frozen else "Freeze"
        if self.freeze.text() != text:
            self.freeze.setText(text)
            self._theme.bind_icon(self.freeze, "play" if is_frozen else "pause")
        self._tips[self.freeze] = "Let its processes go on" if is_frozen else _FREEZE_TIP

    def _is_frozen(self) -> bool:
        return self._summary is not None and self._summary.state is RunState.PAUSED

    def _ask_to_cancel(self) -> None:
        # Dialogs are imported when they are wanted: the window opens without them.
        from gym_gui.core.runs.directory import RunDirectory
        from gym_gui.ui.runs.cancel_dialog import CancelDialog

        if self._summary is not None:
            CancelDialog(
                theme=self._theme,
                tasks=self._tasks,
                actions=self._runs,
                run=RunDirectory(self._summary.path),
                label=_label(self._summary),
                parent=self._window,
            ).open()

    def _freeze_or_continue(self) -> None:
        summary = self._summary
        if summary is None:
            return
        act = self._runs.resume if self._is_frozen() else self._runs.freeze
        act(summary.run_id, _label(summary))

    def _show_stacks(self) -> None:
        from gym_gui.core.runs.directory import RunDirectory
        from gym_gui.ui.runs.stacks_dialog import StacksDialog

        if self._summary is not None:
            StacksDialog(
                theme=self._theme,
                tasks=self._tasks,
                desktop=self._desktop,
                run=RunDirectory(self._summary.path),
                label=_label(self._summary),
                parent=self._window,
            ).open()

    def _rerun(self) -> None:
        if self._summary is not None:
            self.rerun_wanted.emit(self._summary.run_id)

    def _open_folder(self) -> None:
        if self._summary is not None:
            self._desktop.open_path(self._summary.path)

    def _copy_id(self) -> None:
        if self._summary is not None:
            self._desktop.copy(self._summary.run_id, "Run id")


def _label(summary: RunSummary) -> str:
    """The run's name, cut where it would fill a dialog."""
    name = display_name(summary)
    return name if len(name) <= _LONGEST_LABEL else f"{name[:_LONGEST_LABEL]}…"
