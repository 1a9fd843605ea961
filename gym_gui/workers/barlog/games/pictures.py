"""Pictures of games as PNG."""

from __future__ import annotations

import io
from typing import Any

SMALLEST_SIDE = 224
_LINE_HEIGHT, _CHARACTER_WIDTH, _MARGIN = 14, 7, 8


def png_of_pixels(pixels: Any) -> bytes:
    """An array of height, width and three colours as a PNG, enlarged in whole steps when it is tiny."""
    from PIL import Image

    image = Image.fromarray(pixels)
    factor = -(-SMALLEST_SIDE // max(min(image.size), 1))
    if factor > 1:
        image = image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)
    return _png(image)


def png_of_lines(lines: list[str]) -> bytes:
    """Lines of a terminal as a picture of it."""
    from PIL import Image, ImageDraw, ImageFont

    width = max((len(line) for line in lines), default=1) * _CHARACTER_WIDTH + 2 * _MARGIN
    image = Image.new("RGB", (width, len(lines) * _LINE_HEIGHT + 2 * _MARGIN), "black")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default_imagefont()
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            if character != " ":
                place = (_MARGIN + column * _CHARACTER_WIDTH, _MARGIN + row * _LINE_HEIGHT)
                draw.text(place, character, fill="white", font=font)
    return _png(image)


def _png(image: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()
