"""What can be done to the selected runs beside ending them: labels, the trash, the queue, comparing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from gym_gui.core.runs.queue.order import Move
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.many_runs import ManyRuns
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.runs.selection.reasons import (
    why_not_compared,
    why_not_deleted,
    why_not_labelled,
    why_not_moved,
    why_not_renamed,
    why_not_started,
)
from gym_gui.ui.runs.selection.targets import targets_of
from gym_gui.ui.theme import Theme


class SelectionActions(QObject):
    """Compare, Tags, Rename, Archive, Delete, Undo, Trash, and moves in the queue.

    Each is enabled only where it applies to all that are selected; its tool tip says why where it does not.
    `compare_wanted` carries the ids of the runs to compare.
    """

    compare_wanted = Signal(object)

    def __init__(
        self,
        theme: Theme,
        window: QWidget,
        *,
        tasks: TaskRunner,
        many: ManyRuns,
        known_tags: Callable[[], set[str]],
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._tasks = tasks
        self._labelling = many.labelling
        self._trash = many.trash
        self._undo = many.undo
        self._queue = many.queue
        self._known_tags = known_tags
        self._runs: Sequence[RunSummary] = ()
        self._tips: dict[QAction, str] = {}
        self._can_compare = False
        self.compare = self._action("Compare", "chart", "Ctrl+Shift+M", self._compare)
        self.tags = self._action("Tags…", "tag", "Ctrl+T", self._ask_for_tags)
        self.rename = self._action("Rename…", "rename", "F2", self._ask_for_name)
        self.archive = self._action("Archive", "archive", "Ctrl+Shift+E", self._archive)
        self.delete = self._action("Delete", "trash", "Del", self._delete, "Move to the trash")
        self.move_up = self._action("Move up in the queue", "arrow-up", "Alt+Up", lambda: self._move(Move.UP))
        self.move_down = self._action(
            "Move down in the queue", "arrow-down", "Alt+Down", lambda: self._move(Move.DOWN)
        )
        self.start_now = self._action(
            "Start now", "play", "Ctrl+Return", self._start_now, "Start out of turn, whatever else is going"
        )
        self.undo = self._action("Undo", "undo", "Ctrl+Z", many.undo.take_back)
        self.show_trash = self._action("Trash", "trash", "Ctrl+Shift+T", self._show_trash, "Deleted runs")
        many.undo.changed.connect(self._enable)
        many.queue.changed.connect(self._enable)
        self._enable()

    def offer_compare(self) -> None:
        """Have comparing be an action: somebody listens to `compare_wanted`."""
        self._can_compare = True
        self._enable()

    def for_selection(self) -> list[QAction]:
        """What is done to runs, in the order of a toolbar."""
        compare = [self.compare] if self._can_compare else []
        return [*compare, self.tags, self.rename, self.archive, self.delete]

    def for_queue(self) -> list[QAction]:
        """What is done to runs that wait."""
        return [self.start_now, self.move_up, self.move_down]

    def all(self) -> list[QAction]:
        """Every action."""
        return [*self.for_selection(), *self.for_queue(), self.undo, self.show_trash]

    @property
    def concerns_queue(self) -> bool:
        """Whether one of the selected runs waits in the queue."""
        line = set(self._line())
        return any(run.run_id in line for run in self._runs)

    def apply_to(self, runs: Sequence[RunSummary]) -> None:
        """Make these runs the ones the actions apply to."""
        self._runs = runs
        self._enable()

    def _action(self, text: str, icon: str, keys: str, do: Callable[[], None], tip: str = "") -> QAction:
        action = QAction(text, self)
        self._theme.bind_icon(action, icon)
        action.setShortcut(QKeySequence(keys))
        # While a line is typed into, these keys are for it.
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _checked: do())
        self._tips[action] = tip or text.removesuffix("…")
        return action

    def _enable(self) -> None:
        runs, line = self._runs, self._line()
        are_archived = self._are_archived()
        self.archive.setText("Take out of the archive" if are_archived else "Archive")
        self._tips[self.archive] = (
            "Have them listed again" if are_archived else "Hide until a search says is:archived"
        )
        self._allow(self.compare, why_not_compared(runs))
        self._allow(self.tags, why_not_labelled(runs))
        self._allow(self.archive, why_not_labelled(runs))
        self._allow(self.rename, why_not_renamed(runs))
        self._allow(self.delete, why_not_deleted(runs))
        self._allow(self.move_up, why_not_moved(runs, line, up=True))
        self._allow(self.move_down, why_not_moved(runs, line, up=False))
        self._allow(self.start_now, why_not_started(runs, line))
        self._tips[self.undo] = f"Take back: {self._undo.what}"
        self._allow(self.undo, "" if self._undo.what else "there is nothing to take back")
        self._allow(self.show_trash, "")

    def _allow(self, action: QAction, why_not: str) -> None:
        action.setEnabled(not why_not)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        name = action.text().removesuffix("…")
        action.setToolTip(f"{name}: {why_not}" if why_not else f"{self._tips[action]} ({keys})")

    def _line(self) -> list[str]:
        return [entry.run_id for entry in self._queue.status.waiting]

    def _are_archived(self) -> bool:
        return bool(self._runs) and all(run.labels.archived for run in self._runs)

    def _compare(self) -> None:
        self.compare_wanted.emit([run.run_id for run in self._runs])

    def _ask_for_tags(self) -> None:
        # Dialogs are imported when they are wanted: the window opens without them.
        from gym_gui.ui.runs.selection.tags import TagDialog

        TagDialog(self._labelling, self._runs, self._known_tags(), self._window).open()

    def _ask_for_name(self) -> None:
        from gym_gui.ui.runs.selection.tags import RenameDialog

        RenameDialog(self._labelling, self._runs[0], self._window).open()

    def _archive(self) -> None:
        self._labelling.archive(targets_of(self._runs), not self._are_archived())

    def _delete(self) -> None:
        self._trash.delete(targets_of(self._runs))

    def _move(self, move: Move) -> None:
        """Several keep their order among themselves: whoever goes up first makes room for the next."""
        moved = {run.run_id for run in self._runs}
        line = [run_id for run_id in self._line() if run_id in moved]
        self._queue.move_each(line if move is Move.UP else line[::-1], move)

    def _start_now(self) -> None:
        self._queue.start_each_now([run.run_id for run in self._runs])

    def _show_trash(self) -> None:
        from gym_gui.ui.runs.selection.trash_dialog import TrashDialog

        TrashDialog(self._theme, self._trash, self._tasks, self._window).open()
