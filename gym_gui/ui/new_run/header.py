"""The head of the New run page: which worker, and what people call the run."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from gym_gui.core.probing.model import ProbedWorker, ProbeReport
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.workers.model import WORKER_ROLE, WorkersModel


class RunHeader(QWidget):
    """Emits `picked` with the worker that was chosen, and `labelled` when name or tags change."""

    picked = Signal(object)
    labelled = Signal()

    def __init__(self, workers: WorkersModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self.picker = QComboBox()
        self.picker.setModel(workers)
        self.picker.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.picker.setMinimumContentsLength(8)
        self.name = QLineEdit(placeholderText="Optional")
        self.tags = QLineEdit(placeholderText="Optional, separated by commas")
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 4, 20, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for column, (caption, widget) in enumerate(
            (("Worker", self.picker), ("Run name", self.name), ("Tags", self.tags))
        ):
            label = PlainLabel(caption, "caption")
            label.setBuddy(widget)
            widget.setAccessibleName(caption)
            grid.addWidget(label, 0, column)
            grid.addWidget(widget, 1, column)
            grid.setColumnStretch(column, 4 if widget is self.picker else 3)
        self.picker.activated.connect(lambda row: self.picked.emit(workers.index(row, 0).data(WORKER_ROLE)))
        self.name.textChanged.connect(lambda _text: self.labelled.emit())
        self.tags.textChanged.connect(lambda _text: self.labelled.emit())

    def tag_list(self) -> tuple[str, ...]:
        """The tags that were typed, without blanks and empty ones."""
        return tuple(tag for tag in map(str.strip, self.tags.text().split(",")) if tag)

    def show_labels(self, name: str, tags: str) -> None:
        """Show a name and tags, from their beginning where they are long."""
        for line, text in ((self.name, name), (self.tags, tags)):
            line.setText(text)
            line.setCursorPosition(0)

    def show_worker(self, worker: ProbedWorker | None) -> None:
        """Have the picker show a worker, or none for one that cannot be picked."""
        row = -1 if worker is None else self._workers.row_of(worker.worker_id, worker.interpreter)
        self.picker.setCurrentIndex(row)

    def take_report(self, report: ProbeReport, chosen: ProbedWorker | None) -> None:
        """Offer the workers of a report; the chosen one stays chosen."""
        with QSignalBlocker(self.picker):
            self._workers.take(report)
            self.show_worker(chosen)
