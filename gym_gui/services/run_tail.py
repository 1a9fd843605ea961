"""The selected run's output, read as it grows: indexed in short slices, published a few times a second."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.core.events.log import EventLog
from gym_gui.core.events.metrics import MetricStore
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.services.arrivals import Arrivals
from gym_gui.services.event_index import EventIndex

_SLICE_S = 0.004
_PUBLISH_S = 0.1
_METRICS_BLOCK_BYTES = 64 * 1024


class RunTail(QObject):
    """Follows one run at a time: its two logs, the events in it and the metrics they carry.

    Lines are indexed and told apart first; the metrics in them follow in whatever time is left.
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
        self.arrivals = Arrivals()
        self._over = False
        self._measured = 0  # how many events the metrics were taken of
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

    def resume(self) -> None:
        """Read on after `stop`."""
        if self.run is not None:
            self._timer.start(0)

    def _begin_anew(self) -> None:
        self.events = EventIndex()
        self.metrics = MetricStore()
        self.arrivals = Arrivals()
        self._measured = 0
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
        size = stdout.size + stderr.size
        grown = len(stdout.advance(_SLICE_S / 4, final=self._over))
        grown += len(stderr.advance(_SLICE_S / 4, final=self._over))
        if (stdout.generation, stderr.generation) != self._generations:
            self._begin_anew()
        while time.monotonic() < end and self.events.take_from(stdout):
            grown += 1
        while self.events.read == len(stdout) and time.monotonic() < end and self._measure(stdout):
            grown += 1
        if stdout.caught_up and stderr.caught_up and self.events.read == len(stdout):
            self.arrivals.note(len(self.events.output_lines), len(stderr))
        # A line that only grows longer counts: a progress bar is one until it is full.
        self._unpublished |= grown > 0 or stdout.size + stderr.size != size
        self._publish_when_due()
        self._timer.start(0 if self.is_busy else round(_PUBLISH_S * 1000))

    @property
    def is_busy(self) -> bool:
        """Whether there is more in the files than was read."""
        stdout, stderr = self.stdout, self.stderr
        if stdout is None or stderr is None:
            return False
        behind = self.events.read < len(stdout) or self._measured < len(self.events)
        return behind or not (stdout.caught_up and stderr.caught_up)

    def _measure(self, stdout: EventLog) -> bool:
        """Take the metrics of some more events; False when there are none left."""
        row = self._measured
        if row >= len(self.events):
            return False
        first = self.events.line_number(row)
        block = stdout.block(first, _METRICS_BLOCK_BYTES)
        self._measured = self.events.rows_before(first + len(block))
        if len(block) == 1:
            self.metrics.feed(stdout.line(first))
            return True
        for stretch in self.events.lines_of(row, self._measured):
            self.metrics.feed_block(block.part(stretch.start - first, stretch.stop - first))
        return True

    def _publish_when_due(self) -> None:
        now = time.monotonic()
        if self._unpublished and now - self._last_publish >= _PUBLISH_S * 0.9:
            self._unpublished = False
            self._last_publish = now
            self.published.emit()
