"""A line as a terminal would leave it: its text and colours, without the codes that made them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

Colour = int | tuple[int, int, int] | None
"""A number of the 256-colour palette, red, green and blue from 0 to 255, or None for the default."""

# What moves the cursor, sets titles or asks the terminal something is passed over; colours are group 1.
_CODES = re.compile(
    r"\x1b(?:\[([0-9;:]*)m|\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])"
    r"|\x9b[0-?]*[ -/]*[@-~]|\r|\x08|\x1b"
)
_BYTE_CODES = re.compile(_CODES.pattern.replace("|\\x9b[0-?]*[ -/]*[@-~]", "").encode("ascii"))
_CONTROL = dict.fromkeys((*range(9), *range(10, 32), *range(127, 160)))
_BIDI = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F))
_PASSED_OVER = {**_CONTROL, **_BIDI}
_TAB = 4
_MOST_SPANS = 2_000


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How some text looks."""

    ink: Colour = None
    paper: Colour = None
    bold: bool = False
    italic: bool = False
    underline: bool = False
    faint: bool = False
    inverse: bool = False


PLAIN = TextStyle()


@dataclass(frozen=True, slots=True)
class Span:
    """The style of the characters from `start` up to `end`."""

    start: int
    end: int
    style: TextStyle


@dataclass(frozen=True, slots=True)
class StyledText:
    """Text without codes, and where it does not look plain."""

    text: str
    spans: tuple[Span, ...] = ()


def as_terminal(text: str) -> StyledText:
    """The text as it would stand on the screen: of what was written over itself the last state."""
    if "\x1b" not in text and "\r" not in text and "\x08" not in text and "\x9b" not in text:
        return StyledText(_cleaned(text))
    pieces: list[tuple[str, TextStyle]] = []
    style = PLAIN
    position = 0
    text = text.rstrip("\r")
    for match in _CODES.finditer(text):
        if match.start() > position:
            pieces.append((text[position : match.start()], style))
        position = match.end()
        if match[0] == "\r":
            pieces.clear()
        elif match[0] == "\x08":
            _rub_out(pieces)
        elif match[1] is not None:
            style = _restyled(style, match[1])
    pieces.append((text[position:], style))
    return _joined(pieces)


def without_codes(raw: bytes) -> bytes:
    """The bytes of a line without what a terminal would not show, for searching in them."""
    if b"\r" in raw:
        raw = raw.rstrip(b"\r\n").rpartition(b"\r")[2]
    return _BYTE_CODES.sub(b"", raw) if b"\x1b" in raw else raw


def _rub_out(pieces: list[tuple[str, TextStyle]]) -> None:
    if pieces:
        last, style = pieces.pop()
        if len(last) > 1:
            pieces.append((last[:-1], style))


def _joined(pieces: list[tuple[str, TextStyle]]) -> StyledText:
    shown: list[str] = []
    spans: list[Span] = []
    length = 0
    for raw, style in pieces:
        text = _cleaned(raw)
        if text and style != PLAIN and len(spans) < _MOST_SPANS:
            spans.append(Span(length, length + len(text), style))
        shown.append(text)
        length += len(text)
    return StyledText("".join(shown), tuple(spans))


def _cleaned(text: str) -> str:
    return (text if text.isprintable() else text.translate(_PASSED_OVER)).expandtabs(_TAB)


_SWITCHES: dict[int, dict[str, bool]] = {
    1: {"bold": True},
    2: {"faint": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"inverse": True},
    21: {"underline": True},
    22: {"bold": False, "faint": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"inverse": False},
}


def _restyled(style: TextStyle, codes: str) -> TextStyle:
    numbers = [int(part[:4]) if part else 0 for part in re.split("[;:]", codes)][:64]
    while numbers:
        code = numbers.pop(0)
        if code == 0:
            style = PLAIN
        elif code in _SWITCHES:
            style = replace(style, **_SWITCHES[code])
        elif code in (38, 48):
            colour = _extended(numbers)
            if colour is not None:
                style = replace(style, ink=colour) if code == 38 else replace(style, paper=colour)
        else:
            style = _basic(style, code)
    return style


def _basic(style: TextStyle, code: int) -> TextStyle:
    for first, bright in ((30, 0), (90, 8)):
        if first <= code < first + 8:
            return replace(style, ink=code - first + bright)
        if first + 10 <= code < first + 18:
            return replace(style, paper=code - first - 10 + bright)
    if code == 39:
        return replace(style, ink=None)
    return replace(style, paper=None) if code == 49 else style


def _extended(numbers: list[int]) -> Colour:
    """The colour that follows a 38 or 48, which is taken off the numbers."""
    kind = numbers.pop(0) if numbers else 0
    if kind == 5 and numbers:
        return min(numbers.pop(0), 255)
    if kind == 2 and len(numbers) >= 3:
        red, green, blue = (min(number, 255) for number in numbers[:3])
        del numbers[:3]
        return red, green, blue
    numbers.clear()  # cut short: what is left is no code of its own
    return None
