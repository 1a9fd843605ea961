"""Background work: a function runs on a pool thread, its result comes back on the thread of the window."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal
from shiboken6 import isValid

from gym_gui.compat import override
from gym_gui.services.notifier import Notifier

_logger = logging.getLogger(__name__)
_Result = TypeVar("_Result")
_THREADS = 4
_WAITING_THREADS = 16


@dataclass(frozen=True, slots=True)
class _Ticket:
    doing: str
    work: Callable[[], Any]
    owner: QObject
    done: Callable[[Any], None]
    failed: Callable[[Exception], None] | None


class TaskRunner(QObject):
    """Runs functions off the thread of the window; those that mostly wait have threads of their own.

    A task belongs to an owner: when the owner is gone before the result is there, the
    result is dropped. An exception goes to `failed`, or to the notifier when none is given.
    """

    pending_changed = Signal(int)
    _finished = Signal(object, object, object)

    def __init__(self, notifier: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_THREADS)
        self._waiting_pool = QThreadPool(self)
        self._waiting_pool.setMaxThreadCount(_WAITING_THREADS)
        self._pending = 0
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def pending(self) -> int:
        """How many tasks were started whose results have not been delivered."""
        return self._pending

    def start(
        self,
        doing: str,
        work: Callable[[], _Result],
        *,
        owner: QObject,
        done: Callable[[_Result], None],
        failed: Callable[[Exception], None] | None = None,
        waits: bool = False,
    ) -> None:
        """Run `work` in the background, then call `done` with its result.

        Args:
            doing: What it does, as the notifier would say it: "Scanning for workers".
            work: Touches no widget and no other object of this thread.
            owner: Whoever waits; once it is deleted nothing is called.
            done: Called on the thread of the window.
            failed: Called there with the exception instead; without it the notifier tells the user.
            waits: Whether it mostly waits, perhaps for long, as for processes to end: it then keeps nothing
                else from being done.
        """
        self._count(+1)
        pool = self._waiting_pool if waits else self._pool
        pool.start(_Job(self, _Ticket(doing, work, owner, done, failed)))

    def close(self, wait_ms: int) -> bool:
        """Drop what has not started and wait for the rest; True when nothing is left running."""
        deadline = time.monotonic() + wait_ms / 1000
        for pool in (self._pool, self._waiting_pool):
            pool.clear()
        ended = self._pool.waitForDone(wait_ms)
        left_ms = max(round((deadline - time.monotonic()) * 1000), 0)
        return self._waiting_pool.waitForDone(left_ms) and ended

    def report(self, ticket: object, result: object, error: object) -> None:
        """Hand an outcome to the thread of the window; called by the pool's threads."""
        try:
            self._finished.emit(ticket, result, error)
        except RuntimeError:
            _logger.debug("a result arrived after the window had closed")

    def _deliver(self, ticket: _Ticket, result: object, error: Exception | None) -> None:
        self._count(-1)
        if not isValid(ticket.owner):
            return
        if error is None:
            ticket.done(result)
        elif ticket.failed is not None:
            ticket.failed(error)
        else:
            self._notifier.failure(ticket.doing, error)

    def _count(self, step: int) -> None:
        self._pending += step
        self.pending_changed.emit(self._pending)


class _Job(QRunnable):
    def __init__(self, runner: TaskRunner, ticket: _Ticket) -> None:
        super().__init__()
        self._runner = runner
        self._ticket = ticket

    @override
    def run(self) -> None:
        try:
            result = self._ticket.work()
        except Exception as error:  # noqa: BLE001 - the boundary: an exception here would end the process
            self._runner.report(self._ticket, None, error)
        else:
            self._runner.report(self._ticket, result, None)
