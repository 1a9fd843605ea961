"""A table of plain text that can be sorted: for what is listed once and looked through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gym_gui.compat import override
from gym_gui.ui import wording
from gym_gui.ui.artifacts.tree_model import shown_name
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.following_table import fix_row_height
from gym_gui.ui.widgets.metrics import characters

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_LONGEST_TIP = 2000
_ROWS_MEASURED = 200
_MOST_OF_FORESEEN = 1.6


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        text: What it shows, as it is.
        key: What it is sorted by; its text when None.
        ink: The colour of its text, a token of the theme.
        tip: What its tool tip says; the text when "".
    """

    text: str
    key: float | str | None = None
    ink: str = "text"
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what its head says, the width foreseen for it in characters, whether it holds numbers."""

    title: str
    width: int
    is_number: bool = False


class PlainModel(QAbstractTableModel):
    """Rows of cells, in the order given until they are sorted."""

    def __init__(self, theme: Theme, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._columns = tuple(columns)
        self._rows: list[tuple[Cell, ...]] = []
        self._order: list[int] = []
        self._sorted_by: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)
        theme.changed.connect(self.layoutChanged.emit)

    def show_rows(self, rows: Sequence[tuple[Cell, ...]], columns: Sequence[Column] | None = None) -> None:
        """Show these rows; with other columns when they are given."""
        self.beginResetModel()
        if columns is not None and tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._sorted_by = (-1, Qt.SortOrder.AscendingOrder)
        self._rows = list(rows)
        self._arrange()
        self.endResetModel()

    def original(self, row: int) -> int:
        """Where the row stood among those that were given."""
        return self._order[row]

    def place_of(self, original: int) -> int:
        """Where the row that was given at this place stands now."""
        return self._order.index(original)

    def _arrange(self) -> None:
        column, order = self._sorted_by
        self._order = list(range(len(self._rows)))
        if column >= 0:
            backwards = order is Qt.SortOrder.DescendingOrder
            empty = [n for n in self._order if self._rows[n][column].text == ""]
            full = [n for n in self._order if self._rows[n][column].text != ""]
            full.sort(key=lambda n: _sort_key(self._rows[n][column]), reverse=backwards)
            self._order = full + empty

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        rows = [self._order[index.row()] for index in before]
        self._sorted_by = (column, order)
        self._arrange()
        places = {original: place for place, original in enumerate(self._order)}
        after = [self.index(places[row], old.column()) for row, old in zip(rows, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return shown_name(self._columns[section].title)
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        cell = self._rows[self._order[index.row()]][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return shown_name(cell.text)
        if role == Qt.ItemDataRole.ToolTipRole:
            return wording.plain_tip((cell.tip or cell.text)[:_LONGEST_TIP])
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.colour(cell.ink)
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        is_number = self._columns[column].is_number
        side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


def _sort_key(cell: Cell) -> tuple[int, float, str]:
    if cell.key is None or isinstance(cell.key, str):
        return (1, 0.0, str(cell.key if cell.key is not None else cell.text).casefold())
    return (0, cell.key, "")


class PlainTable(QTableView):
    """A `PlainModel` on screen: rows of one height, whole rows selected, sorted by its head.

    Columns are as wide as what they hold, within limits, until the person drags one.
    """

    def __init__(
        self, theme: Theme, name: str, columns: Sequence[Column], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.rows = PlainModel(theme, columns, self)
        self.setModel(self.rows)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        fix_row_height(self)
        header.setResizeContentsPrecision(_ROWS_MEASURED)
        header.sectionResized.connect(lambda *_: self._note_dragging())
        self._columns = tuple(columns)
        self._was_dragged = False
        self._fit()

    def show_rows(self, rows: Sequence[tuple[Cell, ...]], columns: Sequence[Column] | None = None) -> None:
        """Show these rows; with other columns when they are given."""
        self.rows.show_rows(rows, columns)
        if columns is not None and tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._was_dragged = False
        if not self._was_dragged:
            self._fit()

    def chosen(self) -> list[int]:
        """Which rows are selected, by their place among those that were given."""
        return sorted(self.rows.original(index.row()) for index in self.selectionModel().selectedRows())

    def _note_dragging(self) -> None:
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton and self.underMouse():
            self._was_dragged = True

    def _fit(self) -> None:
        """Give each column the room of its head and its cells, but no long text all the room there is."""
        header = self.horizontalHeader()
        for number, column in enumerate(self._columns):
            needed = max(header.sectionSizeHint(number), self.sizeHintForColumn(number))
            # The last one has what the others leave in any case.
            is_last = number == len(self._columns) - 1
            most = column.width if is_last else column.width * _MOST_OF_FORESEEN
            header.resizeSection(number, min(needed, characters(self, most)))
