"""What a run used, as curves read from `resources.jsonl`."""

from __future__ import annotations

import json
import math
import os
import time
from array import array
from dataclasses import dataclass, field

from gym_gui.core.events.regular import open_regular
from gym_gui.core.runs.directory import RunDirectory

LAST_MINUTES = 30.0
# Twice what the supervisor lets the file grow to; a file it did not write is read no further.
_LARGEST_READ_BYTES = 1024 * 1024
_LAST_SAMPLE_BYTES = 4096
_LARGEST_CLOCK_ERROR_S = 60.0
_MOST = 1e18
_ALWAYS = ("time", "cpu_percent", "rss_bytes", "processes")
_AT_TIMES = ("gpu_memory_bytes", "gpu_percent")


@dataclass(frozen=True, slots=True)
class ResourceCurve:
    """Samples of a run's whole process tree, oldest first; the arrays are of one length.

    Attributes:
        times: Unix seconds.
        cpu_percent: Of one core; 200 is two cores.
        rss_bytes: Resident memory.
        processes: How many there were.
        gpu_memory_bytes: Memory of graphics cards, NaN where it is not known; empty when it never is.
        gpu_percent: Of one card, 200 is two cards; NaN where it is not known, empty when it never is.
    """

    times: array[float] = field(default_factory=lambda: array("d"))
    cpu_percent: array[float] = field(default_factory=lambda: array("d"))
    rss_bytes: array[float] = field(default_factory=lambda: array("d"))
    processes: array[float] = field(default_factory=lambda: array("d"))
    gpu_memory_bytes: array[float] = field(default_factory=lambda: array("d"))
    gpu_percent: array[float] = field(default_factory=lambda: array("d"))

    def __len__(self) -> int:
        return len(self.times)


def read_resources(run: RunDirectory, *, minutes: float | None = LAST_MINUTES) -> ResourceCurve:
    """The samples of the run's last `minutes`, all that are kept for None; empty when there are none.

    Lines that are torn or make no sense are passed over.
    """
    samples = _samples(_end_of(run, _LARGEST_READ_BYTES))
    since = samples[-1][0] - 60.0 * minutes if samples and minutes is not None else -math.inf
    rows = [sample for sample in samples if sample[0] >= since]
    if not rows:
        return ResourceCurve()
    times, cpu, rss, processes, memory, busy = (array("d", column) for column in zip(*rows, strict=True))
    return ResourceCurve(times, cpu, rss, processes, _known(memory), _known(busy))


def _known(column: array[float]) -> array[float]:
    return array("d") if all(map(math.isnan, column)) else column


def last_sample_time(run: RunDirectory) -> float | None:
    """When the run's supervisor last looked, None when it never did; a time to come is not believed."""
    latest = time.time() + _LARGEST_CLOCK_ERROR_S
    times = [sample[0] for sample in _samples(_end_of(run, _LAST_SAMPLE_BYTES)) if 0.0 <= sample[0] <= latest]
    return times[-1] if times else None


def _end_of(run: RunDirectory, largest: int) -> bytes:
    try:
        with open_regular(run.resources_file) as file:
            size = os.fstat(file.fileno()).st_size
            return os.pread(file.fileno(), largest, max(size - largest, 0))
    except OSError:
        return b""


def _samples(block: bytes) -> list[tuple[float, ...]]:
    found = map(_sample, block.split(b"\n"))
    return [sample for sample in found if sample is not None]


def _sample(line: bytes) -> tuple[float, ...] | None:
    try:
        content = json.loads(line)
        sample = tuple(float(content[name]) for name in _ALWAYS)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    if not all(map(math.isfinite, sample)):
        return None
    return (*sample, *(_amount(content.get(name)) for name in _AT_TIMES))


def _amount(value: object) -> float:
    """A number that is not negative, NaN for anything else."""
    is_amount = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _MOST
    return float(value) if is_amount and isinstance(value, (int, float)) else math.nan
