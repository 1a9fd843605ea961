"""JSON Schema of a config class -> the fields of its form.

The schema comes from a worker, so nothing in it is trusted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.patterns import is_cheap
from gym_gui.core.forms.resolve import SUGGESTED, SchemaFlattener, choices_of, target_of

MANAGED_FIELDS = frozenset({"run_id"})
_MOST_FIELDS = 2_000
_MOST_CHOICES = 10_000
_MOST_SUGGESTIONS = 5_000
_MOST_MEMBERS = 200
_DEEPEST = 4
_DIRECTORY_FORMAT = "directory-path"
_PATH_FORMATS = frozenset({"path", "file-path", _DIRECTORY_FORMAT})
_KINDS = {
    "integer": FieldKind.INTEGER,
    "number": FieldKind.NUMBER,
    "string": FieldKind.STRING,
    "boolean": FieldKind.BOOLEAN,
}


def form_fields(schema: object) -> tuple[FormField, ...]:
    """The fields of the config class the schema describes, required ones first, else in the schema's order.

    Never raises: a property that is not understood becomes a JSON field, and a schema without
    properties has no fields.
    """
    if not isinstance(schema, Mapping):
        return ()
    body = schema
    if "properties" not in schema:
        body = target_of(schema.get("$ref"), schema) or {}
    return _fields_of(body, SchemaFlattener(schema), _MOST_FIELDS, depth=0)


def _fields_of(
    body: Mapping[str, Any], flattener: SchemaFlattener, most: int, depth: int
) -> tuple[FormField, ...]:
    properties = body.get("properties")
    if not isinstance(properties, Mapping):
        return ()
    listed = body.get("required")
    required = {name for name in listed if isinstance(name, str)} if isinstance(listed, list) else set()
    fields = [
        _field(name, spec, name in required, flattener, depth)
        for name, spec in list(properties.items())[:most]
        if isinstance(name, str)
    ]
    return tuple(sorted(fields, key=lambda field: not field.required))


def _field(name: str, spec: object, required: bool, flattener: SchemaFlattener, depth: int = 0) -> FormField:
    own: Mapping[str, Any] = spec if isinstance(spec, Mapping) else {}
    flat = flattener.flatten(spec)
    kind, choices = _kind(flat.keywords)
    has_default = "default" in own
    omittable = not required and not has_default
    return FormField(
        name=name,
        title=_title(name, own.get("title")),
        kind=kind,
        description=_text(own.get("description")),
        required=required and not has_default,
        nullable=flat.nullable or omittable or (has_default and own["default"] is None),
        omittable=omittable,
        default=own.get("default"),
        choices=choices,
        managed=depth == 0 and name in MANAGED_FIELDS,
        advanced=own.get("advanced") is True,
        **_bounds(flat.keywords, kind),
        **_shape(flat.keywords, kind, flattener, depth + 1),
    )


def _shape(
    keywords: Mapping[str, Any], kind: FieldKind, flattener: SchemaFlattener, depth: int
) -> dict[str, Any]:
    """What a field holds inside, where the schema says it plainly enough for an editor of its own."""
    if kind is FieldKind.STRING:
        return {"suggestions": _suggestions(keywords)}
    if kind is FieldKind.PATH:
        return {"directory": keywords.get("format") == _DIRECTORY_FORMAT}
    if kind is not FieldKind.JSON or depth > _DEEPEST or choices_of(keywords) is not None:
        return {}
    if keywords.get("type") == "object":
        closed = keywords.get("additionalProperties") is False
        return {"members": _fields_of(keywords, flattener, _MOST_MEMBERS, depth), "closed": closed}
    if keywords.get("type") == "array" and "prefixItems" not in keywords:
        item = _field("item", keywords.get("items"), True, flattener, depth)
        # An item that may be null, or is a structure itself, is spelled as JSON.
        plain = item.kind is not FieldKind.JSON and not item.nullable
        counts = {
            "min_items": _length(keywords.get("minItems")),
            "max_items": _length(keywords.get("maxItems")),
        }
        return {"item": item, **counts} if plain else {}
    return {}


def _suggestions(keywords: Mapping[str, Any]) -> tuple[str, ...]:
    found = [
        value
        for source in (keywords.get(SUGGESTED), keywords.get("examples"))
        if isinstance(source, list)
        for value in source[:_MOST_SUGGESTIONS]
        if isinstance(value, str) and value
    ]
    return tuple(dict.fromkeys(found))


def _kind(keywords: Mapping[str, Any]) -> tuple[FieldKind, tuple[Any, ...]]:
    permitted = choices_of(keywords)
    if permitted is not None:
        if 0 < len(permitted) <= _MOST_CHOICES and all(_is_scalar(value) for value in permitted):
            return FieldKind.CHOICE, tuple(permitted)
        return FieldKind.JSON, ()
    named = keywords.get("type")
    kind = _KINDS.get(named, FieldKind.JSON) if isinstance(named, str) else FieldKind.JSON
    wanted = keywords.get("format")
    if kind is FieldKind.STRING and isinstance(wanted, str) and wanted in _PATH_FORMATS:
        kind = FieldKind.PATH
    return kind, ()


def _bounds(keywords: Mapping[str, Any], kind: FieldKind) -> dict[str, Any]:
    if kind in (FieldKind.INTEGER, FieldKind.NUMBER):
        return _number_bounds(keywords)
    if kind is FieldKind.STRING:
        pattern = keywords.get("pattern")
        return {
            "min_length": _length(keywords.get("minLength")),
            "max_length": _length(keywords.get("maxLength")),
            "pattern": pattern if isinstance(pattern, str) and is_cheap(pattern) else None,
        }
    return {}


def _number_bounds(keywords: Mapping[str, Any]) -> dict[str, Any]:
    bounds = {
        "minimum": _number(keywords.get("minimum")),
        "maximum": _number(keywords.get("maximum")),
        "exclusive_minimum": _number(keywords.get("exclusiveMinimum")),
        "exclusive_maximum": _number(keywords.get("exclusiveMaximum")),
    }
    for side in ("minimum", "maximum"):
        if keywords.get(f"exclusive{side.capitalize()}") is True:  # how draft 4 says it
            bounds[f"exclusive_{side}"], bounds[side] = bounds[side], None
    step = _number(keywords.get("multipleOf"))
    return {**bounds, "multiple_of": step if step is not None and step > 0 else None}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:  # an integer no float can hold bounds nothing a form can say
        return None


def _length(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _is_scalar(value: object) -> bool:
    return isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value))


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _title(name: str, given: object) -> str:
    """The schema's title, unless it is only the name with capitals, as pydantic makes it."""
    words = name.replace("_", " ").replace("-", " ").strip()
    title = _text(given)
    if title and title.lower() != words.lower():
        return title
    return words[:1].upper() + words[1:] or name
