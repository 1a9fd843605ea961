"""How curves are told apart: a colour and a kind of line each, never the colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gym_gui.ui.theme import Theme

_LIGHT = ("#4353c9", "#b8480c", "#0f7a4a", "#a3267f", "#8a6100", "#0b7285", "#b42525", "#5a5f6b")
_DARK = ("#8f9cf7", "#f3a15f", "#6fd3a0", "#ef8fd0", "#e4c35a", "#67cfe0", "#ff918c", "#b3bac7")
_LINES = (
    (Qt.PenStyle.SolidLine, "solid"),
    (Qt.PenStyle.DashLine, "dashed"),
    (Qt.PenStyle.DotLine, "dotted"),
    (Qt.PenStyle.DashDotLine, "dash-dotted"),
)
MOST_DISTINCT = len(_LIGHT) * len(_LINES)


@dataclass(frozen=True, slots=True)
class Ink:
    """One way to draw a curve; `number` counts them from 0."""

    number: int

    def colour(self, theme: Theme) -> QColor:
        """Its colour in the scheme on screen."""
        colours = _DARK if theme.is_dark else _LIGHT
        return QColor(colours[self.number % len(colours)])

    @property
    def line(self) -> Qt.PenStyle:
        """Its kind of line; neighbours differ, and 32 inks differ in one or the other."""
        return self._line()[0]

    @property
    def line_name(self) -> str:
        """The kind of line in a word."""
        return self._line()[1]

    def _line(self) -> tuple[Qt.PenStyle, str]:
        return _LINES[(self.number + self.number // len(_LIGHT)) % len(_LINES)]
