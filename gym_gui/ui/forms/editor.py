"""What every editor of the form has in common."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.values import FieldError, parse_text


class Editor(QWidget):
    """Emits `edited` with a value, or `rejected` with the reason why what was typed means none."""

    edited = Signal(object)
    rejected = Signal(str)

    def __init__(self, field: FormField) -> None:
        super().__init__()
        self.field = field
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)

    def _hold(self, widget: QWidget, stretch: int = 1) -> None:
        self._row.addWidget(widget, stretch)
        if stretch:
            self.setFocusProxy(widget)
            widget.setAccessibleName(self.field.title)
            widget.setAccessibleDescription(self.field.description)

    def show_value(self, value: Any) -> None:
        """Show a value without emitting anything."""
        raise NotImplementedError

    def report(self) -> None:
        """Emit what is shown, as if it had just been typed."""
        raise NotImplementedError

    def marked_widget(self) -> QWidget:
        """The widget whose frame turns red when the value is wrong."""
        return self.focusProxy() or self

    def _emit_parsed(self, text: str) -> None:
        if not text.strip():
            self.rejected.emit("must be set")
            return
        try:
            value = parse_text(self.field, text)
        except FieldError as error:
            self.rejected.emit(error.message)
        else:
            self.edited.emit(value)
