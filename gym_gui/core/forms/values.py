"""Values of a form: what it starts from, what typed text means, and what is wrong with a value."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.names import nearest
from gym_gui.core.forms.patterns import matches
from gym_gui.core.forms.text import FieldError, read_text, shown

__all__ = [
    "FieldError",
    "check_value",
    "check_values",
    "initial_values",
    "nearest",
    "parse_text",
    "unknown_key",
    "without_unset",
]

_MOST_CHOICES_NAMED = 12


def initial_values(fields: Iterable[FormField]) -> dict[str, Any]:
    """The values a form starts from: every default; fields without one are absent."""
    return {f.name: f.default for f in fields if not (f.required or f.omittable or f.managed)}


def without_unset(fields: Iterable[FormField], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without those fields which are left out of the config while unset."""
    left_out = {f.name for f in fields if f.omittable and values.get(f.name) is None}
    return {name: value for name, value in values.items() if name not in left_out}


def parse_text(field: FormField, text: str) -> Any:
    """The checked value that the text means for this field.

    Raises:
        FieldError: The text means no value of the field; its `message` says what would.
    """
    value = read_text(field, text)
    problem = check_value(field, value)
    if problem:
        raise FieldError(field.name, problem)
    return value


def check_values(fields: Iterable[FormField], values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong, by field name; empty when all is well. Managed fields may be absent."""
    known = {field.name: field for field in fields}
    problems = {}
    for name, field in known.items():
        if name in values:
            problems[name] = check_value(field, values[name])
        elif field.required and not field.managed:
            problems[name] = "is required"
    for name in values:
        if name not in known:
            problems[name] = unknown_key(name, known)
    return {name: problem for name, problem in problems.items() if problem}


def unknown_key(name: str, known: Iterable[str]) -> str:
    """What to say of a key that is no field: the nearest field, if one is near."""
    guess = nearest(name, known)
    problem = "is not a field of this worker"
    return f"{problem}: did you mean {guess!r}?" if guess else problem


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


def _check_json(_field: FormField, value: Any) -> str:
    return _json_problem(value)


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
