"""The form with a line over it that finds fields, where there are too many to look through."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.new_run.form import RunForm
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel

_MANY = 12


class FormPane(QWidget):
    """Holds the form; `search` is shown when there are many fields."""

    def __init__(self, theme: Theme, draft: RunDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self.form = RunForm(theme, draft)
        self.search = QLineEdit(placeholderText="Find a field (Ctrl+F)", clearButtonEnabled=True)
        self.search.setAccessibleName("Find a field")
        self.count = PlainLabel("", "small")
        self._bar = QWidget()
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(16, 8, 20, 4)
        row.setSpacing(10)
        row.addWidget(self.search, 1)
        row.addWidget(self.count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self.form, 1)
        self.search.textChanged.connect(self._filter)
        draft.replaced.connect(self._renew)
        self._renew()

    def go_to(self, name: str) -> None:
        """Bring a field into view, whatever is being looked for."""
        if self.search.text():
            self.search.clear()
        self.form.focus_on(name)

    def _renew(self) -> None:
        self._bar.setVisible(len(self._draft.fields) > _MANY)
        self.search.clear()
        self._filter("")

    def _filter(self, text: str) -> None:
        found = self.form.filter(text)
        all_fields = len(self.form.rows)
        self.count.setText(f"{found} of {all_fields}" if text.strip() else f"{all_fields} fields")
