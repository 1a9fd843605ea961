"""Sizes taken from the font, so that a larger font finds the room it needs."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def characters(widget: QWidget, count: float) -> int:
    """The width of so many characters of ordinary text, in pixels.

    Measured, for what fonts state as their average is far off for some.
    """
    return round(widget.fontMetrics().horizontalAdvance(_LETTERS) / len(_LETTERS) * count)


def lines(widget: QWidget, count: float) -> int:
    """The height of so many lines of text, in pixels."""
    return round(widget.fontMetrics().lineSpacing() * count)
