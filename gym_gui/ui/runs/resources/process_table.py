"""A run's processes as a table: what they are, indented as they descend, their pid, age and memory."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gym_gui.compat import override
from gym_gui.services.process_watch import ProcessLook, SeenProcess
from gym_gui.ui import wording
from gym_gui.ui.widgets.following_table import fix_row_height
from gym_gui.ui.widgets.metrics import characters

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADINGS = ("Process", "PID", "Age", "Memory")
_INDENT = "    "
_MOST_INDENTS = 8
_LONGEST_COMMAND = 400
_Key = tuple[int, int]


class ProcessColumn(IntEnum):
    """The columns, in their order."""

    WHAT = 0
    PID = 1
    AGE = 2
    MEMORY = 3


class ProcessModel(QAbstractTableModel):
    """Shows the latest look. Rows that stay keep their place in the selection."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[SeenProcess, ...] = ()

    def show_look(self, look: ProcessLook) -> None:
        """Show this look."""
        if [_key(seen) for seen in look.processes] != [_key(seen) for seen in self._rows]:
            self.beginResetModel()
            self._rows = look.processes
            self.endResetModel()
            return
        self._rows = look.processes
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(ProcessColumn) - 1))

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(ProcessColumn)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return _HEADINGS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
        return None

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        seen = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(seen, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == ProcessColumn.WHAT:
            return wording.plain_tip(seen.process.command[:_LONGEST_COMMAND])
        return None


class ProcessTable(QTableView):
    """The table of a `ProcessModel`: nothing in it can be changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.processes = ProcessModel(self)
        self.setModel(self.processes)
        self.setAccessibleName("Processes of the run")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setProperty("role", "framed")
        fix_row_height(self)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(characters(self, 6))
        header.setSectionResizeMode(ProcessColumn.WHAT, QHeaderView.ResizeMode.Stretch)
        for column, width in ((ProcessColumn.PID, 11), (ProcessColumn.AGE, 14), (ProcessColumn.MEMORY, 11)):
            header.resizeSection(column, characters(self, width))


def described(seen: SeenProcess) -> str:
    """A process in one line: its role where it has one, whether it is frozen, its command.

    All supervisors have the same command, so their role says it.
    """
    process = seen.process
    command = "" if process.role == "supervisor" else _short(process.command)
    frozen = " (frozen)" if process.frozen else ""
    return f"{': '.join(filter(None, (process.role, command)))}{frozen}"


def _short(command: str) -> str:
    """A command without the directory of its program, which fills a column with what nobody asks for."""
    program, space, rest = command[:_LONGEST_COMMAND].partition(" ")
    return f"{program.rpartition('/')[2] or program}{space}{rest}"


def _text(seen: SeenProcess, column: int) -> str:
    process = seen.process
    if column == ProcessColumn.WHAT:
        return f"{_INDENT * min(process.depth, _MOST_INDENTS)}{described(seen)}"
    if column == ProcessColumn.PID:
        return str(process.pid)
    if column == ProcessColumn.AGE:
        return wording.duration(seen.age_s)
    return wording.size(process.rss_bytes)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == ProcessColumn.WHAT else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _key(seen: SeenProcess) -> _Key:
    return seen.process.pid, seen.process.start_ticks
