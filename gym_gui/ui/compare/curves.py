"""What is drawn of several runs, worked out off the thread of the window. Imports numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gym_gui.core.compare.bands import band_of
from gym_gui.core.compare.bests import Outcome, is_higher_better, outcome_of
from gym_gui.ui.metrics.controls import Drawing
from gym_gui.ui.metrics.keys import MetricKey
from gym_gui.ui.metrics.outline import Floats, Points, Prepared, prepare

_ENOUGH_FOR_BAND = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class RunPoints:
    """A run's values of a metric; `origin` is what counts as 0 on the axis."""

    run_id: str
    points: Points
    origin: float


@dataclass(frozen=True, slots=True, eq=False)
class GroupCurve:
    """The interquartile mean of some runs, with the bounds of its confidence interval."""

    run_ids: tuple[str, ...]
    middle: Prepared
    low: Prepared
    high: Prepared


@dataclass(frozen=True, slots=True, eq=False)
class MetricCurves:
    """What is known of one metric of all runs."""

    runs: dict[str, Prepared] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    groups: tuple[GroupCurve, ...] = ()


def work_out(
    key: MetricKey, runs: Sequence[RunPoints], groups: Sequence[tuple[str, ...]], drawing: Drawing
) -> MetricCurves:
    """The curves of a metric, each run by itself and the seed groups together.

    Args:
        key: The metric; its name tells whether higher is better.
        runs: Those that report it.
        groups: Which of them are seeds of one experiment; groups of one are passed over.
        drawing: Smoothing and axes; a band is that of the smoothed curves.
    """
    prepared, outcomes = {}, {}
    plain: dict[str, Prepared] = {}
    better = is_higher_better(key.name)
    for run in runs:
        curve = prepare(run.points, smoothing=drawing.smoothing, log=drawing.log, origin=run.origin)
        prepared[run.run_id] = curve
        plain[run.run_id] = (
            prepare(run.points, smoothing=drawing.smoothing, origin=run.origin) if drawing.log else curve
        )
        across = np.asarray(run.points.xs, dtype=np.float64) - run.origin
        outcome = outcome_of(across, run.points.ys, higher_is_better=better)
        if outcome is not None:
            outcomes[run.run_id] = outcome
    found = (_group(group, plain, drawing.log) for group in groups)
    return MetricCurves(prepared, outcomes, tuple(curve for curve in found if curve is not None))


def _group(group: Sequence[str], plain: dict[str, Prepared], log: bool) -> GroupCurve | None:
    members = [run_id for run_id in group if run_id in plain]
    curves = [
        plain[run_id].line.between(-np.inf, np.inf, _ENOUGH_FOR_BAND)
        if len(plain[run_id].line.xs) > _ENOUGH_FOR_BAND
        else plain[run_id].line
        for run_id in members
    ]
    band = band_of([(curve.xs, curve.ys) for curve in curves])
    if band is None:
        return None
    axis = plain[members[0]].axis

    def ready(ys: Floats) -> Prepared:
        return prepare(Points(band.xs, ys, axis, len(ys)), log=log)

    return GroupCurve(tuple(members), ready(band.middle), ready(band.low), ready(band.high))
