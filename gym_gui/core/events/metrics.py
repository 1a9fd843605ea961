"""Curves: the numeric values of events as series by name."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gym_gui.core.events.lines import LogLine
from gym_gui.core.events.numbers import as_number, first_number

STEP_FIELDS = ("step", "global_step", "timesteps", "step_index")
EPISODE_FIELDS = ("episode", "episode_index")
# Where a sample stands and where the run ends are axes, not curves.
_AXES = frozenset({*STEP_FIELDS, *EPISODE_FIELDS, "progress", "total_steps", "total_episodes"}) | {
    "total_timesteps",
    "max_steps",
    "num_episodes",
    "timestamp",
    "seed",
}
_MOST_SERIES = 500
_DEEPEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Series:
    """One curve. `x_name` is "step", "episode" or "sample", whichever its values came with."""

    xs: array[float]
    ys: array[float]
    x_name: str


class _Growing:
    __slots__ = ("x_name", "xs", "ys")

    def __init__(self, x_name: str) -> None:
        self.x_name = x_name
        self.xs = array("d")
        self.ys = array("d")

    def add(self, positions: Mapping[str, float], y: float) -> None:
        if self.x_name == "sample":
            x = float(len(self.xs))
        else:
            # A value that came without its position was seen no earlier than the one before it.
            x = positions.get(self.x_name, self.xs[-1] if self.xs else 0.0)
        self.xs.append(x)
        self.ys.append(y)


class MetricStore:
    """Collects series from lines fed in the order of the file."""

    def __init__(self) -> None:
        self._series: dict[str, _Growing] = {}

    def feed(self, line: LogLine) -> None:
        """Takes the numeric values of an event's payload; whatever is no number is passed over.

        Values of nested objects are named by their path, `losses/policy`.
        """
        if line.payload is None:
            return
        positions = _positions(line.payload)
        x_name = next(iter(positions), "sample")
        for name, value in _numbers(line.payload, "", 1):
            series = self._series.get(name)
            if series is None:
                if len(self._series) >= _MOST_SERIES:
                    continue
                series = self._series[name] = _Growing(x_name)
            series.add(positions, value)

    def names(self) -> list[str]:
        """Names of all series, in the order they first appeared."""
        return list(self._series)

    def series(self, name: str) -> Series:
        """The series of this name as it stands now; its arrays are copies.

        Raises:
            KeyError: When there is none.
        """
        growing = self._series[name]
        return Series(growing.xs[:], growing.ys[:], growing.x_name)

    def __len__(self) -> int:
        return sum(len(growing.xs) for growing in self._series.values())


def _positions(payload: Mapping[str, Any]) -> dict[str, float]:
    """Where the sample stands, the preferred axis first."""
    found = {"step": first_number(payload, STEP_FIELDS), "episode": first_number(payload, EPISODE_FIELDS)}
    return {name: position for name, position in found.items() if position is not None}


def _numbers(payload: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, float]]:
    for key, value in payload.items():
        if isinstance(value, dict):
            if depth < _DEEPEST_NAME:
                yield from _numbers(value, f"{prefix}{key}/", depth + 1)
            continue
        number = as_number(value)
        if number is not None and (prefix or key not in _AXES):
            yield prefix + key, number
