"""Which lines of a log are events, of which type, and which are plain output: two bytes for each."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import compress, count, groupby

from gym_gui.core.events.block import Block
from gym_gui.core.events.classify import OUTPUT, looks_torn, name_of, names_in
from gym_gui.core.events.decode import LARGEST_EVENT_BYTES
from gym_gui.core.events.log import EventLog
from gym_gui.core.events.stretches import LineNumbers

_BLOCK_BYTES = 256 * 1024
_MOST_NAMES = 1_000
OTHER = "(other)"
"""Stands for the names of a worker that invents more of them than anybody could choose from."""


class EventIndex:
    """Rows of a table of events, mapped to lines of the log.

    Attributes:
        output_lines: The numbers of the lines that are no events.
        torn_lines: Of these, the numbers of those that seem to have been meant as events.
        read: How many lines of the log were taken in.
    """

    def __init__(self) -> None:
        self.read = 0
        self.output_lines = LineNumbers()
        self.torn_lines = LineNumbers()
        self._lines = LineNumbers()
        self._types = array("H")
        self._names: list[str] = []
        self._number_of: dict[str, int] = {}
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._lines)

    def take_from(self, log: EventLog) -> bool:
        """Take in the next block of lines; False when there is none."""
        if self.read >= len(log):
            return False
        block = log.block(self.read, _BLOCK_BYTES)
        if len(block) > 1 or block.text:
            self._take(block)
        else:
            self._take_long_line(log, block.bounds[1] - block.bounds[0])
        return True

    def _take(self, block: Block) -> None:
        names = names_in(block)
        if len(set(names)) == 1 and names[0] != OUTPUT:
            self._add(names[0], len(names))
            return
        position = 0
        may_be_torn = b"event" in block.text
        for name, same in groupby(names):
            end = position + sum(1 for _ in same)
            if name == OUTPUT and may_be_torn:
                for index in range(position, end):
                    if looks_torn(block.line(index)):
                        self.torn_lines.extend(self.read + index - position, 1)
            self._add(name, end - position)
            position = end

    def _take_long_line(self, log: EventLog, length: int) -> None:
        self._add(name_of(log.raw(self.read)) if length <= LARGEST_EVENT_BYTES else OUTPUT, 1)

    def _add(self, name: str, count: int) -> None:
        if name == OUTPUT:
            self.output_lines.extend(self.read, count)
        else:
            self._lines.extend(self.read, count)
            number = self._number(name)
            self._types.extend(array("H", (number,)) * count)
            self._counts[self._names[number]] += count
        self.read += count

    def _number(self, name: str) -> int:
        number = self._number_of.get(name)
        if number is None:
            if len(self._names) >= _MOST_NAMES:
                name = OTHER
            number = self._number_of.get(name, len(self._names))
            if number == len(self._names):
                self._number_of[name] = number
                self._names.append(name)
        return number

    def line_number(self, row: int) -> int:
        """The line that a row shows."""
        return self._lines[row]

    def row_of(self, line: int) -> int | None:
        """The row that shows a line, None when the line is no event."""
        return self._lines.position_of(line)

    def rows_before(self, line: int) -> int:
        """How many events stand before a line."""
        return self._lines.position_from(line)

    def lines_of(self, start: int, stop: int) -> Iterator[range]:
        """The lines that rows `start` to `stop` show, as unbroken ranges."""
        return self._lines.stretches(start, stop)

    def name(self, row: int) -> str:
        """The event name of a row, without decoding the line."""
        return self._names[self._types[row]]

    def names(self) -> tuple[str, ...]:
        """Every event name seen, in order of first appearance."""
        return tuple(self._names)

    def count_of(self, name: str) -> int:
        """How many events have this name."""
        return self._counts[name]

    def rows_named(self, wanted: Collection[str], start: int = 0) -> array[int]:
        """The rows from `start` on whose event has one of these names."""
        numbers = {self._number_of[name] for name in wanted if name in self._number_of}
        return array("Q", compress(count(start), map(numbers.__contains__, self._types[start:])))
