"""What the window remembers between starts: geometry, splitters, columns, the theme."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHeaderView, QMainWindow, QSplitter


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

    def restore_geometry(self, window: QMainWindow, key: str) -> bool:
        """Give a window its place and size back; False when there is nothing to give."""
        state = self._state(key)
        return state is not None and window.restoreGeometry(state)

    def remember_geometry(self, window: QMainWindow, key: str) -> None:
        """Remember the place and size of a window."""
        self._settings.setValue(key, window.saveGeometry())

    def restore_state(self, part: QSplitter | QHeaderView, key: str) -> bool:
        """Give a splitter or a header its sizes back; False when there is nothing to give."""
        state = self._state(key)
        return state is not None and part.restoreState(state)

    def remember_state(self, part: QSplitter | QHeaderView, key: str) -> None:
        """Remember the sizes of a splitter or a header."""
        self._settings.setValue(key, part.saveState())

    def _state(self, key: str) -> QByteArray | None:
        state = self._settings.value(key)
        return state if isinstance(state, QByteArray) and not state.isEmpty() else None

    def save(self) -> None:
        """Write the file now."""
        self._settings.sync()
