"""Size and length of videos from their headers: MP4's boxes, WebM's elements. Nothing is decoded."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_MOST_BOXES = 10_000
_LARGEST_HEADER_BOX = 4096
_MOST_WEBM_BYTES = 1024 * 1024
_INFO, _SCALE, _DURATION = 0x1549A966, 0x2AD7B1, 0x4489
_TRACKS, _ENTRY, _VIDEO, _WIDTH, _HEIGHT = 0x1654AE6B, 0xAE, 0xE0, 0xB0, 0xBA
_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
_MASTERS = frozenset({_SEGMENT, _INFO, _TRACKS, _ENTRY, _VIDEO})
_LONGEST_VIDEO_S = 366 * 86_400.0


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What the headers tell; None for what they do not. `problem` says what is wrong."""

    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    problem: str = ""


def video_facts(file: BinaryIO, kind: str) -> VideoFacts:
    """What the headers of an "MP4" or "WebM" file tell."""
    try:
        found = _mp4(file) if kind == "MP4" else _webm(file)
    except (struct.error, IndexError):
        return VideoFacts(problem="its header is cut short")
    if found.width is None:
        return VideoFacts(problem="its header tells no picture; it may still be being written")
    return found


def _mp4(file: BinaryIO) -> VideoFacts:
    duration: float | None = None
    width = height = 0
    for name, start, length in _boxes(file):
        if name in (b"mvhd", b"tkhd"):
            body = os.pread(file.fileno(), min(length, _LARGEST_HEADER_BOX), start)
            if name == b"mvhd":
                duration = _mp4_duration(body)
            else:
                shape = struct.unpack(">II", body[-8:])
                width, height = max(width, shape[0] >> 16), max(height, shape[1] >> 16)
    return VideoFacts(width or None, height or None, duration)


def _mp4_duration(body: bytes) -> float | None:
    scale, length = (
        struct.unpack_from(">IQ", body, 20) if body[0] == 1 else struct.unpack_from(">II", body, 12)
    )
    seconds = length / scale if scale else None
    return seconds if seconds is not None and seconds < _LONGEST_VIDEO_S else None


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and length of the content of the boxes at the top, in `moov` and in its tracks."""
    size = os.fstat(file.fileno()).st_size
    waiting = [(0, size)]
    for _ in range(_MOST_BOXES):
        if not waiting:
            return
        position, end = waiting.pop()
        head = os.pread(file.fileno(), 16, position) if position + 8 <= end else b""
        if len(head) < 8:
            continue
        length, name, header = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:
            length, header = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = end - position
        if length < header:
            continue
        waiting.append((position + length, end))
        inner_end = min(position + length, end)
        if name in (b"moov", b"trak"):
            waiting.append((position + header, inner_end))
        else:
            yield name, position + header, inner_end - position - header


def _webm(file: BinaryIO) -> VideoFacts:
    data = os.pread(file.fileno(), _MOST_WEBM_BYTES, 0)
    scale, ticks, width, height = 1_000_000, None, 0, 0
    for name, start, end in _elements(data):
        if name == _SCALE:
            scale = int.from_bytes(data[start:end], "big")
        elif name == _DURATION and end - start in (4, 8):
            (ticks,) = struct.unpack(">f" if end - start == 4 else ">d", data[start:end])
        elif name == _WIDTH:
            width = max(width, int.from_bytes(data[start:end], "big"))
        elif name == _HEIGHT:
            height = max(height, int.from_bytes(data[start:end], "big"))
    seconds = ticks * scale / 1e9 if ticks is not None else None
    told = seconds if seconds is not None and 0 <= seconds < _LONGEST_VIDEO_S else None
    return VideoFacts(width or None, height or None, told)


def _elements(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of the elements before the first cluster, those of the masters included."""
    position = 0
    for _ in range(_MOST_BOXES):
        if position >= len(data):
            return
        name, position = _number(data, position, keep_mark=True)
        length, position = _number(data, position, keep_mark=False)
        if name == _CLUSTER:
            return
        if name in _MASTERS:
            continue
        end = position + min(length, len(data))
        if end - position <= 16:
            yield name, position, end
        position = end


def _number(data: bytes, position: int, *, keep_mark: bool) -> tuple[int, int]:
    """EBML's number of one to eight bytes.

    Raises:
        IndexError: It is cut short, or none.
    """
    length = 9 - data[position].bit_length()
    if length > 8 or position + length > len(data):
        raise IndexError
    value = int.from_bytes(data[position : position + length], "big")
    return (value if keep_mark else value & ~(1 << 7 * length)), position + length
