"""The editor for every shape without one of its own: JSON, its first mistake underlined."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit

from gym_gui.compat import override
from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.values import FieldError, parse_text
from gym_gui.ui.forms.editor import Editor

_LINES = 4


class JsonEditor(Editor):
    """A value as JSON."""

    def __init__(self, field: FormField, lines: int = _LINES) -> None:
        super().__init__(field)
        self.text = QPlainTextEdit()
        self.text.setProperty("role", "mono")
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(self.text.fontMetrics().lineSpacing() * lines + 16)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._hold(self.text)
        self.text.textChanged.connect(self.report)
        self._silent = False

    @override
    def show_value(self, value: Any) -> None:
        self._silent = True
        self.text.setPlainText(json.dumps(value, indent=2, ensure_ascii=False, default=str))
        self._silent = False
        self.text.setExtraSelections([])

    @override
    def report(self) -> None:
        if self._silent:
            return
        text = self.text.toPlainText()
        self._mark(None)
        try:
            value = parse_text(self.field, text)
        except FieldError as error:
            self._mark(error.position)
            self.rejected.emit("must be set" if not text.strip() else error.message)
        else:
            self.edited.emit(value)

    def _mark(self, position: int | None) -> None:
        """Underline the character at this place of the text, or none."""
        marks = []
        length = len(self.text.toPlainText())
        if position is not None and length:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self.text.textCursor()
            mark.cursor.setPosition(max(min(position, length - 1), 0))
            mark.cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor)
            look = QTextCharFormat()
            look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SpellCheckUnderline)
            mark.format = look
            marks.append(mark)
        self.text.setExtraSelections(marks)
