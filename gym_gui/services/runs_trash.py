"""Deleting runs to the trash, with a way back, and what is in it, in the background."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.trash.trash import Trash, TrashedRun, TrashRefusedError
from gym_gui.services.notifier import NoticeAction, Notifier
from gym_gui.services.run_batch import Outcome, Target, counted, do_to_each, named
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.undo import Undo


class RunsTrash(QObject):
    """The trash of a store.

    Signals:
        deleted: Ids of runs that are in the trash now.
        restored: Ids of runs that are in their place again.
        emptied: What emptying came to, an `EmptiedTrash`.
        contents: A list of `TrashedRun`, the latest first.
        failed: Why something could not be done.
    """

    deleted = Signal(object)
    restored = Signal(object)
    emptied = Signal(object)
    contents = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        store: RunStore,
        tasks: TaskRunner,
        notifier: Notifier,
        undo: Undo,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._trash = Trash(store)
        self._tasks = tasks
        self._notifier = notifier
        self._undo = undo

    def delete(self, targets: list[Target]) -> None:
        """Move runs that are over to the trash; others are refused, and the notice says why."""
        self._tasks.start(
            f"Deleting {named(targets)}",
            lambda: do_to_each(targets, self._trash.put, (TrashRefusedError, OSError)),
            owner=self,
            done=self._tell_deleted,
        )

    def look(self) -> None:
        """Look what is in the trash; `contents` tells."""
        self._tasks.start(
            "Looking into the trash",
            self._trash.contents,
            owner=self,
            done=self.contents.emit,
            failed=lambda error: self.failed.emit(str(error)),
        )

    def restore(self, trashed: Sequence[TrashedRun]) -> None:
        """Move runs back to where they were."""
        by_run = {entry.directory: entry for entry in trashed}
        targets = [Target(entry.directory, entry.name or entry.run_id) for entry in trashed]
        self._tasks.start(
            f"Restoring {named(targets)}",
            lambda: do_to_each(
                targets, lambda run: self._trash.restore(by_run[run]), (TrashRefusedError, OSError)
            ),
            owner=self,
            done=self._tell_restored,
        )

    def empty(self, trashed: Sequence[TrashedRun] | None = None) -> None:
        """Delete these for good, or all that is in the trash."""
        self._tasks.start(
            "Emptying the trash",
            lambda: self._trash.empty(trashed),
            owner=self,
            done=self.emptied.emit,
            failed=lambda error: self.failed.emit(str(error)),
        )

    def _tell_deleted(self, outcome: Outcome[TrashedRun]) -> None:
        targets = [target for target, _ in outcome.done]
        self.deleted.emit(outcome.run_ids)
        if targets:
            told = f"{named(targets)} moved to the trash"
            entries = [trashed for _, trashed in outcome.done]
            take_back = self._undo.offer(told, lambda: self.restore(entries))
            self._notifier.success(told, action=NoticeAction("Undo", take_back))
        if outcome.refused:
            self._notifier.error(f"{counted(len(outcome.refused))} not deleted", outcome.reasons)

    def _tell_restored(self, outcome: Outcome[RunDirectory]) -> None:
        targets = [target for target, _ in outcome.done]
        self.restored.emit(outcome.run_ids)
        if targets:
            self._notifier.success(f"{named(targets)} restored")
        if outcome.refused:
            self._notifier.error(f"{counted(len(outcome.refused))} not restored", outcome.reasons)
