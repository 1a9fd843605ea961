"""What the shown run uses, read in the background whenever its file has grown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.core.runs.processes.resources import ResourceCurve

_Signature = tuple[int, int, int]


class ResourceWatch(QObject):
    """The samples of one run at a time; `changed` says that there are others than before.

    Attributes:
        curve: All samples that are kept, None until they were read.
    """

    changed = Signal()

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._run: RunDirectory | None = None
        self._read: _Signature | None = None
        self._reading = False
        self.curve: ResourceCurve | None = None

    def follow(self, run: RunDirectory) -> None:
        """Turn to this run, or look whether it has new samples; called as often as one likes."""
        if self._run is None or self._run.path != run.path:
            self._run = run
            self._read = None
            self._reading = False
            self.curve = None
            self.changed.emit()
        found = _signature(run)
        if not self._reading and (self.curve is None or found != self._read):
            self._begin(run, found)

    def _begin(self, run: RunDirectory, found: _Signature | None) -> None:
        self._reading = True
        self._tasks.start(
            "Reading what the run uses",
            lambda: _read_all(run),
            owner=self,
            done=lambda curve: self._take(run, found, curve),
        )

    def _take(self, run: RunDirectory, found: _Signature | None, curve: ResourceCurve) -> None:
        if self._run is None or self._run.path != run.path:
            return
        self._reading = False
        self._read = found
        self.curve = curve
        self.changed.emit()


def _read_all(run: RunDirectory) -> ResourceCurve:
    # Imported here, on a pool's thread: the window opens without it.
    from gym_gui.core.runs.processes.resources import read_resources

    return read_resources(run, minutes=None)


def _signature(run: RunDirectory) -> _Signature | None:
    try:
        status = run.resources_file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
