"""A property of a JSON Schema flattened to one level: references followed, null taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_DEEPEST = 16
_MOST_VARIANTS = 64
_BUDGET = 20_000
_VARIANTS = ("anyOf", "oneOf")
_COMPOSED = ("$ref", "allOf", *_VARIANTS)
_WORDS = ("title", "description", "default")
# What some of the alternatives permit where another permits any text: worth offering, and no more.
SUGGESTED = "x-suggested"


@dataclass(frozen=True, slots=True)
class FlatSchema:
    """What a property says once its references are followed.

    Attributes:
        keywords: The keywords that hold for every value but null; empty when the shape is not understood.
        nullable: True when null is allowed.
    """

    keywords: Mapping[str, Any]
    nullable: bool = False


_NOT_UNDERSTOOD = FlatSchema({})


class SchemaFlattener:
    """Flattens the properties of one document, with a bound on the work a hostile one can ask for."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._budget = _BUDGET

    def flatten(self, schema: object, depth: int = 0) -> FlatSchema:
        """The property as one flat set of keywords; a shape that cannot be flattened has none."""
        self._budget -= 1
        if not isinstance(schema, Mapping) or depth > _DEEPEST or self._budget < 0:
            return _NOT_UNDERSTOOD
        merged: dict[str, Any] = {}
        nullable = False
        for flat in self._parts(schema, depth + 1):
            if not flat.keywords and not flat.nullable:
                return _NOT_UNDERSTOOD
            merged.update({key: value for key, value in flat.keywords.items() if key not in _WORDS})
            nullable = nullable or flat.nullable
        merged.update({key: value for key, value in schema.items() if key not in _COMPOSED})
        return _without_null(merged, nullable)

    def _parts(self, schema: Mapping[str, Any], depth: int) -> list[FlatSchema]:
        """The schemas this one is composed of, each flattened."""
        parts = []
        if "$ref" in schema:
            parts.append(self.flatten(target_of(schema["$ref"], self._root), depth))
        if "allOf" in schema:
            every = schema["allOf"]
            one = every[0] if isinstance(every, list) and len(every) == 1 else None
            parts.append(self.flatten(one, depth))
        parts.extend(self._one_of(schema[keyword], depth) for keyword in _VARIANTS if keyword in schema)
        return parts

    def _one_of(self, variants: object, depth: int) -> FlatSchema:
        if not isinstance(variants, list) or len(variants) > _MOST_VARIANTS:
            return _NOT_UNDERSTOOD
        flats = [self.flatten(variant, depth) for variant in variants]
        nullable = any(flat.nullable for flat in flats)
        shapes = [flat.keywords for flat in flats if flat.keywords or not flat.nullable]
        return FlatSchema(_common_shape(shapes), nullable)


def target_of(reference: object, root: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a `#/...` reference points at inside the document, or None."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    here: object = root
    for step in reference[2:].split("/"):
        if not isinstance(here, Mapping):
            return None
        here = here.get(step.replace("~1", "/").replace("~0", "~"))
    return here if isinstance(here, Mapping) else None


def _common_shape(shapes: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """One set of keywords that says the same as all of these alternatives, or none."""
    if len(shapes) == 1:
        return shapes[0]
    choices = [choices_of(shape) for shape in shapes]
    known = [choice for choice in choices if choice is not None]
    if known and len(known) == len(choices):
        return {"enum": [value for choice in known for value in choice]}
    types = {str(shape.get("type")) for shape in shapes}
    if types == {"integer", "number"} and all(set(shape) <= {"type", "title"} for shape in shapes):
        return {"type": "number"}
    if len(types) == 1 and len(known) < len(shapes):
        return _same_type(shapes)
    return {}


def _same_type(shapes: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The type that all alternatives have, with the format of one and no bound: each has its own."""
    formats = [shape["format"] for shape in shapes if isinstance(shape.get("format"), str)]
    kind = {"type": shapes[0]["type"]} if "type" in shapes[0] else {}
    named = [value for shape in shapes for value in choices_of(shape) or ()]
    suggested = {SUGGESTED: named} if kind and named else {}
    return {**kind, **suggested, **({"format": formats[0]} if kind and formats else {})}


def choices_of(keywords: Mapping[str, Any]) -> list[Any] | None:
    """The values `const` or `enum` permit, None when neither is there."""
    if "const" in keywords:
        return [keywords["const"]]
    enum = keywords.get("enum")
    return enum if isinstance(enum, list) else None


def _without_null(keywords: dict[str, Any], nullable: bool) -> FlatSchema:
    """The keywords with null removed from `type`, `enum` and `const`, and whether it was there."""
    kind = keywords.get("type")
    if kind == "null":
        return FlatSchema({}, nullable=True)
    if isinstance(kind, list):
        rest = [name for name in kind if name != "null"]
        nullable = nullable or len(rest) < len(kind)
        keywords["type"] = rest[0] if len(rest) == 1 else rest
    permitted = choices_of(keywords)
    if permitted is not None:
        keywords.pop("const", None)
        keywords["enum"] = [value for value in permitted if value is not None]
        nullable = nullable or len(keywords["enum"]) < len(permitted)
    return FlatSchema(keywords, nullable)
