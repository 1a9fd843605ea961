"""A run's output as lines: standard output without its events, the whole of it, or standard error."""

from __future__ import annotations

import re
from array import array
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gym_gui.compat import override
from gym_gui.core.events.log import EventLog
from gym_gui.services.run_tail import RunTail
from gym_gui.ui.runs.line_cache import LineCache

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_LONGEST_SHOWN = 4_000
_TERMINAL_CODES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = dict.fromkeys((*range(9), *range(11, 32), 127))


class OutputSource(StrEnum):
    """What to show; the value is how the switch words it."""

    TEXT = "stdout"
    EVERYTHING = "stdout with events"
    STDERR = "stderr"


class OutputModel(QAbstractTableModel):
    """One column of lines, decoded when painted; new ones arrive as one range.

    Attributes:
        longest: Characters in the longest line shown so far, for the width of the column.
    """

    def __init__(self, tail: RunTail, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tail = tail
        self._source = OutputSource.TEXT
        self._cache = LineCache()
        self._rows = 0
        self.longest = 0
        tail.restarted.connect(self._restart)
        tail.published.connect(self._take_new)
        self._restart()

    @property
    def source(self) -> OutputSource:
        """What is shown."""
        return self._source

    def show_source(self, source: OutputSource) -> None:
        """Show another of the outputs."""
        if source is not self._source:
            self._source = source
            self._restart()

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._rows

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 1

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        log = self._log()
        if not index.isValid() or role != Qt.ItemDataRole.DisplayRole or log is None:
            return None
        chosen = self._chosen_lines()
        number = index.row() if chosen is None else chosen[index.row()]
        text = as_shown(self._cache.line(log, number).text)
        self.longest = max(self.longest, len(text))
        return text

    def _log(self) -> EventLog | None:
        return self._tail.stderr if self._source is OutputSource.STDERR else self._tail.stdout

    def _chosen_lines(self) -> array[int] | None:
        """Numbers of the lines to show, None for all of them."""
        return self._tail.events.output_lines if self._source is OutputSource.TEXT else None

    def _count(self) -> int:
        log, chosen = self._log(), self._chosen_lines()
        if log is None:
            return 0
        return len(log) if chosen is None else len(chosen)

    def _restart(self) -> None:
        self.beginResetModel()
        self._cache.clear()
        self.longest = 0
        self._rows = self._count()
        self.endResetModel()

    def _take_new(self) -> None:
        before, after = self._rows, self._count()
        if after > before:
            self.beginInsertRows(_NOWHERE, before, after - 1)
            self._rows = after
            self.endInsertRows()


def as_shown(text: str) -> str:
    """The line as a terminal would leave it: no control codes, of a rewritten line its last state."""
    if len(text) > _LONGEST_SHOWN:
        text = f"{text[:_LONGEST_SHOWN]} … {len(text) - _LONGEST_SHOWN:,} more characters"
    if "\x1b" in text:
        text = _TERMINAL_CODES.sub("", text)
    if "\r" in text:
        text = text.rstrip("\r").rpartition("\r")[2]
    return text.translate(_CONTROL).expandtabs(4)
