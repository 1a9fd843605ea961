"""What became of the tensors between two checkpoints, as a table."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gym_gui.core.artifacts.checkpoints.comparing import Change, Comparison, TensorChange, compare_checkpoints
from gym_gui.core.artifacts.checkpoints.inspecting import inspect_checkpoint
from gym_gui.core.artifacts.checkpoints.model import Tensor
from gym_gui.core.artifacts.stopping import StopAsked, StoppedError
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui import wording
from gym_gui.ui.artifacts.plain_table import Cell, Column, PlainTable
from gym_gui.ui.artifacts.tree_model import shown_name
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines
from gym_gui.ui.widgets.placeholders import Banner

_WIDTH, _HEIGHT = 105, 26
_TENSORS = (Column("Tensor", 36), Column("Change", 17), Column("First", 22), Column("Second", 22))
_METADATA = (Column("Name", 26), Column("First", 34), Column("Second", 34))
_INKS = {
    Change.ADDED: "success",
    Change.REMOVED: "danger",
    Change.RESHAPED: "warning",
    Change.RETYPED: "warning",
    Change.CHANGED: "info",
}


class ComparisonDialog(QDialog):
    """Looks into both checkpoints in the background; closing it stops that."""

    def __init__(
        self,
        theme: Theme,
        tasks: TaskRunner,
        first: tuple[Path, str],
        second: tuple[Path, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self.comparison: Comparison | None = None
        self.said = PlainLabel("Comparing…", "strong", wrap=True)
        self.note = Banner(theme, "info")
        self.busy = QProgressBar()
        self.only_changes = QCheckBox("Only what differs")
        self.tensors = PlainTable(theme, "Tensors", _TENSORS)
        self.metadata = PlainTable(theme, "Metadata", _METADATA)
        self._build(first[1], second[1])
        stop = self._stop
        tasks.start(
            "Comparing checkpoints",
            lambda: _compare(first[0], second[0], stop.is_set),
            owner=self,
            done=self._take,
            failed=lambda error: self._tell("danger", str(error)),
        )
        self.finished.connect(lambda _: stop.set())

    def _build(self, first: str, second: str) -> None:
        self.setWindowTitle("Compare checkpoints")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(characters(self, _WIDTH), lines(self, _HEIGHT))
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName("Comparing")
        self.note.hide()
        self.only_changes.setChecked(True)
        self.only_changes.toggled.connect(lambda _: self._draw())
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.tensors, "Tensors")
        self.tabs.addTab(self.metadata, "Metadata")
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(self.only_changes)
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(8)
        layout.addWidget(PlainLabel(f"First: {shown_name(first)}", "muted", wrap=True))
        layout.addWidget(PlainLabel(f"Second: {shown_name(second)}", "muted", wrap=True))
        for part in (self.said, self.busy, self.note):
            layout.addWidget(part)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(row)

    def _tell(self, tone: str, text: str) -> None:
        self.busy.hide()
        self.note.say(tone, text)
        self.note.show()
        if tone == "danger":
            self.said.setText("They cannot be compared")

    def _take(self, comparison: Comparison | None) -> None:
        if comparison is None:
            return
        self.comparison = comparison
        self.busy.hide()
        if comparison.note:
            self._tell("info", f"Not all values were compared: {comparison.note}.")
        self._draw()

    def _draw(self) -> None:
        comparison = self.comparison
        if comparison is None:
            return
        counts = [(change, comparison.count(change)) for change in Change]
        said = ", ".join(f"{count:,} {change.value}" for change, count in counts if count)
        self.said.setText(f"Of {wording.plural(len(comparison.changes), 'tensor')}: {said}" if said else
                          "Neither has tensors that can be told")  # fmt: skip
        only = self.only_changes.isChecked()
        shown = [c for c in comparison.changes if not (only and c.change is Change.SAME)]
        self.tensors.show_rows([_cells(change) for change in shown])
        self.metadata.show_rows([(Cell(n), Cell(a), Cell(b)) for n, a, b in comparison.metadata])
        self.tabs.setTabText(0, f"Tensors {len(shown):,}")
        self.tabs.setTabText(1, f"Metadata {len(comparison.metadata):,}")


def _compare(first: Path, second: Path, asked: StopAsked) -> Comparison | None:
    try:
        before = inspect_checkpoint(first, asked)
        return compare_checkpoints(before, inspect_checkpoint(second, asked), asked_to_stop=asked)
    except StoppedError:
        return None


def _cells(change: TensorChange) -> tuple[Cell, ...]:
    ink = _INKS.get(change.change, "text_muted")
    sides = (_side(change.before), _side(change.after))
    return Cell(change.name), Cell(change.change.value, ink=ink), *sides


def _side(tensor: Tensor | None) -> Cell:
    if tensor is None:
        return Cell("none", ink="text_muted")
    shape = " x ".join(str(side) for side in tensor.shape) or "number"
    return Cell(f"{shape}  {tensor.dtype}", tensor.elements)
