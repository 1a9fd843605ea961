"""Paints lines of output: their own colours, readable on the theme's paper, and what was searched for."""

from __future__ import annotations

import re

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gym_gui.compat import override
from gym_gui.core.events.terminal import Span, StyledText, TextStyle
from gym_gui.ui import ansi_colours
from gym_gui.ui.runs.output.model import OutputModel
from gym_gui.ui.runs.output.source import STDERR, OutputSource
from gym_gui.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_Format = tuple[int, int, QTextCharFormat]
_MARGIN = 16
_STRIPE = 3
_LEVEL = re.compile(r"\d{4}-\d\d-\d\d[ T][\d:.,]+ +(WARNING|ERROR|CRITICAL)\b")
_MOST_MARKS = 500


class OutputDelegate(QStyledItemDelegate):
    """Draws one line in one row, or with `wrap` in as many as it needs."""

    def __init__(self, theme: Theme, model: OutputModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self.wrap = False

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = option.widget
        style = view.style()
        background = QStyleOptionViewItem(option)
        self.initStyleOption(background, index)
        background.text = ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, background, painter, view)
        rect = option.rect
        layout = self._layout(self._model.styled(index.row()), option.font, rect.width() - 2 * _MARGIN)
        painter.save()
        painter.setClipRect(rect)
        if self._model.source is OutputSource.BOTH and self._model.place(index.row())[0] == STDERR:
            stripe = QRect(rect.left() + _STRIPE, rect.top(), _STRIPE, rect.height())
            painter.fillRect(stripe, self._theme.colour("warning"))
        painter.setPen(self._theme.colour("text"))
        top = rect.top() + (0 if self.wrap else (rect.height() - layout.boundingRect().height()) / 2)
        layout.draw(painter, QPointF(rect.left() + _MARGIN, top))
        painter.restore()

    def height(self, row: int, font: QFont, width: int) -> int:
        """How high a row has to be for its line, wrapped at this width."""
        return (
            round(self._layout(self._model.styled(row), font, width - 2 * _MARGIN).boundingRect().height())
            + 2
        )

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(option.rect.width(), self.height(index.row(), option.font, option.rect.width()))

    def _layout(self, styled: StyledText, font: QFont, width: int) -> QTextLayout:
        layout = QTextLayout(styled.text, font)
        choice = QTextOption()
        modes = QTextOption.WrapMode
        choice.setWrapMode(modes.WrapAtWordBoundaryOrAnywhere if self.wrap else modes.NoWrap)
        layout.setTextOption(choice)
        formats = [*self._level(styled), *map(self._coloured, styled.spans), *self._marks(styled.text)]
        layout.setFormats(_in_qt_units(formats, styled.text))
        layout.beginLayout()
        height = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 1) if self.wrap else 1e6)
            line.setPosition(QPointF(0, height))
            height += line.height()
            if not self.wrap:
                break
        layout.endLayout()
        return layout

    def _level(self, styled: StyledText) -> list[_Format]:
        found = None if styled.spans else _LEVEL.match(styled.text)
        if found is None:
            return []
        form = QTextCharFormat()
        form.setForeground(self._theme.colour("warning" if found[1] == "WARNING" else "danger"))
        form.setFontWeight(QFont.Weight.Bold)
        return [(found.start(1), found.end(1), form)]

    def _coloured(self, span: Span) -> _Format:
        tokens, style = self._theme.tokens, span.style
        form = QTextCharFormat()
        paper = ansi_colours.paper(style.paper, tokens)
        ink = ansi_colours.ink(style.ink, paper, tokens)
        if style.inverse:
            paper, ink = ink, ansi_colours.ink(style.paper, ink, tokens) if style.paper is not None else paper
        form.setForeground(QColor(ink))
        if style.faint and style.ink is None and style.paper is None:
            form.setForeground(self._theme.colour("text_muted"))
        if style.paper is not None or style.inverse:
            form.setBackground(QColor(paper))
        _set_shape(form, style)
        return span.start, span.end, form

    def _marks(self, text: str) -> list[_Format]:
        needle = self._model.text
        if not needle:
            return []
        form = QTextCharFormat()
        form.setBackground(self._theme.colour("warning_surface"))
        form.setForeground(self._theme.colour("text"))
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        searched = text.lower() if needle == needle.lower() and len(text.lower()) == len(text) else text
        marks: list[_Format] = []
        start = searched.find(needle)
        while start >= 0 and len(marks) < _MOST_MARKS:
            marks.append((start, start + len(needle), form))
            start = searched.find(needle, start + len(needle))
        return marks


def _in_qt_units(formats: list[_Format], text: str) -> list[QTextLayout.FormatRange]:
    """Qt counts characters beyond the first 65,536 of Unicode, emoji say, as two."""
    plain = not text or max(text) <= "\uffff"
    ranges = []
    for start, end, form in formats:
        made = QTextLayout.FormatRange()
        first, past = (start, end) if plain else (_units(text[:start]), _units(text[:end]))
        made.start, made.length, made.format = first, past - first, form
        ranges.append(made)
    return ranges


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _set_shape(form: QTextCharFormat, style: TextStyle) -> None:
    if style.bold:
        form.setFontWeight(QFont.Weight.Bold)
    form.setFontItalic(style.italic)
    form.setFontUnderline(style.underline)
