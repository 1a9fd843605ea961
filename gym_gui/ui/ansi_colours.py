"""Colours that programs print for a terminal, as colours that can be read on this theme's paper."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QColor

from gym_gui.core.events.terminal import Colour
from gym_gui.ui.tokens import Tokens, contrast

_LEAST_CONTRAST = 4.5
_STEPS = 24
# The eight names of a terminal, where the theme has a colour for what they stand for.
_TOKENS = ("text", "danger", "success", "warning", "info", "paused", "", "text")
_CYAN = "#0e7c86"
_LEVELS = (0, 95, 135, 175, 215, 255)


def ink(colour: Colour, paper: str, tokens: Tokens) -> str:
    """The colour for text on this paper, its lightness changed as far as reading it needs."""
    return _readable(_rgb(colour, tokens) if colour is not None else tokens.text, paper)


def paper(colour: Colour, tokens: Tokens) -> str:
    """The colour behind text, as it was asked for."""
    return tokens.surface if colour is None else _rgb(colour, tokens)


def _rgb(colour: int | tuple[int, int, int], tokens: Tokens) -> str:
    if isinstance(colour, tuple):
        return "#{:02x}{:02x}{:02x}".format(*colour)
    if colour < 16:
        if colour == 8:
            return tokens.text_muted
        token = _TOKENS[colour % 8]
        return str(getattr(tokens, token)) if token else _CYAN
    if colour < 232:
        red, green, blue = (_LEVELS[(colour - 16) // size % 6] for size in (36, 6, 1))
        return f"#{red:02x}{green:02x}{blue:02x}"
    grey = 8 + 10 * (colour - 232)
    return f"#{grey:02x}{grey:02x}{grey:02x}"


@lru_cache(maxsize=4096)
def _readable(colour: str, behind: str) -> str:
    """The colour itself where it can be read on what is behind it, else the nearest lightness that can."""
    if contrast(colour, behind) >= _LEAST_CONTRAST:
        return colour
    end = "#000000" if contrast("#000000", behind) > contrast("#ffffff", behind) else "#ffffff"
    shades = (_mixed(colour, end, step / _STEPS) for step in range(1, _STEPS + 1))
    return next((shade for shade in shades if contrast(shade, behind) >= _LEAST_CONTRAST), end)


def _mixed(colour: str, other: str, share: float) -> str:
    one, two = QColor(colour), QColor(other)
    parts = (
        round(a + (b - a) * share)
        for a, b in ((one.red(), two.red()), (one.green(), two.green()), (one.blue(), two.blue()))
    )
    return "#{:02x}{:02x}{:02x}".format(*parts)
