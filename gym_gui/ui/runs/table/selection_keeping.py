"""Keeping the selected rows selected while a model moves, hides and shows its rows."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, Signal
from PySide6.QtWidgets import QTableView

from gym_gui.ui.runs.table.model import RunsModel

_Flag = QItemSelectionModel.SelectionFlag


class SelectionKeeper(QObject):
    """Knows the selected rows by their keys; `changed` tells when they are others.

    What a search hides is not selected while it is hidden. A single row that was selected is again as soon
    as it is shown again.
    """

    changed = Signal()

    def __init__(self, table: QTableView, model: RunsModel) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._wanted: list[str] = []
        self._told: list[str] = []
        self._arranging = False
        model.arranging.connect(self._begin)
        model.arranged.connect(self._end)
        table.selectionModel().selectionChanged.connect(self._on_selection)

    def keys(self) -> list[str]:
        """Keys of the selected rows, from top to bottom."""
        return [self._model.key_at(row) for row in self.rows()]

    def rows(self) -> list[int]:
        """The selected rows, from top to bottom."""
        return sorted({row for first, last in self._ranges() for row in range(first, last + 1)})

    def select(self, key: str) -> None:
        """Select this row alone and scroll to it; when it is not there yet, as soon as it is."""
        self._wanted = [key]
        if self._model.row_of(key) is not None and self.keys() != [key]:
            self._apply([key])

    def _ranges(self) -> Iterator[tuple[int, int]]:
        for part in self._table.selectionModel().selection().toList():
            yield part.top(), part.bottom()

    def _begin(self) -> None:
        self._arranging = True

    def _end(self) -> None:
        self._arranging = False
        shown = [key for key in self._wanted if self._model.row_of(key) is not None]
        if not shown and self.keys():
            self._table.selectionModel().clear()
        elif self.keys() != sorted(shown, key=lambda key: self._model.row_of(key) or 0):
            self._apply(shown)
        if len(self._wanted) > 1:
            self._wanted = shown
        self._tell()

    def _apply(self, keys: list[str]) -> None:
        rows = sorted(row for key in keys if (row := self._model.row_of(key)) is not None)
        if not rows:
            return
        picked, last_column = QItemSelection(), self._model.columnCount() - 1
        start = before = rows[0]
        for row in [*rows[1:], -1]:
            if row != before + 1:
                picked.select(self._model.index(start, 0), self._model.index(before, last_column))
                start = row
            before = row
        selection = self._table.selectionModel()
        column = max(self._table.currentIndex().column(), 0)
        current = self._model.index(rows[0], column)
        if self._table.currentIndex().row() not in rows:
            selection.setCurrentIndex(current, _Flag.NoUpdate)
        selection.select(picked, _Flag.ClearAndSelect)
        if len(rows) == 1:
            self._table.scrollTo(current)

    def _on_selection(self) -> None:
        if not self._arranging:
            self._wanted = self.keys() or self._wanted[:1]
            self._tell()

    def _tell(self) -> None:
        keys = self.keys()
        if keys != self._told:
            self._told = keys
            self.changed.emit()
