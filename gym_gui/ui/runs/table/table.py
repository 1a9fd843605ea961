"""The table of all runs: the model's rows with their drawn cells, selection kept by run id."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from gym_gui.compat import override
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui.runs.table.columns import RunColumn
from gym_gui.ui.runs.table.delegates import NameDelegate, ProgressDelegate, ReturnDelegate, StateDelegate
from gym_gui.ui.runs.table.groups import RunGroup
from gym_gui.ui.runs.table.header import lay_out_columns
from gym_gui.ui.runs.table.model import RunsModel
from gym_gui.ui.runs.table.row_order import group_key
from gym_gui.ui.runs.table.selection_keeping import SelectionKeeper
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.following_table import fix_row_height

_ROW_PADDING = 13
_FOLD_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})


class RunsTable(QTableView):
    """The runs, and which of them are selected.

    Signals:
        chosen: The id of the run that is selected alone.
        selection_changed: Others are selected; `selected_runs` has them.
        fold_wanted: The name of a group, and whether it shall be open.
    """

    chosen = Signal(str)
    selection_changed = Signal()
    fold_wanted = Signal(str, bool)

    def __init__(
        self,
        theme: Theme,
        model: RunsModel,
        menu_actions: Callable[[], list[QAction]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._menu_actions = menu_actions
        self.setModel(model)
        self.setAccessibleName("Runs")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        fix_row_height(self, _ROW_PADDING)
        for column, delegate in (
            (RunColumn.STATE, StateDelegate(theme)),
            (RunColumn.NAME, NameDelegate(theme)),
            (RunColumn.PROGRESS, ProgressDelegate(theme)),
            (RunColumn.RETURN, ReturnDelegate(theme)),
        ):
            delegate.setParent(self)
            self.setItemDelegateForColumn(column, delegate)
        lay_out_columns(self)
        self._keeper = SelectionKeeper(self, model)
        self._keeper.changed.connect(self._on_selection)
        theme.changed.connect(self.viewport().update)

    def choose(self, run_id: str) -> None:
        """Select a run's row; when the row is not there (yet), as soon as it is."""
        self._keeper.select(run_id)

    def selected_runs(self) -> list[RunSummary]:
        """The selected runs from top to bottom, those of selected groups among them, each once."""
        found = {run.run_id: run for row in self._keeper.rows() for run in self._model.runs_at(row)}
        return list(found.values())

    def selected_group(self) -> RunGroup | None:
        """The group whose row is selected alone."""
        rows = self._keeper.rows()
        return self._model.group_at(rows[0]) if len(rows) == 1 else None

    def _on_selection(self) -> None:
        self.selection_changed.emit()
        rows = self._keeper.rows()
        alone = self._model.summary_at(rows[0]) if len(rows) == 1 else None
        if alone is not None:
            self.chosen.emit(alone.run_id)

    # groups are opened and folded

    def _toggle(self, group: RunGroup) -> None:
        self.fold_wanted.emit(group.name, group.name not in self._model.order.opened)

    def _fold_by_key(self, key: int) -> bool:
        """What the arrow keys do in a tree; False when they are to do what they do in a table."""
        row = self.currentIndex().row()
        group = self._model.group_at(row)
        is_open = group is not None and group.name in self._model.order.opened
        if group is not None and (key in _FOLD_KEYS or is_open == (key == Qt.Key.Key_Left)):
            self._toggle(group)
            return True
        above = self._model.order.row_group(self._model.key_at(row)) if group is None else None
        if key == Qt.Key.Key_Left and above is not None:
            self._keeper.select(group_key(above))
            return True
        return False

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        folding = event.key() in (*_FOLD_KEYS, Qt.Key.Key_Left, Qt.Key.Key_Right)
        if not (plain and folding and self._fold_by_key(event.key())):
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        group = self._model.group_at(index.row()) if index.column() == RunColumn.NAME else None
        is_left = event.button() is Qt.MouseButton.LeftButton
        if (
            group is not None
            and is_left
            and NameDelegate.is_on_chevron(self.visualRect(index), event.position().toPoint().x())
        ):
            self._toggle(group)
        else:
            super().mousePressEvent(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        group = self._model.group_at(index.row())
        on_chevron = index.column() == RunColumn.NAME and NameDelegate.is_on_chevron(
            self.visualRect(index), event.position().toPoint().x()
        )
        if group is not None and event.button() is Qt.MouseButton.LeftButton:
            self._toggle(group)
        elif not on_chevron:
            super().mouseDoubleClickEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        if not index.isValid():
            return
        if not self.selectionModel().isRowSelected(index.row(), index.parent()):
            self.setCurrentIndex(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        menu.addActions(self._menu_actions())
        place = self.visualRect(index).center() if by_keyboard else event.pos()
        menu.popup(self.viewport().mapToGlobal(place))
