"""A column that scrolls: what is in it gets the height it needs at the width there is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gym_gui.compat import override


class ScrolledColumn(QScrollArea):
    """Give what is shown to `column`.

    A plain scroll area squeezes wrapped text: it asks its content for a least height, and that of text
    depends on the width.
    """

    def __init__(self, most_width: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = QWidget()
        self._content.setObjectName("scrolled")
        if most_width is not None:
            self._content.setMaximumWidth(most_width)
        self.column = QVBoxLayout(self._content)
        self.setWidget(self._content)
        self._content.installEventFilter(self)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() is QEvent.Type.LayoutRequest:
            self._make_room()
        return super().eventFilter(watched, event)

    def _make_room(self) -> None:
        width = min(self.viewport().width(), self._content.maximumWidth())
        needed = self.column.heightForWidth(width) if self.column.hasHeightForWidth() else 0
        self._content.setMinimumHeight(max(needed, 0))
