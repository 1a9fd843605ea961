"""The tries to have a queued run taken up by a supervisor: how often, how long apart, when to give up."""

from __future__ import annotations

import time

# How long to wait after a supervisor that died before it took its run up; after one more the run is given up.
_PAUSES_S = (1.0, 5.0)
MOST_TRIES = len(_PAUSES_S) + 1


class Attempt:
    """The tries to have one run taken up.

    Attributes:
        pid: Of the supervisor that was started last, None when there is none alive.
    """

    def __init__(self) -> None:
        self.pid: int | None = None
        self._failures = 0
        self._next = float("-inf")

    @property
    def is_under_way(self) -> bool:
        """Whether a supervisor of the run is alive that was started here."""
        return self.pid is not None

    @property
    def is_hopeless(self) -> bool:
        """Whether it was tried often enough."""
        return self._failures >= MOST_TRIES

    @property
    def is_due(self) -> bool:
        """Whether it may be tried now."""
        return not self.is_under_way and not self.is_hopeless and time.monotonic() >= self._next

    def begin(self, pid: int) -> None:
        """A supervisor was started."""
        self.pid = pid

    def end(self) -> None:
        """Its supervisor has ended; it counts as a failure unless the run turns out to be taken up."""
        self.pid = None
        self._next = time.monotonic() + _PAUSES_S[min(self._failures, len(_PAUSES_S) - 1)]
        self._failures += 1
