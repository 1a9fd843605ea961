"""Background work that must begin soon: where no thread can be made for it, that is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from gym_gui.services.tasks import TaskRunner

BEGIN_WITHIN_S = 20.0
_Result = TypeVar("_Result")


class NotBegunError(TimeoutError):
    """No thread took the work up in time, and now none will."""


class _Gate:
    """Lets the work begin or gives it up, never both."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun = False
        self._given_up = False

    def begin(self) -> None:
        with self._lock:
            if self._given_up:
                raise NotBegunError("it was given up before it began")
            self._begun = True

    def give_up(self) -> bool:
        """Whether it was in time to keep the work from beginning."""
        with self._lock:
            self._given_up = not self._begun
            return self._given_up


def start_in_time(
    tasks: TaskRunner,
    doing: str,
    work: Callable[[], _Result],
    *,
    owner: QObject,
    done: Callable[[_Result], None],
    failed: Callable[[Exception], None],
    within_s: float = BEGIN_WITHIN_S,
) -> None:
    """As `TaskRunner.start`, but `failed` is called with `NotBegunError` when nothing has begun in time.

    A pool that cannot make a thread keeps work for ever and says nothing; and what begins long after the
    person was told that it failed must not happen at all.
    """
    gate = _Gate()
    timer = QTimer(owner)
    timer.setSingleShot(True)

    def settle() -> None:
        if isValid(timer):
            timer.stop()
            timer.deleteLater()

    def work_or_not() -> _Result:
        gate.begin()
        return work()

    def succeed(result: _Result) -> None:
        settle()
        done(result)

    def fail(error: Exception) -> None:
        # What was given up was told of when it was.
        if not isinstance(error, NotBegunError):
            settle()
            failed(error)

    def give_up() -> None:
        if gate.give_up():
            settle()
            failed(NotBegunError(_told(within_s)))

    timer.timeout.connect(give_up)
    timer.start(round(within_s * 1000))
    tasks.start(doing, work_or_not, owner=owner, done=succeed, failed=fail)


def _told(within_s: float) -> str:
    return (
        f"nothing took it up within {within_s:.0f} s: the panel is busy, or the system makes no more threads "
        "for it (ulimit -u); end something and try again"
    )
