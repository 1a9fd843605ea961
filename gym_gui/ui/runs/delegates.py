"""Cells of the runs table that are drawn: the state chip, the progress bar, the return with its sparkline."""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gym_gui.compat import override
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui.runs.columns import last_return
from gym_gui.ui.runs.table_model import SUMMARY_ROLE
from gym_gui.ui.theme import Theme
from gym_gui.ui.tokens import STATE_TONES
from gym_gui.ui.widgets.chip import paint_chip, widest_chip
from gym_gui.ui.wording import number

Index = QModelIndex | QPersistentModelIndex
_PAD = 11
_GAP = 8
_BAR_HEIGHT = 4
_SPARK_POINTS = 60


class CellDelegate(QStyledItemDelegate):
    """The cell's background as the style draws it, then whatever `draw` adds."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.theme = theme

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        words = cell.text
        cell.text = ""
        style = cell.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, cell.widget)
        summary = index.data(SUMMARY_ROLE)
        if isinstance(summary, RunSummary):
            painter.save()
            painter.setFont(cell.font)
            self.draw(painter, cell.rect.adjusted(_PAD, 0, -_PAD, 0), summary, words)
            painter.restore()

    def draw(self, painter: QPainter, place: QRect, summary: RunSummary, words: str) -> None:
        """Draw the cell's content inside `place`."""
        raise NotImplementedError


class StateDelegate(CellDelegate):
    """The state as a chip."""

    @override
    def draw(self, painter: QPainter, place: QRect, summary: RunSummary, words: str) -> None:
        paint_chip(painter, place, summary.state, self.theme)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(widest_chip(option.fontMetrics) + 2 * _PAD, super().sizeHint(option, index).height())


class ProgressDelegate(CellDelegate):
    """A thin bar with the share done and the time left beside it."""

    @override
    def draw(self, painter: QPainter, place: QRect, summary: RunSummary, words: str) -> None:
        fraction = summary.progress.fraction if summary.progress else None
        text_place = place
        if fraction is not None:
            bar = QRect(place.left(), 0, min(place.width() // 3, 72), _BAR_HEIGHT)
            bar.moveTop(place.center().y() - _BAR_HEIGHT // 2 + 1)
            self._draw_bar(painter, QRectF(bar), fraction, STATE_TONES[summary.state])
            text_place = place.adjusted(bar.width() + _GAP, 0, 0, 0)
        painter.setPen(self.theme.colour("text_muted"))
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, text_place.width())
        painter.drawText(text_place, int(Qt.AlignmentFlag.AlignVCenter), text)

    def _draw_bar(self, painter: QPainter, bar: QRectF, fraction: float, tone: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("border"))
        painter.drawRoundedRect(bar, 2, 2)
        if fraction > 0:
            done = QRectF(bar)
            done.setWidth(max(bar.width() * fraction, _BAR_HEIGHT))
            painter.setBrush(self.theme.colour(tone))
            painter.drawRoundedRect(done, 2, 2)


class ReturnDelegate(CellDelegate):
    """The last return, and the course of the recent ones as a sparkline."""

    @override
    def draw(self, painter: QPainter, place: QRect, summary: RunSummary, words: str) -> None:
        value = last_return(summary)
        if value is None:
            return
        text_width = max(
            painter.fontMetrics().horizontalAdvance("-000.00"),
            painter.fontMetrics().horizontalAdvance(number(value)),
        )
        painter.setPen(self.theme.colour("text"))
        text = QRect(place.left(), place.top(), text_width, place.height())
        painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
        inset = max((place.height() - painter.fontMetrics().height()) // 2, 2)
        spark = place.adjusted(text_width + _GAP, inset, -2, -inset)
        line = sparkline(summary.returns[-_SPARK_POINTS:], QRectF(spark))
        if line.size() > 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.theme.colour("curve"), 1.2))
            painter.drawPolyline(line)


def sparkline(values: tuple[float, ...], place: QRectF) -> QPolygonF:
    """The finite values as a line that fills `place`; a flat line lies in its middle."""
    finite = [(i, v) for i, v in enumerate(values) if math.isfinite(v)]
    line = QPolygonF()
    if len(finite) < 2 or place.width() < 8:
        return line
    low = min(v for _, v in finite)
    span = max(v for _, v in finite) - low
    if not math.isfinite(span):
        return line
    across = place.width() / (len(values) - 1)
    for i, value in finite:
        height = (value - low) / span if span else 0.5
        line.append(QPointF(place.left() + i * across, place.bottom() - height * place.height()))
    return line
