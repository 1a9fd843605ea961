"""In which order two outputs grew, as far as somebody was there to see it."""

from __future__ import annotations

from array import array
from bisect import bisect_right


class Arrivals:
    """Rows of two growing lists in one sequence: those of the first look, then as they came.

    Within one look, a tenth of a second, the first list's rows stand before the second's.

    Attributes:
        seen_before: How many rows were there at the first look, whose order between the lists is unknown.
    """

    def __init__(self) -> None:
        self.seen_before = 0
        self._looked = False
        self._ends = array("Q")  # of each stretch, in the whole sequence
        self._which = bytearray()
        self._starts = array("Q")  # of each stretch, in its own list
        self._counts = [0, 0]
        self._of = (array("Q"), array("Q"))  # the stretches of each list

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def note(self, first: int, second: int) -> None:
        """Take in how long the two lists are by now."""
        for which, count in enumerate((first, second)):
            more = count - self._counts[which]
            if more <= 0:
                continue
            if self._which and self._which[-1] == which:
                self._ends[-1] += more
            else:
                self._of[which].append(len(self._which))
                self._which.append(which)
                self._starts.append(self._counts[which])
                self._ends.append(len(self) + more)
            self._counts[which] = count
        if not self._looked:
            self._looked = True
            self.seen_before = len(self)

    def position(self, which: int, row: int) -> int | None:
        """Where a row of one of the lists stands in the sequence, None when it has not come yet."""
        stretches = self._of[which]
        index = bisect_right(stretches, row, key=self._starts.__getitem__) - 1
        if index < 0 or row >= self._counts[which]:
            return None
        stretch = stretches[index]
        before = self._ends[stretch - 1] if stretch else 0
        return before + row - self._starts[stretch]

    def place(self, position: int) -> tuple[int, int]:
        """Which list, 0 or 1, a row of the sequence is from, and which of its rows it is."""
        stretch = bisect_right(self._ends, position)
        before = self._ends[stretch - 1] if stretch else 0
        return self._which[stretch], self._starts[stretch] + position - before
