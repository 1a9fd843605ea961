"""Colours of the plots: scales from numbers to colours, and what is readable on them."""

from __future__ import annotations

from collections.abc import Sequence

Colour = tuple[int, int, int]

PAPER: Colour = (255, 255, 255)
INK: Colour = (31, 41, 51)
QUIET_INK: Colour = (97, 110, 124)
UNVISITED: Colour = (228, 231, 235)
HOLE: Colour = (43, 51, 64)
GOAL: Colour = (232, 163, 23)
_Scale = tuple[Colour, ...]
SEQUENTIAL: _Scale = ((49, 40, 97), (48, 82, 145), (33, 139, 142), (92, 188, 108), (245, 229, 83))
DIVERGING: _Scale = ((170, 58, 54), (232, 158, 140), (244, 242, 238), (141, 184, 217), (42, 98, 166))


def colour_at(share: float, anchors: Sequence[Colour]) -> Colour:
    """The colour at a share of the way, 0 to 1, along evenly spaced anchors."""
    place = min(max(share, 0.0), 1.0) * (len(anchors) - 1)
    below = min(int(place), len(anchors) - 2)
    part = place - below
    mixed = [round(a + (b - a) * part) for a, b in zip(anchors[below], anchors[below + 1], strict=True)]
    return mixed[0], mixed[1], mixed[2]


def ink_on(colour: Colour) -> Colour:
    """Black or white, whichever reads better on the colour."""
    red, green, blue = colour
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else PAPER
