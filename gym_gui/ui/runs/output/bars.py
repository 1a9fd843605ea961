"""What stands above the output: which of it, looking for text, and filters for lines of the log format."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from gym_gui.compat import override
from gym_gui.core.events.records import LEVELS, RecordSort
from gym_gui.ui.runs.output.source import OutputFilter, OutputSource
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters

_TYPING_PAUSE_MS = 120
_MARGINS = (16, 8, 16, 8)
_SPACING = 8
_MOST_CHOICES = 200
_LEVEL_CHOICES = (
    ("Any level", ""),
    ("Info and above", "INFO"),
    ("Warnings and errors", "WARNING"),
    ("Errors", "ERROR"),
)


class _SearchField(QLineEdit):
    """Return asks for the next match, with Shift for the one before; Escape clears."""

    stepped = Signal(bool)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class SearchBar(QWidget):
    """The first row: source, search, how to look at it."""

    searched = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source = QComboBox()
        self.source.setAccessibleName("Which output")
        for source in OutputSource:
            self.source.addItem(source.value, source)
        self.field = _SearchField(placeholderText="Search output", clearButtonEnabled=True)
        self.field.setAccessibleName("Search output")
        self.field.setToolTip("Ctrl+F. Return: next, Shift+Return: previous. Small letters find any case")
        self.field.setMinimumWidth(characters(self, 12))
        self.previous = _arrow(theme, "chevron-left", "Previous match (Shift+F3)")
        self.next = _arrow(theme, "chevron-right", "Next match (F3)")
        self.found = PlainLabel("", "muted")
        self.first_error = QToolButton()
        self.first_error.setText("First error")
        self.first_error.setToolTip("Go to the first traceback or error (Ctrl+E)")
        self.wrap = QCheckBox("Wrap")
        self.follow = QCheckBox("Follow")
        self.follow.setChecked(True)
        self.save = _arrow(theme, "file", "Save these lines as a file…")
        row = QHBoxLayout(self)
        row.setContentsMargins(*_MARGINS)
        row.setSpacing(_SPACING)
        row.addWidget(self.source)
        row.addWidget(self.field, 1)
        for widget in (
            self.found,
            self.previous,
            self.next,
            self.first_error,
            self.wrap,
            self.follow,
            self.save,
        ):
            row.addWidget(widget)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self.field.textChanged.connect(self._typing.start)
        self._typing.timeout.connect(lambda: self.searched.emit(self.field.text()))

    def add_shortcuts(self, owner: QWidget) -> None:
        """Have the owner's keys do what the buttons do."""
        for keys, act in (
            (QKeySequence(QKeySequence.StandardKey.Find), self._begin_search),
            (QKeySequence("F3"), self.next.click),
            (QKeySequence("Shift+F3"), self.previous.click),
            (QKeySequence("Ctrl+E"), self.first_error.click),
        ):
            action = QAction(owner)
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(act)
            owner.addAction(action)

    def _begin_search(self) -> None:
        self.field.setFocus()
        self.field.selectAll()

    def show_found(self, words: str, any_match: bool) -> None:
        """Say what the search gave."""
        self.found.setText(words)
        self.previous.setEnabled(any_match)
        self.next.setEnabled(any_match)


class RecordBar(QWidget):
    """The second row: level, component and code, there once the output has lines that tell them."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.level = QComboBox()
        self.level.setAccessibleName("Least level")
        for words, level in _LEVEL_CHOICES:
            self.level.addItem(words, level)
        self.component = QComboBox()
        self.component.setAccessibleName("Component")
        self.code = QComboBox()
        self.code.setAccessibleName("Log code")
        self.count = PlainLabel("", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGINS[0], 0, _MARGINS[2], _MARGINS[3])
        row.setSpacing(_SPACING)
        for box in (self.level, self.component, self.code):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda: self.chosen.emit(self.filter()))
            row.addWidget(box)
        row.addWidget(self.count)
        row.addStretch(1)
        self.offer(())

    def filter(self) -> OutputFilter:
        """What is chosen."""
        return OutputFilter(
            str(self.level.currentData() or ""),
            str(self.component.currentData() or ""),
            str(self.code.currentData() or ""),
        )

    def reset(self) -> None:
        """Choose everything again."""
        for box in (self.level, self.component, self.code):
            box.setCurrentIndex(0)

    def offer(self, sorts: Iterable[RecordSort]) -> None:
        """Offer what these records have."""
        sorts = list(sorts)
        _fill(self.component, "Any component", {sort.component for sort in sorts})
        _fill(self.code, "Any code", {sort.code for sort in sorts})
        self.setVisible(any(sort.level in LEVELS for sort in sorts))


def _fill(box: QComboBox, everything: str, values: set[str]) -> None:
    wanted = sorted(value for value in values if value)[:_MOST_CHOICES]
    box.setVisible(bool(wanted))
    if [box.itemData(i) for i in range(1, box.count())] == wanted and box.count():
        return
    chosen = box.currentData()
    with QSignalBlocker(box):
        box.clear()
        box.addItem(everything, "")
        for value in wanted:
            box.addItem(value, value)
        box.setCurrentIndex(max(box.findData(chosen), 0) if chosen else 0)


def _arrow(theme: Theme, icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    theme.bind_icon(button, icon)
    button.setToolTip(tip)
    button.setAccessibleName(tip.partition(" (")[0])
    return button
