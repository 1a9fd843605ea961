"""The last number of every tag of a run, from the ends of its files: for tables over many runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gym_gui.core.artifacts.scalars import framing
from gym_gui.core.artifacts.scalars.decoding import Decoder
from gym_gui.core.artifacts.scalars.finding import EventFileFinder
from gym_gui.core.artifacts.scalars.limits import KIB
from gym_gui.core.artifacts.scalars.model import SeriesKey
from gym_gui.core.artifacts.scalars.names import common_folder, shown_name
from gym_gui.core.events.regular import open_regular

_TAIL_BYTES = 128 * KIB


@dataclass(frozen=True, slots=True)
class LastValue:
    """The last point of a scalar; the value may be NaN or infinite."""

    step: int
    wall_time: float
    value: float


def last_values(directory: Path, tail_bytes: int = _TAIL_BYTES) -> dict[str, LastValue]:
    """The last point of each scalar that occurs near the end of an event file, by its shown name.

    A few milliseconds per run, however long it is. A tag that was not logged within the last
    `tail_bytes` of its file is missing; `ScalarRun` finds it.
    """
    files = EventFileFinder(directory).look()
    base = common_folder([file.folder for file in files])
    latest: dict[str, LastValue] = {}
    for file in files:
        for tag, last in _tail(file.path, tail_bytes):
            name = shown_name(base, SeriesKey(file.folder, tag))
            before = latest.get(name)
            if before is None or not last.wall_time < before.wall_time:
                latest[name] = last
    return latest


def _tail(path: str, tail_bytes: int) -> Iterator[tuple[str, LastValue]]:
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            start = max(0, size - tail_bytes)
            block = os.pread(file.fileno(), size - start, start)
    except OSError:
        return  # gone or not to be read; whoever opens the run is told why
    head = framing.next_head(block, 0, size - start)
    while head is not None:
        found = framing.frames(block[head:])
        good = framing.intact(block[head:], found)
        decoded = Decoder(lambda tag: True).decode(block[head:], found.starts[good], found.lengths[good])
        for points in decoded.points:
            if points.tag is None:
                continue
            last = (int(points.steps[-1]), float(points.wall_times[-1]), float(points.values[-1]))
            yield points.tag, LastValue(*last)
        if not found.broken:
            return
        block = block[head + found.end + 1 :]
        head = framing.next_head(block, 0, len(block))
