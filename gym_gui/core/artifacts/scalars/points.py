"""Points as they come out of a block: of all tags in any order, then tag by tag in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(slots=True)
class Points:
    """Rows of one block for one series, in the order of the file.

    Attributes:
        tag: None for all those whose tags are beyond what is taken in.
        wide: Whether a float32 would lose something of the values.
    """

    tag: str | None
    steps: Ints
    wall_times: Floats
    values: Floats
    wide: bool


class Tags:
    """The tags of a file by number, and of each whether its values need a float64.

    Number 0 is that of all tags which `admits` refuses: there may be millions of them, so none is kept.
    """

    def __init__(self, admits: Callable[[str], bool]) -> None:
        self.names: list[str | None] = [None]
        self.wide = [True]
        self._numbers: dict[str, int] = {}
        self._admits = admits

    def number(self, name: str, *, wide: bool) -> int:
        """The number of this tag, which is a new one when it was not met before."""
        number = self._numbers.get(name)
        if number is None:
            if not self._admits(name):
                return 0
            number = self._numbers[name] = len(self.names)
            self.names.append(name)
            self.wide.append(wide)
        self.wide[number] |= wide
        return number


class Rows:
    """Points of all tags as they are found."""

    def __init__(self) -> None:
        self._parts: list[tuple[NDArray[Any], ...]] = []

    def add(self, records: Ints, tags: Ints, steps: Ints, times: Floats, values: Floats) -> None:
        """Points, each with the numbers of its record in the block and of its tag; all of shape (n,)."""
        self._parts.append((records, tags, steps, times, values))

    def add_one(self, record: int, tag: int, step: int, time: float, value: float) -> None:
        """A single point."""
        place = np.array([[record], [tag], [step]], dtype=np.int64)
        self.add(place[0], place[1], place[2], np.array([time]), np.array([value]))

    def by_tag(self, names: Tags) -> Iterator[Points]:
        """All points, tag by tag; two of a tag in one record stay in the order in which they were added."""
        if not self._parts:
            return
        records, tags, *columns = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        order = _order(records)
        order = order[_order(tags[order])]
        tags, (steps, times, values) = tags[order], (column[order] for column in columns)
        bounds = [0, *(np.flatnonzero(np.diff(tags)) + 1).tolist(), len(tags)]
        for first, last in pairwise(bounds):
            number, part = int(tags[first]), slice(first, last)
            yield Points(names.names[number], steps[part], times[part], values[part], names.wide[number])


def _order(numbers: Ints) -> NDArray[np.intp]:
    """A stable order of numbers that are not negative; those of 16 bits are sorted by counting."""
    small = int(numbers.max()) < 65536
    return np.argsort(numbers.astype(np.uint16) if small else numbers, kind="stable")
