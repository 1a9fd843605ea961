"""Choosing another run: type a part of its name, id, worker or environment, and pick it from the list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui import wording
from gym_gui.ui.runs.table.columns import display_name, started
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines

_MOST_LISTED = 200
_MOVING_KEYS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})


class RunPicker(QDialog):
    """Emits `picked` with the summary of the run that was chosen, and closes."""

    picked = Signal(object)

    def __init__(self, runs: Sequence[RunSummary], worker_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare with another run")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The runs of the same worker are the ones that are meant most often.
        newest = sorted(runs, key=lambda run: started(run) or 0.0, reverse=True)
        self._all = sorted(newest, key=lambda run: _worker(run) != worker_id)
        self._listed: list[RunSummary] = []
        self.search = QLineEdit(placeholderText="Search name, id, worker, environment")
        self.search.setAccessibleName("Search runs")
        self.names = QStringListModel(self)
        self.list = QListView()
        self.list.setModel(self.names)
        self.list.setAccessibleName("Runs")
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setUniformItemSizes(True)
        self.list.setSpacing(2)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setProperty("role", "framed")
        self.more = PlainLabel("", "muted")
        self.compare = QPushButton("Compare")
        self.cancel = QPushButton("Cancel")
        self._build()
        self.search.textChanged.connect(self._find)
        self.search.installEventFilter(self)
        self.list.activated.connect(self._pick)
        self.compare.clicked.connect(lambda: self._pick(self.list.currentIndex()))
        self.cancel.clicked.connect(self.reject)
        self._find("")

    def _build(self) -> None:
        self.compare.setProperty("role", "primary")
        self.compare.setDefault(True)
        self.cancel.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.more)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.compare)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        self.resize(characters(self, 104), lines(self, 24))
        self.search.setFocus()

    def _find(self, text: str) -> None:
        words = text.casefold().split()
        found = [run for run in self._all if all(word in _haystack(run) for word in words)]
        self._listed = found[:_MOST_LISTED]
        self.names.setStringList([_line(run) for run in self._listed])
        hidden = len(found) - len(self._listed)
        self.more.setText(
            f"{hidden:,} more: type more to find them" if hidden else "" if found else "No run matches"
        )
        self.compare.setEnabled(bool(found))
        if found:
            self.list.setCurrentIndex(self.names.index(0))

    def _pick(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._listed):
            self.picked.emit(self._listed[index.row()])
            self.accept()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the search has the focus."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.key() in _MOVING_KEYS
        ):
            self.list.keyPressEvent(event)
            return True
        return False


def _worker(run: RunSummary) -> str:
    return run.record.worker_id if run.record else ""


def _line(run: RunSummary) -> str:
    record = run.record
    parts = [display_name(run), run.state.value]
    if record is not None:
        parts += [record.worker_id, record.algorithm or "", record.environment or ""]
    began = started(run)
    return "  ·  ".join(filter(None, [*parts, wording.clock(began) if began else ""]))


def _haystack(run: RunSummary) -> str:
    return f"{_line(run)} {run.run_id} {' '.join(run.labels.tags)}".casefold()
