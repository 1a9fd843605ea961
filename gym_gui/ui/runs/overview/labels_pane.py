"""A run's name, tags and notes, edited in their place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.record import Labels
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.run_labels import LabelsEditor
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import lines

_NOTES_LINES = 5
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class LabelsPane(QWidget):
    """A button that opens the form, and the form. Escape leaves it, Ctrl+Enter saves.

    `edited` carries the run's id once its labels were written; `opened` tells that the form takes room.
    """

    edited = Signal(str)
    opened = Signal()

    def __init__(self, editor: LabelsEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._run: RunDirectory | None = None
        self._labels = Labels()
        self._before = Labels()
        self.edit = QPushButton("Edit name, tags and notes")
        self.edit.setProperty("role", "quiet")
        self.name = QLineEdit(placeholderText="A name you will know it by")
        self.tags = QLineEdit(placeholderText="Separated by commas")
        self.notes = QPlainTextEdit()
        self.problem = PlainLabel("", "error", wrap=True)
        self.save = QPushButton("Save")
        self.discard = QPushButton("Discard")
        self._build()
        self.edit.clicked.connect(self.open)
        self.save.clicked.connect(self._save)
        self.discard.clicked.connect(self.close_form)
        editor.saved.connect(self._take_saved)
        editor.refused.connect(self._take_refusal)

    def _build(self) -> None:
        self.notes.setFixedHeight(lines(self, _NOTES_LINES))
        self.notes.setTabChangesFocus(True)
        self.notes.setPlaceholderText("What it was for, what came of it")
        self.save.setProperty("role", "primary")
        self.problem.hide()
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        for label, field in (("Name", self.name), ("Tags", self.tags), ("Notes", self.notes)):
            field.setAccessibleName(label)
            field.installEventFilter(self)
            form.addRow(PlainLabel(label, "muted"), field)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.discard)
        buttons.addWidget(self.save)
        self.form = QWidget()
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 4)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.form)
        self.form.hide()

    def show_run(self, summary: RunSummary) -> None:
        """Make this the run whose labels are edited; a form that is open for it stays as it is."""
        if self._run is None or self._run.path != summary.path:
            self._run = RunDirectory(summary.path)
            self.close_form()
        self._labels = summary.labels

    def open(self) -> None:
        """Open the form with the labels as they are."""
        self._before = self._labels
        self.name.setText(self._before.name)
        self.tags.setText(", ".join(self._before.tags))
        self.notes.setPlainText(self._before.notes)
        self._allow(True)
        self.problem.hide()
        self.edit.hide()
        self.form.show()
        self.name.setFocus()
        self.opened.emit()

    def close_form(self) -> None:
        """Leave the form; what was typed is dropped."""
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.form.isAncestorOf(focused)
        self.form.hide()
        self.edit.show()
        if had_focus:
            self.edit.setFocus()

    def _save(self) -> None:
        if self._run is None or not self.save.isEnabled():
            return
        self._allow(False)
        tags = [tag.strip() for tag in self.tags.text().split(",") if tag.strip()]
        self._editor.save(
            self._run, self._before, name=self.name.text(), tags=tags, notes=self.notes.toPlainText()
        )

    def _take_saved(self, run_id: str) -> None:
        if self._run is not None and self._run.run_id == run_id:
            self.close_form()
        self.edited.emit(run_id)

    def _take_refusal(self, run_id: str, problem: str) -> None:
        if self._run is not None and self._run.run_id == run_id:
            self._allow(True)
            self.problem.setText(f"Not saved. {problem}")
            self.problem.show()

    def _allow(self, allowed: bool) -> None:
        for part in (self.name, self.tags, self.notes, self.save):
            part.setEnabled(allowed)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Save and leave by the keyboard, from any of the fields."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.close_form()
            return True
        with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in _ENTER and (with_control or watched is not self.notes):
            self._save()
            return True
        return False
