"""A picture of the run, shown inside the panel at the size there is for it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImageReader, QMovie, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gym_gui.compat import override

_MOST_PIXELS = 40_000_000
_LARGEST_FILE = 50_000_000
_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif"})


def can_preview(path: Path) -> bool:
    """Whether the file is a picture that is shown here."""
    return path.suffix.lower() in _SUFFIXES


class PicturePreview(QLabel):
    """Shows a PNG or JPEG fitted to its place, or plays a GIF; says why when it cannot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._picture = QPixmap()
        self._movie: QMovie | None = None
        self._natural = QSize()

    def show_nothing(self, words: str) -> None:
        """Show words in place of a picture."""
        self._drop()
        self.setText(words)

    def show_file(self, path: Path) -> None:
        """Show the picture in a file."""
        self._drop()
        problem = self._open(path)
        if problem:
            self.setText(f"{path.name} cannot be shown: {problem}")
        else:
            self._fit()

    def _drop(self) -> None:
        if self._movie is not None:
            self._movie.stop()
            self._movie.deleteLater()
            self._movie = None
        self._picture = QPixmap()
        self.clear()

    def _open(self, path: Path) -> str:
        try:
            if path.stat().st_size > _LARGEST_FILE:
                return "it is too large to preview"
        except OSError as error:
            return str(error)
        reader = QImageReader(str(path))
        size = reader.size()
        if size.isValid() and size.width() * size.height() > _MOST_PIXELS:
            return "it has too many pixels to preview"
        if path.suffix.lower() == ".gif" and reader.supportsAnimation():
            return self._play(path, size)
        image = reader.read()
        if image.isNull():
            return reader.errorString()
        self._picture = QPixmap.fromImage(image)
        self._natural = self._picture.size()
        return ""

    def _play(self, path: Path, size: QSize) -> str:
        movie = QMovie(str(path), parent=self)
        if not movie.isValid():
            problem = movie.lastErrorString()
            movie.deleteLater()
            return problem
        self._movie = movie
        self._natural = size
        self.setMovie(movie)
        movie.start()
        return ""

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.contentsRect().size()
        if room.isEmpty() or not self._natural.isValid():
            return
        # Small pictures grow to twice their size at most: pixel art stays crisp, plots stay sharp.
        limit = self._natural * 2
        target = self._natural.scaled(room.boundedTo(limit), Qt.AspectRatioMode.KeepAspectRatio)
        if self._movie is not None:
            self._movie.setScaledSize(target)
        elif not self._picture.isNull():
            ratio = self.devicePixelRatioF()
            scaled = self._picture.scaled(
                target * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            scaled.setDevicePixelRatio(ratio)
            self.setPixmap(scaled)
