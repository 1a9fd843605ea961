"""Numbers of lines that mostly follow each other: 16 bytes for each unbroken stretch of them."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator


class LineNumbers:
    """An ascending sequence of line numbers, its positions mapped to numbers and back."""

    __slots__ = ("_first", "_length", "_position")

    def __init__(self) -> None:
        self._first = array("Q")  # the line that each stretch begins with
        self._position = array("Q")  # at which position of the sequence
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def extend(self, first: int, count: int) -> None:
        """Take in `count` lines from number `first` on, all after those taken in before."""
        if count <= 0:
            return
        if not self._first or first != self._first[-1] + self._length - self._position[-1]:
            self._first.append(first)
            self._position.append(self._length)
        self._length += count

    def __getitem__(self, position: int) -> int:
        if not 0 <= position < self._length:
            raise IndexError(f"there is no position {position}, there are {self._length}")
        stretch = bisect_right(self._position, position) - 1
        return self._first[stretch] + position - self._position[stretch]

    def __iter__(self) -> Iterator[int]:
        for stretch in self.stretches(0, self._length):
            yield from stretch

    def stretches(self, start: int, stop: int) -> Iterator[range]:
        """The lines at positions `start` to `stop`, as unbroken ranges of numbers."""
        position = start
        while position < stop:
            stretch = bisect_right(self._position, position) - 1
            is_last = stretch + 1 == len(self._position)
            end = min(stop, self._length if is_last else self._position[stretch + 1])
            first = self._first[stretch] + position - self._position[stretch]
            yield range(first, first + end - position)
            position = end

    def position_of(self, line: int) -> int | None:
        """The position that a line has, None when it is not among them."""
        position = self.position_from(line)
        return position if position < self._length and self[position] == line else None

    def position_from(self, line: int) -> int:
        """How many of the lines come before `line`: the position of the first that does not."""
        stretch = bisect_right(self._first, line) - 1
        if stretch < 0:
            return 0
        is_last = stretch + 1 == len(self._position)
        end = self._length if is_last else self._position[stretch + 1]
        return min(self._position[stretch] + line - self._first[stretch], end)
