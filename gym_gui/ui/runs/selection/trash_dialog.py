"""The trash: which runs are in it, fetching them back, and deleting them for good after a question."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.core.runs.trash.trash import EmptiedTrash, TrashedRun
from gym_gui.services.runs_trash import RunsTrash
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui import wording
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.following_table import fix_row_height
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines
from gym_gui.ui.widgets.placeholders import Banner, EmptyState

_HEADINGS = ("Run", "Worker", "Deleted", "Size", "By")
_WIDTHS = (34, 16, 14, 12)
_WIDTH_IN_CHARACTERS = 110
_LINES = 20
_NOTHING = "Runs you delete are kept here until you empty the trash."
_Index = QModelIndex | QPersistentModelIndex


class TrashModel(QAbstractTableModel):
    """What is in the trash, the latest first; sizes are told as they become known."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[TrashedRun] = ()
        self.sizes: dict[str, int] = {}

    def show(self, rows: Sequence[TrashedRun]) -> None:
        """List these."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def tell_sizes(self, sizes: dict[str, int]) -> None:
        """Show the bytes of entries, by their names."""
        self.sizes.update(sizes)
        if self.rows:
            self.dataChanged.emit(self.index(0, 3), self.index(len(self.rows) - 1, 3))

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(_HEADINGS)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        is_heading = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEADINGS[section] if is_heading else None

    @override
    def data(self, index: _Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            size = self.sizes.get(row.entry)
            texts = (
                row.name or row.run_id,
                row.worker_id,
                wording.age(time.time() - row.trashed),
                "…" if size is None else wording.size(size),
                row.by,
            )
            return texts[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            tips = (row.run_id, row.worker_id, wording.clock(row.trashed), str(row.directory.path), row.by)
            return wording.plain_tip(tips[index.column()])
        return None


class TrashDialog(QDialog):
    """Restores the selected runs, or deletes them, or all, for good; that is asked in its place first."""

    def __init__(self, theme: Theme, trash: RunsTrash, tasks: TaskRunner, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent.window()
        self._trash = trash
        self._tasks = tasks
        self._doomed: Sequence[TrashedRun] = ()
        self._is_all = False
        self.model = TrashModel()
        self.model.setParent(self)
        self.heading = PlainLabel("Trash", "heading")
        self.total = PlainLabel("", "muted")
        self.table = QTableView()
        self.nothing = EmptyState(theme, "trash", "The trash is empty", _NOTHING)
        self.banner = Banner(theme, "danger")
        self.confirm = self.banner.add_button("Delete for good")
        self.refrain = self.banner.add_button("Keep")
        self.restore = QPushButton("Restore")
        self.delete = QPushButton("Delete for good…")
        self.empty = QPushButton("Empty trash…")
        self.done_button = QPushButton("Close")
        self._build()
        trash.contents.connect(self._take)
        trash.failed.connect(self._show_problem)
        trash.emptied.connect(self._take_emptied)
        for signal in (trash.deleted, trash.restored):
            signal.connect(self._look)
        self._connect()
        trash.look()

    def _connect(self) -> None:
        self.table.selectionModel().selectionChanged.connect(self._enable)
        self.model.modelReset.connect(self._enable)
        self.restore.clicked.connect(lambda: self._trash.restore(self._selected()))
        self.delete.clicked.connect(lambda: self._ask(self._selected(), is_all=False))
        self.empty.clicked.connect(lambda: self._ask(self.model.rows, is_all=True))
        self.confirm.clicked.connect(self._delete)
        self.refrain.clicked.connect(self._keep)
        self.done_button.clicked.connect(self.reject)

    def _build(self) -> None:
        self.setWindowTitle("Trash")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build_table()
        self.banner.hide()
        self._place = QStackedWidget()
        self._place.addWidget(self.table)
        self._place.addWidget(self.nothing)
        head = QHBoxLayout()
        head.addWidget(self.heading)
        head.addSpacing(8)
        head.addWidget(self.total)
        head.addStretch(1)
        buttons = QHBoxLayout()
        for button in (self.empty, self.delete):
            button.setProperty("role", "danger")
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.restore.setAutoDefault(False)
        buttons.addWidget(self.restore)
        buttons.addWidget(self.done_button)
        self.done_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self._place, 1)
        layout.addWidget(self.banner)
        layout.addLayout(buttons)
        width = min(characters(self, _WIDTH_IN_CHARACTERS), self._window.width() - 60)
        self.resize(width, min(lines(self, _LINES), self._window.height() - 80))
        self._enable()

    def _build_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName("Deleted runs")
        table.setProperty("role", "framed")
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        fix_row_height(table)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate(_WIDTHS):
            table.setColumnWidth(column, characters(self, width))

    def _look(self) -> None:
        self._trash.look()

    def _selected(self) -> list[TrashedRun]:
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [self.model.rows[row] for row in rows]

    def _enable(self) -> None:
        has_selection = self.table.selectionModel().hasSelection()
        self.restore.setEnabled(has_selection)
        self.delete.setEnabled(has_selection)
        self.empty.setEnabled(bool(self.model.rows))

    def _take(self, rows: list[TrashedRun]) -> None:
        self.model.show(rows)
        self._place.setCurrentIndex(0 if rows else 1)
        self.total.setText(wording.plural(len(rows), "run") if rows else "")
        if not rows:
            self._keep()
        unknown = [row for row in rows if row.entry not in self.model.sizes]
        self._tasks.start(
            "Measuring the trash",
            lambda: {row.entry: row.size_bytes for row in unknown},
            owner=self,
            done=self._take_sizes,
        )

    def _take_sizes(self, sizes: dict[str, int]) -> None:
        self.model.tell_sizes(sizes)
        if self.model.rows:
            total = self._size_of(self.model.rows)
            self.total.setText(f"{wording.plural(len(self.model.rows), 'run')}, {wording.size(total)}")

    def _size_of(self, rows: Sequence[TrashedRun]) -> int:
        return sum(self.model.sizes.get(row.entry, 0) for row in rows)

    def _ask(self, rows: Sequence[TrashedRun], *, is_all: bool) -> None:
        self._doomed, self._is_all = rows, is_all
        what = f"“{rows[0].name or rows[0].run_id}”" if len(rows) == 1 else wording.plural(len(rows), "run")
        size = wording.size(self._size_of(rows))
        self._show("danger", f"Delete {what} for good? {size} are freed. This cannot be undone.", asks=True)
        self.refrain.setFocus()

    def _delete(self) -> None:
        self.banner.hide()
        self._trash.empty(None if self._is_all else self._doomed)

    def _keep(self) -> None:
        self.banner.hide()
        self.done_button.setFocus()

    def _take_emptied(self, emptied: EmptiedTrash) -> None:
        freed = wording.size(emptied.freed_bytes)
        self._show("success", f"{wording.plural(emptied.runs, 'run')} deleted for good, {freed} freed.")
        self._trash.look()

    def _show_problem(self, problem: str) -> None:
        self._show("danger", problem)

    def _show(self, tone: str, text: str, *, asks: bool = False) -> None:
        self.banner.say(tone, text)
        for button in (self.confirm, self.refrain):
            button.setVisible(asks)
        self.banner.show()
