"""What an SVG would do beside drawing: scripts, things it fetches, entities that expand."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import BinaryIO

from gym_gui.core.artifacts.media_svg_uses import drawn_elements

LARGEST_SVG = 8 * 1024 * 1024
# Linear in the length of the drawing, whatever it holds: nothing here is looked for beyond the next "<".
_SCRIPT = re.compile(
    r"<\s*(?:[\w.-]+:)?(script|foreignObject|iframe|object|embed|handler)\b|\bon[a-z]+\s*=", re.I
)
_REFERENCE = re.compile(
    r"(?:(?:xlink:)?href|src|data|base)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')|url\(\s*['\"]?([^'\")]+)", re.I
)
_IMPORT = re.compile(r"@import|<\?xml-stylesheet", re.I)
_ENTITY = re.compile(r"<!(?:DOCTYPE[^<>\[]*\[|ENTITY)", re.I)
_SIZE = re.compile(r"<\s*(?:[\w.-]+:)?svg\b([^<>]*)>", re.I)
_LENGTH = re.compile(r"\b(width|height)\s*=\s*[\"']\s*([0-9.]+)\s*(?:px|pt)?\s*[\"']", re.I)
_VIEW_BOX = re.compile(r"\bviewBox\s*=\s*[\"']([^\"']*)[\"']", re.I)
_USE = re.compile(r"<\s*(?:[\w.-]+:)?use\b", re.I)
_PICTURES = ("data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp")
_MOST_NAMED = 20
_MOST_USES = 20_000
_MOST_DRAWN = 100_000


@dataclass(frozen=True, slots=True)
class SvgFacts:
    """What a drawing holds.

    Attributes:
        width, height: Pixels as it states them, None when it does not.
        scripts: Whether it has scripts, event handlers or foreign content.
        references: What it refers to outside of itself, the first 20.
        refusal: Why a viewer should not open it, "" when it only draws.
    """

    width: int | None = None
    height: int | None = None
    scripts: bool = False
    references: tuple[str, ...] = ()
    refusal: str = ""


def svg_facts(file: BinaryIO) -> SvgFacts:
    """What the drawing in the file holds, looked for as text, so that a broken one is judged as well."""
    file.seek(0)
    data = file.read(LARGEST_SVG + 1)
    if len(data) > LARGEST_SVG:
        return SvgFacts(refusal=f"is larger than the {LARGEST_SVG // 2**20} MiB that are looked through")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = html.unescape(data.decode(encoding, "replace"))
    width, height = _size(text)
    scripts = _SCRIPT.search(text) is not None
    references = _references(text)
    refusal = ""
    if scripts:
        refusal = "holds scripts or foreign content"
    elif _ENTITY.search(text):
        refusal = "defines entities, which can expand without end"
    elif references or _IMPORT.search(text):
        refusal = (
            f"refers to what is not in it: {references[0][:100]}" if references else "loads style sheets"
        )
    else:
        refusal = _repeats(data, text)
    return SvgFacts(width, height, scripts, references, refusal)


def _repeats(data: bytes, text: str) -> str:
    """Why it takes too long to draw what it repeats: a part of ten that are each a part of ten, and so on."""
    uses = len(_USE.findall(text))
    if uses > _MOST_USES:
        return f"repeats its parts more than {_MOST_USES:,} times"
    drawn = drawn_elements(data, _MOST_DRAWN) if uses or "url(" in text else 0
    if drawn is None:
        return "repeats parts of itself, and how often cannot be told: it is broken, or goes round in circles"
    return f"repeats its parts to more than {_MOST_DRAWN:,} elements" if drawn > _MOST_DRAWN else ""


def _references(text: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for match in _REFERENCE.finditer(text):
        target = "".join(next((group for group in match.groups() if group is not None), "").split())
        if target and not target.startswith("#") and not _is_picture(target):
            found[target[:300]] = None
        if len(found) >= _MOST_NAMED:
            break
    return tuple(found)


def _is_picture(target: str) -> bool:
    """Whether it is a picture inside the drawing itself; another drawing would have to be judged."""
    return target.lower().startswith(_PICTURES)


def _size(text: str) -> tuple[int | None, int | None]:
    tag = _SIZE.search(text)
    if tag is None:
        return None, None
    told = {match[1].lower(): match[2] for match in _LENGTH.finditer(tag[1])}
    if len(told) < 2 and (box := _VIEW_BOX.search(tag[1])):
        parts = box[1].replace(",", " ").split()
        told = {"width": parts[2], "height": parts[3]} if len(parts) == 4 else {}
    return _pixels(told.get("width")), _pixels(told.get("height"))


def _pixels(text: str | None) -> int | None:
    try:
        value = float(text) if text else 0.0
    except ValueError:
        return None
    return round(value) if 0 < value < 1e9 else None
