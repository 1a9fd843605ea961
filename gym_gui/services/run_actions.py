"""What can be done to runs that exist; each action says afterwards what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gym_gui.core.runs.directory import RunStore
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.core.runs.cancel import CancelReceipt


class RunActions(QObject):
    """Cancels runs in the background and reports what became of their processes."""

    cancelled = Signal(str)
    cancelling_changed = Signal()

    def __init__(
        self, store: RunStore, tasks: TaskRunner, notifier: Notifier, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._tasks = tasks
        self._notifier = notifier
        self._cancelling: set[str] = set()

    def is_cancelling(self, run_id: str) -> bool:
        """Whether a cancel of this run is under way."""
        return run_id in self._cancelling

    def cancel(self, run_id: str, label: str) -> None:
        """End every process of a run; the receipt arrives as a notice."""
        if run_id in self._cancelling:
            return
        self._cancelling.add(run_id)
        self.cancelling_changed.emit()
        self._tasks.start(
            f"Cancelling {label}",
            lambda: self._end(run_id),
            owner=self,
            done=lambda receipt: self._show(run_id, label, receipt),
            failed=lambda error: self._give_up(run_id, label, error),
        )

    def _end(self, run_id: str) -> CancelReceipt:
        # Imported here: the window opens without it.
        from gym_gui.core.runs.cancel import cancel_run

        return cancel_run(self._store.open(run_id))

    def _show(self, run_id: str, label: str, receipt: CancelReceipt) -> None:
        self._finish(run_id)
        if receipt.left:
            self._notifier.error(f"{label}: not everything could be ended", receipt.text)
        else:
            self._notifier.success(f"{label} cancelled", receipt.text)

    def _give_up(self, run_id: str, label: str, error: Exception) -> None:
        self._finish(run_id)
        self._notifier.failure(f"Cancelling {label}", error)

    def _finish(self, run_id: str) -> None:
        self._cancelling.discard(run_id)
        self.cancelling_changed.emit()
        self.cancelled.emit(run_id)
