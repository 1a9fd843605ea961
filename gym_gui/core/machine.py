"""What this machine has and has left: processors, memory, graphics cards, disk.

Linux reads /proc; graphics cards are asked of `nvidia-smi` where it is installed. What cannot be
known is None, or an empty tuple.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from gym_gui.core import nvidia_smi
from gym_gui.core.disk_space import disk_space

_GPU_TIMEOUT_S = 5.0
_BUSY_COLUMNS = slice(0, 8)  # user nice system idle iowait irq softirq steal; guests are in user already
_IDLE_COLUMNS = slice(3, 5)


@dataclass(frozen=True, slots=True)
class GpuReading:
    """One graphics card: memory in bytes, how busy it is in percent (None when it does not say)."""

    name: str
    used_bytes: int
    total_bytes: int
    busy_percent: float | None


@dataclass(frozen=True, slots=True)
class MachineReading:
    """The machine at one moment.

    Attributes:
        cores: Processors this process may use.
        cpu_percent: Of all processors, since the reading before; None for the first.
        memory_used: Bytes that are not available to new programs.
        memory_total: Bytes of memory.
        disk_free: Bytes this user may still write where the data is.
        disk_total: Bytes of that disk.
        gpus: The graphics cards.
    """

    cores: int
    cpu_percent: float | None
    memory_used: int | None
    memory_total: int | None
    disk_free: int | None
    disk_total: int | None
    gpus: tuple[GpuReading, ...]


class Machine:
    """Reads the machine; keeps the processors' last counts, for their load is a difference."""

    def __init__(self, data_directory: Path) -> None:
        self._directory = data_directory
        self._counts: tuple[int, int] | None = None
        self._gpu_program = nvidia_smi.find_program(os.environ)

    def read(self) -> MachineReading:
        """The machine now; takes up to five seconds where a graphics driver is slow."""
        used, total = _memory()
        free, size = disk_space(self._directory) or (None, None)
        return MachineReading(
            cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
            cpu_percent=self._cpu_percent(),
            memory_used=used,
            memory_total=total,
            disk_free=free,
            disk_total=size,
            gpus=_gpus(self._gpu_program) if self._gpu_program else (),
        )

    def _cpu_percent(self) -> float | None:
        counts = _cpu_counts()
        before, self._counts = self._counts, counts
        if counts is None or before is None or counts[1] <= before[1]:
            return None
        busy = (counts[0] - before[0]) / (counts[1] - before[1])
        return min(max(busy, 0.0), 1.0) * 100.0


def _cpu_counts() -> tuple[int, int] | None:
    """Busy and all ticks of all processors since the machine started."""
    for line in _lines("/proc/stat"):
        if line.startswith("cpu "):
            ticks = [int(part) for part in line.split()[1:]]
            total = sum(ticks[_BUSY_COLUMNS])
            return total - sum(ticks[_IDLE_COLUMNS]), total
    return None


def _memory() -> tuple[int | None, int | None]:
    """Used and total bytes."""
    found = {}
    for line in _lines("/proc/meminfo"):
        name, _, rest = line.partition(":")
        if name in ("MemTotal", "MemAvailable"):
            found[name] = int(rest.split()[0]) * 1024
    total = found.get("MemTotal")
    available = found.get("MemAvailable")
    return (total - available if total is not None and available is not None else None), total


def _gpus(program: str) -> tuple[GpuReading, ...]:
    try:
        answer = subprocess.run(
            [program, *nvidia_smi.ASK_CARDS],
            capture_output=True,
            text=True,
            timeout=_GPU_TIMEOUT_S,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ()
    cards = map(nvidia_smi.card_of, answer.stdout.splitlines())
    return tuple(GpuReading(*card) for card in cards if card is not None)


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
