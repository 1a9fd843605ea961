"""When the disk will be full, if it goes on as it did."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median

_FEWEST_SAMPLES = 4
_SHORTEST_SPAN_S = 30.0
_MOST_SAMPLES = 60


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """A file system: bytes in all, and bytes an ordinary user may still write."""

    total: int
    free: int


@dataclass(frozen=True, slots=True)
class SpaceSample:
    """How many bytes were free at a moment in seconds of any one clock."""

    time: float
    free: int


@dataclass(frozen=True, slots=True)
class DiskForecast:
    """What becomes of the free space.

    Attributes:
        bytes_per_second: At which it shrinks; negative when it grows.
        seconds_left: Until none is left, None when it does not shrink.
    """

    bytes_per_second: float
    seconds_left: float | None


def disk_space(path: Path) -> DiskSpace:
    """The space of the file system that `path` is on.

    Raises:
        OSError: When there is no such path.
    """
    status = os.statvfs(path)
    return DiskSpace(status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize)


def disk_forecast(samples: Sequence[SpaceSample], reserve: int = 0) -> DiskForecast | None:
    """When only `reserve` bytes will be free; None while there is too little to tell from.

    The rate is the median over all pairs of the last 60 samples, so that a file that is removed, or a
    large one that appears at once, does not turn it round. It takes 4 samples over 30 seconds.
    """
    recent = sorted(samples[-_MOST_SAMPLES:], key=lambda sample: sample.time)
    if len(recent) < _FEWEST_SAMPLES or recent[-1].time - recent[0].time < _SHORTEST_SPAN_S:
        return None
    pairs = combinations(recent, 2)
    slopes = [(a.free - b.free) / (b.time - a.time) for a, b in pairs if b.time > a.time]
    rate = median(slopes)
    left = max(0, recent[-1].free - reserve)
    return DiskForecast(rate, left / rate if rate > 0 else (0.0 if left == 0 else None))
