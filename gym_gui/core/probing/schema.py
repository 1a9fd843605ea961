"""A config class -> its JSON Schema. Runs in the worker's interpreter, on the worker's classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

from gym_gui.core.probing.dataclass_schema import dataclass_schema
from gym_gui.core.probing.json_values import NotJsonError, to_json
from gym_gui.core.probing.pydantic_schema import is_pydantic, pydantic_schema

_GONE = object()


class NoSchemaError(TypeError):
    """The class is of no kind whose fields can be read."""


def config_schema(cls: type) -> dict[str, Any]:
    """The JSON Schema of a dataclass, a pydantic model or dataclass, or a msgspec Struct.

    A field that cannot be described accepts any JSON; it does not spoil the others.

    Raises:
        NoSchemaError: The class is none of these.
    """
    if is_pydantic(cls):
        schema = pydantic_schema(cls)
    elif is_dataclass(cls):
        schema = dataclass_schema(cls)
    else:
        schema = _struct_schema(cls)
    return _json_items(schema)


def _json_items(node: Mapping[Any, Any]) -> dict[str, Any]:
    """The items that are JSON, all the way down: an infinite default must not cost the other fields."""
    return {key: plain for key, value in node.items() if (plain := _json_or_gone(value)) is not _GONE}


def _json_or_gone(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _json_items(value)
    if isinstance(value, list):
        return [plain for item in value if (plain := _json_or_gone(item)) is not _GONE]
    try:
        return to_json(value)
    except NotJsonError:
        return _GONE


def _struct_schema(cls: type) -> dict[str, Any]:
    import msgspec

    if not issubclass(cls, msgspec.Struct):
        raise NoSchemaError(
            f"{cls.__module__}.{cls.__qualname__} is neither a dataclass nor a pydantic model, "
            "so its fields are not known"
        )
    return msgspec.json.schema(cls)
