"""What stands beside a type in `Annotated[...]` -> JSON Schema keywords.

Objects are read by their attributes, so annotated-types, pydantic's `Field`, `msgspec.Meta`
and anything shaped like them work without importing any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gym_gui.core.probing.json_values import NotJsonError, to_json

_KEYWORDS = {
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "pattern": "pattern",
    "title": "title",
    "description": "description",
    "documentation": "description",
}
_LENGTHS = {"min_length": ("minLength", "minItems"), "max_length": ("maxLength", "maxItems")}


def with_constraints(schema: dict[str, Any], constraints: Iterable[Any]) -> dict[str, Any]:
    """The schema narrowed by the constraints; what is no constraint is ignored."""
    narrowed = dict(schema)
    is_array = schema.get("type") == "array"
    for constraint in constraints:
        if isinstance(constraint, str):
            narrowed.setdefault("description", constraint)
            continue
        for attribute, keyword in _KEYWORDS.items():
            _put(narrowed, keyword, getattr(constraint, attribute, None))
        for attribute, keywords in _LENGTHS.items():
            _put(narrowed, keywords[is_array], getattr(constraint, attribute, None))
        for attribute in ("json_schema_extra", "extra_json_schema"):
            extra = getattr(constraint, attribute, None)
            if isinstance(extra, Mapping):
                for keyword, value in extra.items():
                    _put(narrowed, str(keyword), value)
        inner = getattr(constraint, "metadata", None)
        if isinstance(inner, list):
            narrowed = with_constraints(narrowed, inner)
    return narrowed


def _put(schema: dict[str, Any], keyword: str, value: Any) -> None:
    if value is None or callable(value):
        return
    try:
        schema[keyword] = to_json(value)
    except NotJsonError:
        return
