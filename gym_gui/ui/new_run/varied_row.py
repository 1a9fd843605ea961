"""A row of the sweep: which field varies, over what, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from gym_gui.core.forms.fields import FormField
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel, restyle


class VariedRow(QWidget):
    """Emits `changed` with every letter, `removed` with itself."""

    changed = Signal()
    removed = Signal(object)

    def __init__(self, theme: Theme, fields: Sequence[FormField], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QComboBox(editable=True)
        self.name.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.name.addItems([field.name for field in fields if field.name])
        self.name.setCurrentIndex(-1)
        self.name.setAccessibleName("Field that varies")
        self.name.lineEdit().setPlaceholderText("Field")  # type: ignore[union-attr]  # an editable box has one
        completer = self.name.completer()
        if completer is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.values = QLineEdit(placeholderText="0.1, 0.01  or  loguniform:1e-5:1e-2")
        self.values.setAccessibleName("Values it takes")
        self.remove = QToolButton()
        self.remove.setToolTip("Keep this field the same in all runs")
        self.remove.setAccessibleName("Remove this field from the sweep")
        theme.bind_icon(self.remove, "close")
        self.error = PlainLabel("", "error", wrap=True)
        self.error.hide()
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.name, 2)
        line.addWidget(self.values, 3)
        line.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(3)
        layout.addLayout(line)
        layout.addWidget(self.error)
        self.name.currentTextChanged.connect(lambda _text: self.changed.emit())
        self.values.textEdited.connect(lambda _text: self.changed.emit())
        self.remove.clicked.connect(lambda: self.removed.emit(self))

    def show_problem(self, problem: str) -> None:
        """Say what is wrong, or nothing."""
        self.error.setText(problem[:1].upper() + problem[1:])
        self.error.setVisible(bool(problem))
        restyle(self.values, "invalid", bool(problem))
