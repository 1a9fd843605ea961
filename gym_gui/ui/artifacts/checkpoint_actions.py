"""What can be done with what is shown: compare checkpoints, clean up, look into the trash, sync."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gym_gui.core.artifacts.disk_trash import CheckpointTrashError, TrashEntry, trashed_checkpoints
from gym_gui.services.artifacts import Contents
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.artifacts.entries import Entry
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme


class CheckpointActions(QObject):
    """Opens the dialogs over the view. `changed` says that files were moved.

    Attributes:
        trashed: How many files are in the trash of the place that is shown.
        is_own_run: Whether the place is a run of this panel, not any directory that was opened.
    """

    changed = Signal()
    trash_looked_at = Signal()

    def __init__(self, theme: Theme, tasks: TaskRunner, desktop: Desktop, view: QWidget) -> None:
        super().__init__(view)
        self._theme = theme
        self._tasks = tasks
        self._desktop = desktop
        self._view = view
        self._contents: Contents | None = None
        self.trashed = 0
        self.is_own_run = False

    def turn_to(self, contents: Contents | None) -> None:
        """Have what is done be done to this place, or to none."""
        self._contents = contents
        self.trashed = 0
        if contents is not None and contents.usage is not None:
            root = contents.root
            self._tasks.start(
                "Looking into the trash",
                lambda: _trash_of(root),
                owner=self,
                done=lambda entries: self._count(root, entries),
            )

    def _count(self, root: Path, entries: tuple[TrashEntry, ...]) -> None:
        if self._contents is not None and root == self._contents.root:
            self.trashed = sum(len(entry.paths) for entry in entries)
            self.trash_looked_at.emit()

    @property
    def can_clean_up(self) -> bool:
        """Whether there is anything that could go."""
        rows = self._contents.checkpoints if self._contents is not None else ()
        return sum(row.exists for row in rows) > 1

    def compare(self, first: Entry, second: Entry) -> None:
        """Show what differs between two checkpoints."""
        from gym_gui.ui.artifacts.comparison_dialog import ComparisonDialog

        if first.path is not None and second.path is not None:
            ComparisonDialog(
                self._theme, self._tasks, (first.path, first.label), (second.path, second.label), self._view
            ).open()

    def clean_up(self) -> None:
        """Ask which checkpoints are to stay."""
        from gym_gui.ui.artifacts.retention_dialog import RetentionDialog

        if self._contents is not None:
            dialog = RetentionDialog(
                self._theme, self._tasks, self._contents.root, self._contents.checkpoints, self._view
            )
            dialog.moved.connect(self.changed)
            dialog.trash_wanted.connect(self.open_trash)
            dialog.open()

    def open_trash(self) -> None:
        """Show what was moved to the trash."""
        from gym_gui.ui.artifacts.trash_dialog import TrashDialog

        if self._contents is not None:
            dialog = TrashDialog(self._theme, self._tasks, self._contents.root, self._view)
            dialog.changed.connect(self.changed)
            dialog.open()

    def sync(self, directory: Path) -> None:
        """Ask whether a W&B run is to be uploaded."""
        from gym_gui.ui.artifacts.sync_dialog import SyncDialog

        # Only a run of one's own says which program to start; a directory from elsewhere does not.
        ours = self._contents is not None and self.is_own_run
        python = _python_of(self._contents.root) if ours and self._contents is not None else ""
        SyncDialog(self._theme, self._desktop, directory, python, self._view).open()


def _trash_of(root: Path) -> tuple[TrashEntry, ...]:
    try:
        return trashed_checkpoints(root)
    except CheckpointTrashError:
        return ()  # told when the trash is opened


def _python_of(root: Path) -> str:
    """The interpreter of the run, "" when the place is no run's."""
    from gym_gui.core.runs.files import read_record
    from gym_gui.core.runs.record import RunRecord

    try:
        return read_record(root / "run.json", RunRecord).interpreter
    except (OSError, ValueError):
        return ""
