"""The events of the selected run as a table; a line is decoded when its row is painted."""

from __future__ import annotations

import time
from array import array
from enum import Enum, IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from gym_gui.compat import override
from gym_gui.core.events.lines import LogLine
from gym_gui.core.events.search import LineSearch
from gym_gui.services.event_index import OTHER
from gym_gui.services.run_tail import RunTail
from gym_gui.ui import wording
from gym_gui.ui.runs.events.payload_words import payload_summary
from gym_gui.ui.runs.output.line_cache import LineCache

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADINGS = ("Time", "Event", "Payload")
_SEARCH_SLICE_S = 0.004
_PUBLISH_S = 0.1
_LONGEST_TORN = 300
_TIME_NEIGHBOURS = 64


class EventColumn(IntEnum):
    """The columns, in their order."""

    TIME = 0
    EVENT = 1
    PAYLOAD = 2


class Kinds(Enum):
    """Which events are shown, besides those of one name. No string: a worker may name its events anything."""

    ALL = 1
    NO_HEARTBEATS = 2
    TORN = 3


class EventsModel(QAbstractTableModel):
    """Rows are events of `tail`, all of them or those that are wanted; new ones arrive as one range.

    `searching` tells, while a text is looked for, how much was looked through, from 0 to 1.
    """

    searching = Signal(float)

    def __init__(self, tail: RunTail, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tail = tail
        self._cache = LineCache()
        self._kinds: Kinds | str = Kinds.ALL
        self._text = ""
        self._search: LineSearch | None = None
        self._matching: array[int] = array("Q")  # rows of the index; of TORN, numbers of lines
        self._seen = 0
        self._rows = 0
        self._published = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._search_on)
        tail.restarted.connect(self._restart)
        tail.published.connect(self._take_new)
        self._restart()

    def names(self) -> tuple[str, ...]:
        """The names of the events there are."""
        return self._tail.events.names()

    def counts(self) -> dict[str, int]:
        """How many events there are of each name."""
        events = self._tail.events
        return {name: events.count_of(name) for name in events.names()}

    def torn(self) -> int:
        """How many lines seem to have been meant as events but cannot be read as such."""
        return len(self._tail.events.torn_lines)

    def total(self) -> int:
        """How many events there are, shown or not."""
        return len(self._tail.events)

    @property
    def is_filtered(self) -> bool:
        """Whether some events may be hidden."""
        return bool(self._text) or self._kinds is not Kinds.ALL

    def show_only(self, kinds: Kinds | str) -> None:
        """Show the events with this name, or one of the choices of `Kinds`."""
        if kinds != self._kinds:
            self._kinds = kinds
            self._restart()

    def search(self, text: str) -> None:
        """Show only events whose line holds this text, all for ""."""
        if text != self._text:
            self._text = text
            self._restart()

    def line_at(self, row: int) -> LogLine | None:
        """The line behind a row, decoded."""
        log = self._tail.stdout
        number = self.number_at(row)
        return None if log is None or number is None or number >= len(log) else self._cache.line(log, number)

    def number_at(self, row: int) -> int | None:
        """The number of the line behind a row, None when there is no such row."""
        if not 0 <= row < self._rows:
            return None
        if self._kinds is Kinds.TORN:
            return self._matching[row]
        return self._tail.events.line_number(self._event_row(row))

    def row_at_time(self, moment: float) -> int:
        """The first row that is no earlier than a Unix time, the last one when all are."""
        low, high = 0, self._rows
        while low < high:
            middle = (low + high) // 2
            stamp = self._time_near(middle)
            if stamp is not None and stamp < moment:
                low = middle + 1
            else:
                high = middle
        return min(low, self._rows - 1)

    def _time_near(self, row: int) -> float | None:
        for near in range(row, min(row + _TIME_NEIGHBOURS, self._rows)):
            line = self.line_at(near)
            if line is not None and line.timestamp is not None:
                return line.timestamp
        return None

    def times(self) -> tuple[float, float] | None:
        """The times of the first row and the last, None when they carry none."""
        first = self._time_near(0)
        last = next(
            (
                line.timestamp
                for row in range(self._rows - 1, max(self._rows - _TIME_NEIGHBOURS, 0) - 1, -1)
                if (line := self.line_at(row)) is not None and line.timestamp is not None
            ),
            None,
        )
        return None if first is None or last is None else (first, last)

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._rows

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(EventColumn)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
        return None

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid() or role != Qt.ItemDataRole.DisplayRole:
            return None
        row = index.row()
        if index.column() == EventColumn.EVENT:
            return self._name_at(row)
        line = self.line_at(row)
        if line is None:
            return None
        if index.column() == EventColumn.TIME:
            return wording.clock_exact(line.timestamp) if line.timestamp is not None else ""
        return payload_summary(line.payload or {}) if line.event else line.text[:_LONGEST_TORN]

    def _name_at(self, row: int) -> str:
        if self._kinds is Kinds.TORN:
            return "unreadable"
        name = self._tail.events.name(self._event_row(row))
        line = self.line_at(row) if name == OTHER else None
        return name if line is None else line.event

    def _event_row(self, row: int) -> int:
        return self._matching[row] if self.is_filtered else row

    def _restart(self) -> None:
        self.beginResetModel()
        self._cache.clear()
        self._matching = array("Q")
        self._rows = self._seen = 0
        self._search = self._new_search()
        self._timer.stop()
        self._rows = self._count()
        self.endResetModel()
        if self._search is not None:
            self._search_on()

    def _new_search(self) -> LineSearch | None:
        log, events = self._tail.stdout, self._tail.events
        # Only lines that the index has taken in as well can be placed.
        return LineSearch(log, self._text, lambda: events.read) if self._text and log is not None else None

    def _take_new(self) -> None:
        if self._search is not None:
            if not self._timer.isActive():
                self._timer.start(0)
            return
        self._insert_new()

    def _insert_new(self) -> None:
        before = self._rows
        after = self._count()
        if after > before:
            self.beginInsertRows(_NOWHERE, before, after - 1)
            self._rows = after
            self.endInsertRows()

    def _count(self) -> int:
        """How many rows there are by now; the filter looks at each event once."""
        events = self._tail.events
        if not self.is_filtered:
            return len(events)
        if self._search is None:
            self._matching.extend(self._wanted_since(self._seen))
            self._seen = len(events.torn_lines) if self._kinds is Kinds.TORN else len(events)
        return len(self._matching)

    def _wanted_since(self, start: int) -> array[int]:
        events = self._tail.events
        if self._kinds is Kinds.TORN:
            torn = events.torn_lines
            return array("Q", (torn[i] for i in range(start, len(torn))))
        if self._kinds is Kinds.NO_HEARTBEATS:
            return events.rows_named([name for name in events.names() if name != "heartbeat"], start)
        return events.rows_named([str(self._kinds)], start)

    def _search_on(self) -> None:
        search = self._search
        if search is None:
            return
        self._matching.extend(self._rows_of(search.advance(_SEARCH_SLICE_S)))
        now = time.monotonic()
        if search.is_done or now - self._published >= _PUBLISH_S:
            self._published = now
            self._insert_new()
            self.searching.emit(search.read / max(search.limit, 1))
        if not search.is_done:
            self._timer.start(0)

    def _rows_of(self, lines: list[int]) -> list[int]:
        events = self._tail.events
        if self._kinds is Kinds.TORN:
            return [line for line in lines if events.torn_lines.position_of(line) is not None]
        rows = (row for line in lines if (row := events.row_of(line)) is not None)
        if self._kinds is Kinds.ALL:
            return list(rows)
        if self._kinds is Kinds.NO_HEARTBEATS:
            return [row for row in rows if events.name(row) != "heartbeat"]
        return [row for row in rows if events.name(row) == self._kinds]
