"""All runs as a table, filtered and sorted by an index of its own: no proxy calls Python for every row."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gym_gui.compat import override
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui.runs.columns import COLUMNS, TIMED_COLUMNS, RunColumn, SortKey, haystack, is_moving
from gym_gui.ui.runs.row_changes import apply_order
from gym_gui.ui.wording import plain_tip

SUMMARY_ROLE = int(Qt.ItemDataRole.UserRole) + 1
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADINGS = tuple(COLUMNS[column].heading for column in RunColumn)


class RunsModel(QAbstractTableModel):
    """Runs that match the search, in the order of a column. Rows are told apart by run id."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._summaries: dict[str, RunSummary] = {}
        self._haystacks: dict[str, str] = {}
        self._shown: list[str] = []
        self._row_of: dict[str, int] = {}
        self._needles: tuple[str, ...] = ()
        self._column = RunColumn.STARTED
        self._descending = True
        self._displaced = False
        self.now = time.time()

    # what the page asks

    @property
    def total(self) -> int:
        """How many runs there are, shown or not."""
        return len(self._summaries)

    def summary_at(self, row: int) -> RunSummary | None:
        """The run in a row."""
        return self._summaries[self._shown[row]] if 0 <= row < len(self._shown) else None

    def summary(self, run_id: str) -> RunSummary | None:
        """A run by id, shown or not."""
        return self._summaries.get(run_id)

    def row_of(self, run_id: str) -> int | None:
        """The row that shows a run, or None when the search hides it."""
        return self._row_of.get(run_id)

    # what changes it

    def take(self, summaries: Iterable[RunSummary]) -> None:
        """Add runs, or replace what is known of them."""
        self.now = time.time()
        changed = [summary.run_id for summary in summaries if self._put(summary)]
        if self._displaced:
            self._displaced = False
            self._rearrange()
        for run_id in changed:
            row = self._row_of.get(run_id)
            if row is not None:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(RunColumn) - 1))

    def drop(self, run_ids: Iterable[str]) -> None:
        """Forget runs that are gone."""
        for run_id in run_ids:
            self._summaries.pop(run_id, None)
            self._haystacks.pop(run_id, None)
        self._rearrange()

    def search(self, text: str) -> None:
        """Show only the runs that contain every word of the text."""
        needles = tuple(text.casefold().split())
        if needles != self._needles:
            self._needles = needles
            self._rearrange()

    def tick(self) -> None:
        """Let the clock run on in the cells that show it."""
        self.now = time.time()
        first, last = min(TIMED_COLUMNS), max(TIMED_COLUMNS)
        for row, run_id in enumerate(self._shown):
            if is_moving(self._summaries[run_id]):
                self.dataChanged.emit(self.index(row, first), self.index(row, last))

    # Qt's questions

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(RunColumn)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        summary = self._summaries[self._shown[index.row()]]
        if role == SUMMARY_ROLE:
            return summary
        words = COLUMNS[RunColumn(index.column())]
        if role == Qt.ItemDataRole.DisplayRole:
            return words.text(summary, self.now)
        if role == Qt.ItemDataRole.ToolTipRole:
            tell = words.tip or words.text
            return plain_tip(tell(summary, self.now))
        return None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        # A negative column is Qt's word for "no sorting": then the newest come first.
        self._column = RunColumn(column) if column >= 0 else RunColumn.STARTED
        self._descending = order is Qt.SortOrder.DescendingOrder or column < 0
        self._rearrange()

    # the index

    def _put(self, summary: RunSummary) -> bool:
        """Store a summary and note whether its row may have to move; False when nothing is new."""
        run_id = summary.run_id
        old = self._summaries.get(run_id)
        if old == summary:
            return False
        text = haystack(summary)
        key = COLUMNS[self._column].key
        if old is None or text != self._haystacks[run_id] or key(old, self.now) != key(summary, self.now):
            self._displaced = True
        self._summaries[run_id] = summary
        self._haystacks[run_id] = text
        return True

    def _rearrange(self) -> None:
        apply_order(self, self._shown, self._wanted_order(), self._set_shown)

    def _set_shown(self, run_ids: list[str]) -> None:
        self._shown = run_ids
        self._row_of = {run_id: row for row, run_id in enumerate(run_ids)}

    def _wanted_order(self) -> list[str]:
        matching = [
            run_id
            for run_id, text in self._haystacks.items()
            if all(needle in text for needle in self._needles)
        ]
        matching.sort(reverse=True)  # ids begin with their time: newest first among equals
        key, summaries, now = COLUMNS[self._column].key, self._summaries, self.now
        keyed = [(key(summaries[run_id], now), run_id) for run_id in matching]
        with_value = [pair for pair in keyed if pair[0] is not None]
        without = [run_id for value, run_id in keyed if value is None]
        with_value.sort(key=_first, reverse=self._descending)
        return [run_id for _, run_id in with_value] + without


def _first(pair: tuple[SortKey, str]) -> Any:
    return pair[0]
