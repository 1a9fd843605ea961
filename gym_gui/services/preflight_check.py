"""The checks before a launch, in the background: each is told as it is done, and all can be called off."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gym_gui.services.begun_in_time import start_in_time
from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.core.runs.preflight import CheckItem, PreflightOrder


class PreflightCheck(QObject):
    """One set of checks at a time; a new one calls the one before it off.

    Signals:
        found: A `CheckItem`, as soon as it is known.
        finished: All of them, a tuple. Not after `cancel`.
        failed: Why they could not be made.
    """

    found = Signal(object)
    finished = Signal(object)
    failed = Signal(str)
    _told = Signal(object, object)

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._stop = threading.Event()
        self._told.connect(self._pass_on)

    def begin(self, order: PreflightOrder) -> None:
        """Make the checks."""
        self.cancel()
        stop = self._stop = threading.Event()

        def work() -> tuple[CheckItem, ...]:
            # Imported here: the window opens without it.
            from gym_gui.core.runs.preflight import preflight

            return preflight(order, stop_asked=stop.is_set, report=lambda item: self._told.emit(stop, item))

        start_in_time(
            self._tasks,
            "Checking before the start",
            work,
            owner=self,
            done=lambda items: self._finish(stop, items),
            failed=lambda error: self._fail(stop, error),
        )

    def cancel(self) -> None:
        """Call the checks off; nothing more is told of them."""
        self._stop.set()

    def _pass_on(self, stop: threading.Event, item: object) -> None:
        if not stop.is_set():
            self.found.emit(item)

    def _finish(self, stop: threading.Event, items: object) -> None:
        if not stop.is_set():
            self.finished.emit(items)

    def _fail(self, stop: threading.Event, error: Exception) -> None:
        if not stop.is_set():
            self.failed.emit(str(error) or type(error).__name__)
