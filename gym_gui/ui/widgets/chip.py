"""A run's state as a chip: a shape, a word and a colour, so that none of them stands alone."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gym_gui.compat import override
from gym_gui.core.runs.summary import RunState
from gym_gui.ui.theme import Theme
from gym_gui.ui.tokens import STATE_TONES

_GAP = 5
_PAD = 7


def chip_size(metrics: QFontMetrics, word: str) -> QSize:
    """The room a chip with this word takes."""
    return QSize(_PAD * 2 + metrics.height() + _GAP + metrics.horizontalAdvance(word), metrics.height() + 4)


def widest_chip(metrics: QFontMetrics) -> int:
    """The width of the widest chip there is."""
    return max(chip_size(metrics, state.value).width() for state in RunState)


def paint_chip(painter: QPainter, place: QRect, state: RunState, theme: Theme) -> None:
    """Draw the chip at the left of `place`, centred vertically."""
    metrics = painter.fontMetrics()
    box = QRect(place.topLeft(), chip_size(metrics, state.value))
    box.moveTop(place.top() + (place.height() - box.height()) // 2)
    tone = STATE_TONES[state]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(f"{tone}_surface"))
    painter.drawRoundedRect(QRectF(box), box.height() / 2, box.height() / 2)
    side = metrics.height()
    ratio = painter.device().devicePixelRatio()
    top = box.top() + (box.height() - side) // 2
    painter.drawPixmap(box.left() + _PAD - 1, top, theme.pixmap(f"state-{state.value}", tone, side, ratio))
    painter.setPen(theme.colour(tone))
    text = box.adjusted(_PAD + side + _GAP - 1, 0, 0, 0)
    painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), state.value)
    painter.restore()


class StateChip(QWidget):
    """The chip as a widget."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = RunState.QUEUED
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_state(self, state: RunState) -> None:
        """Show another state."""
        self._state = state
        self.setAccessibleName(f"State: {state.value}")
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return chip_size(self.fontMetrics(), self._state.value)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, self.rect(), self._state, self._theme)
