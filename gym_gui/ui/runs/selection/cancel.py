"""Cancelling several runs: which they are, how each of them ends, and the receipts added up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.core.runs.cancel import CancelReceipt
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.runs_control import RunsControl
from gym_gui.ui import wording
from gym_gui.ui.runs.cancel_dialog import ReceiptGrid
from gym_gui.ui.runs.selection.targets import targets_of
from gym_gui.ui.runs.table.columns import display_name
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.following_table import fix_row_height
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines

_WIDTH_IN_CHARACTERS = 96
_MOST_LINES = 12
_QUESTION = (
    "Each worker is asked to stop and may save what it has. Whatever has not ended after its time "
    "is killed. The runs' files stay."
)
_HEADINGS = ("Run", "State", "What became of it")
_Index = QModelIndex | QPersistentModelIndex


class EndingRuns(QAbstractTableModel):
    """The runs, a row each, and what is known of how they ended."""

    def __init__(self, runs: Sequence[RunSummary]) -> None:
        super().__init__()
        self._runs = runs
        self._rows = {run.run_id: row for row, run in enumerate(runs)}
        self._fates = [""] * len(runs)

    def tell(self, run_id: str, fate: str) -> bool:
        """Note what became of a run; False when it is none of these."""
        row = self._rows.get(run_id)
        if row is None:
            return False
        self._fates[row] = fate
        self.dataChanged.emit(self.index(row, 2), self.index(row, 2))
        return True

    def tell_all(self, fate: str) -> None:
        """Note the same of every run."""
        for run_id in self._rows:
            self.tell(run_id, fate)

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._runs)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(_HEADINGS)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        is_heading = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEADINGS[section] if is_heading else None

    @override
    def data(self, index: _Index, role: int = 0) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        run = self._runs[index.row()]
        text = (display_name(run), run.state.value, self._fates[index.row()])[index.column()]
        return wording.plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text


class CancelManyDialog(QDialog):
    """Asks once for all of them; the safe answer has the focus. Hiding it leaves the stop going on."""

    def __init__(
        self, theme: Theme, control: RunsControl, runs: Sequence[RunSummary], selected: int, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._control = control
        self._runs = runs
        self._done = 0
        self._is_stopping = False
        self.heading = PlainLabel(f"Cancel {wording.plural(len(runs), 'run')}?", "heading")
        self.text = PlainLabel(_QUESTION, "muted", wrap=True)
        self.model = EndingRuns(runs)
        self.model.setParent(self)
        self.table = QTableView()
        self.progress = QProgressBar()
        self.receipt = ReceiptGrid()
        over = selected - len(runs)
        self.note = PlainLabel(f"{over:,} of the selected need no cancelling" if over else "", "muted")
        self.stop = QPushButton(f"Cancel {wording.plural(len(runs), 'run')}")
        self.keep = QPushButton("Keep running")
        self._build()
        control.cancelled_one.connect(self._take_one)
        control.cancelled_all.connect(self._take_all)
        self.stop.clicked.connect(self._begin)
        self.keep.clicked.connect(self.reject)

    def _build(self) -> None:
        self.setWindowTitle("Cancel runs")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(characters(self, _WIDTH_IN_CHARACTERS))
        self._build_table()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Runs ended")
        self.progress.setRange(0, len(self._runs))
        self.progress.hide()
        self.receipt.hide()
        self.stop.setProperty("role", "danger")
        self.stop.setAutoDefault(False)
        self.keep.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.note)
        buttons.addStretch(1)
        buttons.addWidget(self.stop)
        buttons.addWidget(self.keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        for part in (self.heading, self.text, self.receipt, self.table, self.progress):
            layout.addWidget(part)
        layout.addLayout(buttons)
        self.keep.setFocus()

    def _build_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName("Runs to be cancelled")
        table.setProperty("role", "framed")
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        fix_row_height(table)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        table.setColumnWidth(0, characters(self, 30))
        table.setColumnWidth(1, characters(self, 14))
        height = lines(self, min(len(self._runs), _MOST_LINES) * 1.7 + 3)
        table.setMinimumHeight(height)
        if len(self._runs) <= _MOST_LINES:
            table.setMaximumHeight(height)

    def _begin(self) -> None:
        self._is_stopping = True
        self.heading.setText(f"Stopping {wording.plural(len(self._runs), 'run')}")
        self.text.setText("This goes on when you hide the window; the receipt then comes as a notice.")
        self.note.setText(f"0 of {len(self._runs):,} ended")
        self.model.tell_all("asked to end")
        self.stop.hide()
        self.keep.setText("Hide")
        self.progress.show()
        self._control.cancel(targets_of(self._runs))

    def _take_one(self, run_id: str, receipt: CancelReceipt | None, problem: str) -> None:
        fate = f"not cancelled: {problem}" if receipt is None else receipt.text
        if self._is_stopping and self.model.tell(run_id, fate):
            self._done += 1
            self.progress.setValue(self._done)
            self.note.setText(f"{self._done:,} of {len(self._runs):,} ended")

    def _take_all(self, receipt: CancelReceipt) -> None:
        if not self._is_stopping or self._done < len(self._runs):
            return
        self._is_stopping = False
        clean = "something is left" if receipt.left else "nothing is left"
        self.heading.setText(f"{wording.plural(len(self._runs), 'run')} cancelled, {clean}")
        self.text.setText("All receipts together:")
        self.note.setText("")
        self.receipt.show_receipt(receipt)
        self.receipt.show()
        self.progress.hide()
        self.keep.setText("Close")
        self.keep.setFocus()
