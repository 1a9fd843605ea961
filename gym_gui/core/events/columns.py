"""The payloads of many events that are all made alike, as columns of numbers."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any

import msgspec

from gym_gui.core.events.block import Block
from gym_gui.core.events.classify import are_plain_objects
from gym_gui.core.events.lines import LATEST_MOMENT
from gym_gui.core.events.numbers import as_number

Shape = tuple[tuple[str, type], ...]
_MOST_FIELDS = 64
_Name = Annotated[str, msgspec.Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class Columns:
    """Of each line its time and its numbers, by name in the order of the payload."""

    times: array[float]
    numbers: Mapping[str, array[float]]


def shape_of(payload: Mapping[str, Any] | None) -> Shape | None:
    """The fields of a payload and their types, None when it holds anything but numbers, text and bools."""
    if not payload or len(payload) > _MOST_FIELDS:
        return None
    kinds = {name: float if type(value) is int else type(value) for name, value in payload.items()}
    return tuple(kinds.items()) if set(kinds.values()) <= {float, str, bool} else None


def read_columns(block: Block, shape: Shape | None) -> Columns | None:
    """The payloads in a block when every one has exactly the fields of `shape`, of their types, else None.

    Args:
        block: Whole lines.
        shape: Fields of a payload and their types, of float, str and bool; floats are what counts.
    """
    if shape is None or not are_plain_objects(block):
        return None
    try:
        lines = _decoder(shape).decode_lines(block.text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if len(lines) != len(block):
        return None
    times = array("d", map(attrgetter("timestamp"), lines))
    if not (min(times) >= 0.0 and max(times) <= LATEST_MOMENT):
        return None
    payloads = list(map(attrgetter("payload"), lines))
    numbers = {}
    for position, (name, kind) in enumerate(shape):
        column = map(attrgetter(f"field{position}"), payloads)
        if kind is float:
            numbers[name] = values = array("d", column)
            # A number that is none, or a sum that is none: either way not for the fast way.
            if not math.isfinite(sum(values)):
                return None
        elif kind is str and any(as_number(text) is not None for text in set(column)):
            return None
    return Columns(times, numbers)


@lru_cache(maxsize=16)
def _decoder(shape: Shape) -> msgspec.json.Decoder[Any]:
    names = {f"field{position}": name for position, (name, _) in enumerate(shape)}
    payload = msgspec.defstruct(
        "Payload",
        [(field, kind) for field, (_, kind) in zip(names, shape, strict=True)],
        rename=names,
        forbid_unknown_fields=True,
        gc=False,
    )
    line = msgspec.defstruct("Line", [("event", _Name), ("timestamp", float), ("payload", payload)], gc=False)
    return msgspec.json.Decoder(line)
