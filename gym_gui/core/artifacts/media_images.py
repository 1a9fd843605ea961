"""Sizes of pictures from their headers: PNG, JPEG, GIF, WebP. Nothing is decoded, little is read."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

_MOST_PIECES = 100_000
_READ_BYTES = 64 * 1024
# Frames are counted up to here: a film as a GIF of gigabytes would take minutes.
_FARTHEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a header tells; `frames` and `duration_s` only of animations. `problem` says what is wrong."""

    width: int | None = None
    height: int | None = None
    frames: int | None = None
    duration_s: float | None = None
    problem: str = ""


def image_facts(file: BinaryIO, kind: str) -> ImageFacts:
    """What the header of a picture of this kind ("PNG", "JPEG", "GIF", "WebP") tells."""
    readers: dict[str, Callable[[_Window], ImageFacts]] = {
        "PNG": _png,
        "JPEG": _jpeg,
        "GIF": _gif,
        "WebP": _webp,
    }
    try:
        return readers[kind](_Window(file))
    except (struct.error, IndexError):
        return ImageFacts(problem="its header is cut short")


class _Window:
    """Random access to a file through one buffer."""

    def __init__(self, file: BinaryIO) -> None:
        self._descriptor = file.fileno()
        self._start = 0
        self._data = b""
        self.size = os.fstat(self._descriptor).st_size

    def at(self, position: int, count: int) -> bytes:
        """`count` bytes from `position`.

        Raises:
            IndexError: When they are not all there, or too far into the file to be a header.
        """
        if position > _FARTHEST:
            raise IndexError
        first = position - self._start
        if first < 0 or first + count > len(self._data):
            self._data, self._start = os.pread(self._descriptor, max(_READ_BYTES, count), position), position
            first = 0
        if first + count > len(self._data):
            raise IndexError
        return self._data[first : first + count]


def _png(window: _Window) -> ImageFacts:
    if window.at(12, 4) != b"IHDR":
        return ImageFacts(problem="its header is damaged")
    width, height = struct.unpack(">II", window.at(16, 8))
    position = 8
    for _ in range(_MOST_PIECES):
        if position + 8 > window.size:
            return ImageFacts(width, height)
        length, name = struct.unpack(">I4s", window.at(position, 8))
        if name == b"acTL":
            (frames,) = struct.unpack(">I", window.at(position + 8, 4))
            return ImageFacts(width, height, frames if frames > 1 else None)
        if name == b"IDAT":
            break
        position += 12 + length
    return ImageFacts(width, height)


def _jpeg(window: _Window) -> ImageFacts:
    position = 2
    for _ in range(_MOST_PIECES):
        mark = window.at(position, 2)
        if mark[0] != 0xFF:
            return ImageFacts(problem="its header is damaged")
        if mark[1] == 0xFF or 0xD0 <= mark[1] <= 0xD8 or mark[1] == 0x01:
            position += 1 if mark[1] == 0xFF else 2
            continue
        (length,) = struct.unpack(">H", window.at(position + 2, 2))
        if 0xC0 <= mark[1] <= 0xCF and mark[1] not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", window.at(position + 5, 4))
            return ImageFacts(width, height)
        position += 2 + max(length, 2)
    return ImageFacts(problem="its header has no end")


def _gif(window: _Window) -> ImageFacts:
    width, height, flags = struct.unpack("<HHB", window.at(6, 5))
    position = 13 + _colours(flags)
    frames = hundredths = 0
    try:
        for _ in range(_MOST_PIECES):
            kind = window.at(position, 1)[0]
            if kind == 0x3B:
                break
            if kind == 0x2C:
                frames += 1
                position = _after_blocks(window, position + 11 + _colours(window.at(position + 9, 1)[0]))
            elif kind == 0x21:
                if window.at(position + 1, 2) == b"\xf9\x04":
                    hundredths += struct.unpack("<H", window.at(position + 4, 2))[0]
                position = _after_blocks(window, position + 2)
            else:
                break
    except IndexError:
        return ImageFacts(width, height, frames or None, problem="" if frames else "it is cut short")
    animated = frames > 1
    return ImageFacts(width, height, frames if animated else None, hundredths / 100 if animated else None)


def _colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(window: _Window, position: int) -> int:
    while length := window.at(position, 1)[0]:
        position += 1 + length
    return position + 1


def _webp(window: _Window) -> ImageFacts:
    name = window.at(12, 4)
    if name == b"VP8 ":
        width, height = struct.unpack("<HH", window.at(26, 4))
        return ImageFacts(width & 0x3FFF, height & 0x3FFF)
    if name == b"VP8L":
        (bits,) = struct.unpack("<I", window.at(21, 4))
        return ImageFacts((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if name != b"VP8X":
        return ImageFacts(problem="its header is damaged")
    flags = window.at(20, 1)[0]
    width, height = (int.from_bytes(window.at(place, 3), "little") + 1 for place in (24, 27))
    if not flags & 2:
        return ImageFacts(width, height)
    frames, milliseconds = _webp_frames(window)
    return ImageFacts(width, height, frames, milliseconds / 1000)


def _webp_frames(window: _Window) -> tuple[int, int]:
    frames = milliseconds = 0
    position = 12
    for _ in range(_MOST_PIECES):
        if position + 8 > window.size:
            break
        name, length = struct.unpack("<4sI", window.at(position, 8))
        if name == b"ANMF" and position + 24 <= window.size:
            frames += 1
            milliseconds += int.from_bytes(window.at(position + 20, 3), "little")
        position += 8 + length + length % 2
    return frames, milliseconds
