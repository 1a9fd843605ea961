"""Records of one shape: equally long, and with a step that takes equally many bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gym_gui.core.artifacts.scalars.points import Floats, Ints

_LONGEST = 1024
_SHORTEST = 24
_FEWEST = 4
_TIME_KEY, _STEP_KEY, _SUMMARY_KEY = 0x09, 0x10, 0x2A
TIME_END = 9
_LONGEST_STEP = 10


class Alike:
    """Some records of one shape.

    Attributes:
        members: Their numbers among the records of the block.
        starts: Where each begins in the block.
        length: Bytes of each.
        step_bytes: Bytes of each one's step, 0 when they have none.
        summary: Where in each its summary begins, key included.
    """

    def __init__(self, block: bytes, members: Ints, starts: Ints, shape: tuple[int, int]) -> None:
        self.members = members
        self.starts = starts
        self.length, self.step_bytes = shape
        self.summary = TIME_END + (1 + self.step_bytes if self.step_bytes else 0)
        self.records = _windows(block, self.length)[starts]

    def bodies(self) -> NDArray[np.uint8]:
        """Each one's bytes from its summary on, filled up with zeros to a multiple of eight."""
        size = self.length - self.summary
        bodies = np.zeros((len(self.members), (size + 7) // 8 * 8), dtype=np.uint8)
        bodies[:, :size] = self.records[:, self.summary :]
        return bodies

    def steps(self, rows: Ints) -> Ints:
        """The steps of these rows, int64 as they were written: in groups of seven bits."""
        steps = np.zeros(len(rows), dtype=np.uint64)
        for byte in range(self.step_bytes):
            part = self.records[rows, TIME_END + 1 + byte].astype(np.uint64) & np.uint64(0x7F)
            steps |= part << np.uint64(7 * byte)
        return steps.view(np.int64)

    def times(self, rows: Ints) -> Floats:
        """The wall times of these rows."""
        times: Floats = np.ascontiguousarray(self.records[rows, 1:TIME_END]).view("<f8").ravel()
        return times


def alike(block: bytes, starts: Ints, lengths: Ints) -> Iterator[Alike]:
    """The records that begin like an event of scalars, by their shape; shapes that few have are left out."""
    data = np.frombuffer(block, dtype=np.uint8)
    likely = np.flatnonzero((lengths >= _SHORTEST) & (lengths <= _LONGEST))
    likely = likely[data[starts[likely]] == _TIME_KEY]
    second = starts[likely] + TIME_END
    has_step = data[second] == _STEP_KEY
    step_bytes = _bytes_of_steps(data, second, has_step)
    fine = np.where(has_step, step_bytes <= _LONGEST_STEP, data[second] == _SUMMARY_KEY)
    likely, step_bytes = likely[fine], step_bytes[fine]
    # In 16 bits, as all of these fit: numpy sorts those by counting.
    shapes = (lengths[likely] * 16 + step_bytes).astype(np.uint16)
    order = np.argsort(shapes, kind="stable")
    shapes = shapes[order]
    bounds = [0, *(np.flatnonzero(np.diff(shapes)) + 1).tolist(), len(shapes)]
    for first, last in pairwise(bounds):
        if last - first >= _FEWEST:
            members = likely[order[first:last]]
            yield Alike(block, members, starts[members], divmod(int(shapes[first]), 16))


def _bytes_of_steps(data: NDArray[np.uint8], keys: Ints, has_step: NDArray[np.bool_]) -> Ints:
    """How many bytes the step behind each key takes, 0 where there is none, eleven for more than ten.

    All but the last of them have the highest bit set.
    """
    count: Ints = has_step.astype(np.int64)
    going = np.flatnonzero(has_step)
    for byte in range(1, _LONGEST_STEP + 1):
        going = going[data[keys[going] + byte] >= 0x80]
        if not len(going):
            break
        count[going] += 1
    return count


def _windows(block: bytes, length: int) -> NDArray[np.uint8]:
    """Every run of `length` bytes of the block, as a view: row i begins at byte i."""
    return np.ndarray((max(0, len(block) - length + 1), length), np.uint8, block, 0, (1, 1))
