"""Payloads in words: on one line for a table, value by value for a tree, whole for copying."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gym_gui.ui import wording

_LEADING_KEYS = ("error_type", "error", "message", "step", "episode", "return_mean", "path", "worker_type")
_LONGEST_SUMMARY = 300
_LONGEST_VALUE = 60
_LONGEST_DETAIL = 200_000
_MOST_DIGITS = 4_000


def payload_summary(payload: Mapping[str, Any]) -> str:
    """A payload on one line: what matters most first, long and nested values cut short."""
    leading = [key for key in _LEADING_KEYS if key in payload]
    keys = [*leading, *(key for key in payload if key not in _LEADING_KEYS)]
    parts: list[str] = []
    length = 0
    for key in keys:
        part = f"{key} {brief(payload[key])}"
        length += len(part)
        if length > _LONGEST_SUMMARY:
            parts.append("…")
            break
        parts.append(part)
    return "   ".join(parts)


def brief(value: Any, longest: int = _LONGEST_VALUE) -> str:
    """A value in a few words; text without its line breaks."""
    if isinstance(value, bool) or value is None:
        return str(value).lower() if value is not None else "null"
    if isinstance(value, float):
        return wording.number(value)
    if isinstance(value, int):
        return _whole_number(value)
    if isinstance(value, Mapping):
        return f"{{{wording.plural(len(value), 'field')}}}"
    if isinstance(value, list):
        return f"[{wording.plural(len(value), 'item')}]"
    text = " ".join(str(value)[: longest * 2].split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _whole_number(value: int) -> str:
    if abs(value) < 10**15:
        return str(value)
    return wording.number(float(value)) if abs(value) < 10**300 else "…"


def whole(value: Any) -> str:
    """A value as it can be copied: text as it is, a number with all its digits, the rest as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and abs(value) >= 10**_MOST_DIGITS:
        return "…"
    return pretty(value)


def pretty(payload: Any) -> str:
    """A payload as indented JSON, cut where it would be too long to show."""
    try:
        text = json.dumps(payload, indent=2, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        text = repr(payload)
    if len(text) <= _LONGEST_DETAIL:
        return text
    return f"{text[:_LONGEST_DETAIL]}\n… {len(text) - _LONGEST_DETAIL:,} more characters"
