"""The table of all runs: the model's rows with their drawn cells, selection kept by run id."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from gym_gui.compat import override
from gym_gui.ui.runs.columns import RunColumn
from gym_gui.ui.runs.delegates import ProgressDelegate, ReturnDelegate, StateDelegate
from gym_gui.ui.runs.table_model import RunsModel
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.chip import widest_chip
from gym_gui.ui.widgets.following_table import fix_row_height
from gym_gui.ui.widgets.metrics import characters

_ROW_PADDING = 13
_WIDTHS_IN_CHARACTERS = {
    RunColumn.NAME: 18,
    RunColumn.PROGRESS: 21,
    RunColumn.RETURN: 16,
    RunColumn.WORKER: 10,
    RunColumn.ALGORITHM: 16,
    RunColumn.ENVIRONMENT: 17,
    RunColumn.SEED: 8,
    RunColumn.STARTED: 13,
    RunColumn.ELAPSED: 10,
    RunColumn.HEARTBEAT: 11,
}


class RunsTable(QTableView):
    """Emits `chosen` with the run id of the selected row; a reordering or a search does not lose it."""

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, model: RunsModel, actions: list[QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._actions = actions
        self._chosen = ""
        self.setModel(model)
        self.setAccessibleName("Runs")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        fix_row_height(self, _ROW_PADDING)
        for column, delegate in (
            (RunColumn.STATE, StateDelegate(theme)),
            (RunColumn.PROGRESS, ProgressDelegate(theme)),
            (RunColumn.RETURN, ReturnDelegate(theme)),
        ):
            delegate.setParent(self)
            self.setItemDelegateForColumn(column, delegate)
        self._set_up_header()
        self.selectionModel().currentRowChanged.connect(self._on_current)
        model.modelReset.connect(self._select_chosen_again)
        model.rowsInserted.connect(self._select_chosen_again)
        theme.changed.connect(self.viewport().update)

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setColumnWidth(RunColumn.STATE, widest_chip(self.fontMetrics()) + 22)
        for column, count in _WIDTHS_IN_CHARACTERS.items():
            self.setColumnWidth(column, characters(self, count))
        header.setStretchLastSection(True)
        self.sortByColumn(RunColumn.STARTED, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)

    def choose(self, run_id: str) -> None:
        """Select a run's row; when the row is not there (yet), as soon as it is."""
        self._chosen = run_id
        self._select_chosen_again()

    def _select_chosen_again(self) -> None:
        row = self._model.row_of(self._chosen) if self._chosen else None
        if row is not None and self.currentIndex().row() != row:
            index = self._model.index(row, max(self.currentIndex().column(), 0))
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def _on_current(self, current: QModelIndex) -> None:
        summary = self._model.summary_at(current.row()) if current.isValid() else None
        if summary is not None and summary.run_id != self._chosen:
            self._chosen = summary.run_id
        if summary is not None:
            self.chosen.emit(summary.run_id)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self._actions)
        menu.popup(event.globalPos())
