"""The live processes of one run, looked at again and again in the background."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.core.runs.processes.listing import RunProcess

_INTERVAL_MS = 700


@dataclass(frozen=True, slots=True)
class SeenProcess:
    """One process of the run, and how many seconds it had been going when it was seen."""

    process: RunProcess
    age_s: float


@dataclass(frozen=True, slots=True)
class ProcessLook:
    """The run's processes at one moment, each parent before its children."""

    processes: tuple[SeenProcess, ...] = ()

    @property
    def to_end(self) -> int:
        """How many there are besides the supervisor, which goes by itself when they are gone."""
        return sum(seen.process.role != "supervisor" for seen in self.processes)

    @property
    def rss_bytes(self) -> int:
        """What they hold in memory together; shared pages count for each."""
        return sum(seen.process.rss_bytes for seen in self.processes)


class ProcessWatch(QObject):
    """Looks at a run's processes in turns; `looked` brings a `ProcessLook`, `failed` why there is none."""

    looked = Signal(object)
    failed = Signal(str)

    def __init__(self, tasks: TaskRunner, run: RunDirectory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._run = run
        self._going = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_INTERVAL_MS)
        self._pause.timeout.connect(self._look)

    def start(self) -> None:
        """Look at once, and again a little after each look."""
        if not self._going:
            self._going = True
            self._look()

    def stop(self) -> None:
        """Look no more; a look that is under way is not told."""
        self._going = False
        self._pause.stop()

    def _look(self) -> None:
        run = self._run
        self._tasks.start(
            "Looking at the run's processes",
            lambda: look_at_processes(run),
            owner=self,
            done=self._tell,
            failed=self._tell_failure,
        )

    def _tell(self, look: ProcessLook) -> None:
        if self._going:
            self._pause.start()
            self.looked.emit(look)

    def _tell_failure(self, error: Exception) -> None:
        if self._going:
            self._pause.start()
            self.failed.emit(f"{type(error).__name__}: {error}")


def look_at_processes(run: RunDirectory) -> ProcessLook:
    """The processes of the run as they are now; takes some milliseconds."""
    # Imported here, on a pool's thread: the window opens without it.
    from gym_gui.core.runs.processes.listing import run_processes
    from gym_gui.core.runs.processes.osproc import TICKS_PER_SECOND

    found = run_processes(run)
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    return ProcessLook(tuple(SeenProcess(p, max(now - p.start_ticks / TICKS_PER_SECOND, 0.0)) for p in found))
