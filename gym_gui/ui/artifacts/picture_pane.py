"""A picture with what can be done to it: fit, its own size, nearer, farther, copy."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gym_gui.core.artifacts.media import MediaFacts
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.artifacts.decoding import decode
from gym_gui.ui.artifacts.picture_view import PictureView
from gym_gui.ui.widgets.labels import PlainLabel


class ZoomBar(QWidget):
    """The buttons of a picture."""

    def __init__(self, picture: PictureView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zoom = PlainLabel("", "muted")
        self.zoom.setAccessibleName("Zoom")
        self.copy = self._button("Copy", "Copy the picture", lambda: None)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setImage(picture.image))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._button("Fit", "Show the whole picture (0)", picture.fit))
        row.addWidget(self._button("100 %", "One pixel for one pixel (1)", lambda: picture.zoom_to(1.0)))
        row.addWidget(self._button("-", "Smaller (-)", picture.reduce))
        row.addWidget(self._button("+", "Larger (+)", picture.enlarge))
        row.addWidget(self.zoom)
        row.addStretch(1)
        row.addWidget(self.copy)
        picture.zoom_changed.connect(lambda zoom: self.zoom.setText(f"{zoom * 100:.0f} %"))

    def _button(self, text: str, tip: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", "quiet")
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(lambda _checked: do())
        return button


class PicturePane(QWidget):
    """Decodes a picture in the background and shows it."""

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._asked = threading.Event()
        self.picture = PictureView()
        self.bar = ZoomBar(self.picture)
        self.words = PlainLabel("", "muted", wrap=True, selectable=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.bar)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.words, 1)

    def show_facts(self, facts: MediaFacts) -> None:
        """Show the picture these facts are of."""
        asked = self._asked = threading.Event()
        self._say("Reading the picture…")
        self._tasks.start(
            "Reading a picture",
            lambda: decode(facts),
            owner=self,
            done=lambda image: self._take(asked, image),
            failed=lambda error: self._miss(asked, error),
        )

    def clear(self) -> None:
        """Let go of the picture."""
        self._asked = threading.Event()
        self.picture.show_image(QImage())

    def _take(self, asked: threading.Event, image: QImage) -> None:
        if asked is self._asked:
            self.bar.show()
            self.picture.show()
            self.words.hide()
            self.picture.show_image(image)

    def _miss(self, asked: threading.Event, error: Exception) -> None:
        if asked is self._asked:
            self._say(f"It cannot be shown: {error}")

    def _say(self, words: str) -> None:
        self.bar.hide()
        self.picture.hide()
        self.words.setText(words)
        self.words.show()
