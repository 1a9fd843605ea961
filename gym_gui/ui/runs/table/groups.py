"""Runs of one group, the seeds of an experiment, seen as one: how they stand and how far they lie apart."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.ui import wording
from gym_gui.ui.runs.table.columns import last_return

_ENOUGH_FOR_IQM = 4
_MOST_SEEDS_NAMED = 4


@dataclass(frozen=True, slots=True)
class RunGroup:
    """Those runs of a group that are shown, in the order of the table."""

    name: str
    runs: tuple[RunSummary, ...]


@dataclass(frozen=True, slots=True)
class ReturnSpread:
    """The last returns of several runs.

    Attributes:
        deviation: The sample's standard deviation, None of a single run.
        iqm: The mean of the middle half, None of fewer than four runs.
    """

    values: tuple[float, ...]
    mean: float
    deviation: float | None
    iqm: float | None

    @property
    def text(self) -> str:
        """The mean, and how far the runs lie around it."""
        around = "" if self.deviation is None else f" ± {wording.number(self.deviation)}"
        return f"{wording.number(self.mean)}{around}"

    @property
    def tip(self) -> str:
        """All that is known of the spread, a line each."""
        return "\n".join(
            filter(
                None,
                (
                    f"Last return of {wording.plural(len(self.values), 'run')}",
                    f"mean {wording.number(self.mean)}",
                    "" if self.deviation is None else f"standard deviation {wording.number(self.deviation)}",
                    "" if self.iqm is None else f"interquartile mean {wording.number(self.iqm)}",
                    f"from {wording.number(min(self.values))} to {wording.number(max(self.values))}",
                ),
            )
        )


def spread_of(runs: Sequence[RunSummary]) -> ReturnSpread | None:
    """The spread of the last returns; None when no run reported a finite one."""
    values = tuple(value for run in runs if (value := last_return(run)) is not None and math.isfinite(value))
    if not values:
        return None
    try:
        deviation = statistics.stdev(values) if len(values) > 1 else None
        mean = statistics.fmean(values)
    except OverflowError:
        return None
    iqm = interquartile_mean(values) if len(values) >= _ENOUGH_FOR_IQM else None
    return ReturnSpread(values, mean, deviation, iqm)


def interquartile_mean(values: Sequence[float]) -> float:
    """The mean without the lowest and the highest quarter, cut as `core.compare.statistics` cuts them.

    Written without numpy, which the table must not wait for.

    Raises:
        ValueError: There are no values.
    """
    if not values:
        raise ValueError("values: at least one is needed")
    cut = len(values) // 4
    return statistics.fmean(sorted(values)[cut : len(values) - cut])


def state_counts(runs: Sequence[RunSummary]) -> list[tuple[RunState, int]]:
    """How many are in each state, those that go on first."""
    counts = Counter(run.state for run in runs)
    return [(state, counts[state]) for state in RunState if counts[state]]


def states_text(runs: Sequence[RunSummary]) -> str:
    """The same in words: "2 running, 3 completed"."""
    return ", ".join(f"{count:,} {state.value}" for state, count in state_counts(runs))


def seeds_text(seeds: Sequence[int]) -> str:
    """The seeds as briefly as they can be told: "1..5", "3, 7", "9 seeds"."""
    ordered = sorted(set(seeds))
    if not ordered:
        return ""
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]}..{ordered[-1]}"
    if len(ordered) <= _MOST_SEEDS_NAMED:
        return ", ".join(map(str, ordered))
    return wording.plural(len(ordered), "seed")
