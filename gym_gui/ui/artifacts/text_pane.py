"""Text of any size, page by page; CSV as a table if one likes."""

from __future__ import annotations

import math

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QPlainTextEdit,
    QSpinBox,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.core.artifacts.media import MediaFacts, MediaKind
from gym_gui.core.artifacts.media_pages import PAGE_LINES, Page, TextPages, table_rows
from gym_gui.ui import wording
from gym_gui.ui.artifacts.highlight import Highlighter
from gym_gui.ui.artifacts.plain_table import Cell, Column, PlainTable
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel

_SLICE_S = 0.01
_LOOK_AGAIN_MS = 1_500
_MOST_SHOWN = 1_000_000
_MOST_COLUMNS = 200
_CELL_CHARACTERS = 16


class TextPane(QWidget):
    """Counts the lines of a file in slices while it is on screen, and shows one page of them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: TextPages | None = None
        self._kind = MediaKind.TEXT
        self._shown: tuple[int, int, int] | None = None
        self._size = 0
        self._head: list[str] = []
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._count)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setProperty("role", "preview")
        self.text.setAccessibleName("Text")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._highlighter = Highlighter(self.text.document(), theme)
        self.table = PlainTable(theme, "Table", ())
        self.as_table = QCheckBox("As a table")
        self.as_table.setChecked(True)
        self.where = PlainLabel("", "muted")
        self.notes = PlainLabel("", "small", wrap=True)
        self.page = QSpinBox()
        self.page.setAccessibleName("Page")
        self.page.setPrefix("Page ")
        self.before, self.after = self._arrow(theme, "left", -1), self._arrow(theme, "right", 1)
        self._build()

    def _arrow(self, theme: Theme, side: str, step: int) -> QToolButton:
        button = QToolButton()
        word = "Page before" if step < 0 else "Next page"
        button.setToolTip(word)
        button.setAccessibleName(word)
        theme.bind_icon(button, f"chevron-{side}")
        button.clicked.connect(lambda: self.page.setValue(self.page.value() + step))
        return button

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.where)
        row.addStretch(1)
        row.addWidget(self.as_table)
        for part in (self.before, self.page, self.after):
            row.addWidget(part)
        self._place = QStackedWidget()
        self._place.addWidget(self.text)
        self._place.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self.notes)
        layout.addWidget(self._place, 1)
        self.page.valueChanged.connect(lambda _: self._show_page())
        self.as_table.toggled.connect(lambda _: self._show_page(anew=True))

    def show_facts(self, facts: MediaFacts) -> None:
        """Show the file these facts are of, from its beginning."""
        self.clear()
        self._kind = facts.kind
        self._pages = TextPages(facts.path)
        self.where.show()
        self._highlighter.show_kind(facts.kind)
        self.as_table.setVisible(facts.kind is MediaKind.CSV)
        self._count()

    def show_plain(self, text: str, kind: MediaKind) -> None:
        """Show a text that is at hand."""
        self.clear()
        self._kind = kind
        self._highlighter.show_kind(kind)
        self.as_table.hide()
        self._show_paging(1)
        self.where.hide()
        self._place.setCurrentWidget(self.text)
        self.text.setPlainText(text)

    def clear(self) -> None:
        """Let go of the file."""
        self._timer.stop()
        self._pages = None
        self._shown = None
        self._head = []
        self.notes.hide()
        self.text.setPlainText("")
        self.page.blockSignals(True)
        self.page.setRange(1, 1)
        self.page.blockSignals(False)

    def _count(self) -> None:
        pages = self._pages
        if pages is None:
            return
        try:
            complete = pages.advance(_SLICE_S)
        except OSError as error:
            self._say(f"It cannot be read: {error.strerror or error}")
            return
        self.page.blockSignals(True)
        self.page.setRange(1, max(1, pages.page_count))
        self.page.blockSignals(False)
        self._show_paging(pages.page_count)
        counted = wording.plural(pages.line_count, "line")
        self.where.setText(counted if complete else f"{counted} so far…")
        self._show_page()
        if self.isVisible():
            self._timer.start(_LOOK_AGAIN_MS if complete else 0)

    def _show_paging(self, count: int) -> None:
        for part in (self.before, self.page, self.after):
            part.setVisible(count > 1)
        self.page.setSuffix(f" of {count:,}")

    def _show_page(self, *, anew: bool = False) -> None:
        pages = self._pages
        if pages is None or pages.page_count == 0:
            return
        number = min(self.page.value(), pages.page_count) - 1
        lines = min(PAGE_LINES, pages.line_count - number * PAGE_LINES)
        shown = (number, lines, pages.generation)
        is_last = number + 1 == pages.page_count
        if shown == self._shown and not anew and not (is_last and pages.is_complete and self._grew(pages)):
            return
        try:
            page = pages.page(number)
        except (OSError, IndexError) as error:
            self._say(f"It cannot be read: {error}")
            return
        turned = self._shown is None or self._shown[0] != number
        self._shown = shown
        self._size = pages.indexed_bytes
        self._draw(page, turned)

    def _grew(self, pages: TextPages) -> bool:
        """Whether the last line may have become longer."""
        return pages.indexed_bytes != self._size

    def _draw(self, page: Page, turned: bool) -> None:
        self.before.setEnabled(page.first > 0)
        self.after.setEnabled(self.page.value() < self.page.maximum())
        self._note(page)
        if self._kind is MediaKind.CSV and self.as_table.isChecked():
            self._draw_table(page)
            self._place.setCurrentWidget(self.table)
            return
        bar = self.text.verticalScrollBar()
        position = 0 if turned else bar.value()
        self.text.setPlainText("\n".join(page.lines)[:_MOST_SHOWN])
        bar.setValue(position)
        self._place.setCurrentWidget(self.text)

    def _draw_table(self, page: Page) -> None:
        rows = [row[:_MOST_COLUMNS] for row in table_rows(page.lines)]
        if page.first == 0 and rows and not any(_is_number(cell) for cell in rows[0]):
            self._head = rows[0]
            rows = rows[1:]
        head = self._head
        width = max([len(head), *(len(row) for row in rows)], default=0)
        numbers = [any(_is_number(row[n]) for row in rows[:50] if n < len(row)) for n in range(width)]
        columns = [
            Column(head[n] if n < len(head) else str(n + 1), _CELL_CHARACTERS, numbers[n])
            for n in range(width)
        ]
        empty = Cell("")
        cells = [
            (*(Cell(text, _number(text)) for text in row), *(empty for _ in range(width - len(row))))
            for row in rows
        ]
        self.table.show_rows(cells, columns)

    def _note(self, page: Page) -> None:
        notes = []
        if page.cut:
            notes.append(f"{wording.plural(page.cut, 'line')} of this page cut at 16 KiB")
        if page.replaced:
            notes.append("bytes that are no text show as \ufffd")
        if page.is_partial or sum(map(len, page.lines)) > _MOST_SHOWN:
            notes.append("the page is longer than what is shown of it")
        self.notes.setText("; ".join(notes))
        self.notes.setVisible(bool(notes))

    def _say(self, words: str) -> None:
        self.notes.setText(words)
        self.notes.show()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._count()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return None if math.isnan(value) else value


def _is_number(text: str) -> bool:
    return _number(text) is not None
