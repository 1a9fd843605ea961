"""All runs as a table, filtered and sorted by an index of its own: no proxy calls Python for every row."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from gym_gui.compat import override
from gym_gui.core.runs.query.query import Query, parse_query
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui.runs.table.columns import COLUMNS, TIMED_COLUMNS, RunColumn, is_moving, started
from gym_gui.ui.runs.table.group_cells import group_text, group_tip
from gym_gui.ui.runs.table.groups import RunGroup
from gym_gui.ui.runs.table.row_changes import apply_order
from gym_gui.ui.runs.table.row_order import RowOrder, group_key, group_name
from gym_gui.ui.wording import plain_tip

SUMMARY_ROLE = int(Qt.ItemDataRole.UserRole) + 1
GROUP_ROLE = SUMMARY_ROLE + 1
DEPTH_ROLE = SUMMARY_ROLE + 2
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADINGS = tuple(COLUMNS[column].heading for column in RunColumn)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_MOST_TOLD_ONE_BY_ONE = 64
_SECONDS_ARE_SHOWN_S = 60.0


class RunsModel(QAbstractTableModel):
    """Runs that match the search, and groups of them, in the order of a column.

    Rows are told apart by their key: a run's id, or what `row_order.group_key` makes of a group's name.
    `arranging` comes before rows are moved, added or removed, `arranged` when all of that is done.
    """

    arranging = Signal()
    arranged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._order = RowOrder()
        self._shown: list[str] = []
        self._row_of: dict[str, int] | None = None
        self._groups: dict[str, RunGroup] = {}
        self._line: Mapping[str, str] = {}
        self._minute = 0
        self.now = time.time()

    # what the page asks

    @property
    def order(self) -> RowOrder:
        """What is known of all runs, to be read."""
        return self._order

    @property
    def total(self) -> int:
        """How many runs there are, shown or not."""
        return self._order.total

    def key_at(self, row: int) -> str:
        """What names a row; "" for none."""
        return self._shown[row] if 0 <= row < len(self._shown) else ""

    def summary_at(self, row: int) -> RunSummary | None:
        """The run in a row; None for the row of a group."""
        return self._order.summary(self.key_at(row))

    def group_at(self, row: int) -> RunGroup | None:
        """The group in a row; None for the row of a run."""
        name = group_name(self.key_at(row))
        return None if name is None else self._group(name)

    def runs_at(self, row: int) -> tuple[RunSummary, ...]:
        """The run in a row, or all shown runs of the group in it."""
        group, summary = self.group_at(row), self.summary_at(row)
        return group.runs if group is not None else (summary,) if summary is not None else ()

    def summary(self, run_id: str) -> RunSummary | None:
        """A run by id, shown or not."""
        return self._order.summary(run_id)

    def row_of(self, key: str) -> int | None:
        """The row with this key, or None when there is none now."""
        if self._row_of is None:
            self._row_of = {shown: row for row, shown in enumerate(self._shown)}
        return self._row_of.get(key)

    # what changes it

    def take(self, summaries: Iterable[RunSummary]) -> None:
        """Add runs, or replace what is known of them."""
        self.now = time.time()
        changed = [summary.run_id for summary in summaries if self._order.put(summary, self.now)]
        told = [run_id for run_id in changed if self.row_of(run_id) is not None] if self._shown else []
        self._groups.clear()
        if self._order.is_stale:
            self._rearrange()
        groups = {name for run_id in changed if (name := self._order.row_group(run_id)) is not None}
        self._tell([*told, *map(group_key, groups)])

    def drop(self, run_ids: Iterable[str]) -> None:
        """Forget runs that are gone."""
        self._order.drop(run_ids)
        self._rearrange()

    def search(self, text: str | Query) -> None:
        """Show only what a query finds, in the language of `docs/searching.md`."""
        query = parse_query(text) if isinstance(text, str) else text
        if query != self._order.query:
            self.now = time.time()
            self._order.search(query, self.now)
            self._rearrange()

    def group_runs(self, grouping: bool, opened: Iterable[str] = ()) -> None:
        """Fold the runs of each group into one row, but for the groups that are `opened`, or do not."""
        self._order.group_runs(grouping, opened)
        self._rearrange()

    def open_group(self, name: str, opened: bool) -> None:
        """Show the runs of a group below its row, or fold them into it."""
        self._order.open_group(name, opened)
        self._rearrange()
        self._tell([group_key(name)])

    def show_line(self, places: Mapping[str, str]) -> None:
        """Tell of queued runs, by id, where in the line they stand."""
        touched = self._line.keys() | places.keys()
        self._line = places
        self._tell([run_id for run_id in touched if self.row_of(run_id) is not None])

    def show_sizes(self, sizes: Mapping[str, int]) -> None:
        """Tell what runs take on the disk, in bytes by id."""
        changed = self._order.put_sizes(sizes)
        if self._order.is_stale:
            self._rearrange()
        groups = {name for run_id in changed if (name := self._order.row_group(run_id)) is not None}
        self._tell([*changed, *map(group_key, groups)], RunColumn.SIZE, RunColumn.SIZE)

    def tick(self) -> None:
        """Let the clock run on in the cells that show it: each second, or each minute what shows minutes."""
        self.now = time.time()
        if int(self.now // 60) != self._minute:
            self._minute = int(self.now // 60)
            if not self._order.query.selects_all:
                self._order.match_again(self.now)
                self._rearrange()
            self._tell_clock(0, len(self._shown) - 1)
            return
        for row, key in enumerate(self._shown):
            summary = self._order.summary(key)
            runs = (summary,) if summary is not None else self.runs_at(row)
            if any(map(self._shows_seconds, runs)):
                self._tell_clock(row, row)

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
            return _LEFT
        return None

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        key = self._shown[index.row()]
        summary = self._order.summary(key)
        if summary is None:
            return self._group_data(self._group(group_name(key) or ""), RunColumn(index.column()), role)
        if role == SUMMARY_ROLE:
            return summary
        if role == DEPTH_ROLE:
            return 1 if self._order.row_group(key) is not None else 0
        return self._run_data(summary, RunColumn(index.column()), role)

    def _run_data(self, summary: RunSummary, column: RunColumn, role: int) -> str | None:
        words = COLUMNS[column]
        if column is RunColumn.SIZE:
            return self._size_data((summary,), role)
        if role == Qt.ItemDataRole.DisplayRole:
            place = self._line.get(summary.run_id, "") if column is RunColumn.PROGRESS else ""
            return words.text(summary, self.now) or place
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip((words.tip or words.text)(summary, self.now))
        return None

    def _size_data(self, runs: tuple[RunSummary, ...], role: int) -> str | None:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._order.sizes.text(runs)
        return plain_tip(self._order.sizes.tip(runs)) if role == Qt.ItemDataRole.ToolTipRole else None

    def _group_data(self, group: RunGroup, column: RunColumn, role: int) -> Any:
        if column is RunColumn.SIZE and role != GROUP_ROLE:
            return self._size_data(group.runs, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return group_text(group, column, self.now)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(group_tip(group, column, self.now))
        if role == GROUP_ROLE:
            return group
        if role == Qt.ItemDataRole.AccessibleTextRole and column is RunColumn.NAME:
            fold = "opened" if group.name in self._order.opened else "folded"
            return f"Group {group_text(group, column, self.now)}, {fold}"
        return None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        # A negative column is Qt's word for "no sorting": then the newest come first.
        descending = order is Qt.SortOrder.DescendingOrder or column < 0
        self._order.sort(RunColumn(column) if column >= 0 else RunColumn.STARTED, descending=descending)
        self._rearrange()

    # telling

    def _group(self, name: str) -> RunGroup:
        found = self._groups.get(name)
        if found is None:
            found = self._groups[name] = self._order.group(name)
        return found

    def _shows_seconds(self, summary: RunSummary) -> bool:
        moment = summary.ended or started(summary)
        return is_moving(summary) or (moment is not None and self.now - moment < _SECONDS_ARE_SHOWN_S)

    def _rearrange(self) -> None:
        rows = self._order.rows(self.now)
        self._groups.clear()
        if rows != self._shown:
            self.arranging.emit()
            apply_order(self, self._shown, rows, self._set_shown)
            self.arranged.emit()

    def _set_shown(self, keys: list[str]) -> None:
        self._shown = keys
        self._row_of = None

    def _tell(
        self, keys: list[str], left: RunColumn = RunColumn.STATE, right: RunColumn = RunColumn.ID
    ) -> None:
        """Say that rows have other content; many of them by their range, for each telling costs a little."""
        rows = sorted(row for key in keys if (row := self.row_of(key)) is not None)
        ranges = [(rows[0], rows[-1])] if len(rows) > _MOST_TOLD_ONE_BY_ONE else [(row, row) for row in rows]
        for first, last in ranges:
            self.dataChanged.emit(self.index(first, left), self.index(last, right))

    def _tell_clock(self, first: int, last: int) -> None:
        if 0 <= first <= last:
            left, right = min(TIMED_COLUMNS), max(TIMED_COLUMNS)
            self.dataChanged.emit(self.index(first, left), self.index(last, right))
