"""Facts as two columns: names at the left, values that can be selected and copied at the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.overview.facts import Fact
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel


class FactsGrid(QWidget):
    """Shows facts; rows are reused as long as the same facts are shown, so selections survive a refresh."""

    def __init__(self, theme: Theme, desktop: Desktop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._desktop = desktop
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self._values: dict[str, PlainLabel] = {}
        self._wholes: dict[str, str] = {}

    def show_facts(self, facts: list[Fact]) -> None:
        """Show these facts and no others."""
        if [fact.name for fact in facts] != list(self._values):
            self._rebuild(facts)
        for fact in facts:
            self._wholes[fact.name] = fact.whole
            label = self._values[fact.name]
            if label.text() != fact.value:
                label.setText(fact.value)

    def value(self, name: str) -> str:
        """The text shown for a fact, or "" when it is not shown."""
        return self._values[name].text() if name in self._values else ""

    def _rebuild(self, facts: list[Fact]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._values = {}
        for row, fact in enumerate(facts):
            self._add(row, fact)

    def _add(self, row: int, fact: Fact) -> None:
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(PlainLabel(fact.name, "muted"), row, 0, top)
        value = PlainLabel("", "mono" if fact.mono else "", wrap=True, selectable=True)
        value.setAccessibleName(fact.name)
        # A word that cannot be broken must not push the buttons out of sight.
        value.setMinimumWidth(1)
        self._values[fact.name] = value
        self._grid.addWidget(value, row, 1, top)
        if fact.copyable:
            button = QToolButton()
            button.setProperty("role", "bare")
            button.setToolTip(f"Copy {fact.name.lower()}")
            button.setAccessibleName(f"Copy {fact.name.lower()}")
            self._theme.bind_icon(button, "copy")
            side = button.fontMetrics().height() - 2
            button.setIconSize(QSize(side, side))
            button.setMaximumHeight(button.fontMetrics().height() + 1)
            button.clicked.connect(lambda: self._copy(fact.name))
            self._grid.addWidget(button, row, 2, top)

    def _copy(self, name: str) -> None:
        self._desktop.copy(self._wholes.get(name) or self._values[name].text(), name)
