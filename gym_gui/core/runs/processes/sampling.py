"""What a run's process tree uses, sampled into a file of bounded size. Standard library only."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Mapping

from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.gpu import GpuSampler
from gym_gui.core.runs.processes.osproc import Process

FIRST_SAMPLE_S = 1.0
SAMPLE_INTERVAL_S = 5.0
LARGEST_FILE_BYTES = 512 * 1024


class ResourceSampler:
    """Appends one JSON line a sample to `resources.jsonl`.

    Attributes:
        peak_rss_bytes: Largest resident memory of the whole tree seen so far.
        gpu: Asks for the use of graphics cards.
    """

    def __init__(self, path: str, environment: Mapping[str, str]) -> None:
        self.peak_rss_bytes = 0
        self.gpu = GpuSampler(environment, SAMPLE_INTERVAL_S)
        self._path = path
        self._last: tuple[float, float] | None = None

    def sample(self, cpu_seconds_of_ended: float) -> list[Process]:
        """Looks at everything below the calling process and returns what it saw.

        `cpu_seconds_of_ended` is what those used that were reaped already.
        """
        tree = _below(os.getpid(), self.gpu.asking)
        rss = sum(process.rss_bytes for process in tree)
        cpu = cpu_seconds_of_ended + sum(process.cpu_ticks for process in tree) / osproc.TICKS_PER_SECOND
        self.peak_rss_bytes = max(self.peak_rss_bytes, rss)
        line = (
            f'{{"time":{time.time():.2f},"cpu_percent":{self._percent_since_last(cpu):.1f},'
            f'"cpu_seconds":{cpu:.2f},"rss_bytes":{rss},"processes":{len(tree)}'
            f"{self._gpu_fields(tree)}}}\n"
        )
        try:
            append_bounded(self._path, line.encode("ascii"), LARGEST_FILE_BYTES)
        except OSError:
            return tree  # a full disk costs the sample, not the run
        return tree

    def _gpu_fields(self, tree: list[Process]) -> str:
        used = self.gpu.look([process.pid for process in tree])
        if used is None:
            return ""
        memory, percent = used
        busy = "" if percent is None else f',"gpu_percent":{percent:.1f}'
        return f',"gpu_memory_bytes":{memory}{busy}'

    def _percent_since_last(self, cpu_seconds: float) -> float:
        now = time.monotonic()
        before, self._last = self._last, (now, cpu_seconds)
        if before is None or now <= before[0]:
            return 0.0
        return max(0.0, 100.0 * (cpu_seconds - before[1]) / (now - before[0]))


def _below(pid: int, apart: int | None) -> list[Process]:
    root = osproc.look_at(pid)
    tree: list[Process] = []
    waiting = osproc.children_of(root) if root else []
    while waiting:
        process = waiting.pop()
        if process.pid == apart:
            continue
        tree.append(process)
        waiting += osproc.children_of(process)
    return tree


def append_bounded(path: str, line: bytes, largest: int) -> None:
    """Appends `line`; a file that outgrew `largest` bytes loses every other line of its older half.

    So the last hours are kept in full, and what is older the more coarsely the older it is.

    Raises:
        OSError: When the file cannot be written, or something else than a file is in its place.
    """
    # A worker may have put anything there: a pipe would be waited for, a link would lead elsewhere.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(path, flags, 0o644)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "is no file", path)
        size = found.st_size
        os.write(descriptor, line)
    finally:
        os.close(descriptor)
    if size + len(line) > largest:
        _thin_older_half(path, size // 2)


def _thin_older_half(path: str, half: int) -> None:
    temporary = f"{path}.tmp"
    if os.path.lexists(temporary):
        os.unlink(temporary)
    # Line by line: the file is larger than the memory this process is allowed.
    with open(path, "rb") as old, open(temporary, "xb") as new:
        position = 0
        for number, line in enumerate(old):
            if position >= half or number % 2 == 0:
                new.write(line)
            position += len(line)
    os.replace(temporary, path)
