"""What can be done to runs that are selected: actions of the toolbar, the context menu and the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.services.run_actions import RunActions
from gym_gui.services.runs_control import RunsControl
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.action_reasons import (
    why_not_at_all,
    why_not_cancel,
    why_not_freeze,
    why_not_rerun,
    why_not_stacks,
)
from gym_gui.ui.runs.selection.reasons import (
    ONE_ONLY,
    cancellable,
    freezable,
    repeatable,
    why_none_cancellable,
    why_not_opened,
)
from gym_gui.ui.runs.selection.targets import short_name, targets_of
from gym_gui.ui.theme import Theme

_FREEZE_TIP = "Stop every process where it stands; memory and devices stay held"


class SelectedRunActions(QObject):
    """Cancel, Freeze or Continue, Show stacks, Rerun, Open folder, Copy id.

    Each is enabled only where it applies to the run, or the runs, that are selected; its tool tip says why
    where it does not.

    Signals:
        rerun_wanted: The id of a run, to be launched once more after a look at its form.
        rerun_all_wanted: Summaries of several runs, to be launched once more as they are.
    """

    rerun_wanted = Signal(str)
    rerun_all_wanted = Signal(object)

    def __init__(
        self,
        theme: Theme,
        runs: RunActions,
        desktop: Desktop,
        window: QWidget,
        *,
        tasks: TaskRunner,
        control: RunsControl,
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._runs = runs
        self._desktop = desktop
        self._window = window
        self._tasks = tasks
        self._control = control
        self._selection: Sequence[RunSummary] = ()
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
        control.busy_changed.connect(self._enable)
        self._enable()

    def all(self) -> list[QAction]:
        """The actions in the order of a toolbar."""
        return [self.cancel, self.freeze, self.stacks, self.rerun, self.open_folder, self.copy_id]

    def apply_to(self, summary: RunSummary | None) -> None:
        """Make this run the one the actions apply to."""
        self.apply_to_selection((summary,) if summary is not None else ())

    def apply_to_selection(self, summaries: Sequence[RunSummary]) -> None:
        """Make these runs the ones the actions apply to."""
        self._selection = summaries
        self._enable()

    @property
    def _summary(self) -> RunSummary | None:
        """The one run they apply to; None when there are several, or none."""
        return self._selection[0] if len(self._selection) == 1 else None

    def _is_busy(self, run_id: str) -> bool:
        is_alone = self._runs.is_cancelling(run_id) or self._runs.is_freezing(run_id)
        return is_alone or self._control.is_busy(run_id)

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
        if len(self._selection) > 1:
            self._enable_for_many()
            return
        busy = self._control.is_busy(run_id)
        cancelling, freezing = self._runs.is_cancelling(run_id) or busy, self._runs.is_freezing(run_id)
        self._allow(self.cancel, why_not_cancel(summary, is_cancelling=cancelling))
        self._allow(self.freeze, why_not_freeze(summary, is_busy=cancelling or freezing))
        self._allow(self.stacks, why_not_stacks(summary))
        self._allow(self.rerun, why_not_rerun(summary))
        self._allow(self.open_folder, why_not_at_all(summary))
        self._allow(self.copy_id, why_not_at_all(summary))

    def _enable_for_many(self) -> None:
        can_cancel = cancellable(self._selection, self._is_busy)
        self._allow(self.cancel, "" if can_cancel else why_none_cancellable(self._selection))
        can_freeze = freezable(self._selection, self._is_busy)
        self._allow(self.freeze, "" if can_freeze else "none of them has processes that go on")
        self._allow(self.stacks, ONE_ONLY)
        can_rerun = repeatable(self._selection)
        self._allow(self.rerun, "" if can_rerun else "none has a run.json that says how it was launched")
        self._allow(self.open_folder, why_not_opened(self._selection))
        self._allow(self.copy_id, "")

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
        """Whether nothing of them goes on, so that continuing is what is wanted."""
        changeable = freezable(self._selection, self._is_busy)
        return bool(changeable) and all(run.state is RunState.PAUSED for run in changeable)

    def _ask_to_cancel(self) -> None:
        # Dialogs are imported when they are wanted: the window opens without them.
        from gym_gui.core.runs.directory import RunDirectory
        from gym_gui.ui.runs.cancel_dialog import CancelDialog

        if len(self._selection) > 1:
            self._ask_to_cancel_many()
        elif self._summary is not None:
            CancelDialog(
                theme=self._theme,
                tasks=self._tasks,
                actions=self._runs,
                run=RunDirectory(self._summary.path),
                label=short_name(self._summary),
                parent=self._window,
            ).open()

    def _ask_to_cancel_many(self) -> None:
        from gym_gui.ui.runs.selection.cancel import CancelManyDialog

        runs = cancellable(self._selection, self._is_busy)
        CancelManyDialog(self._theme, self._control, runs, len(self._selection), self._window).open()

    def _freeze_or_continue(self) -> None:
        frozen, summary = self._is_frozen(), self._summary
        if summary is not None:
            (self._runs.resume if frozen else self._runs.freeze)(summary.run_id, short_name(summary))
            return
        wanted = [
            run
            for run in freezable(self._selection, self._is_busy)
            if (run.state is RunState.PAUSED) is frozen
        ]
        if wanted:
            (self._control.resume if frozen else self._control.freeze)(targets_of(wanted))

    def _show_stacks(self) -> None:
        from gym_gui.core.runs.directory import RunDirectory
        from gym_gui.ui.runs.overview.stacks_dialog import StacksDialog

        if self._summary is not None:
            StacksDialog(
                theme=self._theme,
                tasks=self._tasks,
                desktop=self._desktop,
                run=RunDirectory(self._summary.path),
                label=short_name(self._summary),
                parent=self._window,
            ).open()

    def _rerun(self) -> None:
        if self._summary is not None:
            self.rerun_wanted.emit(self._summary.run_id)
            return
        from gym_gui.ui.runs.selection.rerun import RerunManyDialog

        runs, selected = repeatable(self._selection), len(self._selection)
        RerunManyDialog(runs, selected, lambda: self.rerun_all_wanted.emit(runs), self._window).open()

    def _open_folder(self) -> None:
        for summary in self._selection:
            self._desktop.open_path(summary.path)

    def _copy_id(self) -> None:
        ids = [summary.run_id for summary in self._selection]
        if ids:
            self._desktop.copy("\n".join(ids), "Run id" if len(ids) == 1 else f"{len(ids):,} run ids")
