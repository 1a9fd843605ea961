"""Protobuf's wire format, walked field by field without a schema and without copying what is skipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from gym_gui.core.artifacts.scalars.limits import MOST_FIELDS_IN_EVENT

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10
_HEAD = 2 * _LONGEST_VARINT


class WireError(ValueError):
    """Bytes that are no message of this format."""


class ByteSource(Protocol):
    """Bytes in memory, or bytes of a file that are read when they are asked for."""

    def __getitem__(self, index: slice, /) -> bytes:
        """The bytes of a slice with both ends."""


def varint(data: bytes, position: int = 0) -> tuple[int, int]:
    """The unsigned number that begins at `position`, and the position behind it.

    Raises:
        WireError: It does not end within ten bytes.
    """
    value = shift = 0
    for byte in data[position : position + _LONGEST_VARINT]:
        value |= (byte & 0x7F) << shift
        position += 1
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, position
        shift += 7
    raise WireError("a number that does not end")


def signed(value: int) -> int:
    """An unsigned 64-bit number read as a signed one."""
    return value - (1 << 64) if value >> 63 else value


def fields(data: ByteSource, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Every field between `start` and `end`: number, wire type, and the span of its content.

    The content of a number is its bytes, of text and messages what follows their length.

    Raises:
        WireError: The bytes are no message.
    """
    position = start
    for _ in range(MOST_FIELDS_IN_EVENT):
        if position >= end:
            return
        head = data[position : min(position + _HEAD, end)]
        key, used = varint(head)
        first = position + used
        kind = key & 7
        if kind == VARINT:
            last = position + varint(head, used)[1]
        elif kind == BYTES:
            length, used = varint(head, used)
            first = position + used
            last = first + length
        elif kind in (FIXED32, FIXED64):
            last = first + (4 if kind == FIXED32 else 8)
        else:
            raise WireError(f"a field of the unknown type {kind}")
        if last > end:
            raise WireError("a field that is longer than what holds it")
        yield key >> 3, kind, first, last
        position = last
    raise WireError(f"more than {MOST_FIELDS_IN_EVENT:,} fields")


def number(data: ByteSource, first: int, last: int) -> int:
    """The unsigned number whose bytes are in this span."""
    return varint(data[first:last])[0]
