"""Which lines of a log are events, of which type, and which are plain output: a few bytes for each."""

from __future__ import annotations

from array import array

from gym_gui.core.events.lines import LineKind, LogLine


class EventIndex:
    """Rows of a table of events, mapped to lines of the log.

    Attributes:
        output_lines: The numbers of the lines that are no events.
    """

    def __init__(self) -> None:
        self._lines = array("Q")
        self._types = array("H")
        self._names: list[str] = []
        self._number_of: dict[str, int] = {}
        self.output_lines = array("Q")

    def __len__(self) -> int:
        return len(self._lines)

    def feed(self, line: LogLine) -> None:
        """Take a line in, after all lines before it."""
        if line.kind is LineKind.OUTPUT:
            self.output_lines.append(line.number)
            return
        number = self._number_of.get(line.event)
        if number is None:
            number = self._number_of[line.event] = len(self._names)
            self._names.append(line.event)
        self._lines.append(line.number)
        self._types.append(number)

    def line_number(self, row: int) -> int:
        """The line that a row shows."""
        return self._lines[row]

    def name(self, row: int) -> str:
        """The event name of a row, without decoding the line."""
        return self._names[self._types[row]]

    def names(self) -> tuple[str, ...]:
        """Every event name seen, in order of first appearance."""
        return tuple(self._names)

    def rows_named(self, wanted: str, start: int = 0) -> array[int]:
        """The rows from `start` on whose event has this name."""
        number = self._number_of.get(wanted)
        if number is None:
            return array("Q")
        types = self._types
        return array("Q", (row for row in range(start, len(types)) if types[row] == number))
