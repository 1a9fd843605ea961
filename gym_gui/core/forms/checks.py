"""What is wrong with one value of a field, in words that follow the field's name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.names import nearest
from gym_gui.core.forms.patterns import matches
from gym_gui.core.forms.text import shown

_MOST_CHOICES_NAMED = 12


def check_value(field: FormField, value: Any) -> str:
    """What is wrong with the value, in words that follow the field's name; "" when it is fine."""
    if value is None:
        return "" if field.nullable or field.managed else "must be set"
    return _CHECKS[field.kind](field, value)


def _check_integer(field: FormField, value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return f"must be a whole number, got {shown(value)}"
    return _check_bounds(field, value)


def _check_boolean(field: FormField, value: Any) -> str:
    return "" if isinstance(value, bool) else f"must be true or false, got {shown(value)}"


def _check_number(field: FormField, value: Any) -> str:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return f"must be a number, got {shown(value)}"
    if isinstance(value, float) and not math.isfinite(value):
        return f"must be a finite number, got {value}"
    return _check_bounds(field, value)


def _check_bounds(field: FormField, value: float) -> str:
    got = f", got {shown(value)}"
    if field.minimum is not None and value < field.minimum:
        return f"must be at least {shown(field.minimum)}{got}"
    if field.exclusive_minimum is not None and value <= field.exclusive_minimum:
        return f"must be greater than {shown(field.exclusive_minimum)}{got}"
    if field.maximum is not None and value > field.maximum:
        return f"must be at most {shown(field.maximum)}{got}"
    if field.exclusive_maximum is not None and value >= field.exclusive_maximum:
        return f"must be less than {shown(field.exclusive_maximum)}{got}"
    if field.multiple_of and not _is_multiple(value, field.multiple_of):
        return f"must be a multiple of {shown(field.multiple_of)}{got}"
    return ""


def _is_multiple(value: float, step: float) -> bool:
    if isinstance(value, int) and float(step).is_integer():
        return value % int(step) == 0
    try:
        times = value / step
    except OverflowError:
        return False
    return math.isfinite(times) and math.isclose(times, round(times), rel_tol=1e-9, abs_tol=1e-9)


def _check_choice(field: FormField, value: Any) -> str:
    if any(type(value) is type(choice) and value == choice for choice in field.choices):
        return ""
    named = ", ".join(str(choice) for choice in field.choices[:_MOST_CHOICES_NAMED])
    more = len(field.choices) - _MOST_CHOICES_NAMED
    guess = nearest(str(value), map(str, field.choices)) if more > 0 else None
    hint = f" (did you mean {guess!r}?)" if guess else ""
    return f"must be one of {named}{f' and {more} more' if more > 0 else ''}, got {shown(value)}{hint}"


def _check_string(field: FormField, value: Any) -> str:
    problem = _check_text(value)
    if problem:
        return problem
    if field.min_length is not None and len(value) < field.min_length:
        return f"must have at least {_characters(field.min_length)}, got {len(value)}"
    if field.max_length is not None and len(value) > field.max_length:
        return f"must have at most {_characters(field.max_length)}, got {len(value)}"
    if field.pattern is not None and not matches(field.pattern, value):
        return f"must match the pattern {field.pattern}, got {shown(value)}"
    return ""


def _check_path(_field: FormField, value: Any) -> str:
    return _check_text(value) or ("" if value.strip() else "must name a path")


def _check_text(value: Any) -> str:
    if not isinstance(value, str):
        return f"must be text, got {shown(value)}"
    if not _is_unicode(value) or "\0" in value:
        return "must be valid Unicode text without null characters"
    return ""


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count} characters"


def _is_unicode(value: str) -> bool:
    """Whether it can be written as UTF-8; bytes of a command line that are not come as lone surrogates."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_json(field: FormField, value: Any) -> str:
    problem = _json_problem(value)
    if not problem and field.item is not None:
        problem = _check_items(field, field.item, value)
    elif not problem and field.members:
        problem = _check_members(field, value)
    return problem


def _check_items(field: FormField, item: FormField, value: Any) -> str:
    if not isinstance(value, (list, tuple)):
        return f"must be a list, got {shown(value)}"
    if field.min_items is not None and len(value) < field.min_items:
        return f"must have at least {_items(field.min_items)}, got {len(value)}"
    if field.max_items is not None and len(value) > field.max_items:
        return f"must have at most {_items(field.max_items)}, got {len(value)}"
    wrong = ((place, check_value(item, each)) for place, each in enumerate(value, start=1))
    return next((f"item {place} {problem}" for place, problem in wrong if problem), "")


def _check_members(field: FormField, value: Any) -> str:
    if not isinstance(value, dict):
        return f"must be an object with fields, got {shown(value)}"
    for member in field.members:
        if member.name not in value:
            if member.required:
                return f"needs a value for {member.name}"
        elif problem := check_value(member, value[member.name]):
            return f"{member.name} {problem}"
    known = {member.name for member in field.members}
    stranger = next((name for name in value if name not in known), None) if field.closed else None
    return f"has no field {stranger!r}; its fields are {', '.join(sorted(known))}" if stranger else ""


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def _json_problem(value: Any) -> str:
    """What keeps the value from being written as JSON and read back the same."""
    problem = ""
    match value:
        case None | bool() | int():
            pass
        case str():
            problem = "" if _is_unicode(value) else "must be valid Unicode text"
        case float():
            problem = "" if math.isfinite(value) else f"must not hold {value}: JSON has no such number"
        case list() | tuple():
            problem = _first_problem(value)
        case dict() if all(isinstance(key, str) for key in value):
            problem = _first_problem([*value, *value.values()])
        case dict():
            problem = "must have text for keys"
        case _:
            problem = f"must be a JSON value, got {type(value).__name__}"
    return problem


def _first_problem(values: Iterable[Any]) -> str:
    try:
        return next((problem for problem in map(_json_problem, values) if problem), "")
    except RecursionError:
        return "is nested too deeply"


_CHECKS: dict[FieldKind, Callable[[FormField, Any], str]] = {
    FieldKind.INTEGER: _check_integer,
    FieldKind.NUMBER: _check_number,
    FieldKind.BOOLEAN: _check_boolean,
    FieldKind.CHOICE: _check_choice,
    FieldKind.STRING: _check_string,
    FieldKind.PATH: _check_path,
    FieldKind.JSON: _check_json,
}
