"""JSON objects in lines of output: decoded leniently, in linear time, whatever the line holds."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

# A longer line is output, not an event: decoding it would hold up whoever shows it.
LARGEST_EVENT_BYTES = 4 * 1024 * 1024
# Free text before the object is only looked through in lines up to this size.
LARGEST_PREFIXED_LINE_BYTES = 64 * 1024
DEEPEST_NESTING = 200

_STRUCTURE = re.compile(rb'["{}]')
_decoder = msgspec.json.Decoder()


def object_at_end(raw: bytes) -> tuple[int, dict[str, Any]] | None:
    """The JSON object that `raw` is or ends with, and where it starts; None when there is none."""
    if len(raw) > LARGEST_EVENT_BYTES or raw[-1:] != b"}":
        return None
    if raw[:1] == b"{":
        whole = decode_object(raw)
        if whole is not None:
            return 0, whole
    start = _start_of_last_object(raw) if len(raw) <= LARGEST_PREFIXED_LINE_BYTES else 0
    if start <= 0:
        return None
    found = decode_object(raw[start:])
    return (start, found) if found is not None else None


def decode_object(raw: bytes) -> dict[str, Any] | None:
    """The JSON object `raw` is, or None. NaN and Infinity as Python prints them are understood."""
    try:
        value = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        value = _decode_leniently(raw, str(error))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _decode_leniently(raw: bytes, problem: str) -> Any:
    """What Python's own encoder may have written that JSON does not allow, broken UTF-8, huge numbers."""
    text = raw.decode("utf-8", "replace")
    if not ("NaN" in text or "Infinity" in text or "\ufffd" in text or "out of range" in problem):
        return None
    try:
        value = json.loads(text)
        # Half a surrogate pair is a string that nothing downstream could encode.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        return None
    return value


def _start_of_last_object(raw: bytes) -> int:
    """Where the brace opens that the last byte closes, -1 when there is none.

    Read backwards: inside a valid object every unescaped quote begins or ends a string, so one pass
    finds the only possible start, and text before it, whatever it holds, is never read.
    """
    depth = 0
    in_string = False
    for match in reversed([*_STRUCTURE.finditer(raw)]):
        position = match.start()
        character = raw[position]
        if character == 0x22:
            in_string = not in_string if not _is_escaped(raw, position) else in_string
        elif not in_string:
            depth += 1 if character == 0x7D else -1
            if depth == 0:
                return position
            if depth > DEEPEST_NESTING:
                return -1
    return -1


def _is_escaped(raw: bytes, position: int) -> bool:
    backslashes = 0
    while backslashes < position and raw[position - 1 - backslashes] == 0x5C:
        backslashes += 1
    return backslashes % 2 == 1
