"""A type annotation -> JSON Schema of the values it admits, as a config file spells them."""

from __future__ import annotations

import dataclasses
import enum
import os
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, Literal

from gym_gui.core.probing.constraints import with_constraints
from gym_gui.core.probing.json_values import to_json

DescribeDataclass = Callable[[type], dict[str, Any]]

_ANYTHING: dict[str, Any] = {}
_SCALARS: tuple[tuple[type, dict[str, Any]], ...] = (
    (bool, {"type": "boolean"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (str, {"type": "string"}),
    (os.PathLike, {"type": "string", "format": "path"}),
)
_WRAPPERS = (typing.Final, typing.ClassVar, dataclasses.InitVar, typing.Required, typing.NotRequired)


def type_schema(annotation: Any, describe_dataclass: DescribeDataclass) -> dict[str, Any]:
    """The schema of a type; `{}`, which admits anything, for one that has no counterpart in JSON.

    Args:
        annotation: A resolved annotation, not a string.
        describe_dataclass: What to call for a dataclass met inside.
    """
    annotation = _unwrapped(annotation)
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if annotation is None or annotation is type(None):
        return {"type": "null"}
    if origin is typing.Annotated:
        return with_constraints(type_schema(arguments[0], describe_dataclass), arguments[1:])
    if origin is Literal:
        return _enumeration(arguments)
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [type_schema(argument, describe_dataclass) for argument in arguments]}
    return _class_schema(origin or annotation, arguments, describe_dataclass)


def _unwrapped(annotation: Any) -> Any:
    """What a NewType, a type alias, a bound type variable, `Final[...]` and the like stand for."""
    while True:
        if isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif isinstance(annotation, typing.TypeVar):
            annotation = annotation.__bound__ or Any
        elif type(annotation).__name__ == "TypeAliasType":
            annotation = annotation.__value__
        elif isinstance(annotation, dataclasses.InitVar):
            annotation = annotation.type
        elif typing.get_origin(annotation) in _WRAPPERS:
            annotation = typing.get_args(annotation)[0]
        else:
            return annotation


def _class_schema(cls: Any, arguments: tuple[Any, ...], describe: DescribeDataclass) -> dict[str, Any]:
    if not isinstance(cls, type):
        return dict(_ANYTHING)
    if issubclass(cls, enum.Enum):
        return _enumeration(cls)
    if dataclasses.is_dataclass(cls):
        return describe(cls)
    for scalar, schema in _SCALARS:
        if issubclass(cls, scalar):
            return dict(schema)
    return _container(cls, arguments, describe)


def _container(cls: type, arguments: tuple[Any, ...], describe: DescribeDataclass) -> dict[str, Any]:
    if issubclass(cls, Mapping) or typing.is_typeddict(cls):
        values = type_schema(arguments[1], describe) if len(arguments) == 2 else _ANYTHING
        return {"type": "object", "additionalProperties": values} if values else {"type": "object"}
    if issubclass(cls, tuple) and arguments and Ellipsis not in arguments:
        items = [type_schema(argument, describe) for argument in arguments]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    if issubclass(cls, Sequence | Set) and not issubclass(cls, bytes | bytearray):
        items_schema = type_schema(arguments[0], describe) if arguments else _ANYTHING
        array = {"type": "array", "items": items_schema} if items_schema else {"type": "array"}
        return {**array, "uniqueItems": True} if issubclass(cls, Set) else array
    return dict(_ANYTHING)


def _enumeration(values: Iterable[Any]) -> dict[str, Any]:
    return {"enum": [to_json(value) for value in values]}
