"""A table for logs: rows of one height, and a view that follows the end for as long as it is wanted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPushButton, QTableView, QWidget

from gym_gui.compat import override

_ROW_PADDING = 8
_BUTTON_MARGIN = 10
_SCROLLING_KEYS = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_PageDown}
)


def fix_row_height(table: QTableView, padding: int = _ROW_PADDING) -> None:
    """One height for all rows, taken from the font: Qt then needs to ask no row for its own."""
    header = table.verticalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    height = table.fontMetrics().height() + padding
    header.setMinimumSectionSize(height)
    header.setDefaultSectionSize(height)
    header.hide()


class FollowingTable(QTableView):
    """Scrolls to new rows while it follows: until someone scrolls up, and again once they reach the end."""

    following_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None, *, row_padding: int = _ROW_PADDING) -> None:
        super().__init__(parent)
        self._following = True
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.horizontalHeader().setStretchLastSection(True)
        self.setTabKeyNavigation(False)
        fix_row_height(self, row_padding)
        self.verticalScrollBar().actionTriggered.connect(self._on_scrolled_by_hand)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)
        self._unseen = 0
        self.newer = QPushButton(self)
        self.newer.setProperty("role", "primary")
        self.newer.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.newer.setToolTip("Go to the newest and follow (End)")
        self.newer.clicked.connect(lambda: self.follow(True))
        self.newer.hide()

    @property
    def following(self) -> bool:
        """Whether new rows are scrolled to."""
        return self._following

    def follow(self, following: bool) -> None:
        """Begin or end following."""
        if following != self._following:
            self._following = following
            self.following_changed.emit(following)
        if following:
            self.scrollToBottom()
            self._count_unseen(0)

    def _count_unseen(self, count: int) -> None:
        self._unseen = count
        self.newer.setVisible(count > 0)
        if count:
            self.newer.setText(f"↓ {count:,} new")
            self._place_button()

    def _place_button(self) -> None:
        self.newer.adjustSize()
        room = self.viewport().geometry()
        self.newer.move(
            room.center().x() - self.newer.width() // 2, room.bottom() - self.newer.height() - _BUTTON_MARGIN
        )

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_button()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_End and not event.modifiers():
            self.follow(True)
            return
        super().keyPressEvent(event)
        if event.key() in _SCROLLING_KEYS:
            self._on_scrolled_by_hand()

    @override
    def reset(self) -> None:
        super().reset()
        if hasattr(self, "newer"):
            self._count_unseen(0)

    @override
    def rowsInserted(self, parent: QModelIndex, start: int, end: int) -> None:  # type: ignore[override]
        super().rowsInserted(parent, start, end)
        if self._following:
            self.scrollToBottom()
        else:
            self._count_unseen(self._unseen + end - start + 1)

    @override
    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]
        super().currentChanged(current, previous)
        # Whoever looks at a row wants it to stay where it is.
        if current.isValid() and self._following and current.row() < self.model().rowCount() - 1:
            self.follow(False)

    def _on_range(self) -> None:
        if self._following:
            self.scrollToBottom()

    def _on_scrolled_by_hand(self) -> None:
        # The bar's value follows the action only after this signal; the position is already the new one.
        bar = self.verticalScrollBar()
        at_end = bar.sliderPosition() >= bar.maximum()
        if at_end != self._following:
            self._following = at_end
            self.following_changed.emit(at_end)
            if at_end:
                self._count_unseen(0)
