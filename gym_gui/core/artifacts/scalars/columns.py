"""Points that only ever grow: numpy arrays with room behind them, handed out without a copy."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAST_ROOM = 16
_serials = count()


class Columns:
    """Rows in several arrays of one length.

    What is handed out is a view of the part that is filled, which is never written again: it stays
    valid when rows are added, also when the arrays have to move.

    Attributes:
        superseded: How many rows do not count any more.
        serial: A number that no other columns have or will have.
    """

    __slots__ = ("_arrays", "_dead", "_length", "serial", "superseded")

    def __init__(self, *dtypes: str) -> None:
        self._arrays: list[NDArray[Any]] = [np.empty(0, dtype=dtype) for dtype in dtypes]
        self._length = 0
        self._dead: NDArray[np.bool_] | None = None
        self.superseded = 0
        self.serial = next(_serials)

    def __len__(self) -> int:
        return self._length

    @property
    def width(self) -> int:
        """How many arrays there are."""
        return len(self._arrays)

    def column(self, number: int) -> NDArray[Any]:
        """One of the arrays with every row, read-only."""
        view = self._arrays[number][: self._length]
        view.flags.writeable = False
        return view

    def alive(self) -> NDArray[np.bool_] | None:
        """Which rows still count, None when all do."""
        if self._dead is None:
            return None
        alive = np.ones(self._length, dtype=np.bool_)
        alive[: len(self._dead)] = ~self._dead
        return alive

    def extend(self, *more: NDArray[Any]) -> None:
        """Add rows; a column takes the wider of its type and what comes."""
        added_rows = len(more[0])
        needed = self._length + added_rows
        for number, (array, added) in enumerate(zip(self._arrays, more, strict=True)):
            dtype = np.promote_types(array.dtype, added.dtype)
            if needed > len(array) or dtype != array.dtype:
                array = self._moved(array, needed, dtype)  # noqa: PLW2901
                self._arrays[number] = array
            array[self._length : needed] = added
        self._length = needed

    def _moved(self, array: NDArray[Any], needed: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        # Half again as much room, a quarter once that is much: memory that is not yet written costs nothing.
        spare = needed // 4 if needed > 1_000_000 else needed // 2
        grown = np.empty(max(_LEAST_ROOM, needed + spare), dtype=dtype)
        grown[: self._length] = array[: self._length]
        return grown

    def supersede_from(self, step: int) -> int:
        """Rows of this step (the first column) or a later one count no longer; how many that are."""
        hit = self.column(0) >= step
        if self._dead is not None:
            hit[: len(self._dead)] &= ~self._dead
        hits = int(np.count_nonzero(hit))
        if hits:
            if self._dead is not None:
                hit[: len(self._dead)] |= self._dead
            self._dead = hit
            self.superseded += hits
        return hits
