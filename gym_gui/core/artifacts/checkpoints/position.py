"""Step and episode of a checkpoint, as its own metadata tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gym_gui.core.artifacts.checkpoints.model import Findings

STEP_NAMES = (
    "global_step",
    "step",
    "num_timesteps",
    "_num_timesteps",
    "timesteps",
    "timesteps_total",
    "num_env_steps_sampled_lifetime",
    "total_steps",
    "steps",
    "iteration",
    "iter",
)
EPISODE_NAMES = ("episode", "episodes", "_episode_num", "episode_num", "episodes_total")
_LONGEST_VALUE = 200
_MOST_VALUES = 200
_LONG_NUMBER = 2**64  # times in nanoseconds are below it


def add_position(findings: Findings, values: Mapping[str, Any]) -> None:
    """Takes step and episode from these values, and keeps the plain ones as metadata."""
    if findings.step is None:
        findings.step = _first(values, STEP_NAMES)
    if findings.episode is None:
        findings.episode = _first(values, EPISODE_NAMES)
    for name, value in values.items():
        if len(findings.metadata) >= _MOST_VALUES:
            return
        if isinstance(value, str | int | float | bool) and name not in findings.metadata:
            findings.metadata[str(name)[:_LONGEST_VALUE]] = _text(value)


def count_of(value: object) -> int | None:
    """A count that may be written as text, None when it is none."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    if isinstance(value, float) and value.is_integer() and 0 <= value < 2**53:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def _first(values: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((count for name in names if (count := count_of(values.get(name))) is not None), None)


def _text(value: str | float) -> str:
    if isinstance(value, int) and abs(value) >= _LONG_NUMBER:
        # Decimal digits of a huge number cost the square of their count.
        return f"{value:#x}"[:_LONGEST_VALUE]
    text = str(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
