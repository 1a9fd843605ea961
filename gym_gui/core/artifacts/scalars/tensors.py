"""Tensors inside events: the one number of a scalar, the table of a histogram, the texts of a text."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

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
    varint,
)

STRING = 7
# By DataType: how numpy spells the elements of tensor_content; bfloat16 is widened from its two bytes.
_CONTENT = {
    1: "<f4", 2: "<f8", 3: "<i4", 4: "|u1", 5: "<i2", 6: "|i1", 9: "<i8", 10: "|u1",
    14: "bfloat16", 17: "<u2", 19: "<f2", 22: "<u4", 23: "<u8",
}  # fmt: skip
# Which field holds values that are not in tensor_content, and its element when those have a fixed size.
_FIXED_FIELDS = {5: "<f4", 6: "<f8"}
_VARINT_FIELDS = (7, 10, 11, 13, 16, 17)
_HALF_FIELD = 13


@dataclass(slots=True)
class Tensor:
    """A tensor's shape, and where its values are.

    Attributes:
        dtype: The number of its DataType.
        content: Span of the raw values, or None.
        listed: Spans of values that are listed one by one, with their field number and wire type.
    """

    dtype: int = 0
    shape: list[int] = field(default_factory=list)
    content: tuple[int, int] | None = None
    listed: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many elements the shape tells of; no dimension may be negative."""
        size = 1
        for length in self.shape:
            size *= length
        return size


@dataclass(frozen=True, slots=True)
class Scalar:
    """One number of a tensor or event.

    Attributes:
        slot: Where its bytes are and how numpy reads them, when they have a fixed place; else None.
        wide: Whether it takes a float64 to hold it.
        rounded: Whether it is a whole number that even a float64 cannot hold.
    """

    value: float
    slot: tuple[int, str] | None = None
    wide: bool = True
    rounded: bool = False


def read_tensor(data: ByteSource, start: int, end: int) -> Tensor:
    """The tensor in this span, its values left where they are.

    Raises:
        WireError: It is no tensor.
    """
    tensor = Tensor()
    for name, kind, first, last in fields(data, start, end):
        if name == 1 and kind == VARINT:
            tensor.dtype = number(data, first, last)
        elif name == 2 and kind == BYTES:
            tensor.shape = _shape(data, first, last)
        elif name == 4 and kind == BYTES and last > first:
            tensor.content = (first, last)
        elif name in _FIXED_FIELDS or name in _VARINT_FIELDS or name == 8:
            tensor.listed.append((name, kind, first, last))
    return tensor


def _shape(data: ByteSource, start: int, end: int) -> list[int]:
    shape = []
    for name, kind, first, last in fields(data, start, end):
        if name == 2 and kind == BYTES:
            sizes = [number(data, a, b) for n, k, a, b in fields(data, first, last) if n == 1 and k == VARINT]
            size = signed(sizes[-1]) if sizes else 0
            if size < 0:
                raise WireError("a tensor of unknown shape")
            shape.append(size)
    return shape


def scalar_of(data: ByteSource, tensor: Tensor) -> Scalar | None:
    """The number of a tensor that holds exactly one, else None."""
    dtype = _CONTENT.get(tensor.dtype)
    if dtype is None or tensor.size != 1:
        return None
    if tensor.content is not None:
        first, last = tensor.content
        return number_at(data, first, last, dtype)
    if not tensor.listed:
        return Scalar(0.0)  # values that are not given are zero
    name, kind, first, last = tensor.listed[0]
    if name in _FIXED_FIELDS:
        return number_at(data, first, last, _FIXED_FIELDS[name])
    if name not in _VARINT_FIELDS or len(tensor.listed) > 1 or kind not in (VARINT, BYTES):
        return None
    return _from_varint(data[first:last], dtype, is_half=name == _HALF_FIELD)


def number_at(data: ByteSource, first: int, last: int, dtype: str) -> Scalar | None:
    """The number whose bytes fill this span, as numpy's `dtype` or bfloat16; None when they do not fit."""
    raw = data[first:last]
    if len(raw) != width_of(dtype):
        return None
    if dtype == "bfloat16":
        return Scalar(float(struct.unpack("<f", b"\0\0" + raw)[0]), (first, dtype), wide=False)
    exact = np.frombuffer(raw, dtype=dtype)[0].item()
    rounded = isinstance(exact, int) and float(exact) != exact
    return Scalar(float(exact), None if rounded else (first, dtype), wide=is_wide(dtype), rounded=rounded)


def width_of(dtype: str) -> int:
    """Bytes of one number of this type."""
    return 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize


def is_wide(dtype: str) -> bool:
    """Whether there are numbers of this type that a float32 cannot hold."""
    return dtype != "bfloat16" and not np.can_cast(np.dtype(dtype), np.float32, "safe")


def widened(raw: NDArray[np.uint8], dtype: str) -> NDArray[np.float64]:
    """Rows of bytes, shape (n, width), as float64, shape (n,)."""
    if dtype == "bfloat16":
        padded = np.zeros((len(raw), 4), dtype=np.uint8)
        padded[:, 2:] = raw
        return padded.view("<f4").ravel().astype(np.float64)
    return np.ascontiguousarray(raw).view(dtype).ravel().astype(np.float64)


def _from_varint(raw: bytes, dtype: str, *, is_half: bool) -> Scalar | None:
    value, used = varint(raw)
    if used != len(raw):
        return None
    if is_half:
        return _half(value, dtype)
    whole = value if dtype in ("<u4", "<u8") else signed(value)
    return Scalar(float(whole), rounded=float(whole) != whole)


def _half(value: int, dtype: str) -> Scalar | None:
    scalar = number_at((value & 0xFFFF).to_bytes(2, "little"), 0, 2, dtype)
    return Scalar(scalar.value, wide=False) if scalar is not None else None


def numbers_of(data: ByteSource, tensor: Tensor, most: int) -> NDArray[np.float64] | None:
    """All values of a numeric tensor, float64 in its shape; None when there are none or more than `most`."""
    dtype = _CONTENT.get(tensor.dtype)
    if dtype is None or tensor.size > most or not 0 < len(tensor.shape) <= 8:
        return None
    if tensor.content is not None:
        raw = np.frombuffer(data[slice(*tensor.content)], dtype=np.uint8)
        width = width_of(dtype)
        flat = widened(raw.reshape(-1, width), dtype) if len(raw) % width == 0 else np.empty(0)
    else:
        flat = _listed_numbers(data, tensor)
    return flat.reshape(tensor.shape) if len(flat) == tensor.size else None


def _listed_numbers(data: ByteSource, tensor: Tensor) -> NDArray[np.float64]:
    found = [np.empty(0)]
    for name, kind, first, last in tensor.listed:
        if name in _FIXED_FIELDS and kind in (BYTES, FIXED32, FIXED64):
            width = width_of(_FIXED_FIELDS[name])
            whole = first + (last - first) // width * width
            found.append(np.frombuffer(data[first:whole], dtype=_FIXED_FIELDS[name]).astype(np.float64))
    return np.concatenate(found)


def texts_of(data: ByteSource, tensor: Tensor) -> list[tuple[int, int]]:
    """Spans of the strings of a tensor of strings."""
    return [(first, last) for name, kind, first, last in tensor.listed if name == 8 and kind == BYTES]
