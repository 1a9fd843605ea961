"""Cards in as many equal columns as there is room for."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from gym_gui.compat import override
from gym_gui.ui.widgets.metrics import characters

_LEAST_WIDTH_IN_CHARACTERS = 72
_MOST_COLUMNS = 3


class CardGrid(QWidget):
    """Arranges its cards anew when its width changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scrolled")
        self._cards: list[QWidget] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 4, 16, 16)
        self._grid.setSpacing(12)

    def show_cards(self, cards: list[QWidget]) -> None:
        """Show these cards; those shown before are deleted."""
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = cards
        self._columns = 0
        self._arrange()

    def cards(self) -> list[QWidget]:
        """The cards, in order."""
        return list(self._cards)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        least = characters(self, _LEAST_WIDTH_IN_CHARACTERS)
        columns = max(1, min(self.width() // least, _MOST_COLUMNS))
        if columns == self._columns:
            return
        self._columns = columns
        for column in range(_MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for place, card in enumerate(self._cards):
            self._grid.addWidget(card, place // columns, place % columns)
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        self._grid.setRowStretch(len(self._cards) // columns + 1, 1)
