"""A part of a page that is folded away until asked for."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gym_gui.ui.theme import Theme


class Fold(QWidget):
    """A button with a chevron over the content it opens and closes."""

    def __init__(self, theme: Theme, title: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._content = content
        self.button = QPushButton(title)
        self.button.setProperty("role", "fold")
        self.button.setCheckable(True)
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.button.toggled.connect(self.open)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.button)
        layout.addWidget(content)
        self.open(False)

    def open(self, opened: bool) -> None:
        """Show or hide the content."""
        self.button.setChecked(opened)
        self._content.setVisible(opened)
        self._theme.bind_icon(self.button, "chevron-down" if opened else "chevron-right")
