"""The editor for lists of plain values: one line, separated by commas."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLineEdit

from gym_gui.compat import override
from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.lists import list_text, read_list
from gym_gui.core.forms.values import FieldError, check_value
from gym_gui.ui.forms.editor import Editor


class ListEditor(Editor):
    """All values in a line, "64, 64": quicker to write, reorder and paste than a box for each."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        if field.item is None:
            raise ValueError(f"{field.name} is no list of plain values")
        self._item = field.item
        self.line = QLineEdit()
        self.line.setPlaceholderText("No items")
        self._hold(self.line)
        self.line.textEdited.connect(self.report)

    @override
    def show_value(self, value: Any) -> None:
        values = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
        self.line.setText(list_text(self._item, values))
        self.line.setCursorPosition(0)

    @override
    def report(self) -> None:
        try:
            values = read_list(self._item, self.line.text())
        except FieldError as error:
            self.rejected.emit(error.message)
            return
        problem = check_value(self.field, values)
        if problem:
            self.rejected.emit(problem)
        else:
            self.edited.emit(values)
