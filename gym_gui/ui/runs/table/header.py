"""The columns of the runs table as the person wants them: which, in what order, how wide, sorted by what."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QTableView, QToolButton

from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.runs.table.columns import COLUMNS, RunColumn
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.chip import widest_chip
from gym_gui.ui.widgets.metrics import characters

# Told apart by how many columns there are: Qt cannot lay out anew what other columns left behind.
_MEMORY_KEY = f"runs/columns-{len(RunColumn)}"
_CHIP_PADDING = 22
_WIDTHS_IN_CHARACTERS = {
    RunColumn.NAME: 18,
    RunColumn.PROGRESS: 20,
    RunColumn.RETURN: 14,
    RunColumn.WORKER: 10,
    RunColumn.ALGORITHM: 18,
    RunColumn.ENVIRONMENT: 17,
    RunColumn.SEED: 8,
    RunColumn.STARTED: 13,
    RunColumn.ELAPSED: 11,
    RunColumn.HEARTBEAT: 10,
    RunColumn.GROUP: 16,
    RunColumn.TAGS: 16,
    RunColumn.ENDED: 13,
    RunColumn.SIZE: 12,
    RunColumn.ID: 34,
}
_ALWAYS_SHOWN = frozenset({RunColumn.STATE, RunColumn.NAME})
_HIDDEN_AT_FIRST = frozenset({RunColumn.GROUP, RunColumn.TAGS, RunColumn.ENDED, RunColumn.SIZE, RunColumn.ID})


def lay_out_columns(table: QTableView) -> None:
    """Give a table the columns it has at first."""
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionsMovable(True)
    header.setStretchLastSection(True)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column in RunColumn:
        header.moveSection(header.visualIndex(column), column)
        header.setSectionHidden(column, column in _HIDDEN_AT_FIRST)
    table.setColumnWidth(RunColumn.STATE, widest_chip(table.fontMetrics()) + _CHIP_PADDING)
    for column, count in _WIDTHS_IN_CHARACTERS.items():
        table.setColumnWidth(column, characters(table, count))
    table.sortByColumn(RunColumn.STARTED, Qt.SortOrder.DescendingOrder)
    table.setSortingEnabled(True)


class ColumnsButton(QToolButton):
    """Opens the menu of columns, as a click on the header with the right button does.

    `group_wanted` tells whether runs of a group are to be folded into one row.
    """

    group_wanted = Signal(bool)

    def __init__(self, theme: Theme, table: QTableView, memory: LayoutMemory) -> None:
        super().__init__()
        self._table = table
        self._memory = memory
        self.setAccessibleName("Columns and groups")
        theme.bind_icon(self, "list")
        self.choose = QAction("Choose columns", self)
        self.choose.setShortcut(QKeySequence("Ctrl+Shift+L"))
        self.choose.triggered.connect(self._open_below)
        self.setToolTip("Columns and groups (Ctrl+Shift+L)")
        self.clicked.connect(self._open_below)
        self.grouping = QAction("Fold the runs of a group", self, checkable=True)
        self.grouping.setShortcut(QKeySequence("Ctrl+Shift+G"))
        self.grouping.setChecked(memory.text("runs/grouped", "yes") == "yes")
        self.grouping.toggled.connect(self.group_wanted)
        header = table.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda place: self._open(header.mapToGlobal(place)))
        memory.restore_state(header, _MEMORY_KEY)
        # What Qt restores may hide what every row is known by.
        for column in _ALWAYS_SHOWN:
            header.setSectionHidden(column, False)

    def remember(self) -> None:
        """Have the columns remembered for the next start."""
        self._memory.remember_state(self._table.horizontalHeader(), _MEMORY_KEY)
        self._memory.remember_text("runs/grouped", "yes" if self.grouping.isChecked() else "no")

    def menu_of_columns(self) -> QMenu:
        """The menu: an entry for each column, grouping, and the way back to how it was at first."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        header = self._table.horizontalHeader()
        for column in RunColumn:
            action = menu.addAction(COLUMNS[column].heading)
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(column))
            action.setEnabled(column not in _ALWAYS_SHOWN)
            action.toggled.connect(lambda shown, column=column: self._show(column, shown))
        menu.addSeparator()
        menu.addAction(self.grouping)
        menu.addSeparator()
        menu.addAction("Reset columns").triggered.connect(self.reset)
        return menu

    def reset(self) -> None:
        """Give the table back the columns, widths and order it had at first."""
        lay_out_columns(self._table)

    def _show(self, column: RunColumn, shown: bool) -> None:
        self._table.setColumnHidden(column, not shown)
        if shown:
            least = characters(self._table, _WIDTHS_IN_CHARACTERS.get(column, 10))
            self._table.setColumnWidth(column, max(self._table.columnWidth(column), least))

    def _open_below(self) -> None:
        self._open(self.mapToGlobal(QPoint(0, self.height())))

    def _open(self, place: QPoint) -> None:
        self.menu_of_columns().popup(place)
