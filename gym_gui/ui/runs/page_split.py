"""The runs and what is told of those that are selected: below or beside them, as it was left last time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.metrics import characters

_BESIDE_CHARACTERS = 210
_SHARE_OF_RUNS = 0.42
_LAYOUT_KEY = "runs/layout"
_BESIDE, _BELOW = "beside", "below"


class DetailsSplit(QSplitter):
    """The runs are there from the beginning, the details from the first `add_details` on.

    Attributes:
        layout_action: Whether the details are beside the runs; to be offered somewhere.
    """

    def __init__(
        self, theme: Theme, memory: LayoutMemory, runs: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._memory = memory
        self.setChildrenCollapsible(False)
        self._details = QStackedWidget(self)
        self._details.hide()
        self.addWidget(runs)
        self.insertWidget(1, self._details)
        self.layout_action = QAction("Details beside the table", self, checkable=True)
        self.layout_action.setToolTip("Put the details beside the table, or below it")
        theme.bind_icon(self.layout_action, "split-beside")
        self.layout_action.setChecked(memory.text(_LAYOUT_KEY) == _BESIDE)
        self.layout_action.toggled.connect(self._arrange)

    @property
    def has_details(self) -> bool:
        """Whether there is anything beside or below the runs."""
        return self._details.count() > 0

    def add_details(self, pane: QWidget) -> None:
        """Take in a pane that `show_details` may show; the first of them makes the place for all."""
        is_first = not self.has_details
        self._details.addWidget(pane)
        if is_first:
            self._details.show()
            if not self._memory.text(_LAYOUT_KEY):
                self.layout_action.setChecked(self.width() >= characters(self, _BESIDE_CHARACTERS))
            self._arrange(self.layout_action.isChecked())

    def show_details(self, pane: QWidget) -> None:
        """Show this pane beside or below the runs."""
        self._details.setCurrentWidget(pane)

    def remember(self) -> None:
        """Have it remembered for the next start."""
        self._memory.remember_text(_LAYOUT_KEY, _BESIDE if self.layout_action.isChecked() else _BELOW)
        if self.has_details:
            self._memory.remember_state(self, self._key())

    def _key(self) -> str:
        is_beside = self.orientation() is Qt.Orientation.Horizontal
        return f"runs/split-{_BESIDE if is_beside else _BELOW}"

    def _arrange(self, beside: bool) -> None:
        if not self.has_details:
            return
        self.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
        if not self._memory.restore_state(self, self._key()):
            room = self.width() if beside else self.height()
            self.setSizes([round(room * _SHARE_OF_RUNS), room - round(room * _SHARE_OF_RUNS)])
        self.setStretchFactor(0, 2)
        self.setStretchFactor(1, 3)
