"""A config as a tree of entries, each beside its value in another config: pure data, no Qt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Any

_LONGEST_TEXT = 300
_MOST_CHILDREN = 1000
_MOST_ENTRIES = 20_000
_DEEPEST = 12
_MOST_ITEMS = 40
_MOST_INNER_ITEMS = 12
_DEEPEST_SHOWN = 3


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
    return tuple(_EntryMaker(None if other is None else absent).entries(config, other))


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
    if isinstance(value, str) and value:
        text = value[: 2 * _LONGEST_TEXT]
    else:
        text = json.dumps(_trimmed(value, 0), ensure_ascii=False, default=str)
    line = " ".join(text.split()) if text.strip() else json.dumps(text)
    return line if len(line) <= _LONGEST_TEXT else f"{line[:_LONGEST_TEXT]} …"


def _trimmed(value: Any, depth: int) -> Any:
    """As much of a value as a line can show, so that a huge one costs no more than that."""
    most = _MOST_ITEMS if depth == 0 else _MOST_INNER_ITEMS
    if isinstance(value, str):
        return value[:_LONGEST_TEXT]
    if not isinstance(value, (Mapping, list)):
        return value
    if depth > _DEEPEST_SHOWN:
        return "…"
    if isinstance(value, Mapping):
        return {str(name): _trimmed(part, depth + 1) for name, part in islice(value.items(), most)}
    more = ["…"] if len(value) > most else []
    return [_trimmed(part, depth + 1) for part in value[:most]] + more


class _EntryMaker:
    """Makes the entries of one comparison, up to as many as a tree can show.

    `absent` is what a field counts as that only the other config has, None to compare nothing.
    """

    def __init__(self, absent: Change | None) -> None:
        self._absent = absent
        self._room = _MOST_ENTRIES

    def entries(self, here: Any, there: Any) -> Iterator[ConfigEntry]:
        """The entries of two configs."""
        return self._entries(here, there, "", 0, self._absent)

    def _entries(
        self, here: Any, there: Any, path: str, depth: int, absent: Change | None
    ) -> Iterator[ConfigEntry]:
        left, right = _parts(here), _parts(there)
        names = list(dict.fromkeys([*left, *right]))
        most = min(_MOST_CHILDREN, self._room)
        self._room -= min(len(names), most)
        for name in names[:most]:
            value, other = left.get(name, ABSENT), right.get(name, ABSENT)
            change = Change.NONE if absent is None else _change(value, other, absent)
            children: tuple[ConfigEntry, ...] = ()
            if depth < _DEEPEST and (_is_nested(value) or (value is ABSENT and _is_nested(other))):
                # What is missing inside an object that is there was not left to a default.
                inner = change if change is Change.LEFT_OUT else Change.ONLY_THERE
                rule = None if absent is None else inner
                children = tuple(self._entries(value, other, f"{path}{name}.", depth + 1, rule))
            yield ConfigEntry(name, f"{path}{name}", value, other, change, children)
        if len(names) > most:
            yield ConfigEntry("…", f"{path}…", f"{len(names) - most:,} more", ABSENT, Change.NONE)


def _change(value: Any, other: Any, absent: Change) -> Change:
    if value is ABSENT:
        return absent
    if other is ABSENT:
        return Change.ONLY_HERE
    try:
        return Change.SAME if _is_equal(value, other) else Change.CHANGED
    except RecursionError:  # nested deeper than anybody could look
        return Change.CHANGED


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
