"""Cancelling, freezing and continuing several runs at once; their receipts are added up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from gym_gui.services.notifier import Notifier
from gym_gui.services.run_batch import Outcome, Target, counted, do_to_all_at_once
from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.core.runs.cancel import CancelReceipt
    from gym_gui.core.runs.freeze import FreezeReceipt

_Result = TypeVar("_Result")
_HELD = "Memory, files and devices stay held until they are continued or cancelled."


class RunsControl(QObject):
    """Works on the processes of many runs.

    Signals:
        busy_changed: Another set of runs is being worked on.
        cancelled_one: A run's id, its `CancelReceipt` or None, and why there is none.
        cancelled_all: The receipts of a batch added up, a `CancelReceipt`.
        touched: The id of a run whose processes were worked on.
    """

    busy_changed = Signal()
    cancelled_one = Signal(str, object, str)
    cancelled_all = Signal(object)
    touched = Signal(str)

    def __init__(self, tasks: TaskRunner, notifier: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._notifier = notifier
        self._busy: set[str] = set()

    def is_busy(self, run_id: str) -> bool:
        """Whether the run is being cancelled, frozen or continued."""
        return run_id in self._busy

    def cancel(self, targets: list[Target]) -> None:
        """End every process of the runs, all at once; receipts come one by one, then their sum."""

        def told(target: Target, receipt: CancelReceipt | None, reason: str) -> None:
            self.cancelled_one.emit(target.run.run_id, receipt, reason)

        self._begin(
            f"Cancelling {counted(targets)}",
            targets,
            lambda free: do_to_all_at_once(free, _cancel, (OSError, LookupError), told),
            self._tell_cancelled,
        )

    def freeze(self, targets: list[Target]) -> None:
        """Stop every process of the runs where it stands, until they are continued."""
        self._begin(
            f"Freezing {counted(targets)}",
            targets,
            lambda free: do_to_all_at_once(free, _freeze, (OSError, LookupError), _tell_nobody),
            lambda outcome: self._tell_changed(outcome, "frozen", _HELD),
        )

    def resume(self, targets: list[Target]) -> None:
        """Let every frozen process of the runs go on."""
        self._begin(
            f"Continuing {counted(targets)}",
            targets,
            lambda free: do_to_all_at_once(free, _continue, (OSError, LookupError), _tell_nobody),
            lambda outcome: self._tell_changed(outcome, "continued", ""),
        )

    def _begin(
        self,
        doing: str,
        targets: list[Target],
        work: Callable[[list[Target]], Outcome[_Result]],
        tell: Callable[[Outcome[_Result]], None],
    ) -> None:
        free = [target for target in targets if not self.is_busy(target.run.run_id)]
        ids = [target.run.run_id for target in free]
        self._busy.update(ids)
        self.busy_changed.emit()

        def end() -> None:
            self._busy.difference_update(ids)
            self.busy_changed.emit()
            for run_id in ids:
                self.touched.emit(run_id)

        def done(outcome: Outcome[_Result]) -> None:
            end()
            tell(outcome)

        def failed(error: Exception) -> None:
            end()
            self._notifier.failure(doing, error)

        self._tasks.start(doing, lambda: work(free), owner=self, done=done, failed=failed, waits=True)

    def _tell_cancelled(self, outcome: Outcome[CancelReceipt]) -> None:
        receipt = sum_of([receipt for _, receipt in outcome.done])
        title = f"{counted(len(outcome.done))} cancelled"
        if receipt.left:
            self._notifier.error(f"{title}, not everything could be ended", receipt.text)
        elif outcome.done:
            self._notifier.success(title, receipt.text)
        if outcome.refused:
            self._notifier.error(f"{counted(len(outcome.refused))} not cancelled", outcome.reasons)
        self.cancelled_all.emit(receipt)

    def _tell_changed(self, outcome: Outcome[FreezeReceipt], done: str, more: str) -> None:
        receipts = [receipt for _, receipt in outcome.done]
        changed = [receipt for receipt in receipts if receipt.found and not receipt.left]
        left = sum(receipt.left for receipt in receipts)
        if left:
            title = f"Not everything could be {done}"
            self._notifier.error(title, f"{left:,} of {sum(r.found for r in receipts):,} processes were not")
        elif changed:
            processes = sum(receipt.found for receipt in changed)
            text = f"{processes:,} {'process' if processes == 1 else 'processes'} in all. {more}".strip()
            self._notifier.success(f"{counted(len(changed))} {done}", text)
        nothing_there = sum(1 for receipt in receipts if not receipt.found)
        if nothing_there:
            self._notifier.warning(f"{counted(nothing_there)} not {done}", "Nothing of them is alive.")
        if outcome.refused:
            self._notifier.error(f"{counted(len(outcome.refused))} not {done}", outcome.reasons)


def sum_of(receipts: list[CancelReceipt]) -> CancelReceipt:
    """What several cancels came to together."""
    from gym_gui.core.runs.cancel import CancelReceipt

    found = sum(receipt.found for receipt in receipts)
    by_term = sum(receipt.ended_by_term for receipt in receipts)
    by_kill = sum(receipt.ended_by_kill for receipt in receipts)
    left = sum(receipt.left for receipt in receipts)
    processes = "1 process" if found == 1 else f"{found:,} processes"
    text = f"{processes} found: {by_term:,} ended when asked, {by_kill:,} killed, {left:,} left"
    return CancelReceipt(found, by_term, by_kill, left, text)


def _tell_nobody(target: Target, receipt: object, reason: str) -> None:
    """Freezing takes no time that anybody would watch."""


def _cancel(target: Target) -> CancelReceipt:
    from gym_gui.core.runs.cancel import cancel_run

    return cancel_run(target.run)


def _freeze(target: Target) -> FreezeReceipt:
    from gym_gui.core.runs.freeze import freeze_run

    return freeze_run(target.run)


def _continue(target: Target) -> FreezeReceipt:
    from gym_gui.core.runs.freeze import continue_run

    return continue_run(target.run)
