"""A run's output as a table of one column of lines: chosen, filtered and searched in short slices of time."""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from functools import partial
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
from gym_gui.core.events.search import LineSearch
from gym_gui.core.events.terminal import StyledText
from gym_gui.services.run_tail import RunTail
from gym_gui.ui.runs.output.shown_line import shown_line
from gym_gui.ui.runs.output.source import STDERR, OutputFilter, OutputLines, OutputSource

__all__ = ["OutputFilter", "OutputModel", "OutputSource"]

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_KEPT = 2_048
_SLICE_S = 0.004
_PUBLISH_S = 0.1
_POSITIONS_A_CHECK = 512


class OutputModel(QAbstractTableModel):
    """Lines are decoded when painted; new ones arrive as one range.

    `looked` tells that more was searched or sorted: `matches` and `lines.sorts()` may have grown.

    Attributes:
        lines: The lines of the chosen source, of which the rows are those that pass the filter.
        longest: Characters in the longest line shown so far, for the width of the column.
    """

    looked = Signal()

    def __init__(self, tail: RunTail, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tail = tail
        self._filter = OutputFilter()
        self._text = ""
        self.lines = OutputLines(tail, OutputSource.TEXT)
        self._shown: OrderedDict[int, StyledText] = OrderedDict()
        self._matching = array("Q")
        self._sifted = 0
        self._searches: dict[int, LineSearch] = {}
        self._hits: list[int] = []
        self._rows = 0
        self.longest = 0
        self._published = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._work)
        tail.restarted.connect(self._restart)
        tail.published.connect(self._take_new)
        self._restart()

    @property
    def source(self) -> OutputSource:
        """What is shown."""
        return self.lines.source

    def show_source(self, source: OutputSource) -> None:
        """Show another of the outputs."""
        if source is not self.source:
            self._restart(source)

    def show_only(self, wanted: OutputFilter) -> None:
        """Show only lines of such log records."""
        if wanted != self._filter:
            self._filter = wanted
            self._restart()

    @property
    def is_filtered(self) -> bool:
        """Whether lines may be hidden."""
        return self._filter != OutputFilter()

    def search(self, text: str) -> None:
        """Look for this text in the lines shown; "" ends the search."""
        if text != self._text:
            self._text = text
            self._begin_search()

    @property
    def text(self) -> str:
        """What is looked for."""
        return self._text

    @property
    def matches(self) -> int:
        """How many lines hold the text."""
        return len(self._hits)

    @property
    def is_searching(self) -> bool:
        """Whether there is more to look through."""
        return any(not search.is_done for search in self._searches.values())

    def match_row(self, row: int, *, forward: bool = True) -> int | None:
        """The row of the next match after a row, or before it, around the end; None without any."""
        if not self._hits:
            return None
        here = self._position(row) if 0 <= row < self._rows else -1
        index = bisect_right(self._hits, here) if forward else bisect_left(self._hits, here) - 1
        return self.row_of(self._hits[index % len(self._hits)])

    def match_number(self, row: int) -> int:
        """Which of the matches a row is, from 1, or 0 when it is none."""
        here = self._position(row) if 0 <= row < self._rows else -1
        index = bisect_left(self._hits, here)
        return index + 1 if index < len(self._hits) and self._hits[index] == here else 0

    def row_of(self, position: int) -> int | None:
        """The row that shows the line at a position of `lines`, None when it is hidden."""
        if not self.is_filtered:
            return position if position < self._rows else None
        row = bisect_left(self._matching, position)
        return row if row < self._rows and self._matching[row] == position else None

    def first_error_row(self) -> int | None:
        """The first row that tells of an error."""
        position = self.lines.first_error()
        return None if position is None else self.row_of(position)

    def styled(self, row: int) -> StyledText:
        """A row's text with its colours."""
        position = self._position(row)
        found = self._shown.get(position)
        if found is None:
            which, number = self.lines.place(position)
            assert self.lines.logs is not None  # noqa: S101 - there is a row, so there are logs
            found = self._shown[position] = shown_line(self.lines.logs[which], number)
            self.longest = max(self.longest, len(found.text))
            while len(self._shown) > _KEPT:
                self._shown.popitem(last=False)
        return found

    def place(self, row: int) -> tuple[int, int]:
        """Which output a row is from, 0 or 1, and the number of its line there."""
        return self.lines.place(self._position(row))

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._rows

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 1

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.ToolTipRole and self.source is OutputSource.BOTH:
            which, number = self.place(index.row())
            return f"{'stderr' if which == STDERR else 'stdout'}, line {number + 1:,}"
        return self.styled(index.row()).text if role == Qt.ItemDataRole.DisplayRole else None

    def _position(self, row: int) -> int:
        return self._matching[row] if self.is_filtered else row

    def _restart(self, source: OutputSource | None = None) -> None:
        self.beginResetModel()
        self.lines = OutputLines(self._tail, source or self.source)
        self._shown.clear()
        self._matching = array("Q")
        self._sifted = 0
        self.longest = 0
        self._rows = 0 if self.is_filtered else len(self.lines)
        self.endResetModel()
        self._begin_search()

    def _begin_search(self) -> None:
        self._hits = []
        self._searches = {}
        if self._text and self.lines.logs is not None:
            for which in self.lines.records:
                known = partial(self.lines.known, which)
                log = self.lines.logs[which]
                self._searches[which] = LineSearch(log, self._text, known, shown_only=True)
        self._timer.start(0)
        self.looked.emit()

    def _take_new(self) -> None:
        if not self.is_filtered:
            self._insert_up_to(len(self.lines))
        if not self._timer.isActive():
            self._timer.start(0)

    def _insert_up_to(self, count: int) -> None:
        if count > self._rows:
            self.beginInsertRows(_NOWHERE, self._rows, count - 1)
            self._rows = count
            self.endInsertRows()

    def _work(self) -> None:
        """A slice of sorting lines into records, of filtering them, then of searching."""
        if self._tail.is_busy and not self._text and not self.is_filtered:
            self._timer.start(round(_PUBLISH_S * 1000))  # reading comes first: nobody asked for this yet
            return
        end = time.monotonic() + _SLICE_S
        sorted_out = True
        for records in self.lines.records.values():
            records.advance(max(end - time.monotonic(), 0.0))
            sorted_out = sorted_out and records.is_done
        if sorted_out and self.is_filtered:
            sorted_out = self._sift(end)
        if sorted_out:
            self._look(end)
        now = time.monotonic()
        busy = not sorted_out or self.is_searching
        if not busy or now - self._published >= _PUBLISH_S:
            self._published = now
            if self.is_filtered:
                self._insert_up_to(len(self._matching))
            self.looked.emit()
        if busy:
            self._timer.start(0)

    def _sift(self, end: float) -> bool:
        """Find which further lines pass the filter; whether all were looked at."""
        count = len(self.lines)
        while self._sifted < count and time.monotonic() < end:
            upto = min(self._sifted + _POSITIONS_A_CHECK, count)
            for position in range(self._sifted, upto):
                if self._filter.passes(self.lines.sort_at(position)):
                    self._matching.append(position)
            self._sifted = upto
        return self._sifted >= count

    def _look(self, end: float) -> None:
        for which, search in self._searches.items():
            for line in search.advance(max(end - time.monotonic(), 0.0)):
                position = self.lines.position(which, line)
                if position is not None and (
                    not self.is_filtered or self._filter.passes(self.lines.sort_at(position))
                ):
                    insort(self._hits, position)
