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
        self._ends = array("Q")  # of each stretch, in the whole sequence
        self._which = bytearray()
        self._starts = array("Q")  # of each stretch, in its own list
        self._counts = [0, 0]

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def note(self, first: int, second: int) -> None:
        """Take in how long the two lists are by now."""
        is_first_look = not self._ends
        for which, count in enumerate((first, second)):
            more = count - self._counts[which]
            if more <= 0:
                continue
            if self._which and self._which[-1] == which:
                self._ends[-1] += more
            else:
                self._which.append(which)
                self._starts.append(self._counts[which])
                self._ends.append(len(self) + more)
            self._counts[which] = count
        if is_first_look:
            self.seen_before = len(self)

    def place(self, position: int) -> tuple[int, int]:
        """Which list, 0 or 1, a row of the sequence is from, and which of its rows it is."""
        stretch = bisect_right(self._ends, position)
        before = self._ends[stretch - 1] if stretch else 0
        return self._which[stretch], self._starts[stretch] + position - before
