"""The editor for paths: a line, a button that looks for one, and a word when there is nothing there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.forms.fields import FormField
from gym_gui.ui.forms.editor import Editor
from gym_gui.ui.widgets.labels import PlainLabel

# The disk is asked when typing pauses, not with every letter.
_PAUSE_MS = 300


class PathEditor(Editor):
    """A path, typed or chosen.

    A path that is not there is no mistake, for the worker may be about to make it; it is only told.

    Args:
        browse_from: The folder that is shown to choose from while there is no path; "" for the panel's own.
    """

    def __init__(self, field: FormField, browse_from: str = "") -> None:
        super().__init__(field)
        self._browse_from = browse_from
        self.line = QLineEdit()
        self.note = PlainLabel("", "small", wrap=True)
        self.note.hide()
        self.browse = QPushButton("Browse…")
        self.browse.setAccessibleName(f"Browse for {field.title}")
        self.browse.clicked.connect(self._browse)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.line)
        column.addWidget(self.note)
        holder = QWidget()
        holder.setLayout(column)
        self._hold(holder)
        self.line.setAccessibleName(field.title)
        self.line.setAccessibleDescription(field.description)
        self.setFocusProxy(self.line)
        self._row.addWidget(self.browse, 0, Qt.AlignmentFlag.AlignTop)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._look)
        self.line.textEdited.connect(self.report)

    @override
    def show_value(self, value: Any) -> None:
        self.line.setText("" if value is None else str(value))
        self._look()

    @override
    def report(self) -> None:
        self.edited.emit(self.line.text())
        self._pause.start()

    def _look(self) -> None:
        text = self.line.text().strip()
        self.note.setText(missing_note(text, directory=self.field.directory))
        self.note.setVisible(bool(self.note.text()))

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.field.title, self.line.text().strip() or self._browse_from)
        if self.field.directory:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._choose)
        dialog.open()

    def _choose(self, path: str) -> None:
        self.line.setText(path)
        self.report()


def missing_note(text: str, *, directory: bool) -> str:
    """What to say of a path that leads nowhere; "" of one that does, or that only the worker can resolve."""
    if not text or "\0" in text:
        return ""
    path = Path(text)
    if not path.is_absolute():
        return ""
    try:
        if not path.exists():
            return "There is nothing at this path yet."
        if directory and not path.is_dir():
            return "This is a file; a folder is wanted."
    except OSError as error:
        return f"This path cannot be looked at: {error.strerror or error}."
    return ""
