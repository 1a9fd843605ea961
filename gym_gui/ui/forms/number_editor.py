"""The editor for numbers: a line that takes any size, and counts with the arrow keys."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from gym_gui.compat import override
from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.hints import hint
from gym_gui.core.forms.values import FieldError, parse_text
from gym_gui.ui.forms.editor import Editor

_LARGEST_STEPPED = 10**15


class NumberLine(QLineEdit):
    """A line for a number of any size; the arrow keys count up and down."""

    stepped = Signal()

    def __init__(self, field: FormField) -> None:
        super().__init__()
        self._field = field

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if direction is None:
            super().keyPressEvent(event)
        elif (text := stepped_text(self._field, self.text(), direction)) is not None:
            self.setText(text)
            self.stepped.emit()


def stepped_text(field: FormField, text: str, direction: int) -> str | None:
    """The number one step up or down, or None when there is none within bounds.

    Whole numbers step by one (or by what they must be a multiple of), others in their last digit.
    """
    try:
        number = Decimal(text.strip())
    except ArithmeticError:
        return None
    if not number.is_finite() or abs(number) > _LARGEST_STEPPED:
        return None
    exponent = number.as_tuple().exponent
    last_digit = min(exponent, 0) if isinstance(exponent, int) else 0
    whole = Decimal(str(field.multiple_of or 1))
    step = whole if field.kind is FieldKind.INTEGER else Decimal(1).scaleb(last_digit)
    candidate = str(number + step * direction)
    try:
        parse_text(field, candidate)
    except FieldError:
        return None
    return candidate


class NumberEditor(Editor):
    """A number, whole or not. A line and no spin box: those clamp at 32 bits and turn with the wheel."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.line = NumberLine(field)
        self.line.setPlaceholderText(hint(field))
        self._hold(self.line)
        self.line.textEdited.connect(self.report)
        self.line.stepped.connect(self.report)

    @override
    def show_value(self, value: Any) -> None:
        self.line.setText("" if value is None else str(value))

    @override
    def report(self) -> None:
        self._emit_parsed(self.line.text())
