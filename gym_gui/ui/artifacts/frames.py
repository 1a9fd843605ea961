"""Frames of animations and videos, fetched by a thread of their own: the latest that was asked for first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from gym_gui.core.artifacts.media import MediaFacts
from gym_gui.services.media import VideoError, VideoReader, shown_size
from gym_gui.ui.artifacts.decoding import OpenReader, PictureError, read_whole

_JOIN_S = 5.0
_LEAST_DELAY_MS = 20
_USUAL_DELAY_MS = 100


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame, its number, and how long it stays in milliseconds."""

    number: int
    image: QImage
    delay_ms: float


class FrameSource(Protocol):
    """Where frames come from; used by one thread, but for `close`."""

    def begin(self) -> None:
        """Read what has to be known before the first frame; called once."""

    def frame(self, number: int) -> Frame | None:
        """The frame with this number, None past the last."""

    def close(self) -> None:
        """Let go of everything; a `frame` that is waiting ends."""


class AnimationSource:
    """Frames of a GIF or WebP, which can only be read one after the other."""

    def __init__(self, facts: MediaFacts) -> None:
        self._kind = facts.kind
        self._path = facts.path
        self._data = b""

    def begin(self) -> None:
        """Read the file."""
        self._data = read_whole(self._path)
        self._rewind()

    def _rewind(self) -> None:
        self._opened = OpenReader(self._data, self._kind)
        self._next = 0

    def frame(self, number: int) -> Frame | None:
        """The frame with this number, None past the last."""
        if number < self._next:
            self._rewind()
        image = QImage()
        while self._next <= number:
            image = self._opened.reader.read()
            if image.isNull():
                self._rewind()
                return None
            self._next += 1
        # What browsers do as well: a delay of nothing means nobody said how long.
        delay = self._opened.reader.nextImageDelay()
        return Frame(number, image, delay if delay >= _LEAST_DELAY_MS else _USUAL_DELAY_MS)

    def close(self) -> None:
        """Nothing to let go of but memory."""


class VideoSource:
    """Frames of an MP4 or WebM."""

    def __init__(self, ffmpeg: str, facts: MediaFacts) -> None:
        self._size = shown_size(facts.width or 2, facts.height or 2)
        self._reader = VideoReader(ffmpeg, facts.path, self._size)
        self.fps = 0.0

    def begin(self) -> None:
        """Find out how fast it goes."""
        self.fps = self._reader.fps

    def frame(self, number: int) -> Frame | None:
        """The frame with this number, None past the last."""
        data = self._reader.frame(number)
        if data is None:
            return None
        width, height = self._size.width, self._size.height
        image = QImage(data, width, height, width * 3, QImage.Format.Format_RGB888).copy()
        return Frame(number, image, 1000 / self.fps)

    def close(self) -> None:
        """End the decoder."""
        self._reader.close()


class FrameLoader(QObject):
    """Opens a source and fetches frames from it in a thread, which ends with `close`.

    `ready` carries a `Frame`, `ended` the number past the last frame, `failed` why nothing more comes.
    """

    opened = Signal(object)
    ready = Signal(object)
    ended = Signal(int)
    failed = Signal(str)
    _arrived = Signal(object, object)

    def __init__(self, open_source: Callable[[], FrameSource], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_source = open_source
        self._source: FrameSource | None = None
        self._wanted: int | None = None
        self._closing = False
        self._changed = threading.Condition()
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._work, name="frames", daemon=True)
        self._thread.start()

    def want(self, number: int) -> None:
        """Fetch this frame next; one that was wanted before and not begun is left out."""
        with self._changed:
            self._wanted = number
            self._changed.notify()

    def close(self) -> None:
        """End the thread and whatever it waits for."""
        with self._changed:
            self._closing = True
            source = self._source
            self._changed.notify()
        if source is not None:
            source.close()
        self._thread.join(_JOIN_S)

    def _work(self) -> None:
        try:
            self._serve()
        except (PictureError, VideoError, OSError, ValueError) as error:
            if not self._closing:
                self._arrived.emit(self.failed, str(error))
        finally:
            if self._source is not None:
                self._source.close()

    def _serve(self) -> None:
        source = self._open_source()
        with self._changed:
            self._source = source
            is_late = self._closing
        if is_late:
            return
        # Only now: from here on whoever closes can end what it waits for.
        source.begin()
        self._arrived.emit(self.opened, source)
        while (number := self._next_wanted()) is not None:
            frame = source.frame(number)
            if self._closing:
                return
            if frame is None:
                self._arrived.emit(self.ended, number)
            else:
                self._arrived.emit(self.ready, frame)

    def _next_wanted(self) -> int | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._wanted is not None)
            number, self._wanted = self._wanted, None
            return None if self._closing else number

    def _deliver(self, signal: object, value: object) -> None:
        if not self._closing:
            signal.emit(value)  # type: ignore[attr-defined]
