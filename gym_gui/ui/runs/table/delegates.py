"""Cells of the runs table that are drawn: state chip, name, progress bar, return with its sparkline."""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gym_gui.compat import override
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui.runs.table.columns import last_return
from gym_gui.ui.runs.table.group_cells import group_progress
from gym_gui.ui.runs.table.groups import RunGroup, spread_of, state_counts
from gym_gui.ui.runs.table.model import DEPTH_ROLE, GROUP_ROLE, SUMMARY_ROLE
from gym_gui.ui.theme import Theme
from gym_gui.ui.tokens import STATE_TONES
from gym_gui.ui.widgets.chip import paint_chip, widest_chip
from gym_gui.ui.wording import number

Index = QModelIndex | QPersistentModelIndex
_PAD = 11
_GAP = 8
_BAR_HEIGHT = 4
_SPARK_POINTS = 60
_INDENT = 18
_DOT = 1.8


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
        shown = index.data(SUMMARY_ROLE) or index.data(GROUP_ROLE)
        place = cell.rect.adjusted(_PAD, 0, -_PAD, 0)
        painter.save()
        painter.setFont(cell.font)
        if isinstance(shown, RunSummary):
            self.draw(painter, place, shown, words)
        elif isinstance(shown, RunGroup):
            self.draw_group(painter, place, shown, words)
        painter.restore()

    def draw(self, painter: QPainter, place: QRect, summary: RunSummary, words: str) -> None:
        """Draw the cell of a run inside `place`."""
        raise NotImplementedError

    def draw_group(self, painter: QPainter, place: QRect, group: RunGroup, words: str) -> None:
        """Draw the cell of a group inside `place`."""
        self.draw_text(painter, place, words)

    def draw_text(self, painter: QPainter, place: QRect, words: str, ink: str = "text") -> None:
        """Draw one line of text, cut with an ellipsis where it does not fit."""
        painter.setPen(self.theme.colour(ink))
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)


class StateDelegate(CellDelegate):
    """The state as a chip."""

    @override
    def draw(self, painter: QPainter, place: QRect, summary: RunSummary, words: str) -> None:
        paint_chip(painter, place, summary.state, self.theme)

    @override
    def draw_group(self, painter: QPainter, place: QRect, group: RunGroup, words: str) -> None:
        """Each state's sign with how many are in it; the words are in the tool tip."""
        counts = state_counts(group.runs)
        if len(counts) == 1:
            paint_chip(painter, place, counts[0][0], self.theme)
            return
        metrics, ratio = painter.fontMetrics(), painter.device().devicePixelRatio()
        side, left = metrics.height(), place.left()
        for state, count in counts:
            text = f"{count:,}"
            width = side + 3 + metrics.horizontalAdvance(text)
            if left + width > place.right() + 1:
                break
            tone = STATE_TONES[state]
            top = place.center().y() - side // 2
            painter.drawPixmap(left, top, self.theme.pixmap(f"state-{state.value}", tone, side, ratio))
            painter.setPen(self.theme.colour(tone))
            text_place = QRect(left + side + 3, place.top(), width, place.height())
            painter.drawText(text_place, int(Qt.AlignmentFlag.AlignVCenter), text)
            left += width + _GAP

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(widest_chip(option.fontMetrics) + 2 * _PAD, super().sizeHint(option, index).height())


class NameDelegate(CellDelegate):
    """The name; a group has a chevron before it, and its runs are set in."""

    @staticmethod
    def is_on_chevron(rect: QRect, x: int) -> bool:
        """Whether a point of a group's cell is on what opens and folds it."""
        return x <= rect.left() + _PAD + _INDENT

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self._depth = index.data(DEPTH_ROLE) or 0
        self._is_open = index.data(Qt.ItemDataRole.AccessibleTextRole)
        super().paint(painter, option, index)

    @override
    def draw(self, painter: QPainter, place: QRect, summary: RunSummary, words: str) -> None:
        ink = "text_muted" if summary.labels.archived else "text"
        self.draw_text(painter, place.adjusted(self._depth * _INDENT, 0, 0, 0), words, ink)

    @override
    def draw_group(self, painter: QPainter, place: QRect, group: RunGroup, words: str) -> None:
        side, ratio = painter.fontMetrics().height(), painter.device().devicePixelRatio()
        icon = "chevron-down" if str(self._is_open).endswith("opened") else "chevron-right"
        top = place.center().y() - side // 2
        painter.drawPixmap(place.left() - 2, top, self.theme.pixmap(icon, "text_muted", side, ratio))
        font = painter.font()
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        self.draw_text(painter, place.adjusted(_INDENT, 0, 0, 0), words)


class ProgressDelegate(CellDelegate):
    """A thin bar with the share done and the time left beside it."""

    @override
    def draw(self, painter: QPainter, place: QRect, summary: RunSummary, words: str) -> None:
        self._draw_share(painter, place, summary.share_done, STATE_TONES[summary.state], words)

    @override
    def draw_group(self, painter: QPainter, place: QRect, group: RunGroup, words: str) -> None:
        going = next((state for state, _ in state_counts(group.runs)), None)
        tone = STATE_TONES[going] if going is not None else "neutral"
        self._draw_share(painter, place, group_progress(group), tone, words)

    def _draw_share(
        self, painter: QPainter, place: QRect, fraction: float | None, tone: str, words: str
    ) -> None:
        text_place = place
        if fraction is not None:
            bar = QRect(place.left(), 0, min(place.width() // 4, 72), _BAR_HEIGHT)
            bar.moveTop(place.center().y() - _BAR_HEIGHT // 2 + 1)
            self._draw_bar(painter, QRectF(bar), fraction, tone)
            text_place = place.adjusted(bar.width() + _GAP, 0, 0, 0)
        self.draw_text(painter, text_place, words, "text_muted")

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

    @override
    def draw_group(self, painter: QPainter, place: QRect, group: RunGroup, words: str) -> None:
        """Mean and deviation, then a dot for the last return of each run, from the least to the greatest."""
        spread = spread_of(group.runs)
        if spread is None:
            return
        width = min(painter.fontMetrics().horizontalAdvance(words), place.width())
        self.draw_text(painter, place, words)
        strip = QRectF(place.adjusted(width + _GAP, 0, -4, 0))
        low, high = min(spread.values), max(spread.values)
        if strip.width() < 5 * _GAP or not math.isfinite(high - low):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = strip.center().y()
        painter.setPen(QPen(self.theme.colour("border_strong"), 1))
        painter.drawLine(QPointF(strip.left(), middle), QPointF(strip.right(), middle))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("curve"))
        for value in spread.values:
            share = (value - low) / (high - low) if high > low else 0.5
            painter.drawEllipse(QPointF(strip.left() + share * strip.width(), middle), _DOT, _DOT)


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
