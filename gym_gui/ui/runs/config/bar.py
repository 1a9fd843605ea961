"""What stands over a config: search, what it is compared with, and the ways to take it along."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QToolButton, QVBoxLayout, QWidget

from gym_gui.ui import wording
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.flow import FlowLayout
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters

_AROUND_WORDS = 5
_NOTHING, _DEFAULTS, _ANOTHER, _CHOSEN = range(4)


class ConfigBar(QWidget):
    """Says what is wanted; the view does it."""

    nothing_wanted = Signal()
    defaults_wanted = Signal()
    run_wanted = Signal()
    same_run_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit(placeholderText="Search fields and values", clearButtonEnabled=True)
        self.search.setAccessibleName("Search the config")
        words = self.search.fontMetrics().horizontalAdvance(self.search.placeholderText())
        self.search.setMinimumWidth(words + characters(self, _AROUND_WORDS))
        self.compare = QComboBox()
        self.compare.setAccessibleName("Compare with")
        self.compare.addItems(["No comparison", "Compare with defaults", "Compare with another run…"])
        self.only_different = QCheckBox("Only differences")
        self.count = PlainLabel("", "muted")
        self.copy_json = _tool(theme, "Copy JSON", "copy", "Copy the config as JSON")
        self.copy_line = _tool(
            theme, "Copy command", "terminal", "Copy the gym-gui command that launches this again"
        )
        self.export = _tool(theme, "Export…", "file", "Write the config into a file")
        self._before = _NOTHING
        buttons = (self.copy_json, self.copy_line, self.export)
        # Set in lines like words, all of them need the height of the tallest.
        for low in (self.only_different, self.count, *buttons):
            low.setMinimumHeight(self.compare.sizeHint().height())
        flow = FlowLayout(gap=10)
        for widget in (self.search, self.compare, self.only_different, self.count, *buttons):
            flow.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 12, 8)
        layout.addLayout(flow)
        self.compare.activated.connect(self._choose)
        self.show_comparing(False)

    @property
    def compares_with_defaults(self) -> bool:
        """Whether the defaults are what is chosen."""
        return self.compare.currentIndex() == _DEFAULTS

    def show_run(self, name: str) -> None:
        """Show that the run called `name` is compared with."""
        text = f"Compared with {name}"
        if self.compare.count() > _CHOSEN:
            self.compare.setItemText(_CHOSEN, text)
        else:
            self.compare.addItem(text)
        self.compare.setCurrentIndex(_CHOSEN)
        self._before = _CHOSEN

    def forget_choice(self) -> None:
        """Go back to what was chosen before another run was asked for."""
        self.compare.setCurrentIndex(self._before)

    def show_comparing(self, comparing: bool) -> None:
        """Offer what makes sense only beside another config."""
        self.only_different.setVisible(comparing)

    def show_counts(self, shown: int, total: int, differences: int | None) -> None:
        """Say how many values there are, are shown, and differ (None: not compared)."""
        fields = wording.plural(total, "value") if shown == total else f"{shown:,} of {total:,} values"
        differ = "" if differences is None else f"  ·  {differences:,} differ"
        self.count.setText(f"{fields}{differ}")

    def allow(self, allowed: bool) -> None:
        """Offer to take the config along, or not while there is none."""
        for button in (self.copy_json, self.copy_line, self.export):
            button.setEnabled(allowed)

    def _choose(self, index: int) -> None:
        if index == _ANOTHER:
            self.run_wanted.emit()
            return
        if index == self._before:
            return
        self._before = index
        wanted = {_NOTHING: self.nothing_wanted, _DEFAULTS: self.defaults_wanted}
        wanted.get(index, self.same_run_wanted).emit()


def _tool(theme: Theme, text: str, icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setProperty("role", "labelled")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    theme.bind_icon(button, icon)
    space_icon(button)
    return button
