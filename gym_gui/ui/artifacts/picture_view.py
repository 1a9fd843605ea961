"""A picture that can be fitted, enlarged, moved about and copied."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QWidget

from gym_gui.compat import override

_STEP = 1.25
_LARGEST = 32.0
_SMALLEST = 0.02
_FIT_AT_MOST = 4.0
_CRISP_FROM = 2.0
_PLAIN = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.KeypadModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


class PictureView(QGraphicsView):
    """Shows one picture, fitted to its place until it is zoomed."""

    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self._item = QGraphicsPixmapItem()
        self._scene.addItem(self._item)
        self._fitted = True
        self.image = QImage()
        self.setScene(self._scene)
        self.setProperty("role", "picture")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Picture")
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    @property
    def zoom(self) -> float:
        """Pixels of the window for each of the picture."""
        return self.transform().m11()

    @property
    def is_fitted(self) -> bool:
        """Whether it follows the size of its place."""
        return self._fitted

    def show_image(self, image: QImage, *, keep_zoom: bool = False) -> None:
        """Show a picture; with `keep_zoom` as near as the one before, when both have one size."""
        same = image.size() == self.image.size()
        self.image = image
        self._item.setPixmap(QPixmap.fromImage(image))
        self._scene.setSceneRect(self._item.boundingRect())
        if not (keep_zoom and same):
            self.fit()

    def fit(self) -> None:
        """Show the whole picture; a small one grows to four times its size at most."""
        self._fitted = True
        size, room = self.image.size(), self.viewport().size()
        if size.isEmpty() or room.isEmpty():
            return
        scale = min(room.width() / size.width(), room.height() / size.height(), _FIT_AT_MOST)
        self._set_zoom(scale)

    def zoom_to(self, zoom: float) -> None:
        """Show the picture at this size."""
        self._fitted = False
        self._set_zoom(min(max(zoom, _SMALLEST), _LARGEST))

    def enlarge(self) -> None:
        """Come a step nearer."""
        self.zoom_to(self.zoom * _STEP)

    def reduce(self) -> None:
        """Go a step back."""
        self.zoom_to(self.zoom / _STEP)

    def _set_zoom(self, zoom: float) -> None:
        # Enlarged pixels stay pixels: in RL pictures they mean something.
        smooth = zoom < _CRISP_FROM
        self._item.setTransformationMode(
            Qt.TransformationMode.SmoothTransformation if smooth else Qt.TransformationMode.FastTransformation
        )
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        self.resetTransform()
        self.scale(zoom, zoom)
        self.zoom_changed.emit(zoom)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.image.isNull() or not event.angleDelta().y():
            super().wheelEvent(event)
            return
        self.zoom_to(self.zoom * _STEP ** (event.angleDelta().y() / 120))
        event.accept()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        doings: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Plus: self.enlarge,
            Qt.Key.Key_Equal: self.enlarge,
            Qt.Key.Key_Minus: self.reduce,
            Qt.Key.Key_0: self.fit,
            Qt.Key.Key_1: lambda: self.zoom_to(1.0),
        }
        do = doings.get(Qt.Key(event.key()))
        if do is None or event.modifiers() not in _PLAIN:
            super().keyPressEvent(event)
        else:
            do()
