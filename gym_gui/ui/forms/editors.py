"""One editor for each kind of field. An editor knows its field and its text, and nothing of the form."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QCompleter, QLineEdit, QWidget

from gym_gui.compat import override
from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.ui.forms.editor import Editor
from gym_gui.ui.forms.json_editor import JsonEditor
from gym_gui.ui.forms.list_editor import ListEditor
from gym_gui.ui.forms.number_editor import NumberEditor

_LEAST_CHARACTERS = 8


class TextEditor(Editor):
    """A line of text."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.line = QLineEdit()
        self._hold(self.line)
        if field.suggestions:
            self._suggest(field.suggestions)
        self.line.textEdited.connect(self.report)

    def _suggest(self, suggestions: tuple[str, ...]) -> None:
        """Offer values that hold what was typed; any other may be typed as well."""
        completer = QCompleter(list(suggestions), self.line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self._take_suggestion)
        self.line.setCompleter(completer)
        self.line.setPlaceholderText(f"For example {suggestions[0]}")

    def _take_suggestion(self, text: str) -> None:
        self.line.setText(text)
        self.report()

    @override
    def show_value(self, value: Any) -> None:
        self.line.setText("" if value is None else str(value))
        self.line.setCursorPosition(0)

    @override
    def report(self) -> None:
        self.edited.emit(self.line.text())


class _Choice(QComboBox):
    """A combo box that leaves the wheel to the page, and may be narrower than its choices."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LEAST_CHARACTERS)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ChoiceEditor(Editor):
    """One of a few values."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.box = _Choice()
        for choice in field.choices:
            self.box.addItem(json.dumps(choice) if not isinstance(choice, str) else choice)
        self._hold(self.box)
        self.box.activated.connect(self.report)

    @override
    def show_value(self, value: Any) -> None:
        places = [i for i, c in enumerate(self.field.choices) if type(c) is type(value) and c == value]
        self.box.setCurrentIndex(places[0] if places else -1)

    @override
    def report(self) -> None:
        if self.box.currentIndex() < 0 and self.field.choices:
            self.box.setCurrentIndex(0)
        if self.field.choices:
            self.edited.emit(self.field.choices[self.box.currentIndex()])


class SwitchEditor(Editor):
    """Yes or no."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.box = QCheckBox("On")
        self._hold(self.box)
        self.box.toggled.connect(self.report)
        self._silent = False

    @override
    def show_value(self, value: Any) -> None:
        self._silent = True
        self.box.setChecked(value is True)
        self._silent = False

    @override
    def report(self) -> None:
        if not self._silent:
            self.edited.emit(self.box.isChecked())


class NullableEditor(Editor):
    """Another editor with a box that leaves the value unset: None, which is neither 0 nor ""."""

    def __init__(self, inner: Editor) -> None:
        super().__init__(inner.field)
        self.inner = inner
        self.unset = QCheckBox("unset")
        self.unset.setToolTip("Leave it unset (null) and let the worker decide")
        self.unset.setAccessibleName(f"Leave {inner.field.title} unset")
        self._row.addWidget(inner, 1)
        self._row.addWidget(self.unset, 0)
        self.setFocusProxy(inner)
        self._silent = False
        inner.edited.connect(self.edited)
        inner.rejected.connect(self.rejected)
        self.unset.toggled.connect(self._toggle)

    @override
    def show_value(self, value: Any) -> None:
        self._silent = True
        self.unset.setChecked(value is None)
        self.inner.setEnabled(value is not None)
        if value is not None:
            self.inner.show_value(value)
        self._silent = False

    @override
    def report(self) -> None:
        if self.unset.isChecked():
            self.edited.emit(None)
        else:
            self.inner.report()

    @override
    def marked_widget(self) -> QWidget:
        return self.inner.marked_widget()

    def _toggle(self, unset: bool) -> None:
        self.inner.setEnabled(not unset)
        if not self._silent:
            self.report()
            if not unset:
                self.inner.setFocus(Qt.FocusReason.OtherFocusReason)


def _path_editor(field: FormField) -> Editor:
    # Imported here: file dialogs are not wanted before a path is.
    from gym_gui.ui.forms.path_editor import PathEditor

    return PathEditor(field)


_EDITORS: dict[FieldKind, Callable[[FormField], Editor]] = {
    FieldKind.INTEGER: NumberEditor,
    FieldKind.NUMBER: NumberEditor,
    FieldKind.STRING: TextEditor,
    FieldKind.BOOLEAN: SwitchEditor,
    FieldKind.CHOICE: ChoiceEditor,
    FieldKind.PATH: _path_editor,
    FieldKind.JSON: JsonEditor,
}


def checkpoint_editor_for(field: FormField, runs: str) -> Editor:
    """An editor for a checkpoint to go on from: a line to type in, and a chooser that begins at the runs."""
    # Imported here: file dialogs are not wanted before a path is.
    from gym_gui.ui.forms.path_editor import PathEditor

    return _with_unset(field, lambda field: PathEditor(field, runs))


def editor_for(field: FormField) -> Editor:
    """An editor for the field, with an unset box where None is a value of its own."""
    make = _EDITORS[field.kind]
    if field.item is not None:
        make = ListEditor
    elif field.members:
        # Imported here: an object's editor is itself made of the rows of a form.
        from gym_gui.ui.forms.object_editor import ObjectEditor

        make = ObjectEditor
    return _with_unset(field, make)


def _with_unset(field: FormField, make: Callable[[FormField], Editor]) -> Editor:
    # JSON spells its own null, so it needs no box.
    if not (field.nullable or field.omittable) or make is JsonEditor:
        return make(field)
    # The editor inside knows of no unset: there the box alone decides, and an empty line is a mistake.
    return NullableEditor(make(replace(field, nullable=False, omittable=False)))
