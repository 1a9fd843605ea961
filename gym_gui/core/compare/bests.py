"""What a curve came to: its last, best and mean-of-the-end values. Imports numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LESS_IS_BETTER = ("loss", "error", "regret", "cost", "kl", "time", "penalty", "length")
_END_SHARE = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one curve.

    Attributes:
        last: Its last finite value, and where it stands: `last_at`.
        best: Its best finite value, and where that stands first: `best_at`.
        end_mean: Mean of the finite values of its last tenth of points, at least one.
        points: How many points it has, whatever they are.
    """

    last: float
    last_at: float
    best: float
    best_at: float
    end_mean: float
    points: int


def outcome_of(xs: NDArray[Any], ys: NDArray[Any], *, higher_is_better: bool) -> Outcome | None:
    """What a curve came to; None when it has no finite value."""
    values = np.asarray(ys, dtype=np.float64)
    finite = np.flatnonzero(np.isfinite(values))
    if not len(finite):
        return None
    numbers = values[finite]
    best = finite[int(numbers.argmax() if higher_is_better else numbers.argmin())]
    end = numbers[-max(1, len(numbers) // _END_SHARE) :]
    last = finite[-1]
    return Outcome(
        last=float(values[last]),
        last_at=float(xs[last]),
        best=float(values[best]),
        best_at=float(xs[best]),
        end_mean=float(end.mean()),
        points=len(values),
    )


def is_higher_better(name: str) -> bool:
    """What a metric's name suggests: losses, errors and the like are better when lower."""
    words = name.casefold().replace("/", "_").replace("-", "_").split("_")
    return not any(word in _LESS_IS_BETTER for word in words)
