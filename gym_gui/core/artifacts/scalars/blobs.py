"""Images, texts and histograms of event files, read when they are shown."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gym_gui.core.artifacts.scalars import framing
from gym_gui.core.artifacts.scalars.crc32c import masked_crc
from gym_gui.core.artifacts.scalars.event import Value, read_event
from gym_gui.core.artifacts.scalars.histogram import Histogram, from_proto, from_table
from gym_gui.core.artifacts.scalars.lazy_record import LazyRecord
from gym_gui.core.artifacts.scalars.limits import (
    LARGEST_IMAGE_BYTES,
    LARGEST_TEXT_BYTES,
    MIB,
    MOST_HISTOGRAM_BINS,
)
from gym_gui.core.artifacts.scalars.model import BlobRef
from gym_gui.core.artifacts.scalars.tensors import STRING, numbers_of, read_tensor, texts_of
from gym_gui.core.artifacts.scalars.wire import BYTES, VARINT, WireError, fields, number
from gym_gui.core.events.regular import open_regular

_TENSOR_FIELD = 8
_LARGEST_CHECKED = LARGEST_IMAGE_BYTES + MIB
_MOST_IMAGES = 64


class BlobError(ValueError):
    """Something in an event file that cannot be shown; the message names the file and says why."""


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """An image as it was written, not decoded: the bytes of a PNG, JPEG or GIF file.

    Attributes:
        width, height: Pixels as the event tells, 0 when it does not; the bytes have the last word.
    """

    data: bytes
    width: int = 0
    height: int = 0


def read_images(ref: BlobRef) -> tuple[EncodedImage, ...]:
    """The images of one event: one, or a batch of them.

    Raises:
        BlobError: They are gone, damaged, or larger than 64 MiB.
    """
    with _value(ref) as (record, value):
        first, last = value.content
        if last - first > LARGEST_IMAGE_BYTES:
            raise BlobError(f"an image of {last - first:,} bytes; at most {LARGEST_IMAGE_BYTES:,} are shown")
        if value.field != _TENSOR_FIELD:
            return (_image(record, first, last),)
        tensor = read_tensor(record, first, last)
        spans = texts_of(record, tensor)
        if tensor.dtype != STRING or len(spans) < 3:
            raise BlobError("the event holds no image")
        width, height = (_whole(record[slice(*span)]) for span in spans[:2])
        return tuple(EncodedImage(record[a:b], width, height) for a, b in spans[2 : 2 + _MOST_IMAGES])


def read_texts(ref: BlobRef) -> tuple[str, ...]:
    """The texts of one event, in the order of the tensor; plain text, whatever they hold.

    Raises:
        BlobError: They are gone, damaged, or larger than 4 MiB.
    """
    with _value(ref) as (record, value):
        first, last = value.content
        if last - first > LARGEST_TEXT_BYTES:
            raise BlobError(f"a text of {last - first:,} bytes; at most {LARGEST_TEXT_BYTES:,} are shown")
        tensor = read_tensor(record, first, last)
        return tuple(record[a:b].decode("utf-8", "replace") for a, b in texts_of(record, tensor))


def read_histogram(ref: BlobRef) -> Histogram:
    """The histogram of one event.

    Raises:
        BlobError: It is gone, damaged, or has more than 100,000 bins.
    """
    with _value(ref) as (record, value):
        if value.field != _TENSOR_FIELD:
            found = from_proto(record, *value.content, ref.step, ref.wall_time)
        else:
            tensor = read_tensor(record, *value.content)
            table = numbers_of(record, tensor, 3 * MOST_HISTOGRAM_BINS)
            if table is None and tensor.shape[-1:] == [3] and tensor.size == 0:
                table = np.empty((0, 3))
            found = from_table(table, ref.step, ref.wall_time) if table is not None else None
        if found is None:
            raise BlobError(f"no histogram of at most {MOST_HISTOGRAM_BINS:,} bins")
        return found


def read_histograms(refs: Sequence[BlobRef]) -> tuple[list[Histogram], list[str]]:
    """The histograms that could be read, and why the others could not."""
    found, problems = [], []
    for ref in refs:
        try:
            found.append(read_histogram(ref))
        except BlobError as problem:
            problems.append(str(problem))
    return found, problems


@contextmanager
def _value(ref: BlobRef) -> Iterator[tuple[LazyRecord, Value]]:
    """The record that `ref` points at and the value in it; whatever is wrong comes out as BlobError."""
    place = f"{Path(ref.path).name}, byte {ref.offset:,}"
    try:
        with open_regular(ref.path) as file:
            _check(file.fileno(), ref)
            record = LazyRecord(file.fileno(), ref.offset + framing.HEAD_BYTES)
            event = read_event(record, ref.length, {ref.key.tag: ref.kind})
            value = next((v for v in event.values if v.tag == ref.key.tag and v.kind is ref.kind), None)
            if value is None:
                raise BlobError("the file was rewritten; refresh the run")
            yield record, value
    except FileNotFoundError as error:
        raise BlobError(f"{place}: the file is gone") from error
    except OSError as error:
        raise BlobError(f"{place}: cannot be read: {error.strerror or error}") from error
    except (WireError, BlobError) as error:
        raise BlobError(f"{place}: {error}") from error


def _check(descriptor: int, ref: BlobRef) -> None:
    """Whether the record is still there, whole and as it was written."""
    if ref.length > _LARGEST_CHECKED:
        raise BlobError(f"a record of {ref.length:,} bytes; at most {_LARGEST_CHECKED:,} are read")
    frame = os.pread(descriptor, framing.FRAME_BYTES + ref.length, ref.offset)
    end = framing.HEAD_BYTES + ref.length
    if len(frame) < end + framing.TAIL_BYTES or framing.length_of_first(frame) != ref.length:
        raise BlobError("the file was rewritten; refresh the run")
    if masked_crc(frame[framing.HEAD_BYTES : end]) != int.from_bytes(frame[end : end + 4], "little"):
        raise BlobError("damaged: its checksum does not match")


def _image(record: LazyRecord, start: int, end: int) -> EncodedImage:
    sizes, data = {1: 0, 2: 0}, b""
    for name, kind, first, last in fields(record, start, end):
        if name in sizes and kind == VARINT:
            sizes[name] = min(number(record, first, last), 1 << 31)
        elif name == 4 and kind == BYTES:
            data = record[first:last]
    if not data:
        raise BlobError("the event holds no image")
    return EncodedImage(data, sizes[2], sizes[1])


def _whole(text: bytes) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else 0
