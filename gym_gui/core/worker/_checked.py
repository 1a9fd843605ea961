"""Checks that a dataclass makes on its own fields, chosen by each field's annotation.

The annotations must be strings (`from __future__ import annotations`): the text is the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_LONGEST_SHOWN = 80


def shown(value: object) -> str:
    """The value as an error message can show it: its repr, cut where it gets long."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 (a boundary: the value comes from a worker and may raise anything)
        text = f"a {type(value).__name__}"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a string, got {shown(value)}")
    return str.__str__(value)  # an enum's member becomes the plain string it stands for


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"expected True or False, got {shown(value)}")
    return value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"expected a whole number, got {shown(value)}")
    if value < 0:
        raise ValueError(f"must not be negative, got {value}")
    return int(value)


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        raise TypeError(f"expected a tuple of strings, got one string; write ({shown(str.__str__(value))},)")
    if not isinstance(value, tuple | list):
        raise TypeError(f"expected a tuple of strings, got {shown(value)}")
    for position, item in enumerate(value):
        if not isinstance(item, str):
            raise TypeError(f"expected a tuple of strings, but item {position} is {shown(item)}")
    return tuple(str.__str__(item) for item in value)


def _or_none(check: Callable[[object], Any]) -> Callable[[object], Any]:
    return lambda value: None if value is None else check(value)


_CHECKS: Mapping[str, Callable[[object], Any]] = {
    "str": _text,
    "str | None": _or_none(_text),
    "bool": _flag,
    "int": _count,
    "int | None": _or_none(_count),
    "tuple[str, ...]": _texts,
}


def check_fields(instance: DataclassInstance) -> None:
    """Nothing, once every field of the (frozen) instance has been checked and stored in its plain form.

    Raises:
        TypeError: A field has the wrong type; the message names class, field and what was expected.
        ValueError: A number is negative.
    """
    for field in fields(instance):
        try:
            plain = _CHECKS[str(field.type)](getattr(instance, field.name))
        except (TypeError, ValueError) as problem:
            raise type(problem)(f"{type(instance).__name__}.{field.name}: {problem}") from None
        object.__setattr__(instance, field.name, plain)


def require_text(instance: object, name: str) -> None:
    """Nothing, unless the named field is blank.

    Raises:
        ValueError: The field is empty or only white space.
    """
    if not str(getattr(instance, name)).strip():
        raise ValueError(f"{type(instance).__name__}.{name}: must not be empty")


def plain_dict(instance: DataclassInstance) -> dict[str, Any]:
    """The fields by name, tuples as lists, so that JSON gives the same back."""
    values = {field.name: getattr(instance, field.name) for field in fields(instance)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def known_items(cls: type[DataclassInstance], data: Mapping[str, Any]) -> dict[str, Any]:
    """The items of `data` that are fields of the class; a newer writer may have added others."""
    names = {field.name for field in fields(cls)}
    return {name: value for name, value in data.items() if name in names}
