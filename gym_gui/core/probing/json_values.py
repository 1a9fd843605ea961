"""Values of a worker's class -> the plain JSON that stands for them in a config file."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Set
from enum import Enum
from pathlib import PurePath
from typing import Any


class NotJsonError(ValueError):
    """The value has no plain JSON form."""


def to_json(value: Any) -> Any:
    """The value as JSON data: enums by value, paths as text, sets as lists, dataclasses as objects.

    Raises:
        NotJsonError: It is something else, not finite, or holds itself.
    """
    try:
        return _convert(value)
    except RecursionError:
        raise NotJsonError("nested too deeply") from None


def _convert(value: Any) -> Any:
    plain: Any
    match value:
        case Enum():
            plain = _convert(value.value)
        case None | bool():
            plain = value
        case str():
            plain = str.__str__(value)
        case int():
            plain = int(value)
        case float() if math.isfinite(value):
            plain = float(value)
        case PurePath():
            plain = str(value)
        case _:
            plain = _convert_container(value)
    return plain


def _convert_container(value: Any) -> Any:
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _convert(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_convert(item) for item in value]
    if isinstance(value, Set):
        return sorted((_convert(item) for item in value), key=repr)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _convert(getattr(value, field.name)) for field in dataclasses.fields(value)}
    dump = getattr(value, "model_dump", None)
    if callable(dump) and not isinstance(value, type):
        return dump(mode="json")
    raise NotJsonError(f"a {type(value).__name__} has no JSON form")
