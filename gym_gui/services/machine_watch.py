"""Reads the machine every few seconds, off the thread of the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.core.machine import Machine, MachineReading
from gym_gui.services.tasks import TaskRunner

_INTERVAL_MS = 3_000


class MachineWatch(QObject):
    """Emits `read` with each `MachineReading` while it is started."""

    read = Signal(object)

    def __init__(self, directory: Path, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._machine = Machine(directory)
        self._tasks = tasks
        self._reading = False
        self.latest: MachineReading | None = None
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Read now and from now on."""
        self._timer.start()
        self._look()

    def stop(self) -> None:
        """Read no more."""
        self._timer.stop()

    def _look(self) -> None:
        # A driver that hangs must not pile readings up.
        if not self._reading:
            self._reading = True
            self._tasks.start(
                "Reading the machine", self._machine.read, owner=self, done=self._take, failed=self._give_up
            )

    def _take(self, reading: MachineReading) -> None:
        self._reading = False
        self.latest = reading
        self.read.emit(reading)

    def _give_up(self, _error: Exception) -> None:
        # Nothing the person asked for failed; the next look may do better.
        self._reading = False
