"""What kind of log record each line of an output is, or goes on: level, component and code."""

from __future__ import annotations

import re
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass

from gym_gui.core.events.log import EventLog

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_RECORD = re.compile(
    rb"(?:\x1b\[[0-9;]*m)*\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S* +(?:\x1b\[[0-9;]*m)*"
    rb"(DEBUG|INFO|WARNING|ERROR|CRITICAL)(?:\x1b\[[0-9;]*m)* +"
    rb"\S+?(?: \[([^\]]{1,80})\])?: (?:(LOG\w{1,12}) )?"
)
_TRACEBACK = re.compile(
    rb"(?:\x1b\[[0-9;]*m)*(?:Traceback \(most recent call last\)|[\w.]*(?:Error|Exception): )"
)
_LOOKED_AT_BYTES = 400
_BLOCK_BYTES = 16 * 1024
_MOST_SORTS = 5_000


@dataclass(frozen=True, slots=True)
class RecordSort:
    """What records have in common; "" where one does not say it."""

    level: str = ""
    component: str = ""
    code: str = ""

    @property
    def is_error(self) -> bool:
        """Whether something went wrong."""
        return self.level in ("ERROR", "CRITICAL")


class RecordIndex:
    """Two bytes for each line: which sort of record it is, or, as the lines of a traceback are, belongs to.

    Attributes:
        sorts: Each sort there is, the first of them that of lines before any record.
        first_error: The position of the first line that tells of an error, None when there is none.
    """

    def __init__(self, log: EventLog, line_at: Callable[[int], int], count: Callable[[], int]) -> None:
        """An index over `count()` lines of the log; `line_at(position)` is the number of one."""
        self.sorts = [RecordSort()]
        self.first_error: int | None = None
        self._log = log
        self._line_at = line_at
        self._count = count
        self._numbers = {self.sorts[0]: 0}
        self._of = array("H")

    def __len__(self) -> int:
        return len(self._of)

    @property
    def is_done(self) -> bool:
        """Whether every line there is by now was looked at."""
        return len(self._of) >= self._count()

    def advance(self, budget_s: float) -> None:
        """Look at further lines for about this long."""
        end = time.monotonic() + budget_s
        while not self.is_done:
            self._look_through_block()
            if time.monotonic() >= end:
                return

    def _look_through_block(self) -> None:
        first = self._line_at(len(self._of))
        block = self._log.block(first, _BLOCK_BYTES)
        if len(block) == 1:
            self._take(self._log.raw(first, _LOOKED_AT_BYTES))
            return
        while not self.is_done:
            index = self._line_at(len(self._of)) - first
            if index >= len(block):
                return
            self._take(block.line(index)[:_LOOKED_AT_BYTES])

    def _take(self, raw: bytes) -> None:
        found = _RECORD.match(raw)
        if found is None:
            number = self._of[-1] if self._of else 0
            is_error = _TRACEBACK.match(raw) is not None
        else:
            sort = RecordSort(*(_text(part) for part in found.groups()))
            number, is_error = self._number(sort), sort.is_error
        if is_error and self.first_error is None:
            self.first_error = len(self._of)
        self._of.append(number)

    def _number(self, sort: RecordSort) -> int:
        number = self._numbers.get(sort)
        if number is None:
            if len(self.sorts) >= _MOST_SORTS:
                return self._number(RecordSort(sort.level)) if sort.component or sort.code else 0
            number = self._numbers[sort] = len(self.sorts)
            self.sorts.append(sort)
        return number

    def sort_at(self, position: int) -> RecordSort:
        """The sort of record that a line is or belongs to."""
        return self.sorts[self._of[position]]


def _text(part: bytes | None) -> str:
    return "" if part is None else part.decode("utf-8", "replace")
