"""Ratios that hold while the machine's speed drifts: the sides take turns, and pairs are compared."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the report: what was measured, against what, and the bar it has to meet."""

    name: str
    peer: str
    value: float
    unit: str
    bar: str
    met: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, least and greatest of some samples."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> Spread:
        """The spread of at least one sample."""
        return cls(statistics.median(samples), min(samples), max(samples))

    def __format__(self, spec: str) -> str:
        return f"{self.median:{spec}} ({self.least:{spec}} to {self.greatest:{spec}})"


def seconds(call: Callable[[], object]) -> float:
    """How long one call takes, wall clock."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def paired_ratio(ours: Callable[[], float], peer: Callable[[], float], rounds: int) -> Spread:
    """Spread of ours / peer, each pair measured back to back, after one round that is not counted."""
    ours()
    peer()
    return Spread.of([ours() / peer() for _ in range(rounds)])
