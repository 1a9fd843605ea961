"""A polite end that cannot be missed: a moment for the iteration, then an exception, again and again."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from gym_gui.core.worker.telemetry import RunCancelled

SECONDS_TO_FINISH = 2.0
SECONDS_BETWEEN_INTERRUPTIONS = 1.0


class StopRequest:
    """Whether someone asked the run to stop.

    Attributes:
        requested: True from the first request on.
        reason: The name of the signal that asked.
        interrupts: Whether a request becomes an exception just now.
    """

    __slots__ = ("_handlers", "interrupts", "reason", "requested")

    def __init__(self) -> None:
        self.requested = False
        self.reason = ""
        self.interrupts = False
        self._handlers: dict[int, Callable[[int, FrameType | None], None]] = {}

    def listen(self, handlers: dict[int, Callable[[int, FrameType | None], None]]) -> None:
        """Signals reach the request from now on."""
        self._handlers = handlers
        self.listen_again()

    def listen_again(self) -> None:
        """The same after others have put their own handlers in place, as `ray.init` does for SIGTERM."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def request(self, reason: str) -> None:
        """Asks the run to stop; only the first request counts."""
        if self.requested:
            return
        self.reason = reason
        self.requested = True
        if self.interrupts:
            self._start_interrupting()

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Inside the block a request becomes an exception in the main thread unless the block ends soon.

        Ray's own code catches much and waits in C++, where an exception comes out as a SystemError: so
        it is raised until the block has ended, and whatever came out of the block, `requested` tells.
        """
        self.interrupts = True
        try:
            if self.requested:
                self._start_interrupting()
            yield
        finally:
            self.be_patient()

    def be_patient(self) -> None:
        """No more exceptions from now on: what follows is clearing up."""
        self.interrupts = False
        signal.setitimer(signal.ITIMER_REAL, 0.0)

    def cancellation(self) -> BaseException:
        """The exception that tells the SDK who asked."""
        return RunCancelled() if self.reason != "SIGINT" else KeyboardInterrupt()

    def _start_interrupting(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, SECONDS_TO_FINISH, SECONDS_BETWEEN_INTERRUPTIONS)


@contextmanager
def shielding_children() -> Iterator[None]:
    """Processes started in the block, and theirs, hear neither SIGTERM nor SIGINT, nor does this one in it.

    A stop is sent to every process of a run. Were Ray's to end at once, the worker would be left talking
    to nobody: calls that hang, and aborts. A blocked signal stays blocked in what is started.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """A request that SIGTERM and SIGINT make inside the block.

    Outside the main thread, where Python cannot set signal handlers, nothing makes the request.
    """
    stop = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(number: int, _frame: FrameType | None) -> None:
        stop.request(signal.Signals(number).name)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if stop.interrupts:
            raise stop.cancellation()

    # Tells `TelemetryEmitter.run` that SIGTERM is taken care of.
    ask.cancels_run = True  # type: ignore[attr-defined]
    handlers: dict[int, Callable[[int, FrameType | None], None]] = {
        signal.SIGTERM: ask,
        signal.SIGINT: ask,
        signal.SIGALRM: interrupt,
    }
    before = {number: signal.getsignal(number) for number in handlers}
    try:
        stop.listen(handlers)
        yield stop
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
