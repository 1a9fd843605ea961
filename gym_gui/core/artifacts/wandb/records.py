"""The messages inside a W&B record log, decoded field by field without a schema compiler.

Field numbers are those of `wandb_internal.proto` as wandb 0.31 writes it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from gym_gui.core.artifacts.scalars.wire import BYTES, FIXED64, VARINT, WireError, fields, signed, varint
from gym_gui.core.artifacts.wandb.limits import (
    DEEPEST_VALUE,
    LARGEST_VALUE,
    LONGEST_KEY,
    MOST_VALUES_IN_RECORD,
)

__all__ = ["Item", "Kind", "Message", "WireError", "history_of", "items_of", "record_of", "run_of"]


class Kind(IntEnum):
    """The records that are read, by their field in `Record`."""

    HISTORY = 2
    SUMMARY = 3
    CONFIG = 5
    FILES = 6
    RUN = 17
    EXIT = 18
    HEADER = 21


Message = dict[int, list[Any]]
_KINDS = {kind.value: kind for kind in Kind}
_TYPE = "/_type"
_MOST_PARTS = 32


@dataclass(frozen=True, slots=True)
class Item:
    """A named value; `name` has "/" between its parts. `value` is None with `is_removed`."""

    name: str
    value: Any
    is_removed: bool = False


@dataclass(slots=True)
class RunFacts:
    """What a run record says; "" and None for what it does not."""

    run_id: str = ""
    entity: str = ""
    project: str = ""
    name: str = ""
    group: str = ""
    job_type: str = ""
    notes: str = ""
    sweep_id: str = ""
    tags: tuple[str, ...] = ()
    started: float | None = None
    config: list[Item] = field(default_factory=list)


_RUN_TEXTS = {
    1: "run_id",
    2: "entity",
    3: "project",
    6: "group",
    7: "job_type",
    8: "name",
    9: "notes",
    12: "sweep_id",
}


def record_of(data: bytes) -> tuple[Kind, bytes] | None:
    """The one message a record carries, None when it is of a kind that is not read.

    Raises:
        WireError: The bytes are no record.
    """
    found = None
    for number, kind, first, last in fields(data, 0, len(data)):
        if number in _KINDS and kind == BYTES:
            found = _KINDS[number], data[first:last]
    return found


def message_of(data: bytes) -> Message:
    """Every field of a message by its number: integers, bytes, and doubles of 64-bit fields.

    Raises:
        WireError: The bytes are no message.
    """
    message: Message = {}
    for number, kind, first, last in fields(data, 0, len(data)):
        value: Any = data[first:last]
        if kind == VARINT:
            value = signed(varint(value)[0])
        elif kind == FIXED64:
            (value,) = struct.unpack("<d", value)
        message.setdefault(number, []).append(value)
    return message


def text_of(message: Message, number: int) -> str:
    """The text in a field, "" without; the last one counts."""
    value = message.get(number, [b""])[-1]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def run_of(data: bytes) -> RunFacts:
    """What a run record says of the run.

    Raises:
        WireError: The bytes are no message.
    """
    message = message_of(data)
    facts = RunFacts()
    for number, name in _RUN_TEXTS.items():
        setattr(facts, name, text_of(message, number)[:LONGEST_KEY])
    tags = (
        tag.decode("utf-8", "replace")[:LONGEST_KEY]
        for tag in message.get(10, [])[:100]
        if isinstance(tag, bytes)
    )
    facts.tags = tuple(tags)
    for config in message.get(4, []):
        if isinstance(config, bytes):
            facts.config.extend(items_of(config))
    for started in message.get(17, []):
        if isinstance(started, bytes):
            when = message_of(started)
            facts.started = _number(when, 1) + _number(when, 2) / 1e9
    return facts


def _number(message: Message, number: int) -> float:
    value = message.get(number, [0])[-1]
    return float(value) if isinstance(value, int | float) else 0.0


def whole_of(message: Message, number: int) -> int:
    """The integer in a field, 0 without."""
    value = message.get(number, [0])[-1]
    return value if isinstance(value, int) else 0


def items_of(data: bytes) -> Iterator[Item]:
    """The values that a config or summary record sets and removes, in the order they stand.

    Raises:
        WireError: The bytes are no message.
    """
    for number, kind, first, last in fields(data, 0, len(data)):
        if number in (1, 2) and kind == BYTES:
            item = message_of(data[first:last])
            name = _name(item)
            if name:
                yield Item(name, None if number == 2 else _json(item), number == 2)


def history_of(data: bytes) -> tuple[int | None, list[Item]]:
    """The step of a history record, None without one, and its values, nested ones by their path.

    What says of what type it is, an image or a table, is one value, in whatever pieces it was logged.

    Raises:
        WireError: The bytes are no message.
    """
    step: int | None = None
    items: list[Item] = []
    for number, kind, first, last in fields(data, 0, len(data)):
        if kind != BYTES:
            continue
        if number == 2:
            step = whole_of(message_of(data[first:last]), 1)
        elif number == 1:
            message = message_of(data[first:last])
            if name := _name(message):
                items.extend(_flat(name, _history_value(message), 0))
        if len(items) > MOST_VALUES_IN_RECORD:
            break
    return step, with_typed_whole(items)


def with_typed_whole(items: list[Item]) -> list[Item]:
    """These, with all that stands below a name that has a `_type` as one dictionary of that name."""
    typed: dict[str, dict[str, Any]] = {
        item.name.removesuffix(_TYPE): {}
        for item in items
        if item.name.endswith(_TYPE) and isinstance(item.value, str)
    }
    if not typed:
        return items
    kept: list[Item] = []
    for item in items:
        owner = next((start for start in _starts(item.name) if start in typed), None)
        if owner is None:
            kept.append(item)
        else:
            typed[owner][item.name[len(owner) + 1 :]] = item.value
    # An owner is in another one's value where it is nested in it.
    return [*kept, *(Item(name, value) for name, value in typed.items() if value)]


def _starts(name: str) -> Iterator[str]:
    """What comes before each of the first slashes of a name."""
    end = -1
    for _ in range(_MOST_PARTS):
        if (end := name.find("/", end + 1)) < 0:
            return
        yield name[:end]


def _name(item: Message) -> str:
    """Its key, or the path of its nested key; dots that a writer put between parts stay as they are."""
    parts = [part.decode("utf-8", "replace") for part in item.get(2, []) if isinstance(part, bytes)]
    return ("/".join(parts) or text_of(item, 1))[:LONGEST_KEY]


def _history_value(item: Message) -> Any:
    """The value of a history item, whichever of its fields holds it."""
    if 4 in item:
        return bool(whole_of(item, 4))
    if 5 in item:
        raw = whole_of(item, 5) & 0xFFFFFFFFFFFFFFFF
        return (raw >> 1) ^ -(raw & 1)
    if 6 in item:
        return item[6][-1]
    if 7 in item:
        return text_of(item, 7)
    return _json(item, 8 if 8 in item else 16)


def _json(item: Message, number: int = 16) -> Any:
    raw = item.get(number, [b""])[-1]
    if not isinstance(raw, bytes) or len(raw) > LARGEST_VALUE:
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _flat(name: str, value: Any, depth: int) -> Iterator[Item]:
    if isinstance(value, dict) and "_type" not in value and depth < DEEPEST_VALUE:
        for key, inner in value.items():
            yield from _flat(f"{name}/{key}"[:LONGEST_KEY], inner, depth + 1)
    else:
        yield Item(name, value)
