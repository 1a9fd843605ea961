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


@dataclass(frozen=True, slots=True)
class ResourceCurve:
    """Samples of a run's whole process tree, oldest first; the arrays are of one length.

    Attributes:
        times: Unix seconds.
        cpu_percent: Of one core; 200 is two cores.
        rss_bytes: Resident memory.
        processes: How many there were.
    """

    times: array[float] = field(default_factory=lambda: array("d"))
    cpu_percent: array[float] = field(default_factory=lambda: array("d"))
    rss_bytes: array[float] = field(default_factory=lambda: array("d"))
    processes: array[float] = field(default_factory=lambda: array("d"))

    def __len__(self) -> int:
        return len(self.times)


def read_resources(run: RunDirectory, *, minutes: float | None = LAST_MINUTES) -> ResourceCurve:
    """The samples of the run's last `minutes`, all that are kept for None; empty when there are none.

    Lines that are torn or make no sense are passed over.
    """
    curve = ResourceCurve()
    samples = _samples(_end_of(run, _LARGEST_READ_BYTES))
    since = samples[-1][0] - 60.0 * minutes if samples and minutes is not None else -math.inf
    for sample in samples:
        if sample[0] >= since:
            for values, value in zip(
                (curve.times, curve.cpu_percent, curve.rss_bytes, curve.processes), sample, strict=True
            ):
                values.append(value)
    return curve


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


def _samples(block: bytes) -> list[tuple[float, float, float, float]]:
    found = map(_sample, block.split(b"\n"))
    return [sample for sample in found if sample is not None]


def _sample(line: bytes) -> tuple[float, float, float, float] | None:
    try:
        content = json.loads(line)
        moment, cpu, rss, processes = (
            float(content[name]) for name in ("time", "cpu_percent", "rss_bytes", "processes")
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    sample = (moment, cpu, rss, processes)
    return sample if all(map(math.isfinite, sample)) else None
