"""The form: a row for each field of the draft, with its help at the left and its error under the editor."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gym_gui.core.forms.fields import FormField
from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.new_run.editor import Editor
from gym_gui.ui.new_run.editors import editor_for
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.fold import Fold
from gym_gui.ui.widgets.labels import PlainLabel, restyle
from gym_gui.ui.wording import plain_tip


class FieldRow(QWidget):
    """One field: title, help, editor, error. An error shows once something was typed or Start was tried."""

    def __init__(self, field: FormField, draft: RunDraft) -> None:
        super().__init__()
        self.field = field
        self._draft = draft
        self._touched = draft.has_value(field.name)
        self.editor: Editor = editor_for(field)
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
        told.addStretch(1)
        edited = QVBoxLayout()
        edited.setSpacing(3)
        edited.addWidget(self.editor)
        edited.addWidget(self.error)
        edited.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 6, 0, 6)
        grid.setHorizontalSpacing(20)
        grid.addLayout(told, 0, 0)
        grid.addLayout(edited, 0, 1)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 6)

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


class RunForm(QScrollArea):
    """All rows of a draft; advanced ones are folded away."""

    def __init__(self, theme: Theme, draft: RunDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._draft = draft
        self.rows: dict[str, FieldRow] = {}
        self._fold: Fold | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        draft.replaced.connect(self._rebuild)
        draft.changed.connect(self._refresh)
        self._rebuild()

    def focus_on(self, name: str) -> None:
        """Bring a field into view and put the cursor there."""
        row = self.rows.get(name)
        if row is None:
            return
        row.touch()
        if self._fold is not None and row.field.advanced:
            self._fold.open(True)
        self._layout.activate()
        self.ensureWidgetVisible(row)
        row.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def touch_all(self) -> None:
        """Show every error, also of fields that nobody has been to."""
        for row in self.rows.values():
            row.touch()

    def _rebuild(self) -> None:
        content = QWidget()
        content.setObjectName("scrolled")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(16, 4, 20, 16)
        layout.setSpacing(0)
        self.rows = {field.name: FieldRow(field, self._draft) for field in self._draft.fields}
        advanced = [row for row in self.rows.values() if row.field.advanced]
        for row in self.rows.values():
            if not row.field.advanced:
                layout.addWidget(row)
        self._fold = self._folded(advanced) if advanced else None
        if self._fold is not None:
            layout.addSpacing(6)
            layout.addWidget(self._fold)
        layout.addStretch(1)
        self._layout = layout
        self.setWidget(content)

    def _folded(self, rows: list[FieldRow]) -> Fold:
        holder = QWidget()
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        for row in rows:
            inside.addWidget(row)
        return Fold(self._theme, f"Advanced ({len(rows)})", holder)

    def _refresh(self) -> None:
        for row in self.rows.values():
            row.refresh()
