"""Which lines of a run's two outputs are shown, in which order, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gym_gui.core.events.log import EventLog
from gym_gui.core.events.records import LEVELS, RecordIndex, RecordSort
from gym_gui.services.run_tail import RunTail

STDOUT, STDERR = 0, 1


class OutputSource(StrEnum):
    """What to show; the value is how the switch words it."""

    TEXT = "stdout"
    EVERYTHING = "stdout with events"
    STDERR = "stderr"
    BOTH = "stdout and stderr"


@dataclass(frozen=True, slots=True)
class OutputFilter:
    """Of which log records lines are shown; "" where any will do."""

    least_level: str = ""
    component: str = ""
    code: str = ""

    def passes(self, sort: RecordSort | None) -> bool:
        """Whether to show a line of such a record, None for an event."""
        if self == _EVERYTHING:
            return True
        if sort is None or (self.component and sort.component != self.component):
            return False
        if self.code and sort.code != self.code:
            return False
        return not self.least_level or _rank(sort.level) >= _rank(self.least_level)


_EVERYTHING = OutputFilter()


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else -1


class OutputLines:
    """The lines of one choice of output: positions from 0, mapped to the lines of the two logs."""

    def __init__(self, tail: RunTail, source: OutputSource) -> None:
        self.source = source
        self._arrivals = tail.arrivals
        self._texts = texts = tail.events.output_lines
        self._events = tail.events
        self.logs: tuple[EventLog, EventLog] | None = None
        self.records: dict[int, RecordIndex] = {}
        if tail.stdout is not None and tail.stderr is not None:
            stderr = tail.stderr
            self.logs = (tail.stdout, stderr)
            if source is not OutputSource.STDERR:
                self.records[STDOUT] = RecordIndex(tail.stdout, texts.__getitem__, texts.__len__)
            if source in (OutputSource.STDERR, OutputSource.BOTH):
                self.records[STDERR] = RecordIndex(stderr, lambda position: position, stderr.__len__)

    def __len__(self) -> int:
        if self.logs is None:
            return 0
        if self.source is OutputSource.TEXT:
            return len(self._texts)
        if self.source is OutputSource.EVERYTHING:
            return self._events.read
        return len(self.logs[STDERR]) if self.source is OutputSource.STDERR else len(self._arrivals)

    def place(self, position: int) -> tuple[int, int]:
        """Which log a position's line is in, `STDOUT` or `STDERR`, and its number there."""
        if self.source is OutputSource.TEXT:
            return STDOUT, self._texts[position]
        if self.source is OutputSource.BOTH:
            which, row = self._arrivals.place(position)
            return which, row if which == STDERR else self._texts[row]
        return (STDERR if self.source is OutputSource.STDERR else STDOUT), position

    def position(self, which: int, line: int) -> int | None:
        """Where a line of one of the logs stands, None when it is not shown."""
        if self.source in (OutputSource.EVERYTHING, OutputSource.STDERR):
            return line if line < len(self) else None
        row = line if which == STDERR else self._texts.position_of(line)
        return (
            self._arrivals.position(which, row)
            if self.source is OutputSource.BOTH and row is not None
            else row
        )

    def known(self, which: int) -> int:
        """How many lines of a log can be placed by now."""
        if which == STDOUT:
            return self._events.read
        return len(self.logs[STDERR]) if self.logs is not None else 0

    def sort_at(self, position: int) -> RecordSort | None:
        """The record that a position's line belongs to; None for events, and for lines not looked at yet."""
        which, line = self.place(position)
        row = line if which == STDERR else self._texts.position_of(line)
        records = self.records[which]
        return records.sort_at(row) if row is not None and row < len(records) else None

    def first_error(self) -> int | None:
        """The position of the first line that tells of an error."""
        found = []
        for which, records in self.records.items():
            row = records.first_error
            if row is not None:
                found.append(self.position(which, row if which == STDERR else self._texts[row]))
        return min((position for position in found if position is not None), default=None)

    def sorts(self) -> set[RecordSort]:
        """Every sort of record seen."""
        return {sort for records in self.records.values() for sort in records.sorts}

    @property
    def seen_before(self) -> int:
        """Of both outputs together, how many lines had come before anybody saw in which order."""
        return self._arrivals.seen_before if self.source is OutputSource.BOTH else 0
