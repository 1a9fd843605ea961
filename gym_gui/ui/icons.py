"""Icons drawn from our own SVGs, tinted with a colour of the theme."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_SIZES = (16, 32)
_LARGE_TEXT = 20


class IconSet:
    """The SVGs of one folder as pixmaps and icons; `currentColor` in a file takes the colour asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sources: dict[str, bytes] = {}
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._icons: dict[tuple[str, str, str], QIcon] = {}

    def pixmap(self, name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
        """The icon `size` logical pixels wide, for a screen with this pixel ratio; cached."""
        key = (name, colour, size, ratio)
        found = self._pixmaps.get(key)
        if found is None:
            found = self._pixmaps[key] = self._render(name, colour, size, ratio)
        return found

    def icon(self, name: str, colour: str, disabled_colour: str) -> QIcon:
        """The icon in the sizes that widgets ask for, paler when its widget is disabled; cached."""
        key = (name, colour, disabled_colour)
        found = self._icons.get(key)
        if found is None:
            found = self._icons[key] = QIcon()
            for size in _SIZES:
                found.addPixmap(self.pixmap(name, colour, size))
            # One size will do for what is pale and rarely seen, unless text is large: Qt makes none larger.
            for size in _SIZES if QFontMetrics(QGuiApplication.font()).height() > _LARGE_TEXT else _SIZES[:1]:
                found.addPixmap(self.pixmap(name, disabled_colour, size), QIcon.Mode.Disabled)
        return found

    def _render(self, name: str, colour: str, size: int, ratio: float) -> QPixmap:
        source = self._sources.get(name)
        if source is None:
            source = self._sources[name] = (self._folder / f"{name}.svg").read_bytes()
        renderer = QSvgRenderer(QByteArray(source.replace(b"currentColor", colour.encode())))
        pixmap = QPixmap(round(size * ratio), round(size * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        return pixmap
