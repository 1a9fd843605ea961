"""The line over the runs: how many there are, the search, and the buttons of the table."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton

from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters

_SEARCH_CHARACTERS = 56


def page_head(
    count: QLabel, search: QLineEdit, columns: QToolButton, actions: Iterable[QAction]
) -> QHBoxLayout:
    """The line; a button for each action comes after the one of the columns, icons as high as the text."""
    head = QHBoxLayout()
    head.setContentsMargins(16, 12, 12, 10)
    head.setSpacing(10)
    head.addWidget(PlainLabel("Runs", "title"))
    head.addWidget(count)
    head.addStretch(1)
    search.setMinimumWidth(characters(search, _SEARCH_CHARACTERS))
    head.addWidget(search)
    for button in (columns, *map(_button, actions)):
        side = button.fontMetrics().height()
        button.setIconSize(QSize(side, side))
        head.addWidget(button)
    return head


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    return button
