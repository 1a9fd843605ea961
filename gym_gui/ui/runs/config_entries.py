"""A config as a tree of entries, each beside its value in another config: pure data, no Qt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

_LONGEST_TEXT = 300
_MOST_CHILDREN = 1000
_DEEPEST = 12


class _Absent:
    """Stands for a value that is not there, for None is a value."""


ABSENT = _Absent()


class Change(StrEnum):
    """How an entry compares, in the words that are shown; SAME and NONE need none.

    LEFT_OUT is a field that the config leaves to its default: no difference.
    """

    NONE = ""
    SAME = "same"
    CHANGED = "changed"
    ONLY_HERE = "only here"
    ONLY_THERE = "not here"
    LEFT_OUT = "left out"


_NO_DIFFERENCE = frozenset({Change.NONE, Change.SAME, Change.LEFT_OUT})


@dataclass(frozen=True, slots=True)
class ConfigEntry:
    """One field, or one item of a list.

    Attributes:
        path: Where it is, "optimiser.betas.0".
        value: Its value here, `ABSENT` when only the other config has it.
        other: Its value in the other config, `ABSENT` when that has none or there is no other.
        children: The fields of an object or the items of a list.
    """

    name: str
    path: str
    value: Any
    other: Any
    change: Change
    children: tuple[ConfigEntry, ...] = ()


def entries_of(
    config: Mapping[str, Any], other: Mapping[str, Any] | None = None, *, are_defaults: bool = False
) -> tuple[ConfigEntry, ...]:
    """The entries of a config; fields of both configs are listed once.

    Args:
        config: The config.
        other: What it is compared with, None for nothing.
        are_defaults: Whether `other` is what holds for fields that the config leaves out.
    """
    absent = Change.LEFT_OUT if are_defaults else Change.ONLY_THERE
    return tuple(_fields(config, other, "", 0, None if other is None else absent))


def matching(
    entries: Iterable[ConfigEntry], text: str, *, only_different: bool = False
) -> tuple[ConfigEntry, ...]:
    """The entries whose path or value contains `text`, with the objects and lists they are in."""
    wanted = text.strip().casefold()
    return tuple(kept for entry in entries if (kept := _kept(entry, wanted, only_different)) is not None)


def count_leaves(entries: Iterable[ConfigEntry]) -> int:
    """How many values there are."""
    return sum(count_leaves(entry.children) if entry.children else 1 for entry in entries)


def count_differences(entries: Iterable[ConfigEntry]) -> int:
    """How many values differ."""
    return sum(
        count_differences(entry.children) if entry.children else entry.change not in _NO_DIFFERENCE
        for entry in entries
    )


def value_text(value: Any) -> str:
    """A value on one line: text as it is, else JSON; cut where it is too long to read."""
    if value is ABSENT:
        return ""
    text = value if isinstance(value, str) and value else _json(value)
    line = " ".join(text.split()) if text.strip() else text
    return line if len(line) <= _LONGEST_TEXT else f"{line[:_LONGEST_TEXT]} …"


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return "too deep to show"


def _fields(here: Any, there: Any, path: str, depth: int, absent: Change | None) -> Iterator[ConfigEntry]:
    """The entries of an object or a list; a missing one counts as `absent`, None to compare nothing."""
    left, right = _parts(here), _parts(there)
    names = list(dict.fromkeys([*left, *right]))
    for name in names[:_MOST_CHILDREN]:
        value, other = left.get(name, ABSENT), right.get(name, ABSENT)
        change = Change.NONE if absent is None else _change(value, other, absent)
        children: tuple[ConfigEntry, ...] = ()
        if depth < _DEEPEST and (_is_nested(value) or (value is ABSENT and _is_nested(other))):
            # What is missing inside an object that is there was not left to a default.
            inner = change if change in (Change.NONE, Change.LEFT_OUT) else Change.ONLY_THERE
            rule = None if absent is None else inner
            children = tuple(_fields(value, other, f"{path}{name}.", depth + 1, rule))
        yield ConfigEntry(name, f"{path}{name}", value, other, change, children)
    if len(names) > _MOST_CHILDREN:
        yield ConfigEntry("…", f"{path}…", f"{len(names) - _MOST_CHILDREN:,} more", ABSENT, Change.NONE)


def _change(value: Any, other: Any, absent: Change) -> Change:
    if value is ABSENT:
        return absent
    if other is ABSENT:
        return Change.ONLY_HERE
    return Change.SAME if _is_equal(value, other) else Change.CHANGED


def _is_equal(value: Any, other: Any) -> bool:
    """Equality as JSON means it: true is not 1, while 1 and 1.0 are one number."""
    if isinstance(value, bool) or isinstance(other, bool):
        return value is other
    if isinstance(value, Mapping) and isinstance(other, Mapping):
        return value.keys() == other.keys() and all(_is_equal(value[key], other[key]) for key in value)
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(_is_equal, value, other))
    return bool(value == other)


def _is_nested(value: Any) -> bool:
    """Whether a value is shown as a tree: objects, and lists that hold objects or lists."""
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, list) and any(isinstance(item, (Mapping, list)) for item in value)


def _parts(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {str(name): part for name, part in value.items()}
    if isinstance(value, list):
        return {str(place): part for place, part in enumerate(value)}
    return {}


def _kept(entry: ConfigEntry, wanted: str, only_different: bool) -> ConfigEntry | None:
    if only_different and entry.change in _NO_DIFFERENCE:
        return None
    found = wanted in entry.path.casefold()
    if not entry.children:
        texts = (value_text(entry.value), value_text(entry.other))
        return entry if found or any(wanted in text.casefold() for text in texts) else None
    inner = "" if found else wanted
    children = tuple(
        kept for child in entry.children if (kept := _kept(child, inner, only_different)) is not None
    )
    return replace(entry, children=children) if children else None
