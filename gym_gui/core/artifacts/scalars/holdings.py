"""The points and blobs of one event file by tag, within the allowance of its run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gym_gui.core.artifacts.scalars.columns import Columns
from gym_gui.core.artifacts.scalars.decoding import Block
from gym_gui.core.artifacts.scalars.limits import LONGEST_TAG_BYTES, MOST_RESTARTS_IN_FILE, MOST_SERIES
from gym_gui.core.artifacts.scalars.model import Kind
from gym_gui.core.artifacts.scalars.points import Points
from gym_gui.core.artifacts.scalars.tallies import Tallies

Name = tuple[str, Kind]


class Allowance:
    """How many more series a run may have."""

    def __init__(self, most: int = MOST_SERIES) -> None:
        self.most = most
        self._names: set[tuple[str, str, Kind]] = set()

    def admits(self, folder: str, name: Name) -> bool:
        """Whether this series is one of the run's, old or new."""
        full = (folder, *name)
        if full in self._names:
            return True
        if len(self._names) >= self.most:
            return False
        self._names.add(full)
        return True


class Holdings:
    """What was read of one file.

    Attributes:
        series: Columns of step, wall time and value of each scalar.
        blobs: Columns of step, wall time, offset and length of each tag of another kind.
        earliest_restart: The lowest step at which the writer said it starts anew; None when it never did.
        restarts_left: How many more restarts are taken into account.
        first_wall_time: Of the first point or blob in the file; None before there is one.
    """

    def __init__(self, folder: str, allowance: Allowance, tallies: Tallies) -> None:
        self.series: dict[str, Columns] = {}
        self.blobs: dict[Name, Columns] = {}
        self.earliest_restart: int | None = None
        self.first_wall_time: float | None = None
        self._folder = folder
        self._allowance = allowance
        self._tallies = tallies
        self.restarts_left = MOST_RESTARTS_IN_FILE

    def add(
        self, block: Block, offsets: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> tuple[int, set[Name]]:
        """Take in a block whose records begin at `offsets` in the file; how many were added, and to what."""
        changed: set[Name] = set()
        added = sum(self._add_points(points, changed) for points in block.points)
        for index, event in block.events:
            for value in event.values:
                if value.tag is None:
                    self._tallies.add(
                        f"values with a tag of more than {LONGEST_TAG_BYTES:,} bytes passed over"
                    )
                elif value.scalar is None and value.field:
                    place = (event.step, event.wall_time, int(offsets[index]), int(lengths[index]))
                    added += self._add_blob((value.tag, value.kind), place, changed)
        self._tallies.add("intact records that are no events passed over", block.unreadable)
        self._tallies.add("whole numbers beyond 2^53 rounded to the nearest float64", block.rounded)
        return added, changed

    def restart(self, step: int) -> set[Name]:
        """The writer starts anew at this step: what it wrote from there on counts no longer."""
        self.restarts_left -= 1
        if self.restarts_left < 0:
            return set()
        if not self.restarts_left:
            self._tallies.add(
                f"restarts after the first {MOST_RESTARTS_IN_FILE:,} are not taken into account"
            )
        if self.earliest_restart is None or step < self.earliest_restart:
            self.earliest_restart = step
        changed: set[Name] = {
            (tag, Kind.SCALAR) for tag, columns in self.series.items() if columns.supersede_from(step)
        }
        changed |= {name for name, columns in self.blobs.items() if columns.supersede_from(step)}
        return changed

    def _add_points(self, points: Points, changed: set[Name]) -> int:
        if points.tag is None:
            self._refuse(len(points.steps))
            return 0
        name = (points.tag, Kind.SCALAR)
        columns = self.series.get(points.tag)
        if columns is None:
            if not self._admits(name, len(points.steps)):
                return 0
            columns = self.series[points.tag] = Columns("<i8", "<f8", "<f4")
        self._note_time(float(points.wall_times[0]))
        values = points.values if points.wide else points.values.astype("<f4")
        columns.extend(points.steps, points.wall_times, values)
        changed.add(name)
        return len(points.steps)

    def _add_blob(self, name: Name, place: tuple[int, float, int, int], changed: set[Name]) -> int:
        columns = self.blobs.get(name)
        if columns is None:
            if not self._admits(name, 1):
                return 0
            columns = self.blobs[name] = Columns("<i8", "<f8", "<i8", "<i8")
        self._note_time(place[1])
        dtypes = ("<i8", "<f8", "<i8", "<i8")
        columns.extend(*(np.array([part], dtype=dtype) for part, dtype in zip(place, dtypes, strict=True)))
        changed.add(name)
        return 1

    def _admits(self, name: Name, count: int) -> bool:
        if self._allowance.admits(self._folder, name):
            return True
        self._refuse(count)
        return False

    def _refuse(self, count: int) -> None:
        self._tallies.add(f"points of tags beyond the first {self._allowance.most:,} passed over", count)

    def _note_time(self, wall_time: float) -> None:
        if self.first_wall_time is None:
            self.first_wall_time = wall_time
