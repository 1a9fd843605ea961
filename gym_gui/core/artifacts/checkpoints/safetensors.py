"""Safetensors files: eight bytes of length, a JSON header, plain bytes of tensors."""

from __future__ import annotations

import json
import os
from typing import Any, BinaryIO

from gym_gui.core.artifacts.checkpoints.limits import (
    LARGEST_SAFETENSORS_HEADER,
    LARGEST_SAFETENSORS_HEADER_READ,
    LONGEST_NAME,
    MOST_TENSORS,
)
from gym_gui.core.artifacts.checkpoints.model import Findings, Span, Tensor
from gym_gui.core.artifacts.checkpoints.pickle_arrays import item_size, shape_of
from gym_gui.core.artifacts.checkpoints.position import add_position
from gym_gui.core.artifacts.checkpoints.structure import role_of

_LENGTH_FIELD = 8
_TYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "BOOL": "bool",
    "C64": "complex64",
    **{f"I{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    **{f"U{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "F8_E8M0": "float8_e8m0fnu",
}


def header_length(head: bytes, file_size: int) -> int | None:
    """Bytes of the header, None when a file that starts so cannot be a safetensors file."""
    if len(head) <= _LENGTH_FIELD or head[_LENGTH_FIELD : _LENGTH_FIELD + 1] != b"{":
        return None
    length = int.from_bytes(head[:_LENGTH_FIELD], "little")
    return length if 2 <= length <= LARGEST_SAFETENSORS_HEADER else None


def read_safetensors(file: BinaryIO, findings: Findings) -> None:
    """Adds the tensors that the header tells of, and says where it and the file disagree."""
    file_size = os.fstat(file.fileno()).st_size
    length = int.from_bytes(os.pread(file.fileno(), _LENGTH_FIELD, 0), "little")
    if _LENGTH_FIELD + length > file_size:
        findings.missed(
            f"the header claims {length:,} bytes, the file has {file_size:,}: it is cut or damaged"
        )
        return
    if length > LARGEST_SAFETENSORS_HEADER_READ:
        findings.missed(f"a header of {length:,} bytes is not read; {LARGEST_SAFETENSORS_HEADER_READ:,} are")
        return
    try:
        header = json.loads(os.pread(file.fileno(), length, _LENGTH_FIELD))
    except (ValueError, RecursionError) as problem:
        findings.missed(f"the header is no JSON: {problem}")
        return
    if not isinstance(header, dict):
        findings.missed("the header is no JSON object")
        return
    told = header.pop("__metadata__", None)
    if isinstance(told, dict):
        add_position(findings, told)
    data_start = _LENGTH_FIELD + length
    for name, entry in header.items():
        if len(findings.tensors) >= MOST_TENSORS:
            findings.missed(f"only the first {MOST_TENSORS:,} tensors are listed")
            break
        _add(findings, name, entry, data_start, file_size)
    end = max(
        (tensor.span.start + tensor.span.length for tensor in findings.tensors if tensor.span),
        default=data_start,
    )
    if findings.is_complete and end != file_size:
        findings.problems.append(f"{file_size - end:,} bytes at the end belong to no tensor")


def _add(findings: Findings, name: str, entry: Any, data_start: int, file_size: int) -> None:
    stated = entry if isinstance(entry, dict) else {}
    shape, offsets = stated.get("shape"), stated.get("data_offsets")
    sizes = shape_of(tuple(shape)) if isinstance(shape, list) else None
    places = shape_of(tuple(offsets)) if isinstance(offsets, list) and len(offsets) == 2 else None
    shown = name[:LONGEST_NAME]
    if sizes is None or places is None or places[1] < places[0]:
        findings.missed(f"tensor {shown!r}: shape or place are no such thing")
        return
    code = str(stated.get("dtype"))[:40]
    dtype = _TYPES.get(code, code)
    span: Span | None = Span(data_start + places[0], places[1] - places[0])
    tensor = Tensor(shown, sizes, dtype, places[1] - places[0], role_of(shown))
    size = item_size(dtype)
    if data_start + places[1] > file_size:
        findings.missed(f"tensor {shown!r}: reaches beyond the end of the file, which is cut")
        span = None
    elif size is not None and size * tensor.elements != places[1] - places[0]:
        findings.problems.append(f"tensor {shown!r}: its bytes do not fit its shape")
    findings.tensors.append(Tensor(shown, sizes, dtype, tensor.size_bytes, tensor.role, span=span))
