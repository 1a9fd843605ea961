"""One setting: its row of the form, and under it where its value comes from."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton

from gym_gui.core.forms.text import shown
from gym_gui.core.preferences.catalogue import Setting
from gym_gui.core.preferences.values import Source
from gym_gui.ui.forms.row import FieldRow
from gym_gui.ui.settings.draft import SettingsDraft
from gym_gui.ui.widgets.labels import PlainLabel

_AT_NEXT_START = "Takes effect when the panel is opened again."


class SettingRow(FieldRow):
    """Says whether the file, the environment or nobody set the value, and takes it back."""

    def __init__(self, setting: Setting, draft: SettingsDraft, default: str = "") -> None:
        """Shows a setting; `default` says what an unset one comes to, where its field cannot."""
        super().__init__(setting.field, draft)
        self._setting = setting
        self._settings = draft
        self._default = default
        self.origin = PlainLabel("", "small", wrap=True)
        self.reset = QPushButton("Reset")
        self.reset.setProperty("role", "quiet")
        self.reset.setAccessibleName(f"Reset {setting.field.title}")
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.origin, 1)
        line.addWidget(self.reset, 0)
        self.edited.insertLayout(2, line)
        self.reset.clicked.connect(self._reset)
        self._saved = False
        self._tell()

    def reread(self) -> None:
        """Show what is in force now, unless something is being typed."""
        focused = QApplication.focusWidget()
        if focused is None or not self.editor.isAncestorOf(focused):
            self.editor.show_value(self._settings.value(self.field.name))
        self.refresh()
        self._tell()

    def mark_saved(self) -> None:
        """Say that it is in the file now."""
        self._saved = True
        self._tell()

    def _reset(self) -> None:
        self._settings.reset(self.field.name)
        self.editor.show_value(self._settings.value(self.field.name))
        self.refresh()
        self._tell()
        self.editor.setFocus()

    def _tell(self) -> None:
        state = self._settings.state(self.field.name)
        fixed = state.source is Source.ENVIRONMENT
        self.editor.setEnabled(not fixed)
        self.reset.setVisible(state.source is Source.FILE)
        if fixed:
            self.origin.setText(f"Set by {state.variable} in the environment, which wins over the file.")
            return
        default = self._default
        if not default:
            default = "unset" if self.field.default is None else shown(self.field.default)
        said = "Default" if state.source is Source.DEFAULT and not self._default else f"Default: {default}"
        if self._saved and state.source is Source.FILE:
            said = f"Saved. {said}"
        self.origin.setText(f"{said}. {_AT_NEXT_START}" if self._setting.at_next_start else said)
