"""The events of the selected run as a table; a line is decoded when its row is painted."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gym_gui.compat import override
from gym_gui.core.events.lines import LogLine
from gym_gui.services.run_tail import RunTail
from gym_gui.ui import wording
from gym_gui.ui.runs.line_cache import LineCache

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADINGS = ("Time", "Event", "Payload")
_LEADING_KEYS = ("error_type", "error", "message", "step", "episode", "return_mean", "path", "worker_type")
_LONGEST_SUMMARY = 300
_LONGEST_VALUE = 60


class EventColumn(IntEnum):
    """The columns, in their order."""

    TIME = 0
    EVENT = 1
    PAYLOAD = 2


class EventsModel(QAbstractTableModel):
    """Rows are events of `tail`, all of them or those with one name; new ones arrive as one range."""

    def __init__(self, tail: RunTail, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tail = tail
        self._cache = LineCache()
        self._wanted = ""
        self._matching: array[int] = array("Q")
        self._seen = 0
        self._rows = 0
        tail.restarted.connect(self._restart)
        tail.published.connect(self._take_new)
        self._restart()

    def names(self) -> tuple[str, ...]:
        """The names of the events there are."""
        return self._tail.events.names()

    def show_only(self, name: str) -> None:
        """Show the events with this name, or all of them for ""."""
        if name != self._wanted:
            self._wanted = name
            self._restart()

    def line_at(self, row: int) -> LogLine | None:
        """The line behind a row, decoded."""
        log = self._tail.stdout
        if log is None or not 0 <= row < self._rows:
            return None
        return self._cache.line(log, self._tail.events.line_number(self._event_row(row)))

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
        if index.column() == EventColumn.EVENT:
            return self._tail.events.name(self._event_row(index.row()))
        line = self.line_at(index.row())
        if line is None:
            return None
        if index.column() == EventColumn.TIME:
            return wording.clock_exact(line.timestamp) if line.timestamp is not None else ""
        return payload_summary(line.payload or {})

    def _event_row(self, row: int) -> int:
        return self._matching[row] if self._wanted else row

    def _restart(self) -> None:
        self.beginResetModel()
        self._cache.clear()
        self._matching = array("Q")
        self._rows = self._seen = 0
        self._rows = self._count()
        self.endResetModel()

    def _take_new(self) -> None:
        before = self._rows
        after = self._count()
        if after > before:
            self.beginInsertRows(_NOWHERE, before, after - 1)
            self._rows = after
            self.endInsertRows()

    def _count(self) -> int:
        """How many rows there are by now; the filter looks at each event once."""
        events = self._tail.events
        if self._wanted:
            self._matching.extend(events.rows_named(self._wanted, self._seen))
            self._seen = len(events)
            return len(self._matching)
        return len(events)


def payload_summary(payload: Mapping[str, Any]) -> str:
    """A payload on one line: what matters most first, long and nested values cut short."""
    leading = [key for key in _LEADING_KEYS if key in payload]
    keys = [*leading, *(key for key in payload if key not in _LEADING_KEYS)]
    parts: list[str] = []
    length = 0
    for key in keys:
        part = f"{key} {_brief(payload[key])}"
        length += len(part)
        if length > _LONGEST_SUMMARY:
            parts.append("…")
            break
        parts.append(part)
    return "   ".join(parts)


def _brief(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower() if value is not None else "null"
    if isinstance(value, float):
        return wording.number(value)
    if isinstance(value, int):
        return (
            str(value)
            if abs(value) < 10**15
            else wording.number(float(value))
            if abs(value) < 10**300
            else "…"
        )
    if isinstance(value, Mapping):
        return f"{{{wording.plural(len(value), 'field')}}}"
    if isinstance(value, list):
        return f"[{wording.plural(len(value), 'item')}]"
    text = " ".join(str(value)[: _LONGEST_VALUE * 2].split())
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
