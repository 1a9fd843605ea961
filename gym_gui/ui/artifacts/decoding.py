"""Pictures decoded into memory, off the thread of the window: from bytes, within limits, never by a name."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from gym_gui.core.artifacts.media import MediaFacts, MediaKind
from gym_gui.core.events.regular import open_regular

LARGEST_FILE = 256 * 2**20
_LARGEST_DRAWING = 2048
_ALLOCATION_MIB = 416  # what 100 megapixels take


class PictureError(Exception):
    """A picture that cannot be shown; the message says why."""


def read_whole(path: Path, most: int = LARGEST_FILE) -> bytes:
    """The bytes of a plain file.

    Raises:
        PictureError: It has more than `most`.
        OSError: It cannot be read, or is no plain file.
    """
    with open_regular(path) as file:
        parts: list[bytes] = []
        left = most + 1
        while left and (part := file.read(min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
    if not left:
        raise PictureError(f"it has more than the {most // 2**20} MiB that are shown")
    return b"".join(parts)


def decode(facts: MediaFacts, room: QSize | None = None) -> QImage:
    """The picture, or the first frame of an animation; brought down to `room` when it is given and larger.

    Raises:
        PictureError: It must not or cannot be decoded.
        OSError: The file cannot be read, or is no plain file.
    """
    if facts.refusal:
        raise PictureError(facts.refusal)
    data = read_whole(facts.path)
    return _draw(data, room) if facts.kind is MediaKind.SVG else _read(data, facts.kind, room)


class OpenReader:
    """An image reader over bytes that stay for as long as it does."""

    def __init__(self, data: bytes, kind: MediaKind) -> None:
        QImageReader.setAllocationLimit(_ALLOCATION_MIB)
        self._bytes = QByteArray(data)
        self._buffer = QBuffer(self._bytes)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        # The format is that of the bytes: a reader left to guess would try every one there is.
        self.reader = QImageReader(self._buffer, QByteArray(kind.value.lower().encode()))
        self.reader.setAutoTransform(True)


def _read(data: bytes, kind: MediaKind, room: QSize | None) -> QImage:
    opened = OpenReader(data, kind)
    size = opened.reader.size()
    if room is not None and size.isValid() and (size.width() > room.width() or size.height() > room.height()):
        opened.reader.setScaledSize(
            size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
        )
    image = opened.reader.read()
    if image.isNull():
        raise PictureError(opened.reader.errorString() or "it cannot be decoded")
    return image


def _draw(data: bytes, room: QSize | None) -> QImage:
    # By the image reader: an SVG renderer and a painter keep the interpreter to themselves while they draw,
    # a second and more for an ordinary figure, and the window would stand still with this thread.
    opened = OpenReader(data, MediaKind.SVG)
    natural = opened.reader.size()
    if natural.isEmpty():
        raise PictureError("the drawing cannot be read, or has no size")
    most = room or QSize(_LARGEST_DRAWING, _LARGEST_DRAWING)
    # A drawing is sharp at any size: small ones are drawn larger than they say.
    size = natural.scaled(most, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    opened.reader.setScaledSize(size)
    image = opened.reader.read()
    if image.isNull():
        raise PictureError(opened.reader.errorString() or "the drawing cannot be read")
    return image
