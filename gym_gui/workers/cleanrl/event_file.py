"""Scalars of a growing TensorBoard event file, each read once.

A file is a row of records: length (8 bytes), its checksum (4), the event, its checksum (4). Of an event
(protobuf) field 2 is the step, 5 the summary; of that field 1 a value with tag (1) and number (2).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

Point = tuple[str, int, float]

_HEAD, _CHECKSUM = 12, 4
_LARGEST_RECORD = 16 * 2**20
_MOST_AT_ONCE = 4 * 2**20
_MOST_FILES = 200


class ScalarTail:
    """The points that event files below a folder have gained since they were last asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: dict[Path, int] = {}

    def new_points(self) -> Iterator[Point]:
        """Tag, step and value of what came; at most 4 MiB of a file at once, so that a beat stays short."""
        for path in _event_files(self._folder):
            yield from self._points_of(path)

    def _points_of(self, path: Path) -> Iterator[Point]:
        place = self._places.get(path, 0)
        if place < 0:
            return
        try:
            with path.open("rb") as file:
                file.seek(place)
                data = file.read(_MOST_AT_ONCE + _LARGEST_RECORD)
        except OSError:
            return  # gone, or not readable right now: the next beat looks again
        records, used, sound = _records(data)
        self._places[path] = place + used if sound else -1
        for record in records:
            try:
                yield from _scalars(record)
            except (IndexError, struct.error, UnicodeDecodeError, ValueError):
                continue  # a record that is no event tells nothing


def _event_files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for where, _, names in os.walk(folder):
        found += [Path(where, name) for name in names if "tfevents" in name]
        if len(found) > _MOST_FILES:
            break
    return sorted(found)[:_MOST_FILES]


def _records(data: bytes) -> tuple[list[bytes], int, bool]:
    """The whole records at the start, how many bytes they take, and whether going on makes sense."""
    found: list[bytes] = []
    place = 0
    while place + _HEAD <= len(data) and place < _MOST_AT_ONCE:
        (length,) = struct.unpack_from("<Q", data, place)
        if length > _LARGEST_RECORD:
            return found, place, False
        end = place + _HEAD + length + _CHECKSUM
        if end > len(data):
            break
        found.append(data[place + _HEAD : end - _CHECKSUM])
        place = end
    return found, place, True


def _scalars(event: bytes) -> Iterator[Point]:
    step = 0
    summaries: list[bytes] = []
    for number, value in _fields(event):
        if number == 2 and isinstance(value, int):
            step = value
        elif number == 5 and isinstance(value, bytes):
            summaries.append(value)
    for summary in summaries:
        for number, value in _fields(summary):
            if number == 1 and isinstance(value, bytes):
                yield from _point(value, step)


def _point(value: bytes, step: int) -> Iterator[Point]:
    tag, scalar = "", None
    for number, part in _fields(value):
        if number == 1 and isinstance(part, bytes):
            tag = part.decode()
        elif number == 2 and isinstance(part, float):
            scalar = part
    if tag and scalar is not None:
        yield tag, step, scalar


def _fields(data: bytes) -> Iterator[tuple[int, int | float | bytes]]:
    """The fields of a protobuf message; 8-byte numbers are passed over."""
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, place = _varint(data, place)
            yield number, value
        elif kind == 1:
            place += 8
        elif kind == 2:
            size, place = _varint(data, place)
            yield number, data[place : place + size]
            place += size
        elif kind == 5:
            yield number, struct.unpack_from("<f", data, place)[0]
            place += 4
        else:
            raise ValueError(f"no such wire type: {kind}")


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")
