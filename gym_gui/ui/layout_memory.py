"""What the window remembers between starts: geometry, splitters, columns, the theme."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QHeaderView, QSplitter, QWidget


class LayoutMemory:
    """An ini file in the user's configuration directory; what it lacks or spoils is simply the default."""

    def __init__(self, folder: Path) -> None:
        self._settings = QSettings(str(folder / "panel.ini"), QSettings.Format.IniFormat)

    def text(self, key: str, default: str = "") -> str:
        """A remembered text."""
        value = self._settings.value(key, default)
        return value if isinstance(value, str) else default

    def remember_text(self, key: str, value: str) -> None:
        """Remember a text."""
        self._settings.setValue(key, value)

    def restore(self, widget: QWidget | QSplitter | QHeaderView, key: str) -> bool:
        """Give a window its geometry, a splitter or a header its state back; False when there is none."""
        state = self._settings.value(key)
        if not isinstance(state, QByteArray) or state.isEmpty():
            return False
        if isinstance(widget, QSplitter | QHeaderView):
            return widget.restoreState(state)
        return widget.restoreGeometry(state)

    def remember(self, widget: QWidget | QSplitter | QHeaderView, key: str) -> None:
        """Remember the geometry of a window, the state of a splitter or a header."""
        stateful = widget if isinstance(widget, QSplitter | QHeaderView) else None
        self._settings.setValue(key, stateful.saveState() if stateful else widget.saveGeometry())

    def save(self) -> None:
        """Write the file now."""
        self._settings.sync()
