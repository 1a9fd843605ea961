"""A polite end: SIGTERM and Ctrl-C ask the training loop to finish its episode and stop."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS_TO_FINISH_AN_EPISODE = 0.5


class StopRequest:
    """Whether someone asked the run to stop.

    Attributes:
        requested: True from the first request on.
        reason: What asked: the name of the signal.
    """

    __slots__ = ("_requested_at", "reason", "requested")

    def __init__(self) -> None:
        self.requested = False
        self.reason = ""
        self._requested_at = 0.0

    def request(self, reason: str) -> None:
        """Asks the run to stop; only the first request counts."""
        if not self.requested:
            self._requested_at = time.monotonic()
            self.reason = reason
            self.requested = True

    def is_overdue(self) -> bool:
        """Whether the episode under way has had its time to finish since the request."""
        return self.requested and time.monotonic() - self._requested_at > SECONDS_TO_FINISH_AN_EPISODE


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """A request that SIGTERM and SIGINT make inside the block; a second SIGINT interrupts at once.

    Stopping between episodes, rather than by an exception somewhere inside one, leaves a
    table and random numbers that a resumed run can go on from exactly. Outside the main
    thread, where Python cannot set signal handlers, nothing makes the request.
    """
    stop = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and stop.requested:
            raise KeyboardInterrupt
        stop.request(signal.Signals(number).name)

    # Tells `TelemetryEmitter.run` that SIGTERM is taken care of.
    ask.cancels_run = True  # type: ignore[attr-defined]
    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
