"""A plain dataclass -> JSON Schema, field by field."""

from __future__ import annotations

import dataclasses
import sys
import typing
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from gym_gui.core.probing.json_values import NotJsonError, to_json
from gym_gui.core.probing.type_schema import type_schema

_METADATA_KEYWORDS = (
    "title", "description", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern", "format", "enum", "examples", "minItems", "maxItems", "uniqueItems",
    "advanced",
)  # fmt: skip


def dataclass_schema(cls: type, enclosing: tuple[type, ...] = ()) -> dict[str, Any]:
    """The schema of the fields its constructor takes.

    Args:
        cls: A dataclass.
        enclosing: The dataclasses this one is being described inside of; a recursive one stops there.
    """
    if cls in enclosing:
        return {"type": "object"}
    properties: dict[str, Any] = {}
    required = []
    for field in dataclasses.fields(cls):
        if not field.init:
            continue
        properties[field.name] = _field_schema(cls, field, (*enclosing, cls))
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            required.append(field.name)
    schema = {"title": cls.__name__, "type": "object", "properties": properties, "required": required}
    description = _description(cls)
    return {**schema, "description": description} if description else schema


def _field_schema(cls: type, field: dataclasses.Field[Any], enclosing: tuple[type, ...]) -> dict[str, Any]:
    try:
        schema = type_schema(_resolved_type(cls, field), lambda inner: dataclass_schema(inner, enclosing))
    except Exception:  # noqa: BLE001 (a boundary: annotations are the worker's code and may raise anything)
        schema = {}
    schema.update(_from_metadata(field.metadata))
    try:
        if field.default is not dataclasses.MISSING:
            schema["default"] = to_json(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            schema["default"] = to_json(field.default_factory())
    except Exception:  # noqa: BLE001 (a boundary: the factory is the worker's code; no default is known then)
        schema.pop("default", None)
    return schema


def _resolved_type(cls: type, field: dataclasses.Field[Any]) -> Any:
    """The field's annotation as a type, looked up where the class that declares it was written."""
    if not isinstance(field.type, str):
        return field.type
    owner = next((base for base in cls.__mro__ if field.name in vars(base).get("__annotations__", {})), cls)
    module = sys.modules.get(owner.__module__)
    holder = SimpleNamespace(__annotations__={field.name: field.type})
    names = {**vars(module)} if module is not None else {}
    hints = typing.get_type_hints(holder, globalns=names, localns=dict(vars(owner)), include_extras=True)
    return hints[field.name]


def _from_metadata(metadata: Mapping[Any, Any]) -> dict[str, Any]:
    """The JSON Schema keywords among the field's metadata; argparse's `help` counts as a description."""
    found: dict[str, Any] = {}
    named = {key: metadata[key] for key in _METADATA_KEYWORDS if key in metadata}
    if "help" in metadata:
        named.setdefault("description", metadata["help"])
    for key, value in named.items():
        try:
            found[key] = to_json(value)
        except NotJsonError:
            continue
    return found


def _description(cls: type) -> str:
    """The first paragraph of the class's own docstring, unless it is the one `@dataclass` writes."""
    text = vars(cls).get("__doc__") or ""
    if not isinstance(text, str) or text.startswith(f"{cls.__name__}("):
        return ""
    return " ".join(text.strip().split("\n\n")[0].split())
