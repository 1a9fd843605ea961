"""How often a run gives a sign of progress, and how long a silence that makes unremarkable."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

from gym_gui.constants import WORKER_STARTUP_TIMEOUT_S
from gym_gui.core.runs.stall import StallLimits

_REMEMBERED_SIGNS = 33


class Rhythm:
    """The recent signs of progress of one run, as Unix times."""

    def __init__(self) -> None:
        self._signs: deque[float] = deque(maxlen=_REMEMBERED_SIGNS)

    @property
    def last_sign(self) -> float | None:
        """When the last one was, None before the first."""
        return self._signs[-1] if self._signs else None

    def note(self, moment: float) -> None:
        """Takes a sign; one that is older than the last is the same sign seen again."""
        if not self._signs or moment > self._signs[-1]:
            self._signs.append(moment)

    def shift(self, seconds: float) -> None:
        """Moves the signs by as much as the clock was set, so that a silence keeps its length."""
        self._signs = deque((sign + seconds for sign in self._signs), maxlen=_REMEMBERED_SIGNS)

    def patience_s(self, limits: StallLimits | None = None) -> float:
        """How long a silence may last, in seconds, before the run counts as stalled.

        A multiple of its usual gap, and never less than the least. A run that gave no sign yet has no
        rhythm; it gets the time to start on top.
        """
        limits = limits or StallLimits()
        if not self._signs:
            return limits.least_s + WORKER_STARTUP_TIMEOUT_S
        signs = list(self._signs)
        gaps = sorted(later - earlier for earlier, later in pairwise(signs))
        usual = gaps[len(gaps) // 2] if gaps else 0.0
        return max(limits.least_s, limits.factor * usual)
