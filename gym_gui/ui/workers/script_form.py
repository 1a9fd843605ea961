"""The fields that make a plain script a worker."""

from __future__ import annotations

import shlex
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from gym_gui.core.environments.model import Environment
from gym_gui.core.scripts.model import Passing, Script, ScriptProblem, usual_name
from gym_gui.ui.widgets.labels import PlainLabel

_FILES = "Python files (*.py);;All files (*)"
_SCHEMAS = "JSON files (*.json);;All files (*)"
_PASSINGS = (
    ("As flags: --name value", Passing.FLAGS),
    ("In a JSON file: --config FILE", Passing.FILE),
)


class ScriptForm(QWidget):
    """Reads as a `Script`. Emits `submitted` when Enter is pressed in a field, `edited` with each change."""

    submitted = Signal()
    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file = QLineEdit(placeholderText="The Python file", clearButtonEnabled=True)
        self.name = QLineEdit(placeholderText="After the file")
        self.python = QComboBox()
        self.arguments = QLineEdit(placeholderText="Those that always come first, as in a shell")
        self.passing = QComboBox()
        self.schema = QLineEdit(placeholderText="Without one, the script is asked for its arguments")
        self.cwd = QLineEdit(placeholderText="The run's own directory")
        for words, passing in _PASSINGS:
            self.passing.addItem(words, passing)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._rows: dict[str, QLineEdit | QComboBox] = {}
        self._build()

    def _build(self) -> None:
        rows: tuple[tuple[str, str, QLineEdit | QComboBox], ...] = (
            ("file", "File", self.file),
            ("python", "Environment", self.python),
            ("name", "Name", self.name),
            ("passes", "Values reach it", self.passing),
            ("arguments", "Arguments", self.arguments),
            ("schema", "JSON Schema", self.schema),
            ("cwd", "Works in", self.cwd),
        )
        browsing = {"file": self._browse_file, "schema": self._browse_schema, "cwd": self._browse_folder}
        for row, (key, title, field) in enumerate(rows):
            label = PlainLabel(title, "muted")
            label.setBuddy(field)
            field.setAccessibleName(title)
            self._rows[key] = field
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
            line = QHBoxLayout()
            line.setSpacing(8)
            line.addWidget(field, 1)
            if key in browsing:
                browse = QPushButton("Browse…")
                browse.setAccessibleName(f"Browse for {title}")
                browse.clicked.connect(browsing[key])
                line.addWidget(browse)
            self._grid.addLayout(line, row, 1)
            if isinstance(field, QLineEdit):
                field.returnPressed.connect(self.submitted)
                field.textChanged.connect(self.edited)
            else:
                field.activated.connect(self.edited)
        self.file.textChanged.connect(self._suggest_name)

    def offer(self, environments: tuple[Environment, ...]) -> None:
        """Have these to choose from; the choice stands when it is still there."""
        chosen = self.python.currentData()
        self.python.clear()
        for environment in environments:
            words = "the panel's own" if environment.is_own else environment.name
            self.python.addItem(words, environment.python)
            self.python.setItemData(self.python.count() - 1, environment.python, Qt.ItemDataRole.ToolTipRole)
        self.python.setCurrentIndex(max(self.python.findData(chosen), 0))

    def clear(self) -> None:
        """Empty every field."""
        for field in self._rows.values():
            if isinstance(field, QLineEdit):
                field.clear()
        self.passing.setCurrentIndex(0)
        self.python.setCurrentIndex(0)

    def script(self) -> Script:
        """What the fields say.

        Raises:
            ScriptProblem: They say too little, or what makes no sense; the message starts with the field.
        """
        if not self.file.text().strip():
            raise ScriptProblem("file: choose the Python file")
        file = Path(_absolute(self.file.text()))
        try:
            arguments = tuple(shlex.split(self.arguments.text()))
        except ValueError as error:
            raise ScriptProblem(f"arguments: {error}; close the quotation") from error
        return Script(
            name=self.name.text().strip() or usual_name(file),
            file=str(file),
            python=self.python.currentData() or "",
            arguments=arguments,
            passing=Passing(self.passing.currentData()),
            schema_file=_absolute(self.schema.text()),
            cwd=_absolute(self.cwd.text()),
        )

    def point_at(self, reason: str) -> None:
        """Put the focus where the field is that the reason starts with."""
        named = reason.split(":", 1)[0].split(" ", 1)[0]
        self._rows.get(named, self.file).setFocus()

    def _suggest_name(self, text: str) -> None:
        suggested = usual_name(Path(text.strip())) if text.strip() else "After the file"
        self.name.setPlaceholderText(suggested)

    def _browse_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "The script", self.file.text(), _FILES)
        if path:
            self.file.setText(path)

    def _browse_schema(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "JSON Schema of its config", self.schema.text(), _SCHEMAS)
        if path:
            self.schema.setText(path)

    def _browse_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "Where it works", self.cwd.text())
        if path:
            self.cwd.setText(path)


def _absolute(text: str) -> str:
    return str(Path(text.strip()).expanduser().absolute()) if text.strip() else ""
