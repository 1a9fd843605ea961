"""Numbers in payloads: the JSON ones, and those JSON has no form for."""

from __future__ import annotations

import math

_WRITTEN_OUT = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def as_number(value: object) -> float | None:
    """`value` as a float, None when it is no number; "NaN", "Infinity" and "-Infinity" are numbers."""
    if isinstance(value, float):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return None
    return _WRITTEN_OUT.get(value) if isinstance(value, str) else None


def first_number(payload: object, names: tuple[str, ...]) -> float | None:
    """The first of the fields `names` that holds a finite number."""
    if not isinstance(payload, dict):
        return None
    for name in names:
        value = payload.get(name)
        if value is None:
            continue
        number = as_number(value)
        if number is not None and math.isfinite(number):
            return number
    return None
