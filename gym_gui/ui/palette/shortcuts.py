"""The list of shortcuts: every key that does something, under the page where it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gym_gui.ui.palette.commands import keys_of, plain_text
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines


def shortcuts_of(actions: Iterable[QAction]) -> dict[str, str]:
    """What each named action with a shortcut does, by its keys."""
    found: dict[str, str] = {}
    for action in actions:
        if action.text() and keys_of(action):
            found.setdefault(keys_of(action), plain_text(action))
    return found


def actions_below(widget: QWidget) -> list[QAction]:
    """The actions of a widget and of everything in it."""
    return [action for part in (widget, *widget.findChildren(QWidget)) for action in part.actions()]


class ShortcutsDialog(QDialog):
    """Shows the shortcuts it is given, by heading; Escape or Close ends it."""

    def __init__(self, groups: Mapping[str, Mapping[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        content = QWidget()
        content.setObjectName("scrolled")
        grid = QGridLayout(content)
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        row = 0
        for heading, shortcuts in groups.items():
            if not shortcuts:
                continue
            if row:
                grid.setRowMinimumHeight(row, 10)
                row += 1
            grid.addWidget(PlainLabel(heading, "heading"), row, 0, 1, 2)
            row += 1
            for keys, what in shortcuts.items():
                grid.addWidget(PlainLabel(keys, "mono"), row, 0)
                grid.addWidget(PlainLabel(what), row, 1)
                row += 1
        grid.setRowStretch(row, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(content)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.setContentsMargins(16, 8, 16, 12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        self.resize(characters(self, 78), min(lines(self, 34), parent.height() - 80))
