"""The selected run's output, read as it grows: indexed in short slices, published a few times a second."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.core.events.log import EventLog
from gym_gui.core.events.metrics import MetricStore
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.services.event_index import EventIndex

_SLICE_S = 0.004
_PUBLISH_S = 0.1
_LINES_A_CHECK = 256


class RunTail(QObject):
    """Follows one run at a time: its two logs, the events in it and the metrics they carry.

    `restarted` says that everything before is void (another run, or a file was replaced),
    `published` that there is more to show. Models take their new rows when told, as one range.
    """

    restarted = Signal()
    published = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: RunDirectory | None = None
        self.stdout: EventLog | None = None
        self.stderr: EventLog | None = None
        self.events = EventIndex()
        self.metrics = MetricStore()
        self._over = False
        self._fed = 0
        self._generations = (0, 0)
        self._last_publish = 0.0
        self._unpublished = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._work_a_slice)

    def follow(self, run: RunDirectory | None) -> None:
        """Turn to another run, or to none."""
        if run is not None and self.run is not None and run.path == self.run.path:
            return
        self.run = run
        self._over = False
        self.stdout = EventLog(run.stdout_file) if run else None
        self.stderr = EventLog(run.stderr_file) if run else None
        self._begin_anew()
        if run is None:
            self._timer.stop()
        else:
            self._work_a_slice()

    def settle(self, over: bool) -> None:
        """Say whether the run is over: then an unfinished last line is a line as well."""
        if over != self._over:
            self._over = over
            if self.run is not None:
                self._timer.start(0)

    def stop(self) -> None:
        """Stop reading; what was read stays."""
        self._timer.stop()

    def _begin_anew(self) -> None:
        self.events = EventIndex()
        self.metrics = MetricStore()
        self._fed = 0
        self._last_publish = 0.0
        self._unpublished = False
        if self.stdout is not None and self.stderr is not None:
            self._generations = (self.stdout.generation, self.stderr.generation)
        self.restarted.emit()

    def _work_a_slice(self) -> None:
        stdout, stderr = self.stdout, self.stderr
        if stdout is None or stderr is None:
            return
        end = time.monotonic() + _SLICE_S
        grown = len(stdout.advance(_SLICE_S / 2, final=self._over))
        grown += len(stderr.advance(_SLICE_S / 4, final=self._over))
        if (stdout.generation, stderr.generation) != self._generations:
            self._begin_anew()
        self._unpublished |= self._feed(stdout, end) > 0 or grown > 0
        self._publish_when_due()
        busy = self._fed < len(stdout) or not (stdout.caught_up and stderr.caught_up)
        self._timer.start(0 if busy else round(_PUBLISH_S * 1000))

    def _feed(self, stdout: EventLog, end: float) -> int:
        """Read indexed lines for their events and metrics until the time is up; how many were read."""
        before = self._fed
        while self._fed < len(stdout) and time.monotonic() < end:
            upto = min(self._fed + _LINES_A_CHECK, len(stdout))
            for line in stdout.lines(range(self._fed, upto)):
                self.events.feed(line)
                self.metrics.feed(line)
            self._fed = upto
        return self._fed - before

    def _publish_when_due(self) -> None:
        now = time.monotonic()
        if self._unpublished and now - self._last_publish >= _PUBLISH_S * 0.9:
            self._unpublished = False
            self._last_publish = now
            self.published.emit()
