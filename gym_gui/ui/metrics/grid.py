"""Charts in as many columns as there is room for, or one of them large."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from gym_gui.compat import override
from gym_gui.ui.widgets.metrics import characters, lines

_LEAST_CHARACTERS = 52
_CHART_LINES = 13
# The large one takes the room there is, however little, rather than be scrolled.
_LARGE_LINES = 6
_MOST_COLUMNS = 3


class PanelGrid(QScrollArea):
    """Arranges panels. `seen_changed` tells that others may be in view."""

    seen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.content = QWidget()
        self.content.setObjectName("scrolled")
        self._grid = QGridLayout(self.content)
        self._grid.setContentsMargins(12, 8, 12, 12)
        self._grid.setSpacing(14)
        self.setWidget(self.content)
        self._panels: list[QWidget] = []
        self._large: QWidget | None = None
        self._rows = 0
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.seen_changed)
        self.verticalScrollBar().valueChanged.connect(self._tell_soon)

    def _tell_soon(self) -> None:
        self._later.start()

    @property
    def large(self) -> QWidget | None:
        """The panel that has all the room, None when they share it."""
        return self._large

    def panels(self) -> list[QWidget]:
        """All panels, in order."""
        return list(self._panels)

    def arrange(self, panels: Sequence[QWidget], large: QWidget | None = None) -> None:
        """Show these panels, or only the large one of them."""
        for panel in self._panels:
            self._grid.removeWidget(panel)
            if panel not in panels:
                panel.hide()
        self._panels, self._large = list(panels), large if large in panels else None
        self._lay_out()

    def in_view(self) -> list[QWidget]:
        """The panels of which something is on screen."""
        return [panel for panel in self._panels if not panel.visibleRegion().isEmpty()]

    def _lay_out(self) -> None:
        shown = [self._large] if self._large is not None else self._panels
        room = self.viewport().width()
        fitting = max(1, min(room // characters(self, _LEAST_CHARACTERS), _MOST_COLUMNS))
        columns = max(1, min(fitting, len(shown)))
        for panel in self._panels:
            self._grid.removeWidget(panel)
            panel.setVisible(panel in shown)
            panel.setMinimumHeight(lines(self, _LARGE_LINES if panel is self._large else _CHART_LINES))
        for place, panel in enumerate(shown):
            self._grid.addWidget(panel, place // columns, place % columns)
        rows = -(-len(shown) // columns) if shown else 0
        for row in range(max(rows, self._rows)):
            self._grid.setRowStretch(row, 1 if row < rows else 0)
        for column in range(_MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._rows = rows
        self._later.start()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
