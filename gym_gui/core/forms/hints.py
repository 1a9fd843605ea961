"""What may be typed for a field, in a few words: "1 to 100,000,000", "at most 80 characters"."""

from __future__ import annotations

from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.text import shown

_BEYOND_ANY_USE = 10**15
"""From here on a bound is there for safety's sake; to tell it would only be noise."""


def hint(field: FormField) -> str:
    """The bounds of the field in words, "" when there are none worth telling."""
    if field.item is not None:
        inner = hint(field.item)
        words = "Separated by commas" + (f", each {inner[:1].lower()}{inner[1:]}" if inner else "")
        return f"{words}. {_count(field)}".strip() if _count(field) else words
    if field.kind in (FieldKind.INTEGER, FieldKind.NUMBER):
        return _range(field)
    if field.kind is FieldKind.STRING and field.max_length is not None:
        return f"At most {field.max_length:,} characters"
    return ""


def _count(field: FormField) -> str:
    if field.min_items is not None and field.min_items == field.max_items:
        return f"Exactly {field.min_items}."
    parts = [
        f"at least {field.min_items}" if field.min_items else "",
        f"at most {field.max_items}" if field.max_items is not None else "",
    ]
    text = ", ".join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _range(field: FormField) -> str:
    low = _number(field.minimum if field.minimum is not None else field.exclusive_minimum)
    high = _number(field.maximum if field.maximum is not None else field.exclusive_maximum)
    if low and field.maximum is not None and field.maximum >= _BEYOND_ANY_USE:
        high = ""
    above, below = field.minimum is None, field.maximum is None
    if low and high:
        end = f"below {high}" if below else f"at most {high}"
        words = f"Above {low}, {end}" if above else f"{low} to {'below ' if below else ''}{high}"
    elif low:
        words = f"Above {low}" if above else f"{low} or more"
    elif high:
        words = f"Below {high}" if below else f"At most {high}"
    else:
        words = ""
    step = f"a multiple of {_number(field.multiple_of)}" if field.multiple_of else ""
    joined = ", ".join(part for part in (words, step) if part)
    return joined[:1].upper() + joined[1:]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, int) or float(value).is_integer():
        whole = int(value)
        return f"{whole:,}" if abs(whole) < 10**12 else f"{whole:.3g}"
    return shown(value)
