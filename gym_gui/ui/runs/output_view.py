"""The Output tab: what the worker printed, line by line, monospaced."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gym_gui.services.run_tail import RunTail
from gym_gui.ui import wording
from gym_gui.ui.runs.output_model import OutputModel, OutputSource
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.following_table import FollowingTable, fix_row_height
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.placeholders import EmptyState

_EMPTY_WORDS = {
    OutputSource.TEXT: (
        "No output",
        "The worker has printed nothing but events to standard output. The list above can show those too.",
    ),
    OutputSource.EVERYTHING: ("No output", "The worker has printed nothing to standard output."),
    OutputSource.STDERR: ("Nothing on stderr", "Warnings, logs and tracebacks of the worker appear here."),
}


class OutputView(QWidget):
    """Shows one of the outputs of the run that the tail follows."""

    def __init__(self, theme: Theme, tail: RunTail, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = OutputModel(tail, self)
        self.table = FollowingTable(row_padding=2)
        self.table.setFont(theme.fixed_font())
        fix_row_height(self.table, 2)
        self.table.setModel(self.model)
        self.table.setAccessibleName("Output")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.horizontalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.source = QComboBox()
        self.source.setAccessibleName("Which output")
        for source in OutputSource:
            self.source.addItem(source.value, source)
        self.follow = QCheckBox("Follow")
        self.follow.setChecked(True)
        self.count = PlainLabel("", "muted")
        self._empty = EmptyState(theme, "terminal", "")
        self._build()
        self._connect()
        self._restart()

    def show_source(self, source: OutputSource) -> None:
        """Show another of the outputs, as if it had been chosen by hand."""
        self.source.setCurrentIndex(self.source.findData(source))
        self.model.show_source(source)

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 8, 16, 8)
        bar.setSpacing(10)
        bar.addWidget(self.source)
        bar.addWidget(self.count)
        bar.addStretch(1)
        bar.addWidget(self.follow)
        self._place = QStackedWidget()
        self._place.addWidget(self.table)
        self._place.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._place, 1)
        copy = QAction("Copy", self.table)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy_selected)
        self.table.addAction(copy)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _connect(self) -> None:
        self.model.modelReset.connect(self._restart)
        self.model.rowsInserted.connect(self._grow)
        self.source.activated.connect(lambda: self.model.show_source(OutputSource(self.source.currentData())))
        self.follow.toggled.connect(self.table.follow)
        self.table.following_changed.connect(self.follow.setChecked)
        self.table.verticalScrollBar().valueChanged.connect(self._widen)

    def _restart(self) -> None:
        self.table.setColumnWidth(0, 0)
        self.table.follow(True)
        self._grow()

    def _grow(self) -> None:
        rows = self.model.rowCount()
        self.count.setText(wording.plural(rows, "line"))
        self._empty.say(*_EMPTY_WORDS[self.model.source])
        self._place.setCurrentIndex(0 if rows else 1)
        self._widen()

    def _widen(self) -> None:
        """Make room for the longest line on screen so far; a wider one may yet scroll in."""
        for row in self._visible_rows():
            self.model.data(self.model.index(row, 0), int(Qt.ItemDataRole.DisplayRole))
        wanted = characters(self.table, (self.model.longest + 4))
        if wanted > self.table.columnWidth(0):
            self.table.setColumnWidth(0, wanted)

    def _visible_rows(self) -> range:
        first = max(self.table.rowAt(0), 0)
        per_page = self.table.viewport().height() // max(self.table.verticalHeader().defaultSectionSize(), 1)
        return range(first, min(first + per_page + 2, self.model.rowCount()))

    def _copy_selected(self) -> None:
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        role = int(Qt.ItemDataRole.DisplayRole)
        lines = [str(self.model.data(self.model.index(row, 0), role)) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))
