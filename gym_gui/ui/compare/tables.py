"""What stands below the curves: the runs with what they came to, and where their configs differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTableView, QTabWidget, QVBoxLayout, QWidget

from gym_gui.core.compare.bests import Outcome
from gym_gui.core.compare.configs import Difference
from gym_gui.ui.compare.models import ComparedRunsModel, DifferencesModel, RunColumn
from gym_gui.ui.metrics.keys import MetricKey
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.following_table import fix_row_height
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines

_WIDTHS_IN_CHARACTERS = {
    RunColumn.RUN: 27,
    RunColumn.GROUP: 11,
    RunColumn.SEED: 8,
    RunColumn.STATE: 13,
    RunColumn.POINTER: 12,
    RunColumn.LAST: 10,
    RunColumn.BEST: 10,
    RunColumn.BEST_AT: 12,
    RunColumn.END_MEAN: 20,
}
_VALUE_CHARACTERS = 22


class ComparedTables(QTabWidget):
    """Two tables, one behind the other; `runs` is told which runs there are, and tells which are drawn."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = ComparedRunsModel(theme, self)
        self.differences = DifferencesModel(self)
        self.table, self.config_table = QTableView(), QTableView()
        self.values_of = PlainLabel("", "small")
        self.config_note = PlainLabel("", "muted", wrap=True)
        self._build()

    def _build(self) -> None:
        proxy = QSortFilterProxyModel(self)
        proxy.setSourceModel(self.runs)
        proxy.setSortRole(Qt.ItemDataRole.UserRole)
        self.table.setModel(proxy)
        self.config_table.setModel(self.differences)
        for table, name in ((self.table, "Compared runs"), (self.config_table, "Differences of configs")):
            _lay_out(table, name)
        header = self.table.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        for column, count in _WIDTHS_IN_CHARACTERS.items():
            header.resizeSection(column, characters(self, count))
        self.config_table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.config_table.horizontalHeader().setDefaultSectionSize(characters(self, _VALUE_CHARACTERS))
        self.setDocumentMode(True)
        self.tabBar().setExpanding(False)
        self.addTab(_below(self.values_of, self.table), "Runs")
        self.addTab(_below(self.config_note, self.config_table), "Config differences")
        self.setMinimumHeight(lines(self, 9))

    def show_values(self, key: MetricKey, outcomes: Mapping[str, Outcome]) -> None:
        """Show what each run came to in this metric."""
        self.values_of.setText(f"Values of {key.name} ({key.source.label})")
        self.runs.show_outcomes(outcomes)

    def show_differences(self, names: Sequence[str], found: Sequence[Difference], unread: str) -> None:
        """Show where configs differ.

        Args:
            names: Of the runs whose configs were read.
            found: The fields that differ.
            unread: What is to be said of configs that could not be read, or "".
        """
        self.differences.show_differences(names, found)
        self.config_table.setVisible(bool(found))
        same = "" if found else "The configs are the same in every field."
        note = "  ".join(part for part in (unread, same) if part)
        self.config_note.setText(note)
        self.config_note.setVisible(bool(note))


def _lay_out(table: QTableView, name: str) -> None:
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    fix_row_height(table, 8)


def _below(label: PlainLabel, table: QTableView) -> QWidget:
    """A table below a line that says what it is of."""
    part = QWidget()
    row = QHBoxLayout()
    row.setContentsMargins(16, 0, 16, 0)
    row.addWidget(label, 1)
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 4, 0, 0)
    column.addLayout(row)
    column.addWidget(table, 1)
    return part
