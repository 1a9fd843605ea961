"""Requests spaced so that no more than so many fall into a minute."""

from __future__ import annotations

import time


class Pace:
    """Holds requests back until the next one may go.

    Args:
        requests_per_minute: The limit, 0 for none.
    """

    def __init__(self, requests_per_minute: float) -> None:
        self._gap_s = 60 / requests_per_minute if requests_per_minute else 0.0
        self._next = 0.0

    def wait(self) -> float:
        """The seconds waited, once a request may go. A signal interrupts the wait."""
        delay = max(self._next - time.monotonic(), 0.0)
        if delay:
            time.sleep(delay)
        self._next = time.monotonic() + self._gap_s
        return delay
