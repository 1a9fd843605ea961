"""The tables below compared curves: the runs with what they came to, and where their configs differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPainter, QPen, QPixmap

from gym_gui.compat import override
from gym_gui.core.compare.bests import Outcome
from gym_gui.core.compare.configs import ABSENT, Difference
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui.metrics.inks import Ink
from gym_gui.ui.runs.config.entries import value_text
from gym_gui.ui.runs.table.columns import display_name
from gym_gui.ui.theme import Theme
from gym_gui.ui.wording import number, plain_tip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SWATCH = (28, 12)
_SORT = Qt.ItemDataRole.UserRole


class RunColumn(IntEnum):
    """The columns of the table of runs, in their order."""

    RUN = 0
    GROUP = 1
    SEED = 2
    STATE = 3
    POINTER = 4
    LAST = 5
    BEST = 6
    BEST_AT = 7
    END_MEAN = 8


_RUN_TITLES = ("Run", "Group", "Seed", "State", "At pointer", "Last", "Best", "Best at", "Mean of last tenth")


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A run in the table; `group` is the number of its seed group, None when it is alone."""

    summary: RunSummary
    ink: Ink
    group: int | None


class ComparedRunsModel(QAbstractTableModel):
    """Runs, checked where they are drawn. `shown_changed` tells that others are.

    `UserRole` of a value is the number itself.
    """

    shown_changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[ComparedRow] = []
        self._hidden: set[str] = set()
        self._outcomes: Mapping[str, Outcome] = {}
        self._pointer: Mapping[str, float] = {}
        theme.changed.connect(self._tell_all)

    def show_runs(self, rows: Sequence[ComparedRow]) -> None:
        """Show these runs, all of them drawn."""
        self.beginResetModel()
        self._rows = list(rows)
        self._hidden &= {row.summary.run_id for row in rows}
        self.endResetModel()

    def show_outcomes(self, outcomes: Mapping[str, Outcome]) -> None:
        """Show what each run came to."""
        self._outcomes = outcomes
        self._tell_all()

    def show_pointer(self, values: Mapping[str, float]) -> None:
        """Show each run's value under the pointer; nothing for none."""
        if values or self._pointer:
            self._pointer = values
            self._tell_all()

    def is_shown(self, run_id: str) -> bool:
        """Whether a run is drawn."""
        return run_id not in self._hidden

    def rows(self) -> list[ComparedRow]:
        """The runs, in their order."""
        return list(self._rows)

    def _tell_all(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, len(RunColumn) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(RunColumn)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section >= RunColumn.POINTER:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return _RUN_TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        base = super().flags(index)
        return base | Qt.ItemFlag.ItemIsUserCheckable if index.column() == RunColumn.RUN else base

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], RunColumn(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and column >= RunColumn.POINTER:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if column is RunColumn.RUN:
            return self._run_data(row, role)
        if column >= RunColumn.POINTER:
            value = self._value(row.summary.run_id, column)
            if role == _SORT:
                return value if value is not None else -math.inf
            return number(value) if value is not None and role == Qt.ItemDataRole.DisplayRole else None
        if role not in (Qt.ItemDataRole.DisplayRole, _SORT):
            return None
        return self._label(row, column)

    def _run_data(self, row: ComparedRow, role: int) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, _SORT):
            return display_name(row.summary)
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if self.is_shown(row.summary.run_id) else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole:
            return swatch(row.ink, self._theme)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(f"{display_name(row.summary)}\n{row.summary.run_id}\n{row.ink.line_name} line")
        return None

    def _label(self, row: ComparedRow, column: RunColumn) -> str:
        record = row.summary.record
        if column is RunColumn.GROUP:
            return "" if row.group is None else f"group {row.group}"
        if column is RunColumn.SEED:
            return "" if record is None or record.seed is None else str(record.seed)
        return row.summary.state.value

    def _value(self, run_id: str, column: RunColumn) -> float | None:
        if column is RunColumn.POINTER:
            return self._pointer.get(run_id)
        outcome = self._outcomes.get(run_id)
        if outcome is None:
            return None
        return {
            RunColumn.LAST: outcome.last,
            RunColumn.BEST: outcome.best,
            RunColumn.BEST_AT: outcome.best_at,
            RunColumn.END_MEAN: outcome.end_mean,
        }[column]

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        run_id = self._rows[index.row()].summary.run_id
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self._hidden.discard(run_id)
        else:
            self._hidden.add(run_id)
        self.dataChanged.emit(index, index)
        self.shown_changed.emit()
        return True


class DifferencesModel(QAbstractTableModel):
    """A row per field that differs, a column per run."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self._differences: list[Difference] = []

    def show_differences(self, names: Sequence[str], differences: Sequence[Difference]) -> None:
        """Show where the configs of the runs with these names differ."""
        self.beginResetModel()
        self._names, self._differences = list(names), list(differences)
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._differences)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 1 + len(self._names)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return "Field" if section == 0 else self._names[section - 1]
        return None

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        difference = self._differences[index.row()]
        if index.column() == 0:
            text = difference.path[:300]
        else:
            value = difference.values[index.column() - 1]
            text = "not set" if value is ABSENT else value_text(value)
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text


def swatch(ink: Ink, theme: Theme) -> QPixmap:
    """A stretch of the line a curve is drawn with."""
    width, height = _SWATCH
    pixmap = QPixmap(width * 2, height * 2)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(QPen(ink.colour(theme), 2, ink.line))
    painter.drawLine(0, height // 2, width, height // 2)
    painter.end()
    return pixmap
