"""Buttons with an icon beside their words."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractButton

_SPACE = 8


def space_icon(button: QAbstractButton) -> None:
    """Set the icon off from the words: it is drawn in the middle of a place wider than itself."""
    side = button.fontMetrics().height()
    button.setIconSize(QSize(side + _SPACE, side))
