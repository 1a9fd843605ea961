"""A command or a path to copy: monospaced, selectable, with its button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel


class CommandField(QFrame):
    """Text in the fixed font that can be copied as a whole; `what` names it to the user."""

    def __init__(
        self, theme: Theme, desktop: Desktop, what: str, text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "code")
        self.label = PlainLabel(text, "mono", wrap=True, selectable=True)
        self.label.setAccessibleName(what)
        button = QToolButton()
        button.setProperty("role", "bare")
        button.setToolTip(f"Copy {what.lower()}")
        button.setAccessibleName(f"Copy {what.lower()}")
        theme.bind_icon(button, "copy")
        button.clicked.connect(lambda: desktop.copy(self.label.text(), what))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 5, 5, 5)
        layout.addWidget(self.label, 1)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def set_text(self, text: str) -> None:
        """Show other text."""
        if text != self.label.text():
            self.label.setText(text)
