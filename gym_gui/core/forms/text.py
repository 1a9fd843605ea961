"""Typed or pasted text -> a value of a field's kind, and a value -> the short text a message shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from gym_gui.core.forms.fields import FieldKind, FormField

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_UNSET = frozenset({"", "none", "null"})
_MOST_DIGITS = 300
_LONGEST_SHOWN = 60


class FieldError(ValueError):
    """A text that means no value of its field.

    Attributes:
        name: The field.
        message: What is wrong, in words that follow the field's name.
        position: Where in the text, None when that is not known.
    """

    def __init__(self, name: str, message: str, position: int | None = None) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.position = position


def shown(value: object) -> str:
    """The value as a message shows it: whole floats without `.0`, text in quotes, long text cut."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def read_text(field: FormField, text: str) -> Any:
    """The value of the field's kind that the text spells, its bounds not yet checked.

    Raises:
        FieldError: The text spells no value of that kind.
    """
    word = text.strip()
    if field.kind is FieldKind.CHOICE:
        return _choice(field, word)
    if field.nullable and word.lower() in _UNSET:
        return None
    read = _READERS.get(field.kind)
    return read(field, word) if read is not None else text


def _choice(field: FormField, word: str) -> Any:
    by_text = {_spelled(choice): choice for choice in reversed(field.choices)}
    if word in by_text:
        return by_text[word]
    if field.nullable and word.lower() in _UNSET:
        return None
    near = [choice for spelled, choice in by_text.items() if spelled.lower() == word.lower()]
    return near[0] if len(near) == 1 else word


def _spelled(choice: object) -> str:
    return json.dumps(choice) if isinstance(choice, bool) else str(choice)


def _decimal(word: str) -> Decimal | None:
    try:
        value = Decimal(word.replace("_", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _integer(field: FormField, word: str) -> int:
    value = _decimal(word)
    if value is None:
        raise FieldError(field.name, f"must be a whole number, got {shown(word)}")
    if value and value.adjusted() > _MOST_DIGITS:
        raise FieldError(field.name, f"must be a whole number of at most {_MOST_DIGITS} digits")
    if value != value.to_integral_value():
        raise FieldError(field.name, f"must be a whole number, got {shown(word)}")
    return int(value)


def _number(field: FormField, word: str) -> float:
    value = _decimal(word)
    number = float(value) if value is not None else None
    if number is None or number in (float("inf"), float("-inf")):
        raise FieldError(field.name, f"must be a finite number, got {shown(word)}")
    return number


def _boolean(field: FormField, word: str) -> bool:
    lower = word.lower()
    if lower in _TRUE or lower in _FALSE:
        return lower in _TRUE
    raise FieldError(field.name, f"must be true or false, got {shown(word)}")


def _json(field: FormField, word: str) -> Any:
    try:
        return json.loads(word, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FieldError(
            field.name, f"must be JSON: {where}: {_in_lower_case(error.msg)}", error.pos
        ) from error
    except (ValueError, RecursionError) as error:
        example = 'e.g. 64, "text", [64, 64] or {"key": 1}'
        raise FieldError(field.name, f"must be JSON, {example}, got {shown(word)}: {error}") from error


def _in_lower_case(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


_READERS: dict[FieldKind, Callable[[FormField, str], Any]] = {
    FieldKind.INTEGER: _integer,
    FieldKind.NUMBER: _number,
    FieldKind.BOOLEAN: _boolean,
    FieldKind.JSON: _json,
}
