"""Curves: the numeric values of events as series by name."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from typing import Any

from gym_gui.core.events.block import Block
from gym_gui.core.events.columns import Columns, read_columns, shape_of
from gym_gui.core.events.lines import LogLine, parse_line
from gym_gui.core.events.numbers import as_number, first_number
from gym_gui.core.events.series import GrowingSeries, Series, XAxis

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
_MOST_POINTS = 1_000_000
_MOST_POINTS_OF_ONE = 65_536
_NOT_THERE = float("nan")


class MetricStore:
    """Collects series from lines fed in the order of the file.

    Each series keeps all its values up to 65,536 (fewer when there are more than 15 series), then
    the least and greatest of ever larger groups; the newest 4,096 are always all there. That is
    32 bytes a point, and about 40 MB at the very most.
    """

    def __init__(self) -> None:
        self._series: dict[str, GrowingSeries] = {}
        self._shape: tuple[tuple[str, type], ...] | None = None

    def feed(self, line: LogLine) -> None:
        """Takes the numeric values of an event's payload; whatever is no number is passed over.

        Values of nested objects are named by their path, `losses/policy`.
        """
        self._add(line)
        self._trim()

    def feed_block(self, block: Block) -> None:
        """Takes whole lines, all of them events: what `feed` would of each, faster where they are alike."""
        columns = read_columns(block, self._shape)
        if columns is None or not self._add_columns(columns):
            payload = None
            for raw in block:
                line = parse_line(raw, 0)
                payload = line.payload
                self._add(line)
            # Those that come next are likely to be made like the last.
            self._shape = shape_of(payload)
        self._trim()

    def _add(self, line: LogLine) -> None:
        if line.payload is None:
            return
        positions = _positions(line.payload)
        own_axis = next(iter(positions), XAxis.SAMPLE)
        if line.timestamp is not None:
            positions[XAxis.TIME] = line.timestamp
        for name, value in _numbers(line.payload, "", 1):
            series = self._named(name, own_axis)
            if series is not None:
                series.add(value, positions)

    def _add_columns(self, columns: Columns) -> bool:
        """Takes many alike payloads; False, and nothing taken, when they need to be looked at singly."""
        steps = [name for name in STEP_FIELDS if name in columns.numbers]
        episodes = [name for name in EPISODE_FIELDS if name in columns.numbers]
        if len(steps) > 1 or len(episodes) > 1:
            return False
        names = [name for name in columns.numbers if name not in _AXES]
        # What was never seen yet, or lacks an axis it had, is for `add` to place.
        places = {XAxis.STEP: steps, XAxis.EPISODE: episodes}
        if any(name not in self._series for name in names):
            return False
        nowhere = array("d", (_NOT_THERE,)) * len(columns.times)
        across = [columns.numbers[found[0]] if found else nowhere for found in places.values()]
        for name in names:
            known = self._series[name].axes()
            if any((axis in known) != bool(found) for axis, found in places.items()):
                return False
        for name in names:
            self._series[name].extend((columns.numbers[name], *across, columns.times))
        return True

    def _named(self, name: str, own_axis: XAxis) -> GrowingSeries | None:
        series = self._series.get(name)
        if series is None and len(self._series) < _MOST_SERIES:
            series = self._series[name] = GrowingSeries(own_axis)
        return series

    def _trim(self) -> None:
        limit = min(_MOST_POINTS_OF_ONE, _MOST_POINTS // max(len(self._series), 1))
        for series in self._series.values():
            series.trim(limit)

    def names(self) -> list[str]:
        """Names of all series, in the order they first appeared."""
        return list(self._series)

    def series(self, name: str, x: XAxis | None = None) -> Series:
        """The series of this name as it stands now, over an axis or, without one, over its own.

        Its own axis is the one its first value came with: steps, else episodes, else samples. Values
        that came before the first position on another axis are left out there.

        Raises:
            KeyError: When there is none.
        """
        return self._series[name].copy(x)

    def axes(self, name: str) -> tuple[XAxis, ...]:
        """The axes a series can be drawn over, its own first.

        Raises:
            KeyError: When there is none.
        """
        return self._series[name].axes()

    def seen(self, name: str) -> int:
        """How many values of this name came, 0 when there is no such series: grows with each.

        Cheap, so ask it whether a curve has to be drawn anew.
        """
        series = self._series.get(name)
        return 0 if series is None else series.seen

    def latest(self, name: str) -> float:
        """The last value of a series.

        Raises:
            KeyError: When there is none.
        """
        return self._series[name].latest()

    def __len__(self) -> int:
        return sum(series.seen for series in self._series.values())


def _positions(payload: Mapping[str, Any]) -> dict[XAxis, float]:
    """Where the sample stands, the preferred axis first."""
    found = {
        XAxis.STEP: first_number(payload, STEP_FIELDS),
        XAxis.EPISODE: first_number(payload, EPISODE_FIELDS),
    }
    return {axis: position for axis, position in found.items() if position is not None}


def _numbers(payload: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, float]]:
    for key, value in payload.items():
        if isinstance(value, dict):
            if depth < _DEEPEST_NAME:
                yield from _numbers(value, f"{prefix}{key}/", depth + 1)
            continue
        number = as_number(value)
        if number is not None and (prefix or key not in _AXES):
            yield prefix + key, number
