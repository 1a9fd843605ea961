"""Images, texts and histograms of event files, a panel each, decoded off the thread of the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.core.artifacts.scalars.model import BlobRef, Kind
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import ElidedLabel, PlainLabel

if TYPE_CHECKING:
    from gym_gui.core.artifacts.scalars.blobs import EncodedImage

_MOST_PIXELS = 64_000_000
_LARGEST_SIDE = 2048
_FORMATS = frozenset({"png", "jpeg", "jpg", "gif", "webp", "bmp"})
_LONGEST_TEXT = 200_000


class BlobPanel(QWidget):
    """One step of a tag at a time, with a slider over the steps. `enlarge_wanted` asks for more room."""

    enlarge_wanted = Signal()

    def __init__(
        self, theme: Theme, tasks: TaskRunner, title: str, badge: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._refs: tuple[BlobRef, ...] = ()
        self._wanted: BlobRef | None = None
        self._is_reading = False
        self._follows = True
        self.title = ElidedLabel(title, "strong", least=10)
        self.place = PlainLabel("", "muted")
        self.note = PlainLabel("", "small", wrap=True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(f"Step of {title}")
        self.enlarge = QToolButton()
        self.enlarge.setProperty("role", "bare")
        self.enlarge.setToolTip("Enlarge, or back")
        self.enlarge.setAccessibleName(f"Enlarge {title}")
        theme.bind_icon(self.enlarge, "expand")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(PlainLabel(badge, "badge"))
        head.addStretch(1)
        head.addWidget(self.place)
        head.addWidget(self.enlarge)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addLayout(head)
        self._layout.addWidget(self._content(), 1)
        self._layout.addWidget(self.note)
        self._layout.addWidget(self.slider)
        self.slider.valueChanged.connect(self._choose)
        self.enlarge.clicked.connect(self.enlarge_wanted)

    def show_refs(self, refs: tuple[BlobRef, ...]) -> None:
        """Offer these; the last one is shown as long as nobody chose another."""
        if refs == self._refs:
            return
        self._refs = refs
        place = len(refs) - 1 if self._follows else min(self.slider.value(), len(refs) - 1)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(refs) - 1))
        self.slider.setValue(max(place, 0))
        self.slider.blockSignals(False)
        self.slider.setVisible(len(refs) > 1)
        self._show(place)

    def _choose(self, place: int) -> None:
        self._follows = place == len(self._refs) - 1
        self._show(place)

    def _show(self, place: int) -> None:
        if not 0 <= place < len(self._refs):
            return
        self._wanted = self._refs[place]
        self.place.setText(f"step {self._wanted.step:,}  ·  {place + 1:,} of {len(self._refs):,}")
        self._read()

    def _read(self) -> None:
        ref = self._wanted
        if self._is_reading or ref is None:
            return
        self._is_reading = True
        self._tasks.start(
            "Reading event files",
            self._reading(ref),
            owner=self,
            done=lambda found: self._take(ref, found),
            failed=lambda error: self._fail(ref, error),
        )

    def _take(self, ref: BlobRef, found: Any) -> None:
        self._is_reading = False
        if ref == self._wanted:
            self.note.setText("")
            self._display(found)
        else:
            self._read()

    def _fail(self, ref: BlobRef, error: Exception) -> None:
        self._is_reading = False
        if ref == self._wanted:
            self.note.setText(f"Cannot be shown: {error}")
            self._display(None)
        else:
            self._read()

    def _content(self) -> QWidget:
        raise NotImplementedError

    def _reading(self, ref: BlobRef) -> Callable[[], Any]:
        raise NotImplementedError

    def _display(self, found: Any) -> None:
        raise NotImplementedError


class ImagePanel(BlobPanel):
    """Pictures, never larger than they are."""

    @override
    def _content(self) -> QWidget:
        self._image: QImage | None = None
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setMinimumSize(32, 32)
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.picture.setAccessibleName(f"Picture of {self.title.text()}")
        return self.picture

    @override
    def _reading(self, ref: BlobRef) -> Callable[[], Any]:
        return lambda: _decoded(ref)

    @override
    def _display(self, found: Any) -> None:
        self._image = found[0] if found else None
        if found and found[1]:
            self.note.setText(found[1])
        self._fit()

    def _fit(self) -> None:
        if self._image is None:
            self.picture.clear()
            return
        room = self.picture.size()
        size = self._image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        # Small pictures are frames of games: they are enlarged by whole pixels, never blurred.
        times = min(room.width() // self._image.width(), room.height() // self._image.height())
        if times >= 1:
            size = self._image.size() * times
        mode = (
            Qt.TransformationMode.FastTransformation
            if times >= 1
            else Qt.TransformationMode.SmoothTransformation
        )
        self.picture.setPixmap(
            QPixmap.fromImage(self._image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, mode))
        )

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


class TextPanel(BlobPanel):
    """Texts as they are: no markup, no links."""

    @override
    def _content(self) -> QWidget:
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("role", "preview")
        self.text.setAccessibleName(f"Text of {self.title.text()}")
        return self.text

    @override
    def _reading(self, ref: BlobRef) -> Callable[[], Any]:
        def read() -> str:
            from gym_gui.core.artifacts.scalars.blobs import read_texts

            return "\n\n".join(read_texts(ref))

        return read

    @override
    def _display(self, found: Any) -> None:
        text = found or ""
        if len(text) > _LONGEST_TEXT:
            self.note.setText(f"The first {_LONGEST_TEXT:,} of {len(text):,} characters")
        self.text.setPlainText(text[:_LONGEST_TEXT])


def _decoded(ref: BlobRef) -> tuple[QImage, str]:
    """The first image of an event, no larger than a screen, and what to know of it."""
    from gym_gui.core.artifacts.scalars.blobs import read_images

    images = read_images(ref)
    if not images:
        raise ValueError("the event holds no image")
    image, size = _decode(images[0])
    more = f"  ·  the first of {len(images)}" if len(images) > 1 else ""
    return image, f"{size.width():,} x {size.height():,} pixels{more}"


def _decode(encoded: EncodedImage) -> tuple[QImage, QSize]:
    """The image, thinned where it is huge, and the size it has.

    Raises:
        ValueError: It is of a kind that is not shown, has too many pixels, or is damaged.
    """
    buffer = QBuffer()
    buffer.setData(QByteArray(encoded.data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    kind, size = bytes(reader.format().data()).decode("ascii", "replace"), reader.size()
    if kind not in _FORMATS:
        raise ValueError(f"pictures of the kind “{kind or 'unknown'}” are not shown; PNG, JPEG and GIF are")
    if size.width() * size.height() > _MOST_PIXELS or size.isEmpty():
        raise ValueError(f"{size.width():,} x {size.height():,} pixels; at most {_MOST_PIXELS:,} are decoded")
    if max(size.width(), size.height()) > _LARGEST_SIDE:
        reader.setScaledSize(size.scaled(_LARGEST_SIDE, _LARGEST_SIDE, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise ValueError(f"the picture is damaged: {reader.errorString()}")
    return image, size


BLOB_PANELS: dict[Kind, type[BlobPanel]] = {Kind.IMAGE: ImagePanel, Kind.TEXT: TextPanel}
