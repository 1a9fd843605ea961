"""Which workers there are: the probe, run in the background, and its latest answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.core.probing.model import ProbedWorker, ProbeReport


class WorkersProbe(QObject):
    """Asks an interpreter for its workers, off the thread of the window, one scan at a time."""

    scanning_changed = Signal(bool)
    answered = Signal(object)

    def __init__(
        self,
        tasks: TaskRunner,
        notifier: Notifier,
        parent: QObject | None = None,
        *,
        interpreter: str = sys.executable,
        probe: Callable[[str], ProbeReport] | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._notifier = notifier
        self._interpreter = interpreter
        self._probe = probe or _probe
        self._scanning = False
        self.report: ProbeReport | None = None

    @property
    def scanning(self) -> bool:
        """Whether an answer is on its way."""
        return self._scanning

    def ensure_scanned(self) -> None:
        """Scan unless there is an answer, or one is on its way."""
        if self.report is None:
            self.rescan()

    def rescan(self) -> None:
        """Ask again; the last answer stands until the new one is there."""
        if self._scanning:
            return
        self._set_scanning(True)
        interpreter = self._interpreter
        self._tasks.start(
            "Scanning for workers",
            lambda: self._probe(interpreter),
            owner=self,
            done=self._take,
            failed=self._give_up,
        )

    def worker(self, worker_id: str) -> ProbedWorker | None:
        """A worker of the latest answer, by id."""
        workers = self.report.workers if self.report else ()
        return next((w for w in workers if w.worker_id == worker_id), None)

    def _take(self, report: ProbeReport) -> None:
        self.report = report
        self._set_scanning(False)
        self.answered.emit(report)

    def _give_up(self, error: Exception) -> None:
        self._set_scanning(False)
        self._notifier.failure("Scanning for workers", error)

    def _set_scanning(self, scanning: bool) -> None:
        self._scanning = scanning
        self.scanning_changed.emit(scanning)


def _probe(interpreter: str) -> ProbeReport:
    # Imported here, on a pool's thread: the window opens without it.
    from gym_gui.core.probing.probe import probe_interpreter

    return probe_interpreter(interpreter)
