"""Events to JSON lines: one fast way for ordinary payloads, one careful way for everything else.

The fast way hands the payload to orjson. What orjson refuses (odd keys, integers over
64 bits, cycles, lone surrogates, a `__repr__` that raises) goes the careful way, which
rebuilds the payload from plain values first. Both give one line of valid JSON.

NaN and the infinities, which JSON has no numbers for, are written as null, as
JavaScript's `JSON.stringify` does: telling them from None would cost every event a
search that takes as long as a quarter of its system call.
"""

from __future__ import annotations

import base64
import math
import os
from typing import Any

import orjson

MAX_DEPTH = 64
MAX_ARRAY_ELEMENTS = 65_536
MAX_REPR_CHARACTERS = 2_000

LINE_OPTIONS = orjson.OPT_APPEND_NEWLINE
dumps = orjson.dumps


def encode_line(event: str, run_id: str, timestamp: float, payload: object) -> tuple[bytes, int]:
    """One line with its newline, and how many values in it could not be represented.

    Never raises an `Exception`: a value whose own code fails is replaced by a
    placeholder that names its type.
    """
    envelope = {"event": event, "run_id": run_id, "timestamp": timestamp, "payload": payload}
    if type(payload) is dict:
        try:
            return dumps(envelope, stand_in, LINE_OPTIONS), 0
        except Exception:  # noqa: BLE001, S110 (boundary: any code of the payload's own types may have run)
            pass
    plain = PlainCopy()
    envelope = {"event": plain.text(event), "run_id": plain.text(run_id), "timestamp": timestamp}
    envelope["payload"] = plain.mapping(payload)
    return dumps(envelope, None, LINE_OPTIONS), plain.lost


def stand_in(value: Any) -> Any:
    """What is written in place of a value that JSON has no form for; the last resort is its repr."""
    if isinstance(value, (set, frozenset, range)) or type(value).__name__ == "deque":
        return _items_of(value)
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _bytes_text(bytes(value))
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if callable(getattr(value, "tolist", None)):
        return _numbers_of(value)
    if hasattr(value, "keys") and hasattr(value, "__getitem__"):
        return dict(value)
    return repr(value)[:MAX_REPR_CHARACTERS]


def _items_of(values: Any) -> Any:
    if len(values) > MAX_ARRAY_ELEMENTS:
        return f"<{type(values).__name__} of {len(values):,} elements: over {MAX_ARRAY_ELEMENTS:,}>"
    return list(values)


def _numbers_of(array: Any) -> Any:
    """The plain numbers and lists of a numpy, torch or jax scalar or array, without importing any of them."""
    shape = getattr(array, "shape", ())
    if math.prod(int(extent) for extent in shape) > MAX_ARRAY_ELEMENTS:
        return f"<{type(array).__name__} of shape {tuple(shape)}: over {MAX_ARRAY_ELEMENTS:,} elements>"
    return array.tolist()


def _bytes_text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return base64.b64encode(data).decode()


class PlainCopy:
    """Copies a payload into plain JSON values, counting those that had to be given up in `lost`."""

    def __init__(self) -> None:
        self.lost = 0
        self._open: set[int] = set()

    def mapping(self, payload: object) -> dict[str, Any]:
        """The payload as a JSON object; what is not one becomes its `value`."""
        if payload is None:
            return {}
        copy = self.value(payload)
        return copy if isinstance(copy, dict) else {"value": copy}

    def text(self, text: str) -> str:
        """The text with what UTF-8 cannot say (lone surrogates) escaped."""
        return str.__str__(text).encode("utf-8", "backslashreplace").decode("utf-8")

    def value(self, value: Any) -> Any:
        """A plain copy of any value; never raises an `Exception`."""
        try:
            return self._scalar(value)
        except Exception:  # noqa: BLE001 (boundary: `__repr__`, `tolist` and so on are the worker's code)
            self.lost += 1
            return f"<unprintable {type(value).__name__}>"

    def _scalar(self, value: Any) -> Any:
        if value is None or value is True or value is False:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int):
            number = int(value)
            return number if -(2**63) <= number < 2**64 else str(number)
        if isinstance(value, float):
            return float(value)
        if id(value) in self._open:
            return "<cycle>"
        if len(self._open) >= MAX_DEPTH:
            return f"<nested over {MAX_DEPTH} levels: {type(value).__name__}>"
        self._open.add(id(value))
        try:
            return self._compound(value)
        finally:
            self._open.discard(id(value))

    def _compound(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._key(key): self.value(item) for key, item in list(value.items())}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in list(value)]
        fields = getattr(value, "__dataclass_fields__", None)
        if fields is not None and not isinstance(value, type):
            return {name: self.value(getattr(value, name)) for name in fields}
        try:
            # Enum, datetime, UUID: as the fast way writes them.
            return orjson.loads(dumps(value))
        except orjson.JSONEncodeError:
            return self.value(stand_in(value))

    def _key(self, key: Any) -> str:
        copy = self.value(key)
        if isinstance(copy, str):
            return copy
        spelled = {None: "null", True: "true", False: "false"}
        return spelled[copy] if copy is None or isinstance(copy, bool) else self.text(str(copy))
