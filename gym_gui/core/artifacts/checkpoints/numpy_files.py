"""NumPy's npy and npz: headers read as literals, arrays of objects as the pickles they are."""

from __future__ import annotations

import ast
import json
import os
from dataclasses import dataclass
from typing import Any, BinaryIO

from gym_gui.core.artifacts.checkpoints.limits import LARGEST_JSON, LONGEST_NPY_HEADER, MOST_TENSORS
from gym_gui.core.artifacts.checkpoints.model import Findings, Span, Tensor
from gym_gui.core.artifacts.checkpoints.pickle_arrays import dtype_name, shape_of
from gym_gui.core.artifacts.checkpoints.pickle_findings import add_globals
from gym_gui.core.artifacts.checkpoints.pickle_opcodes import read_pickle
from gym_gui.core.artifacts.checkpoints.position import add_position
from gym_gui.core.artifacts.checkpoints.sources import ByteCursor, PlainSource, TruncatedError
from gym_gui.core.artifacts.checkpoints.structure import role_of
from gym_gui.core.artifacts.checkpoints.zip_directory import STORED, ZipDirectory, ZipError
from gym_gui.core.artifacts.stopping import StopAsked

MAGIC = b"\x93NUMPY"
_ITEM = {"U": 4, "S": 1, "V": 1, "f": 1, "i": 1, "u": 1, "c": 1, "b": 1, "M": 1, "m": 1}


@dataclass(frozen=True, slots=True)
class _Header:
    descr: Any
    shape: tuple[int, ...]
    fortran: bool

    @property
    def is_pickled(self) -> bool:
        """Whether the elements are Python objects, stored as a pickle."""
        return "O" in str(self.descr) if isinstance(self.descr, str) else "'|O'" in str(self.descr)

    @property
    def item_size(self) -> int | None:
        code = self.descr.lstrip("<>|=") if isinstance(self.descr, str) else ""
        if code == "?":
            return 1
        digits = code[1:].partition("[")[0]
        return (
            int(digits) * _ITEM[code[0]]
            if code[:1] in _ITEM and digits.isdigit() and len(digits) < 10
            else None
        )


def read_npy(file: BinaryIO, name: str, findings: Findings, asked: StopAsked) -> None:
    """Adds the one array of an npy file."""
    size = os.fstat(file.fileno()).st_size
    cursor = ByteCursor(PlainSource(file, 0, size))
    _read_array(cursor, name, findings, asked, span=Span(0, size), checksum=None)


def read_npz(archive: ZipDirectory, findings: Findings, asked: StopAsked) -> None:
    """Adds the arrays of an npz archive."""
    for entry in archive.entries.values():
        if not entry.name.endswith(".npy"):
            continue
        if len(findings.tensors) >= MOST_TENSORS:
            findings.missed(f"only the first {MOST_TENSORS:,} arrays are listed")
            return
        name = entry.name.removesuffix(".npy")
        findings.top_level.append(name)
        try:
            cursor = ByteCursor(archive.source(entry))
            span = archive.span(entry) if entry.method == STORED else None
        except ZipError as problem:
            findings.missed(str(problem))
            continue
        _read_array(cursor, name, findings, asked, span=span, checksum=entry.checksum)


def _read_array(
    cursor: ByteCursor,
    name: str,
    findings: Findings,
    asked: StopAsked,
    *,
    span: Span | None,
    checksum: int | None,
) -> None:
    try:
        header = _header(cursor)
    except ValueError as problem:
        findings.missed(f"array {name[:200]!r}: {problem}")
        return
    start = cursor.position
    if header.is_pickled:
        add_globals(findings, read_pickle(cursor, asked_to_stop=asked), f"{name[:200]}.npy")
    item = header.item_size
    tensor = Tensor(name[:500], header.shape, dtype_name(str(header.descr)[:80]), role=role_of(name))
    size = None if item is None else item * tensor.elements
    place = Span(span.start + start, size) if span is not None and size is not None else None
    if span is not None and size is not None and start + size > span.length:
        findings.missed(f"array {name[:200]!r}: its bytes are cut short")
        place = None
    note = "objects, stored as a pickle" if header.is_pickled else ("column order" if header.fortran else "")
    findings.tensors.append(
        Tensor(
            tensor.name,
            tensor.shape,
            tensor.dtype,
            size,
            tensor.role,
            span=place,
            checksum=checksum,
            note=note,
        )
    )
    if header.shape == () and isinstance(header.descr, str) and header.descr.lstrip("<=").startswith("U"):
        _add_text(cursor, size, header.descr, findings)
    elif header.shape == () and header.descr in ("<i8", "<i4", "<u8", "<u4") and item is not None:
        _add_number(cursor, item, name, findings)


def _header(cursor: ByteCursor) -> _Header:
    if cursor.take(len(MAGIC)) != MAGIC:
        raise ValueError("is no npy file")
    major, _ = cursor.take(2)
    if major not in (1, 2, 3):
        raise ValueError(f"version {major} of the npy format is not known")
    length = int.from_bytes(cursor.take(2 if major == 1 else 4), "little")
    if length > LONGEST_NPY_HEADER:
        raise ValueError(f"a header of {length:,} bytes is not read")
    text = cursor.take(length).decode("utf-8" if major == 3 else "latin-1", "replace")
    try:
        stated = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError) as problem:
        raise ValueError(f"the header cannot be read: {type(problem).__name__}") from None
    shape = shape_of(stated.get("shape")) if isinstance(stated, dict) else None
    if shape is None or "descr" not in stated:
        raise ValueError("the header tells no shape")
    return _Header(stated["descr"], shape, stated.get("fortran_order") is True)


def _add_text(cursor: ByteCursor, size: int | None, descr: str, findings: Findings) -> None:
    """A text beside the arrays that is a JSON object: what the writer says of the checkpoint."""
    if size is None or size > 4 * LARGEST_JSON or descr.startswith(">"):
        return
    try:
        value = json.loads(cursor.take(size).decode("utf-32-le", "replace").rstrip("\0"))
    except (TruncatedError, ValueError, RecursionError):
        return  # a text of another kind
    if isinstance(value, dict):
        add_position(findings, value)


def _add_number(cursor: ByteCursor, item: int, name: str, findings: Findings) -> None:
    try:
        add_position(findings, {name: int.from_bytes(cursor.take(item), "little")})
    except TruncatedError:
        return  # told already
