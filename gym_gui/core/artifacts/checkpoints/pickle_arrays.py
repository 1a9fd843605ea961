"""Tensors and arrays recognised among the values that a pickle would build."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from gym_gui.core.artifacts.checkpoints.limits import MOST_DIMENSIONS
from gym_gui.core.artifacts.checkpoints.pickle_values import (
    BytesValue,
    Called,
    GlobalName,
    Items,
    PersistentId,
)

_SIZES = {
    **dict.fromkeys(("float64", "int64", "uint64", "complex64", "complex32x2"), 8),
    **dict.fromkeys(("float32", "int32", "uint32", "qint32", "complex32"), 4),
    **dict.fromkeys(("float16", "bfloat16", "int16", "uint16"), 2),
    **dict.fromkeys(("int8", "uint8", "bool", "qint8", "quint8"), 1),
    "complex128": 16,
}
_STORAGES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "BFloat16Storage": "bfloat16",
    "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
    "QInt8Storage": "qint8",
    "QUInt8Storage": "quint8",
    "QInt32Storage": "qint32",
}
_REBUILDERS = tuple(f"torch._utils._rebuild_tensor{version}" for version in ("", "_v2", "_v3"))
_NUMPY_KINDS = {"f": "float", "i": "int", "u": "uint", "c": "complex"}
_NUMPY_CODE = re.compile(r"[<>|=]?([fiucbSUVOMm?])(\d*)")


@dataclass(frozen=True, slots=True)
class FoundArray:
    """A tensor or an array, as the pickle tells it; `Tensor` without its name.

    Attributes:
        storage: Key of the storage that holds its elements, "" for an array with bytes of its own.
        offset: First element in the storage.
        is_contiguous: Whether its elements follow each other in order there.
        content: Where an array's bytes are in the pickle, None when they are elsewhere.
    """

    shape: tuple[int, ...]
    dtype: str
    storage: str = ""
    offset: int = 0
    is_contiguous: bool = False
    content: BytesValue | None = None
    note: str = ""

    @property
    def size_bytes(self) -> int | None:
        """What its elements take."""
        size = item_size(self.dtype)
        return None if size is None else size * math.prod(self.shape)


def item_size(dtype: str) -> int | None:
    """Bytes of one element, None for a type that is not known."""
    return 1 if dtype.startswith("float8") else _SIZES.get(dtype)


def found_array(value: Any) -> FoundArray | None:
    """The tensor or array that a call would rebuild, None when it is none."""
    if not isinstance(value, Called) or not isinstance(value.function, GlobalName):
        return None
    arguments = value.arguments if isinstance(value.arguments, tuple) else ()
    name = str(value.function)
    if name in _REBUILDERS:
        return _torch_tensor(name, arguments)
    if name == "torch._utils._rebuild_qtensor":
        return _torch_tensor("torch._utils._rebuild_tensor_v2", arguments)
    if name.startswith("torch._utils._rebuild_parameter"):
        return found_array(arguments[0]) if arguments else None
    if name == "torch._utils._rebuild_sparse_tensor":
        return _sparse(arguments)
    if name == "torch._utils._rebuild_meta_tensor_no_storage" and len(arguments) >= 2:
        shape = shape_of(arguments[1])
        return FoundArray(shape, _torch_dtype(arguments[0]), note="no data") if shape is not None else None
    if name == "torch._tensor._rebuild_from_type_v2" and len(arguments) >= 3:
        return found_array(Called(arguments[0], arguments[2]))
    return _numpy_array(value, name, arguments)


def shape_of(value: Any) -> tuple[int, ...] | None:
    """A shape, None when the value is none."""
    if isinstance(value, Called) and value.is_call_of("torch.Size"):
        value = value.arguments[0] if isinstance(value.arguments, tuple) and value.arguments else None
    if isinstance(value, Items):
        value = tuple(value.values)
    if not isinstance(value, tuple) or len(value) > MOST_DIMENSIONS:
        return None
    whole = all(isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**63 for size in value)
    return value if whole else None


def storage_of(reference: Any) -> tuple[str, str, int] | None:
    """Key, element type and number of elements of the storage that a persistent id names, or None."""
    key = reference.key if isinstance(reference, PersistentId) else None
    if not isinstance(key, tuple) or len(key) < 5 or key[0] != "storage":
        return None
    kind = key[1].name if isinstance(key[1], GlobalName) else ""
    if not isinstance(key[2], str) or not isinstance(key[4], int):
        return None
    return key[2], _STORAGES.get(kind, "uint8" if kind == "UntypedStorage" else ""), key[4]


def _torch_tensor(name: str, arguments: tuple[Any, ...]) -> FoundArray | None:
    if len(arguments) < 4:
        return None
    storage = storage_of(arguments[0])
    offset, shape, stride = arguments[1], shape_of(arguments[2]), shape_of(arguments[3])
    if storage is None or shape is None or not isinstance(offset, int):
        return None
    key, dtype, _ = storage
    if name.endswith("_v3") and len(arguments) > 6:
        dtype = _torch_dtype(arguments[6])
    return FoundArray(shape, dtype, key, offset, stride == _contiguous(shape))


def _contiguous(shape: tuple[int, ...]) -> tuple[int, ...]:
    strides: list[int] = []
    step = 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))


def _torch_dtype(value: Any) -> str:
    return value.name[:40] if isinstance(value, GlobalName) and value.module == "torch" else ""


def _sparse(arguments: tuple[Any, ...]) -> FoundArray | None:
    parts = arguments[1] if len(arguments) > 1 else None
    if not isinstance(parts, tuple) or len(parts) < 3:
        return None
    shape, values = shape_of(parts[2]), found_array(parts[1])
    if shape is None or values is None:
        return None
    return FoundArray(shape, values.dtype, values.storage, values.offset, note="sparse")


def _numpy_array(value: Called, name: str, arguments: tuple[Any, ...]) -> FoundArray | None:
    if name.endswith(".multiarray._reconstruct") and isinstance(value.state, tuple) and len(value.state) >= 5:
        shape, content = shape_of(value.state[1]), value.state[4]
        dtype = value.state[2]
    elif name.endswith(".numeric._frombuffer") and len(arguments) >= 3:
        content, dtype, shape = arguments[0], arguments[1], shape_of(arguments[2])
    else:
        return None
    if shape is None or not name.startswith("numpy."):
        return None
    return FoundArray(shape, numpy_dtype(dtype), content=content if isinstance(content, BytesValue) else None)


def numpy_dtype(value: Any) -> str:
    """The name of a numpy type that would be built by `numpy.dtype("f4")`, "" when it is none."""
    if isinstance(value, Called) and value.is_call_of("numpy.dtype"):
        value = value.arguments[0] if isinstance(value.arguments, tuple) and value.arguments else ""
    return dtype_name(value) if isinstance(value, str) else ""


def dtype_name(code: str) -> str:
    """`float32` for `<f4`; whatever is no plain type stays as it is written."""
    match = _NUMPY_CODE.fullmatch(code)
    if match is None:
        return code[:80]
    kind, size = match.groups()
    if kind in _NUMPY_KINDS and size:
        return f"{_NUMPY_KINDS[kind]}{8 * int(size[:4])}"
    return {"b": "bool" if size == "1" else "int8", "?": "bool", "O": "object"}.get(kind, code)
