"""Animations and videos, played in the panel: play, scrub, step frame by frame."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.artifacts.media import MediaFacts
from gym_gui.services.media import INSTALL_COMMAND, find_ffmpeg
from gym_gui.ui.artifacts.frames import AnimationSource, Frame, FrameLoader, FrameSource, VideoSource
from gym_gui.ui.artifacts.picture_pane import ZoomBar
from gym_gui.ui.artifacts.picture_view import PictureView
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.command_field import CommandField
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.placeholders import EmptyState

_SPEEDS = (("x 0.25", 0.25), ("x 0.5", 0.5), ("x 1", 1.0), ("x 2", 2.0), ("x 4", 4.0))
_UNKNOWN_LENGTH = 100_000
_LEAST_WAIT_MS = 5


class Player(QWidget):
    """Plays the frames of one file; its decoder lives for as long as it is on screen."""

    def __init__(self, theme: Theme, desktop: Desktop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._facts: MediaFacts | None = None
        self._loader: FrameLoader | None = None
        self._count: int | None = None
        self._awaiting = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._advance)
        self.number = 0
        self.is_playing = False
        self.picture = PictureView()
        self.bar = ZoomBar(self.picture)
        self.play = self._tool("play", "Play (Space)", self.toggle)
        self.back = self._tool("chevron-left", "One frame back (Left)", lambda: self.step(-1))
        self.forward = self._tool("chevron-right", "One frame on (Right)", lambda: self.step(1))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Frame")
        self.where = PlainLabel("", "muted")
        self.speed = QComboBox()
        self.speed.setAccessibleName("Speed")
        for label, factor in _SPEEDS:
            self.speed.addItem(label, factor)
        self.speed.setCurrentIndex(2)
        self.missing = EmptyState(theme, "play", "Playing videos takes ffmpeg", "")
        self.missing.say(
            "Playing videos takes ffmpeg",
            "Install it into the environment of the panel (165 MB), then open the video again. "
            "Open hands it to the program your desktop has for it.",
        )
        self.missing.add(CommandField(theme, desktop, "Install command", INSTALL_COMMAND))
        self.words = PlainLabel("", "muted", wrap=True, selectable=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._build()

    def _build(self) -> None:
        self._controls = QWidget()
        row = QHBoxLayout(self._controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for part in (self.back, self.play, self.forward):
            row.addWidget(part)
        row.addWidget(self.slider, 1)
        row.addWidget(self.where)
        row.addWidget(self.speed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.bar)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self._controls)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.missing, 1)
        self._parts = (self.bar, self.picture, self._controls)
        self.slider.valueChanged.connect(self._scrub)

    def _tool(self, icon: str, tip: str, do: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        self._theme.bind_icon(button, icon)
        button.clicked.connect(lambda _checked: do())
        return button

    def show_facts(self, facts: MediaFacts) -> None:
        """Play the file these facts are of, from its beginning."""
        self.clear()
        self._facts = facts
        self._count = facts.frames
        self.number = 0
        # An animation moves by itself, as everywhere; a film waits.
        self.is_playing = facts.kind.is_image
        self._show_playing()
        if facts.kind.is_video and find_ffmpeg() is None:
            self._show(self.missing)
            return
        self.words.setText("Reading the first frame…")
        self._show(self.words)
        if self.isVisible():
            self._begin()

    def clear(self) -> None:
        """Let go of the file and end its decoder."""
        self._close()
        self._facts = None
        self.is_playing = False
        self.picture.show_image(QImage())

    def toggle(self) -> None:
        """Play, or pause."""
        self.is_playing = not self.is_playing
        self._show_playing()
        if self.is_playing:
            self._advance()
        else:
            self._timer.stop()

    def step(self, frames: int) -> None:
        """Pause, and go so many frames on or back."""
        if self.is_playing:
            self.toggle()
        self.seek(self.number + frames)

    def seek(self, number: int) -> None:
        """Show this frame."""
        if self._loader is None:
            return
        last = self._count - 1 if self._count else _UNKNOWN_LENGTH
        self._awaiting = True
        self._loader.want(min(max(number, 0), last))

    def _begin(self) -> None:
        facts = self._facts
        ffmpeg = find_ffmpeg() if facts is not None and facts.kind.is_video else None
        if facts is None or self._loader is not None or (facts.kind.is_video and ffmpeg is None):
            return

        def open_source() -> FrameSource:
            return VideoSource(ffmpeg, facts) if ffmpeg is not None else AnimationSource(facts)

        loader = self._loader = FrameLoader(open_source)
        loader.opened.connect(self._on_opened)
        loader.ready.connect(self._on_frame)
        loader.ended.connect(self._on_end)
        loader.failed.connect(self._on_failure)
        self.seek(self.number)

    def _close(self) -> None:
        self._timer.stop()
        loader, self._loader = self._loader, None
        self._awaiting = False
        if loader is not None:
            loader.close()

    def _on_opened(self, source: FrameSource) -> None:
        if isinstance(source, VideoSource) and self._facts is not None and self._facts.duration_s:
            self._count = max(1, round(self._facts.duration_s * source.fps))
        self._show_length()

    def _show_length(self) -> None:
        self.slider.blockSignals(True)
        self.slider.setRange(0, (self._count or 1) - 1)
        self.slider.setEnabled(bool(self._count and self._count > 1))
        self.slider.blockSignals(False)

    def _on_frame(self, frame: Frame) -> None:
        self._awaiting = False
        self.number = frame.number
        self._show(*self._parts)
        self.picture.show_image(frame.image, keep_zoom=True)
        self.slider.blockSignals(True)
        self.slider.setValue(frame.number)
        self.slider.blockSignals(False)
        count = f" / {self._count:,}" if self._count else ""
        self.where.setText(f"{frame.number + 1:,}{count}")
        if self.is_playing:
            self._timer.start(max(_LEAST_WAIT_MS, round(frame.delay_ms / self.speed.currentData())))

    def _on_end(self, number: int) -> None:
        """The file has fewer frames than its header says: this is how many."""
        self._awaiting = False
        if number == 0:
            self._on_failure("no frame of it can be decoded")
            return
        self._count = number
        self._show_length()
        if self.is_playing:
            self.seek(0)
        else:
            self.seek(number - 1)

    def _on_failure(self, problem: str) -> None:
        self._close()
        self.is_playing = False
        self._show_playing()
        self.words.setText(f"It cannot be played: {problem}")
        self._show(self.words)

    def _advance(self) -> None:
        if self.is_playing and not self._awaiting:
            following = self.number + 1
            self.seek(0 if self._count and following >= self._count else following)

    def _scrub(self, number: int) -> None:
        self.seek(number)

    def _show_playing(self) -> None:
        self._theme.bind_icon(self.play, "pause" if self.is_playing else "play")
        word = "Pause (Space)" if self.is_playing else "Play (Space)"
        self.play.setToolTip(word)
        self.play.setAccessibleName(word)

    def _show(self, *wanted: QWidget) -> None:
        for part in (*self._parts, self.words, self.missing):
            part.setVisible(part in wanted)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._begin()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # What nobody sees is not decoded; it goes on from the same frame.
        if self.is_playing:
            self.toggle()
        self._close()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        doings: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Space: self.toggle,
            Qt.Key.Key_Left: lambda: self.step(-1),
            Qt.Key.Key_Right: lambda: self.step(1),
            Qt.Key.Key_Home: lambda: self.seek(0),
        }
        do = doings.get(Qt.Key(event.key()))
        if do is None:
            super().keyPressEvent(event)
        else:
            do()
