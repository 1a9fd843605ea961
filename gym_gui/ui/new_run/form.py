"""The form: a row for each field of the draft, advanced ones folded away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gym_gui.config.paths import runs_root
from gym_gui.core.forms.checkpoint_field import checkpoint_field
from gym_gui.core.forms.fields import FormField
from gym_gui.ui.forms.editors import checkpoint_editor_for
from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.new_run.field_row import RunFieldRow
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.fold import Fold


class RunForm(QScrollArea):
    """All rows of a draft; advanced ones are folded away."""

    def __init__(self, theme: Theme, draft: RunDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._draft = draft
        self.rows: dict[str, RunFieldRow] = {}
        self._words: list[str] = []
        self._fold: Fold | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # It scrolls with its fields, and would be one more stop on the way to them.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        draft.replaced.connect(self._rebuild)
        draft.changed.connect(self._refresh)
        self._rebuild()

    def focus_on(self, name: str) -> None:
        """Bring a field into view and put the cursor there."""
        row = self.rows.get(name)
        if row is None:
            return
        row.touch()
        if not row.matches(self._words):
            self.filter("")
        if self._fold is not None and row.field.advanced:
            self._fold.open(True)
        self._layout.activate()
        self.ensureWidgetVisible(row)
        row.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def filter(self, text: str) -> int:
        """Show only the fields whose name, title or help holds all words of the text; how many there are."""
        self._words = text.casefold().split()
        matching = [row for row in self.rows.values() if row.matches(self._words)]
        for row in self.rows.values():
            row.setVisible(row in matching)
        if self._fold is not None:
            folded = [row for row in matching if row.field.advanced]
            self._fold.setVisible(bool(folded))
            self._fold.open(bool(self._words and folded))
        return len(matching)

    def touch_all(self) -> None:
        """Show every error, also of fields that nobody has been to."""
        for row in self.rows.values():
            row.touch()

    def _row(self, field: FormField) -> RunFieldRow:
        resumes = field is checkpoint_field(self._draft.fields)
        editor = checkpoint_editor_for(field, str(runs_root())) if resumes else None
        return RunFieldRow(field, self._draft, editor)

    def _rebuild(self) -> None:
        content = QWidget()
        content.setObjectName("scrolled")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(16, 4, 20, 16)
        layout.setSpacing(0)
        self.rows = {field.name: self._row(field) for field in self._draft.fields}
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
        self._words = []

    def _folded(self, rows: list[RunFieldRow]) -> Fold:
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
