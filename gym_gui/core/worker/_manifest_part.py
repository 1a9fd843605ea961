"""What every dataclass of the manifest shares: checked fields, the way to plain data and back.

A field's check is chosen by its annotation (a string, through `from __future__ import annotations`);
a field that holds another part names its class in the field's metadata.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

from gym_gui.core.worker._checked import shown
from gym_gui.core.worker._json_files import dotted, json_ready, numbers_again, shown_as_json

if TYPE_CHECKING:
    from typing import Self

_OPTIONAL = " | None"
_WRONG: Any = object()
_Part = TypeVar("_Part", bound="ManifestPart")


class WrongValueError(Exception):
    """A value is not what its place asks for."""

    def __init__(self, place: str, expected: str, value: object) -> None:
        super().__init__(place, expected, value)
        self.place = place
        self.expected = expected
        self.value = value


@dataclass(slots=True)
class ManifestPart:
    """A part of the manifest.

    Attributes:
        unknown_fields: What another version wrote and this one has no field for; written back on saving.
    """

    unknown_fields: dict[str, Any] = field(default_factory=dict, kw_only=True, repr=False)

    def __post_init__(self) -> None:
        for own, value in checked_fields(self):
            setattr(self, own.name, value)

    def to_dict(self) -> dict[str, Any]:
        """The part as plain data, ready for JSON."""
        return part_as_dict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The part that the data describes; null and missing optional fields are fine.

        Raises:
            ValueError: A field is wrong or missing; the message starts with its place.
        """
        try:
            return _part_from_data(cls, data, "")
        except WrongValueError as wrong:
            found = "nothing" if wrong.value is MISSING else shown_as_json(wrong.value)
            place = wrong.place or cls.__name__
            raise ValueError(f"{place}: expected {wrong.expected}, got {found}") from None


def checked_fields(part: ManifestPart) -> Iterator[tuple[Field[Any], Any]]:
    """Each own field with its value in plain form (a path as text, a tuple as a list).

    Raises:
        TypeError: A value has the wrong type; the message names class and field.
    """
    for own in _own_fields(type(part)):
        try:
            yield own, _checked(own, getattr(part, own.name), own.name)
        except WrongValueError as wrong:
            where = f"{type(part).__name__}.{wrong.place}"
            raise TypeError(f"{where}: expected {wrong.expected}, got {shown(wrong.value)}") from None


def part_as_dict(part: ManifestPart) -> dict[str, Any]:
    """All fields of the part in plain form, None as well; after them the unknown ones."""
    known = {own.name: _as_data(value) for own, value in checked_fields(part)}
    unknown = {name: value for name, value in part.unknown_fields.items() if name not in known}
    return {**known, **_as_data(unknown)}


def _as_data(value: Any) -> Any:
    if isinstance(value, ManifestPart):
        return value.to_dict()
    return json_ready(value) if isinstance(value, dict) else value


def _part_from_data(cls: type[_Part], data: object, place: str) -> _Part:
    if not isinstance(data, Mapping):
        raise WrongValueError(place, "an object", data)
    own = {own.name: own for own in _own_fields(cls)}
    values = {name: _from_data(own[name], data.get(name, MISSING), dotted(place, name)) for name in own}
    unknown = {name: value for name, value in data.items() if name not in own}
    return cls(**values, unknown_fields=unknown)


def _own_fields(cls: type[ManifestPart]) -> list[Field[Any]]:
    return [own for own in fields(cls) if own.name != "unknown_fields"]


def _from_data(own: Field[Any], value: object, place: str) -> Any:
    """The value a field takes when the data holds this one, or MISSING, for it."""
    optional = str(own.type).endswith(_OPTIONAL)
    if value is None or value is MISSING:
        return _stand_in(own, value, place, optional=optional)
    if part := own.metadata.get("part"):
        return _part_from_data(part, value, place)
    checked = _checked(own, value, place)
    return numbers_again(checked) if isinstance(checked, dict) else checked


def _stand_in(own: Field[Any], absent: object, place: str, *, optional: bool) -> Any:
    if own.default is not MISSING:
        return own.default
    if own.default_factory is not MISSING:
        return own.default_factory()
    if optional:
        return None
    if part := own.metadata.get("part"):
        return _part_from_data(part, {}, place)
    raise WrongValueError(place, _KINDS[str(own.type)][0], absent)


def _checked(own: Field[Any], value: object, place: str) -> Any:
    kind = str(own.type).removesuffix(_OPTIONAL)
    if value is None and kind != own.type:
        return None
    if part := own.metadata.get("part"):
        if isinstance(value, part):
            return value
        raise WrongValueError(place, f"an instance of {part.__name__}", value)
    if kind == "list[str]" and isinstance(value, list | tuple):
        return [_plain("str", item, f"{place}[{position}]") for position, item in enumerate(value)]
    return _plain(kind, value, place)


def _plain(kind: str, value: object, place: str) -> Any:
    expected, convert = _KINDS[kind]
    plain = convert(value)
    if plain is _WRONG:
        raise WrongValueError(place, expected, value)
    return plain


def _text(value: object) -> Any:
    text = os.fsdecode(value) if isinstance(value, os.PathLike) else value
    return str.__str__(text) if isinstance(text, str) else _WRONG


def _whole_number(value: object) -> Any:
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else _WRONG


_KINDS: Mapping[str, tuple[str, Callable[[object], Any]]] = {
    "str": ("a string", _text),
    "bool": ("true or false", lambda value: value if isinstance(value, bool) else _WRONG),
    "int": ("a whole number", _whole_number),
    "list[str]": ("a list of strings", lambda _: _WRONG),
    "dict[str, Any]": ("an object", lambda value: value if isinstance(value, dict) else _WRONG),
}
