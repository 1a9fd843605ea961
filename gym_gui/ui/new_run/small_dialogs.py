"""The short questions of the New run page: a name for a preset, which checkpoint, so many runs?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
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

from gym_gui.core.artifacts.checkpoints.listing import CheckpointRow
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui import wording
from gym_gui.ui.runs.config.picker import RunPicker
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines

_WIDTH = 52


class Question(QDialog):
    """A heading, room for what is asked, Cancel and the answer."""

    def __init__(self, title: str, answer: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(characters(self, _WIDTH))
        self.answer = QPushButton(answer)
        self.answer.setProperty("role", "primary")
        self.answer.setDefault(True)
        self.cancel = QPushButton("Cancel")
        self.cancel.setAutoDefault(False)
        self.room = QVBoxLayout()
        self.room.setSpacing(8)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.answer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(PlainLabel(title, "heading", wrap=True))
        layout.addLayout(self.room, 1)
        layout.addLayout(buttons)
        self.cancel.clicked.connect(self.reject)
        self.answer.clicked.connect(self.accept)


class NameQuestion(Question):
    """Asks for the name of a preset; emits `named`."""

    named = Signal(str)

    def __init__(self, taken: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__("Save as preset", "Save", parent)
        self._taken = {name.casefold() for name in taken}
        self.name = QLineEdit(placeholderText="Name")
        self.name.setAccessibleName("Name of the preset")
        self.name.setMaxLength(200)
        self.note = PlainLabel(" ", "small", wrap=True)
        self.room.addWidget(self.name)
        self.room.addWidget(self.note)
        self.answer.setEnabled(False)
        self.name.textChanged.connect(self._judge)
        self.accepted.connect(lambda: self.named.emit(self.name.text().strip()))
        self.name.setFocus()

    def _judge(self, text: str) -> None:
        replaces = text.strip().casefold() in self._taken
        self.note.setText("Replaces the preset of this name." if replaces else " ")
        self.answer.setText("Replace" if replaces else "Save")
        self.answer.setEnabled(bool(text.strip()))


class ConfirmQuestion(Question):
    """Asks whether something is really meant; the safe answer has the focus."""

    def __init__(
        self, title: str, text: str, answer: str, confirmed: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(title, answer, parent)
        self.room.addWidget(PlainLabel(text, "muted", wrap=True))
        self.answer.setDefault(False)
        self.cancel.setDefault(True)
        self.cancel.setFocus()
        self.accepted.connect(confirmed)


class CheckpointQuestion(Question):
    """Asks which checkpoint of a run to go on from, the latest chosen; emits `chosen` with its row."""

    chosen = Signal(object)

    def __init__(self, run: str, rows: Sequence[CheckpointRow], parent: QWidget | None = None) -> None:
        super().__init__(f"Resume {run}", "Resume", parent)
        self._rows = [row for row in reversed(rows) if row.exists and row.path is not None]
        self.names = QStringListModel([_line(row) for row in self._rows], self)
        self.list = QListView()
        self.list.setModel(self.names)
        self.list.setAccessibleName("Checkpoints")
        self.list.setProperty("role", "framed")
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setUniformItemSizes(True)
        self.list.setSpacing(2)
        self.list.setMinimumHeight(lines(self, 8))
        text = "The form takes over the config of that run, with the checkpoint filled in."
        self.room.addWidget(PlainLabel(text, "muted", wrap=True))
        self.room.addWidget(self.list)
        self.list.setCurrentIndex(self.names.index(0))
        self.list.activated.connect(lambda _index: self.accept())
        self.accepted.connect(self._choose)
        self.resize(characters(self, 84), lines(self, 18))
        self.list.setFocus()

    def _choose(self) -> None:
        place = self.list.currentIndex().row()
        if 0 <= place < len(self._rows):
            self.chosen.emit(self._rows[place])


class RunQuestion(RunPicker):
    """Asks for a former run; emits `picked` with its summary."""

    def __init__(
        self,
        title: str,
        answer: str,
        runs: Sequence[RunSummary],
        worker_id: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(runs, worker_id, parent)
        self.setWindowTitle(title)
        self.compare.setText(answer)


def _line(row: CheckpointRow) -> str:
    at = f"step {row.step:,}" if row.step is not None else ""
    if not at and row.episode is not None:
        at = f"episode {row.episode:,}"
    size = wording.size(row.size) if row.size is not None else ""
    saved = wording.clock(row.time) if row.time is not None else ""
    return "  ·  ".join(part for part in (row.label, at, size, saved) if part)
