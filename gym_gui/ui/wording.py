"""Numbers, times and sizes in words, and text as a tool tip takes it."""

from __future__ import annotations

from gym_gui.core.wording import (
    age,
    clock,
    clock_exact,
    clock_short,
    coarse,
    duration,
    number,
    plural,
    size,
)

__all__ = [
    "age",
    "clock",
    "clock_exact",
    "clock_short",
    "coarse",
    "duration",
    "number",
    "plain_tip",
    "plural",
    "size",
]


def plain_tip(text: str) -> str:
    """Text for a tool tip that cannot be taken for markup; long text wraps."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<span style='white-space:pre-wrap'>{escaped}</span>" if text else ""
