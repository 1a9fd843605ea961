"""What stands where there is nothing to show yet, or something to say first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel, restyle
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.themed_icon import ThemedIcon

_ICON_SIZE = 32
_TEXT_CHARACTERS = 62
_BANNER_ICONS = {"info": "info", "warning": "warning", "danger": "error", "success": "success"}


class EmptyState(QWidget):
    """An icon, what there is not, what to do about it, and the buttons that do it."""

    def __init__(
        self, theme: Theme, icon: str, title: str, text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        centre = Qt.AlignmentFlag.AlignHCenter
        column = QWidget()
        column.setFixedWidth(characters(self, _TEXT_CHARACTERS))
        self._column = QVBoxLayout(column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(ThemedIcon(theme, icon, "text_muted", _ICON_SIZE), 0, centre)
        self.title = PlainLabel(title, "heading")
        self._column.addWidget(self.title, 0, centre)
        self.text = PlainLabel(text, "muted", wrap=True, selectable=True)
        self.text.setAlignment(centre)
        self._column.addWidget(self.text)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.setContentsMargins(0, 6, 0, 0)
        self._buttons.setAlignment(centre)
        self._column.addLayout(self._buttons)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(column, 0, centre)
        outer.addStretch(1)
        self.say(title, text)

    def say(self, title: str, text: str) -> None:
        """Say something else."""
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        # Centred, the column is given the height it hints at, and wrapped text hints at too little.
        needed = self.text.heightForWidth(characters(self, _TEXT_CHARACTERS)) if text else 0
        self.text.setMinimumHeight(needed)

    def add(self, widget: QWidget) -> None:
        """Add something else below what is there."""
        self._column.addWidget(widget)

    def add_button(self, label: str, *, primary: bool = False) -> QPushButton:
        """Add a button below the text and return it."""
        button = QPushButton(label)
        if primary:
            button.setProperty("role", "primary")
        button.setAutoDefault(True)  # Enter presses it, too
        self._buttons.addWidget(button)
        return button


class Banner(QFrame):
    """A strip across a page with something to know first; `tone` is a tone of the theme."""

    def __init__(
        self, theme: Theme, tone: str = "info", text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.setProperty("tone", tone)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 7, 10, 7)
        layout.setSpacing(8)
        self._icon = ThemedIcon(theme, _BANNER_ICONS.get(tone, "info"), tone)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self.text = PlainLabel(text, wrap=True, selectable=True)
        layout.addWidget(self.text, 1)
        self._layout = layout

    def say(self, tone: str, text: str) -> None:
        """Show this text in this tone."""
        restyle(self, "tone", tone)
        self._icon.show_icon(_BANNER_ICONS.get(tone, "info"), tone)
        self.text.setText(text)

    def add_button(self, label: str) -> QPushButton:
        """Add a button at the right and return it."""
        button = QPushButton(label)
        button.setProperty("role", "quiet")
        self._layout.addWidget(button)
        return button
