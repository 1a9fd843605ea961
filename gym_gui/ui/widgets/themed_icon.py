"""An icon that stands alone and follows the theme."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gym_gui.ui.theme import Theme


class ThemedIcon(QLabel):
    """An icon that is drawn anew when the scheme changes."""

    def __init__(
        self, theme: Theme, name: str, token: str, size: int | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._token = token
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._draw)
        self._draw()

    def show_icon(self, name: str, token: str) -> None:
        """Show another icon."""
        self._name, self._token = name, token
        self._draw()

    def _draw(self) -> None:
        size = self._size or self.fontMetrics().height()
        self.setPixmap(self._theme.pixmap(self._name, self._token, size, self.devicePixelRatioF()))
