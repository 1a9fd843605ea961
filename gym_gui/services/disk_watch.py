"""What the runs take on the disk, measured in the background, and a warning before the disk is full."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gym_gui.config.settings import SettingsError
from gym_gui.core.artifacts.disk import DiskMeter, DiskUsage
from gym_gui.core.artifacts.disk_forecast import DiskForecast, SpaceSample, disk_forecast
from gym_gui.core.artifacts.stopping import StoppedError
from gym_gui.core.machine import MachineReading
from gym_gui.core.runs.queue.limits import LEAST_FREE_DISK_BYTES, queue_limits
from gym_gui.core.wording import size
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner

_SAMPLE_EVERY_S = 15.0
_MOST_SAMPLES = 60
_WARN_WITHIN_S = 2 * 3600.0
_CALM_AFTER_S = 3 * 3600.0


class RunSizes(QObject):
    """What each run's directory takes; one is measured at a time. `changed` carries the run's id."""

    changed = Signal(str)

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._meters: dict[str, DiskMeter] = {}
        self._usages: dict[str, DiskUsage] = {}
        self._waiting: dict[str, None] = {}
        self._stop = threading.Event()
        self._measuring = False

    def follow(self, places: Mapping[str, Path]) -> None:
        """Measure these runs, by their id, and no others; those that were measured keep their size."""
        for gone in self._meters.keys() - places.keys():
            self._meters.pop(gone)
            self._usages.pop(gone, None)
            self._waiting.pop(gone, None)
        for run_id, path in places.items():
            if run_id not in self._meters:
                self._meters[run_id] = DiskMeter(path)
                self._waiting[run_id] = None
        self._next()

    def look_at(self, run_id: str) -> None:
        """Measure a run again, in its turn."""
        if run_id in self._meters:
            self._waiting[run_id] = None
            self._next()

    def stop(self) -> None:
        """Measure no more."""
        self._stop.set()
        self._waiting.clear()

    def usage_of(self, run_id: str) -> DiskUsage | None:
        """What a run takes, None before it was measured."""
        return self._usages.get(run_id)

    @property
    def total_bytes(self) -> int:
        """What all runs take that were measured."""
        return sum(usage.disk_bytes for usage in self._usages.values())

    @property
    def is_complete(self) -> bool:
        """Whether every run was measured."""
        return len(self._usages) == len(self._meters)

    def _next(self) -> None:
        if self._measuring or not self._waiting or self._stop.is_set():
            return
        run_id = next(iter(self._waiting))
        del self._waiting[run_id]
        meter, asked = self._meters[run_id], self._stop.is_set
        self._measuring = True
        self._tasks.start(
            "Measuring a run",
            lambda: _measure(meter, asked),
            owner=self,
            done=lambda usage: self._take(run_id, usage),
            failed=lambda _error: self._take(run_id, None),
        )

    def _take(self, run_id: str, usage: DiskUsage | None) -> None:
        self._measuring = False
        if usage is not None and run_id in self._meters:
            self._usages[run_id] = usage
            self.changed.emit(run_id)
        self._next()


def _measure(meter: DiskMeter, asked: Callable[[], bool]) -> DiskUsage | None:
    try:
        return meter.measure(asked)
    except StoppedError:
        return None


class DiskWatch(QObject):
    """Warns once, by a notice and by `changed`, when the disk of the runs is full soon or already.

    `changed` carries what to say in a few words and in full; both are "" when there is nothing to warn of.
    """

    changed = Signal(str, str)

    def __init__(self, directory: Path, notifier: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._directory = directory
        self._notifier = notifier
        self._samples: list[SpaceSample] = []
        self._said = ("", "")
        self._is_warned = False

    def take(self, reading: MachineReading, now: float | None = None) -> None:
        """Take a reading of the machine in."""
        now = time.monotonic() if now is None else now
        if reading.disk_free is None or (self._samples and now - self._samples[-1].time < _SAMPLE_EVERY_S):
            return
        self._samples = [*self._samples, SpaceSample(now, reading.disk_free)][-_MOST_SAMPLES:]
        reserve = _reserve()
        self._judge(reading.disk_free, reserve, disk_forecast(self._samples, reserve))

    def _judge(self, free: int, reserve: int, forecast: DiskForecast | None) -> None:
        left = forecast.seconds_left if forecast is not None else None
        said = ("", "")
        if free <= reserve:
            said = ("Disk full", _FULL.format(free=size(free), disk=self._directory, reserve=size(reserve)))
        elif forecast is not None and left is not None and left <= self._patience:
            said = (
                f"Disk full in about {_span(left)}",
                _SOON.format(
                    free=size(free),
                    disk=self._directory,
                    rate=size(forecast.bytes_per_second * 60),
                    span=_span(left),
                    reserve=size(reserve),
                ),
            )
        if said[0] and not self._is_warned:
            self._notifier.warning(
                "The disk is full" if free <= reserve else "The disk is filling up", said[1]
            )
        self._is_warned = bool(said[0])
        if said != self._said:
            self._said = said
            self.changed.emit(*said)

    @property
    def _patience(self) -> float:
        """How near the end must be; farther once it was told, so that the warning does not flicker."""
        return _CALM_AFTER_S if self._is_warned else _WARN_WITHIN_S


_QUEUE = "No queued run starts while less than {reserve} are free. Runs that are going write on."
_FULL = "{free} free on the disk of {disk}. " + _QUEUE
_SOON = "{free} free on the disk of {disk}, {rate} less each minute: in about {span} it is full. " + _QUEUE


def _reserve() -> int:
    try:
        return queue_limits().min_free_disk_bytes
    except SettingsError:
        return LEAST_FREE_DISK_BYTES  # the queue says what is wrong with the setting


def _span(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
