"""One event read field by field: the exact way, for every event that is not one of many alike."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from gym_gui.core.artifacts.scalars.limits import LONGEST_TAG_BYTES, MOST_VALUES_IN_EVENT
from gym_gui.core.artifacts.scalars.model import Kind
from gym_gui.core.artifacts.scalars.tensors import (
    STRING,
    Scalar,
    Tensor,
    number_at,
    read_tensor,
    scalar_of,
)
from gym_gui.core.artifacts.scalars.wire import (
    BYTES,
    FIXED32,
    FIXED64,
    VARINT,
    ByteSource,
    WireError,
    fields,
    number,
    signed,
)

_SESSION_START = 1
# Fields of Summary.Value.
_TAG, SIMPLE_VALUE, _IMAGE, _HISTOGRAM, _AUDIO, _TENSOR, _METADATA = 1, 2, 4, 5, 6, 8, 9
_WIRE_TYPE = {SIMPLE_VALUE: FIXED32, _IMAGE: BYTES, _HISTOGRAM: BYTES, _AUDIO: BYTES, _TENSOR: BYTES}
_KIND_OF_FIELD = {_IMAGE: Kind.IMAGE, _HISTOGRAM: Kind.HISTOGRAM, _AUDIO: Kind.AUDIO}
_KIND_OF_PLUGIN = {
    "scalars": Kind.SCALAR,
    "images": Kind.IMAGE,
    "text": Kind.TEXT,
    "histograms": Kind.HISTOGRAM,
    "audio": Kind.AUDIO,
}


@dataclass(slots=True)
class Value:
    """One value of an event's summary.

    Attributes:
        tag: None when it is too long to be taken in.
        scalar: The number of a scalar.
        field: Which field of Summary.Value holds the content, 0 when none does.
        content: Span of that field.
        from_plugin: Whether the value itself said what kind it is of.
    """

    tag: str | None = ""
    kind: Kind = Kind.OTHER
    scalar: Scalar | None = None
    field: int = 0
    content: tuple[int, int] = (0, 0)
    from_plugin: bool = False


@dataclass(slots=True)
class Event:
    """An event of an event file.

    Attributes:
        plain: Time, then step if any, then one summary, and nothing else.
        session_start: The writer says that whatever it wrote from this step on before is void.
    """

    wall_time: float = 0.0
    step: int = 0
    plain: bool = True
    session_start: bool = False
    values: list[Value] = field(default_factory=list)


def read_event(data: ByteSource, length: int, kinds: Mapping[str, Kind]) -> Event:
    """The event in the first `length` bytes.

    Args:
        data: The bytes of one record.
        length: How many they are.
        kinds: What is known of tags: writers may say only once of what kind a tag's tensors are.

    Raises:
        WireError: It is no event, or has more values than anybody writes.
    """
    event = Event()
    expected = 1
    for name, kind, first, last in fields(data, 0, length):
        if name < expected or name not in (1, 2, 5):
            event.plain = False
        expected = name + 1
        if name == 1 and kind == FIXED64:
            event.wall_time = struct.unpack("<d", data[first:last])[0]
        elif name == 2 and kind == VARINT:
            event.step = signed(number(data, first, last))
        elif name == 5 and kind == BYTES:
            _read_summary(data, first, last, event, kinds)
        elif name == 7 and kind == BYTES:
            event.session_start |= _starts_session(data, first, last)
    return event


def _starts_session(data: ByteSource, start: int, end: int) -> bool:
    statuses = [
        number(data, first, last)
        for name, kind, first, last in fields(data, start, end)
        if name == 1 and kind == VARINT
    ]
    return bool(statuses) and statuses[-1] == _SESSION_START


def _read_summary(data: ByteSource, start: int, end: int, event: Event, kinds: Mapping[str, Kind]) -> None:
    for name, kind, first, last in fields(data, start, end):
        if name == 1 and kind == BYTES:
            event.values.append(_read_value(data, first, last, kinds))
            if len(event.values) > MOST_VALUES_IN_EVENT:
                raise WireError(f"more than {MOST_VALUES_IN_EVENT:,} values in one event")


def _read_value(data: ByteSource, start: int, end: int, kinds: Mapping[str, Kind]) -> Value:
    value = Value()
    plugin = ""
    for name, kind, first, last in fields(data, start, end):
        if name == _TAG and kind == BYTES:
            value.tag = _text(data, first, last) if last - first <= LONGEST_TAG_BYTES else None
        elif _WIRE_TYPE.get(name) == kind:
            value.field, value.content = name, (first, last)
        elif name == _METADATA and kind == BYTES:
            plugin = _plugin_name(data, first, last)
    _classify(data, value, plugin, kinds)
    return value


def _classify(data: ByteSource, value: Value, plugin: str, kinds: Mapping[str, Kind]) -> None:
    if value.field == SIMPLE_VALUE:
        value.kind, value.scalar = Kind.SCALAR, number_at(data, *value.content, "<f4")
    elif value.field == _TENSOR:
        value.from_plugin = bool(plugin)
        known = kinds.get(value.tag or "")
        told = _KIND_OF_PLUGIN.get(plugin, Kind.OTHER) if plugin else known
        tensor = read_tensor(data, *value.content)
        value.kind = told or _kind_by_content(tensor)
        if value.kind is Kind.SCALAR:
            value.scalar = scalar_of(data, tensor)
            if value.scalar is None:
                value.kind = Kind.OTHER
    else:
        value.kind = _KIND_OF_FIELD.get(value.field, Kind.OTHER)


def _kind_by_content(tensor: Tensor) -> Kind:
    """What a tensor is likely to be whose writer never said it."""
    if tensor.dtype == STRING:
        return Kind.TEXT
    return Kind.SCALAR if tensor.size == 1 else Kind.OTHER


def _plugin_name(data: ByteSource, start: int, end: int) -> str:
    for name, kind, first, last in fields(data, start, end):
        if name == 1 and kind == BYTES:
            for inner, inner_kind, a, b in fields(data, first, last):
                if inner == 1 and inner_kind == BYTES and b - a <= LONGEST_TAG_BYTES:
                    return _text(data, a, b)
    return ""


def _text(data: ByteSource, first: int, last: int) -> str:
    return data[first:last].decode("utf-8", "replace")
