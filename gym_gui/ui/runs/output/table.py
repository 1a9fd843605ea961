"""The table of output lines: monospaced, as wide as its lines or wrapped, copied as text."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from gym_gui.compat import override
from gym_gui.ui.runs.output.delegate import OutputDelegate
from gym_gui.ui.runs.output.model import OutputModel
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.following_table import FollowingTable, fix_row_height
from gym_gui.ui.widgets.metrics import characters

_PADDING = 2
_MOST_COPIED = 100_000


class OutputTable(FollowingTable):
    """Shows an `OutputModel`."""

    def __init__(self, theme: Theme, model: OutputModel) -> None:
        super().__init__(row_padding=_PADDING)
        self._output = model
        self._fitted: set[int] = set()
        self._delegate = OutputDelegate(theme, model, self)
        self.setItemDelegate(self._delegate)
        self.setFont(theme.fixed_font())
        fix_row_height(self, _PADDING)
        self.setModel(model)
        self.setAccessibleName("Output")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        copy = QAction("Copy lines", self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy_selected)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.verticalScrollBar().valueChanged.connect(self.fit)
        model.modelReset.connect(self._start_over)
        theme.changed.connect(self.viewport().update)

    def wrap(self, wrapped: bool) -> None:
        """Break long lines at the edge of the table, or have it scroll sideways."""
        self._delegate.wrap = wrapped
        self._start_over()
        if self.following:
            self.scrollToBottom()

    def _start_over(self) -> None:
        height = self.verticalHeader().defaultSectionSize()
        for row in self._fitted:
            if row < self._output.rowCount():
                self.setRowHeight(row, height)
        self._fitted.clear()
        self.horizontalHeader().setStretchLastSection(True)
        self.setColumnWidth(0, 0)
        self.fit()

    def fit(self) -> None:
        """Make room for the lines on screen: in width, or in height where they are wrapped."""
        rows = self._visible_rows()
        if self._delegate.wrap:
            self._fit_heights(rows)
            return
        for row in rows:
            self._output.styled(row)
        wanted = characters(self, self._output.longest + 4)
        if wanted > self.columnWidth(0):
            self.setColumnWidth(0, wanted)

    def _fit_heights(self, rows: range) -> None:
        width, least = self.viewport().width(), self.verticalHeader().defaultSectionSize()
        for row in rows:
            height = max(self._delegate.height(row, self.font(), width), least)
            if height != self.rowHeight(row):
                self._fitted.add(row)
                self.setRowHeight(row, height)

    def _visible_rows(self) -> range:
        first = max(self.rowAt(0), 0)
        per_page = self.viewport().height() // max(self.verticalHeader().defaultSectionSize(), 1)
        return range(first, min(first + per_page + 2, self._output.rowCount()))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._delegate.wrap and event.oldSize().width() != event.size().width():
            self._start_over()
        else:
            self.fit()
        if self.following:
            self.scrollToBottom()

    def show_row(self, row: int) -> None:
        """Select a row and bring it to the middle of the screen."""
        self.follow(False)
        self.setCurrentIndex(self._output.index(row, 0))
        self.scrollTo(self._output.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)

    def _copy_selected(self) -> None:
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())[:_MOST_COPIED]
        QGuiApplication.clipboard().setText("\n".join(self._output.styled(row).text for row in rows))
