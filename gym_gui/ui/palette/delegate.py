"""Draws a command: its icon and title, what it is in grey, its keys at the right."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gym_gui.compat import override
from gym_gui.ui.palette.model import CommandRole
from gym_gui.ui.theme import Theme

_MARGIN = 12
_ICON = 16
_GAP = 10
_Index = QModelIndex | QPersistentModelIndex


class CommandDelegate(QStyledItemDelegate):
    """One line, cut where it does not fit; the keys are never cut."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, option.fontMetrics.height() + 14)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(option.rect, self._theme.colour("selected"))
        room = option.rect.adjusted(_MARGIN, 0, -_MARGIN, 0)
        middle = room.top() + (room.height() - _ICON) // 2
        index.data(Qt.ItemDataRole.DecorationRole).paint(painter, QRect(room.left(), middle, _ICON, _ICON))
        room.setLeft(room.left() + _ICON + _GAP)
        keys = index.data(CommandRole.KEYS)
        if keys:
            width = option.fontMetrics.horizontalAdvance(keys)
            painter.setPen(self._theme.colour("text_muted"))
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, keys)
            room.setRight(room.right() - width - _GAP)
        left = self._draw(painter, room, index.data(Qt.ItemDataRole.DisplayRole), "text")
        room.setLeft(left + _GAP)
        self._draw(painter, room, index.data(CommandRole.DETAIL), "text_muted")
        painter.restore()

    def _draw(self, painter: QPainter, room: QRect, text: str, token: str) -> int:
        """Draws text at the left of its room and returns where it ends."""
        metrics = painter.fontMetrics()
        fitting = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room.width(), 0))
        painter.setPen(self._theme.colour(token))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitting)
        return room.left() + metrics.horizontalAdvance(fitting)
