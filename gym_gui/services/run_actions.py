"""What can be done to runs that exist; each action says afterwards what it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.core.runs.cancel import CancelReceipt
    from gym_gui.core.runs.freeze import FreezeReceipt

_HELD = "Memory, files and devices stay held until it is continued or cancelled."


class RunActions(QObject):
    """Cancels, freezes and continues runs in the background and reports what became of their processes.

    `cancelled` and `frozen_or_continued` carry the run's id and come whether it went well or not;
    `cancel_receipt` and `cancel_failed` carry what a cancel came to as well.
    """

    cancelled = Signal(str)
    cancelling_changed = Signal()
    cancel_receipt = Signal(str, object)
    cancel_failed = Signal(str, str)
    freezing_changed = Signal()
    frozen_or_continued = Signal(str)

    def __init__(
        self, store: RunStore, tasks: TaskRunner, notifier: Notifier, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._tasks = tasks
        self._notifier = notifier
        self._cancelling: set[str] = set()
        self._freezing: set[str] = set()

    def is_cancelling(self, run_id: str) -> bool:
        """Whether a cancel of this run is under way."""
        return run_id in self._cancelling

    def is_freezing(self, run_id: str) -> bool:
        """Whether this run is being frozen or let go on at this moment."""
        return run_id in self._freezing

    def cancel(self, run_id: str, label: str) -> None:
        """End every process of a run; the receipt arrives as a notice and by `cancel_receipt`."""
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
            waits=True,
        )

    def freeze(self, run_id: str, label: str) -> None:
        """Stop every process of a run where it stands, until it is continued."""
        self._change(run_id, f"Freezing {label}", _freeze, lambda receipt: self._tell_frozen(label, receipt))

    def resume(self, run_id: str, label: str) -> None:
        """Let every frozen process of a run go on."""
        self._change(
            run_id, f"Continuing {label}", _continue, lambda receipt: self._tell_continued(label, receipt)
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
        self.cancel_receipt.emit(run_id, receipt)

    def _give_up(self, run_id: str, label: str, error: Exception) -> None:
        self._finish(run_id)
        self._notifier.failure(f"Cancelling {label}", error)
        self.cancel_failed.emit(run_id, f"{type(error).__name__}: {error}")

    def _finish(self, run_id: str) -> None:
        self._cancelling.discard(run_id)
        self.cancelling_changed.emit()
        self.cancelled.emit(run_id)

    def _change(
        self,
        run_id: str,
        doing: str,
        act: Callable[[RunDirectory], FreezeReceipt],
        tell: Callable[[FreezeReceipt], None],
    ) -> None:
        if run_id in self._freezing:
            return
        self._freezing.add(run_id)
        self.freezing_changed.emit()

        def done(receipt: FreezeReceipt) -> None:
            self._end_change(run_id)
            tell(receipt)

        def failed(error: Exception) -> None:
            self._end_change(run_id)
            self._notifier.failure(doing, error)

        self._tasks.start(
            doing, lambda: act(self._store.open(run_id)), owner=self, done=done, failed=failed, waits=True
        )

    def _end_change(self, run_id: str) -> None:
        self._freezing.discard(run_id)
        self.freezing_changed.emit()
        self.frozen_or_continued.emit(run_id)

    def _tell_frozen(self, label: str, receipt: FreezeReceipt) -> None:
        if not receipt.found:
            self._notifier.warning(f"{label} was not frozen", _sentence(receipt.text))
        elif receipt.left:
            self._notifier.error(f"{label}: not everything could be frozen", _sentence(receipt.text))
        else:
            self._notifier.success(f"{label} frozen", f"{_sentence(receipt.text)} {_HELD}")

    def _tell_continued(self, label: str, receipt: FreezeReceipt) -> None:
        if not receipt.found:
            self._notifier.warning(f"{label} was not continued", _sentence(receipt.text))
        elif receipt.left:
            self._notifier.error(f"{label}: not everything goes on", _sentence(receipt.text))
        else:
            self._notifier.success(f"{label} goes on", _sentence(receipt.text))


def _freeze(run: RunDirectory) -> FreezeReceipt:
    from gym_gui.core.runs.freeze import freeze_run

    return freeze_run(run)


def _continue(run: RunDirectory) -> FreezeReceipt:
    from gym_gui.core.runs.freeze import continue_run

    return continue_run(run)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
