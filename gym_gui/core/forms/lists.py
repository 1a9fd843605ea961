"""Lists as one line of text: "64, 64" or "a, b", values with commas in quotes or brackets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.text import FieldError, read_text

_OPENING, _CLOSING = "[{(", "]})"


def split_list(text: str) -> list[str]:
    """The parts of a list separated by commas, of which those inside brackets or quotes separate nothing."""
    parts, depth, quoted, start = [], 0, False, 0
    escaped = False
    for place, character in enumerate(text):
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        elif character == "," and depth <= 0:
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()]


def list_text(item: FormField, values: Sequence[Any]) -> str:
    """The line that `read_list` reads the same values from."""
    return ", ".join(_spelled(item, value) for value in values)


def read_list(item: FormField, text: str) -> list[Any]:
    """The values of a line, each of the item's kind but with its bounds unchecked; none for an empty line.

    A list pasted as JSON, brackets and all, is taken as well.

    Raises:
        FieldError: One of them spells no value; the message says which.
    """
    inner = text.strip()
    if inner.startswith("[") and inner.endswith("]"):
        inner = inner[1:-1].strip()
    if not inner:
        return []
    values = []
    for place, part in enumerate(split_list(inner), start=1):
        if not part:
            raise FieldError(item.name, f"item {place} is empty: there is a comma too many")
        try:
            values.append(_read(item, part))
        except FieldError as error:
            raise FieldError(item.name, f"item {place} {error.message}") from error
    return values


def _read(item: FormField, part: str) -> Any:
    if part.startswith('"') and item.kind in (FieldKind.STRING, FieldKind.PATH, FieldKind.CHOICE):
        try:
            return json.loads(part)
        except ValueError as error:
            raise FieldError(item.name, f"is not a text in quotes: {part}") from error
    return read_text(item, part)


def _spelled(item: FormField, value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, default=str)
    needs_quotes = not value or value != value.strip() or any(c in value for c in ',"[]{}()')
    # A number in quotes is text; bare it would be read as the number where the item may be one.
    return json.dumps(value, ensure_ascii=False) if needs_quotes else value
