"""The editor for an object the schema describes: a form inside the form, folded away until it is opened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.values import check_value, initial_values, without_unset
from gym_gui.ui.forms.editor import Editor
from gym_gui.ui.forms.row import FieldRow
from gym_gui.ui.wording import plural

_LONGEST_SUMMARY = 60


class ObjectDraft(QObject):
    """The values of one object and the verdicts on them; what the schema does not name is kept as it is."""

    changed = Signal()

    def __init__(self, fields: tuple[FormField, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fields = {field.name: field for field in fields}
        self._values = initial_values(fields)
        self._rejected: dict[str, str] = {}

    def take(self, values: Mapping[str, Any]) -> None:
        """Start over from these values, defaults where there are none."""
        self._values = {**initial_values(self._fields.values()), **values}
        self._rejected = {}

    def config(self) -> dict[str, Any]:
        """The object as it stands."""
        return without_unset(self._fields.values(), self._values)

    def first_problem(self) -> str:
        """What is wrong with the first field that is wrong, with its name; "" when all are fine."""
        wrong = ((name, self.problem(name)) for name in self._fields)
        return next((f"{name} {problem}" for name, problem in wrong if problem), "")

    def has_value(self, name: str) -> bool:
        """Whether the field has a value, right or wrong."""
        return name in self._values

    def value(self, name: str) -> Any:
        """The field's value; None when it has none."""
        return self._values.get(name)

    def set_value(self, name: str, value: Any) -> None:
        """Give a field a value."""
        self._rejected.pop(name, None)
        self._values[name] = value
        self.changed.emit()

    def reject(self, name: str, problem: str) -> None:
        """Note that what was typed for a field means no value."""
        self._rejected[name] = problem
        self.changed.emit()

    def problem(self, name: str) -> str:
        """What is wrong with a field, "" when it is fine."""
        if name in self._rejected:
            return self._rejected[name]
        field = self._fields[name]
        if name not in self._values:
            return "" if field.omittable else "is required"
        value = self._values[name]
        return "" if value is None and field.omittable else check_value(field, value)


class ObjectEditor(Editor):
    """A button that tells what the object holds, and under it the rows of its fields."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.draft = ObjectDraft(field.members, self)
        self.button = QPushButton()
        self.button.setProperty("role", "quiet")
        self.button.setCheckable(True)
        self.button.toggled.connect(self.open)
        self.rows: dict[str, FieldRow] = {}
        self._inside = QFrame()
        self._inside.setProperty("role", "inset")
        self._layout = QVBoxLayout(self._inside)
        self._layout.setContentsMargins(14, 0, 0, 0)
        self._layout.setSpacing(0)
        self._inside.hide()
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._inside)
        self._hold(holder)
        self.setFocusProxy(self.button)
        self.button.setAccessibleDescription(field.description)
        self.draft.changed.connect(self._take)
        self._tell()

    def open(self, opened: bool) -> None:
        """Show or hide the fields; they are made when they are first shown."""
        if opened and not self.rows:
            self._make_rows()
        self.button.setChecked(opened)
        self._inside.setVisible(opened)
        self._tell()

    @override
    def show_value(self, value: Any) -> None:
        self.draft.take(value if isinstance(value, Mapping) else {})
        if self.rows:
            self._make_rows()
        self._tell()

    @override
    def report(self) -> None:
        problem = self.draft.first_problem()
        if problem:
            self.rejected.emit(problem)
        else:
            self.edited.emit(self.draft.config())

    @override
    def marked_widget(self) -> QWidget:
        return self.button

    def _make_rows(self) -> None:
        for row in self.rows.values():
            self._layout.removeWidget(row)
            row.deleteLater()
        self.rows = {member.name: FieldRow(member, self.draft) for member in self.field.members}
        for row in self.rows.values():
            self._layout.addWidget(row)

    def _take(self) -> None:
        for row in self.rows.values():
            row.refresh()
        self._tell()
        self.report()

    def _tell(self) -> None:
        config = self.draft.config()
        text = json.dumps(config, ensure_ascii=False, default=str)
        short = text if len(text) <= _LONGEST_SUMMARY else f"{text[: _LONGEST_SUMMARY - 1]}…"
        fields = plural(len(self.field.members), "field")
        shut = f"{short}   ·   show {fields}" if config else f"Show {fields}"
        opened = self.button.isChecked()
        self.button.setText(f"Hide {fields}" if opened else shut.replace("&", "&&"))
        self.button.setAccessibleName(f"{'Hide' if opened else 'Show'} the fields of {self.field.title}")
