"""The curves of what a run uses: which there are, how their values are worded, what is drawn of them."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gym_gui.core.runs.processes.resources import ResourceCurve
from gym_gui.ui import wording

_NOT_MEASURED = array("d", [0.0])


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One quantity.

    Attributes:
        title: What it is called.
        values: Its samples, as many as the curve has times.
        text: A value in words.
    """

    title: str
    values: Callable[[ResourceCurve], Sequence[float]]
    text: Callable[[float], str]


def percent(value: float) -> str:
    """CPU use in words: 100 % is one core."""
    return f"{value:,.0f} %" if math.isfinite(value) else "not measured"


def amount(value: float) -> str:
    """Bytes in words."""
    return wording.size(value) if math.isfinite(value) else "not measured"


def count(value: float) -> str:
    """A number of processes."""
    return f"{value:,.0f}"


def _measured_cpu(curve: ResourceCurve) -> Sequence[float]:
    """CPU use; that of the first sample is not known, for there is none before it to compare with."""
    return (
        array("d", [math.nan, *curve.cpu_percent[1:]])
        if curve.cpu_percent[:1] == _NOT_MEASURED
        else curve.cpu_percent
    )


CPU = ResourceKind("CPU", _measured_cpu, percent)
MEMORY = ResourceKind("Memory", lambda curve: curve.rss_bytes, wording.size)
GPU = ResourceKind("GPU", lambda curve: curve.gpu_percent, percent)
GPU_MEMORY = ResourceKind("GPU memory", lambda curve: curve.gpu_memory_bytes, amount)
PROCESSES = ResourceKind("Processes", lambda curve: curve.processes, count)


def kinds_of(curve: ResourceCurve) -> tuple[ResourceKind, ...]:
    """What there is to draw of a curve: graphics cards only of a run that was seen to use one."""
    every = (CPU, MEMORY, GPU, GPU_MEMORY, PROCESSES)
    return tuple(kind for kind in every if kind not in (GPU, GPU_MEMORY) or kind.values(curve))


def since(curve: ResourceCurve, start: float) -> list[float]:
    """The times of the samples as seconds since `start` (Unix seconds)."""
    return [moment - start for moment in curve.times]


def nearest(positions: Sequence[float], wanted: float) -> int | None:
    """Which of the ascending `positions` is nearest to `wanted`; None when there are none."""
    if not positions:
        return None
    right = bisect_left(positions, wanted)
    if right == 0:
        return 0
    if right == len(positions):
        return right - 1
    return right if positions[right] - wanted < wanted - positions[right - 1] else right - 1


def last_part(curve: ResourceCurve, minutes: float) -> ResourceCurve:
    """The samples of the last `minutes` before the last one."""
    if not curve.times:
        return curve
    first = bisect_left(curve.times, curve.times[-1] - 60.0 * minutes)
    return ResourceCurve(
        curve.times[first:],
        curve.cpu_percent[first:],
        curve.rss_bytes[first:],
        curve.processes[first:],
        curve.gpu_memory_bytes[first:],
        curve.gpu_percent[first:],
    )


@dataclass(frozen=True, slots=True)
class ResourceFigures:
    """The latest sample, the most memory, the CPU on average; `moment` in Unix seconds.

    What was not measured is NaN; of graphics cards it is None when nothing ever was.
    """

    moment: float
    cpu_percent: float
    mean_cpu_percent: float
    rss_bytes: float
    peak_rss_bytes: float
    processes: float
    gpu_percent: float | None = None
    gpu_memory_bytes: float | None = None
    peak_gpu_memory_bytes: float | None = None


def figures_of(curve: ResourceCurve) -> ResourceFigures | None:
    """The figures of a curve, None without samples; CPU that was not measured is NaN."""
    if not curve.times:
        return None
    cpu = _measured_cpu(curve)
    measured = [value for value in cpu if math.isfinite(value)] or [math.nan]
    return ResourceFigures(
        moment=curve.times[-1],
        cpu_percent=cpu[-1],
        mean_cpu_percent=sum(measured) / len(measured),
        rss_bytes=curve.rss_bytes[-1],
        peak_rss_bytes=max(curve.rss_bytes),
        processes=curve.processes[-1],
        gpu_percent=curve.gpu_percent[-1] if curve.gpu_percent else None,
        gpu_memory_bytes=curve.gpu_memory_bytes[-1] if curve.gpu_memory_bytes else None,
        peak_gpu_memory_bytes=max(filter(math.isfinite, curve.gpu_memory_bytes), default=None),
    )
