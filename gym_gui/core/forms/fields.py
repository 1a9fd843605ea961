"""The fields of a form as values: what a widget or a command line needs to know, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class FieldKind(StrEnum):
    """What a field holds; JSON is the kind for every shape without an editor of its own."""

    INTEGER = "integer"
    NUMBER = "number"
    STRING = "string"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    PATH = "path"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of a worker's config.

    Attributes:
        name: Key in the config.
        title: Label; the name in words when the schema gives none.
        required: True when the schema has no default for it.
        nullable: True when None ("unset") is a value of its own.
        omittable: True when unset means left out of the config: neither required nor given a default
            by the schema. `values.without_unset` drops such fields.
        default: Value to start from; meaningless when `required`.
        minimum, maximum: Inclusive bounds, None when open.
        exclusive_minimum, exclusive_maximum: Exclusive bounds, None when open.
        choices: The permitted values of a CHOICE.
        suggestions: Values worth offering for a STRING; others are as good.
        directory: Whether a PATH names a directory.
        item: For a JSON field that is a list of plain values: what each of them is.
        members: For a JSON field that is an object the schema describes: its fields.
        closed: Whether such an object may have no other fields.
        min_items, max_items: How many items a list has, None when open.
        managed: Filled in by the launcher (`run_id`), so not shown for editing.
        advanced: Folded away until asked for (`"advanced": true` in the schema).
    """

    name: str
    title: str
    kind: FieldKind
    description: str = ""
    required: bool = False
    nullable: bool = False
    omittable: bool = False
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    choices: tuple[Any, ...] = ()
    suggestions: tuple[str, ...] = ()
    directory: bool = False
    item: FormField | None = None
    members: tuple[FormField, ...] = ()
    closed: bool = False
    min_items: int | None = None
    max_items: int | None = None
    managed: bool = False
    advanced: bool = False
