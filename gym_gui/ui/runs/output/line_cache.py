"""Decoded lines, remembered for as long as they are likely to be painted again."""

from __future__ import annotations

from collections import OrderedDict

from gym_gui.core.events.lines import LogLine
from gym_gui.core.events.log import EventLog

_KEPT = 1_024
_BLOCK = 32


class LineCache:
    """The lines of a log by number; neighbours are decoded together, for a view asks for them next."""

    def __init__(self) -> None:
        self._lines: OrderedDict[int, LogLine] = OrderedDict()

    def clear(self) -> None:
        """Forget everything, as when another log is shown."""
        self._lines.clear()

    def line(self, log: EventLog, number: int) -> LogLine:
        """The line, decoded now unless it was lately."""
        found = self._lines.get(number)
        if found is None:
            first = number - number % _BLOCK
            for line in log.lines(range(first, min(first + _BLOCK, len(log)))):
                self._lines[line.number] = line
            found = self._lines[number]
            while len(self._lines) > _KEPT:
                self._lines.popitem(last=False)
        return found
