"""A canvas that draws at twice the size and shrinks the result: smooth edges from Pillow alone."""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gym_gui.workers.tabular.atomic import written_atomically
from gym_gui.workers.tabular.palette import INK, PAPER, Colour

_OVERSAMPLING = 2
Point = tuple[float, float]
Box = tuple[float, float, float, float]


class Canvas:
    """A sheet of paper measured in pixels of the final image."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._image = Image.new("RGB", (width * _OVERSAMPLING, height * _OVERSAMPLING), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._fonts: dict[float, ImageFont.FreeTypeFont | ImageFont.ImageFont] = {}

    def rectangle(self, box: Box, fill: Colour, radius: float = 0.0) -> None:
        """A filled rectangle with rounded corners."""
        x0, y0, x1, y1 = (value * _OVERSAMPLING for value in box)
        # Pillow counts the last row and column in.
        self._draw.rounded_rectangle((x0, y0, x1 - 1, y1 - 1), radius * _OVERSAMPLING, fill)

    def line(self, start: Point, end: Point, colour: Colour, width: float) -> None:
        """A straight line."""
        points = [(x * _OVERSAMPLING, y * _OVERSAMPLING) for x, y in (start, end)]
        self._draw.line(points, colour, round(width * _OVERSAMPLING))

    def text(self, at: Point, text: str, size: float, colour: Colour = INK, anchor: str = "mm") -> None:
        """A line of text, `at` being where Pillow's anchor says (`mm`: its middle)."""
        font = self._font(size)
        place = (at[0] * _OVERSAMPLING, at[1] * _OVERSAMPLING)
        if isinstance(font, ImageFont.FreeTypeFont):
            self._draw.text(place, text, colour, font, anchor)
        else:  # Pillow without FreeType has one bitmap font, which knows no anchors
            self._draw.text(place, text, colour, font)

    def text_width(self, text: str, size: float) -> float:
        """How wide a line of text comes out."""
        return self._font(size).getlength(text) / _OVERSAMPLING

    def arrow(self, centre: Point, direction: tuple[int, int], length: float, colour: Colour) -> None:
        """An arrow with its middle at the centre; the direction is (right, down)."""
        angle = math.atan2(direction[1], direction[0])
        head, shaft, flare = length * 0.46, length * 0.075, length * 0.27
        along = length / 2
        outline = [
            (-along, -shaft), (along - head, -shaft), (along - head, -flare), (along, 0.0),
            (along - head, flare), (along - head, shaft), (-along, shaft),
        ]  # fmt: skip
        cosine, sine = math.cos(angle), math.sin(angle)
        self._draw.polygon(
            [
                (
                    (centre[0] + x * cosine - y * sine) * _OVERSAMPLING,
                    (centre[1] + x * sine + y * cosine) * _OVERSAMPLING,
                )
                for x, y in outline
            ],
            colour,
        )

    def flag(self, centre: Point, size: float, colour: Colour) -> None:
        """A pennant on its pole."""
        x, y = centre[0] - size * 0.22, centre[1]
        self.line((x, y - size / 2), (x, y + size / 2), INK, max(size * 0.07, 1))
        corners = [(x, y - size / 2), (x + size * 0.66, y - size * 0.24), (x, y + size * 0.02)]
        self._draw.polygon([(a * _OVERSAMPLING, b * _OVERSAMPLING) for a, b in corners], colour)

    def save(self, path: Path) -> None:
        """Writes the drawing as a PNG, whole or not at all."""
        image = self._image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        with written_atomically(path) as file:
            image.save(file, format="PNG", optimize=True)

    def _font(self, size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        if size not in self._fonts:
            self._fonts[size] = ImageFont.load_default(size * _OVERSAMPLING)
        return self._fonts[size]
