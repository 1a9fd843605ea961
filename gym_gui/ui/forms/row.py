"""One row of a form: title and help at the left, the editor at the right, its error under it."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.hints import hint
from gym_gui.ui.forms.editor import Editor
from gym_gui.ui.forms.editors import editor_for
from gym_gui.ui.widgets.labels import PlainLabel, restyle
from gym_gui.ui.wording import plain_tip


class Draft(Protocol):
    """Whatever holds the values of a form and the verdicts on them."""

    def has_value(self, name: str) -> bool:
        """Whether the field has a value, right or wrong."""

    def value(self, name: str) -> Any:
        """The field's value; None when it has none."""

    def set_value(self, name: str, value: Any) -> None:
        """Give a field a value."""

    def reject(self, name: str, problem: str) -> None:
        """Note that what was typed for a field means no value."""

    def problem(self, name: str) -> str:
        """What is wrong with a field, "" when it is fine."""


class FieldRow(QWidget):
    """One field. An error shows once something was typed, or `touch` was called."""

    def __init__(self, field: FormField, draft: Draft, editor: Editor | None = None) -> None:
        super().__init__()
        self.field = field
        self._draft = draft
        self._touched = draft.has_value(field.name)
        self.editor: Editor = editor or editor_for(field)
        self.error = PlainLabel("", "error", wrap=True)
        if draft.has_value(field.name) or not field.required:
            self.editor.show_value(draft.value(field.name))
        self._build()
        self.editor.edited.connect(self._take)
        self.editor.rejected.connect(self._refuse)
        self.refresh()

    def _build(self) -> None:
        told = QVBoxLayout()
        told.setSpacing(1)
        title = QHBoxLayout()
        title.setSpacing(6)
        name = PlainLabel(self.field.title, "strong", wrap=True)
        name.setToolTip(plain_tip(self.field.name))
        name.setBuddy(self.editor)
        title.addWidget(name, 1)
        if self.field.required:
            title.addWidget(PlainLabel("required", "small"), 0, Qt.AlignmentFlag.AlignTop)
        told.addLayout(title)
        if self.field.description:
            told.addWidget(PlainLabel(self.field.description, "small", wrap=True))
        if bounds := hint(self.field):
            told.addWidget(PlainLabel(bounds, "small", wrap=True))
        told.addStretch(1)
        self.edited = QVBoxLayout()
        self.edited.setSpacing(3)
        self.edited.addWidget(self.editor)
        self.edited.addWidget(self.error)
        self.edited.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 6, 0, 6)
        grid.setHorizontalSpacing(20)
        grid.addLayout(told, 0, 0)
        if self.field.members:  # a form inside the form needs the whole width
            grid.addLayout(self.edited, 1, 0)
            return
        grid.addLayout(self.edited, 0, 1)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 6)

    def reread(self) -> None:
        """Show the value the draft has."""
        self.editor.show_value(self._draft.value(self.field.name))
        self.refresh()

    def touch(self) -> None:
        """Show the error from now on, typed or not."""
        self._touched = True
        self.refresh()

    def refresh(self) -> None:
        """Show what the draft says of the field."""
        problem = self._draft.problem(self.field.name)
        shown = bool(problem) and self._touched
        self.error.setText(problem[:1].upper() + problem[1:])
        self.error.setVisible(shown)
        restyle(self.editor.marked_widget(), "invalid", shown)

    def _take(self, value: object) -> None:
        self._touched = True
        self._draft.set_value(self.field.name, value)

    def _refuse(self, problem: str) -> None:
        self._touched = True
        self._draft.reject(self.field.name, problem)
