"""Values of a form: what it starts from, what typed text means, and what is wrong with a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gym_gui.core.forms.checks import check_value
from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.names import nearest
from gym_gui.core.forms.text import FieldError, read_text

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
