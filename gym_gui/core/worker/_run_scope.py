"""The `with emitter.run(...)` block, the heartbeat of a loop, and SIGTERM as an exception."""

from __future__ import annotations

import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from gym_gui.core.worker.telemetry import terminal_event_of

if TYPE_CHECKING:
    from gym_gui.core.worker.telemetry import TelemetryEmitter
    from gym_gui.logging_config.log_constants import LogConstant

EXIT_CODE_AFTER_SIGTERM = 128 + signal.SIGTERM
MAX_TRACEBACK_CHARACTERS = 20_000


class RunCancelled(SystemExit):
    """Raised in the main thread when SIGTERM asks the run to end; uncaught, Python exits with 143."""

    def __init__(self) -> None:
        super().__init__(EXIT_CODE_AFTER_SIGTERM)


@contextmanager
def cancel_on_sigterm() -> Iterator[None]:
    """Turns the first SIGTERM inside the block into `RunCancelled`; later ones are ignored while it unwinds.

    Outside the main thread, where Python cannot set signal handlers, and inside another such block it
    changes nothing.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or getattr(signal.getsignal(signal.SIGTERM), "cancels_run", False):
        yield
        return
    raised = False

    def cancel(_number: int, _frame: FrameType | None) -> None:
        nonlocal raised
        if not raised:
            raised = True
            raise RunCancelled

    cancel.cancels_run = True  # type: ignore[attr-defined]
    before = signal.signal(signal.SIGTERM, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before if before is not None else signal.SIG_DFL)


class RunScope:
    """One run from start to end; see `TelemetryEmitter.run`.

    Attributes:
        results: Payload of `run_completed`; fill it inside the block.
    """

    def __init__(
        self,
        emitter: TelemetryEmitter,
        payload: Mapping[str, Any] | None,
        constants: Mapping[str, LogConstant] | None,
    ) -> None:
        self.results: dict[str, Any] = {}
        self._emitter = emitter
        self._payload = payload
        self._constants = constants or {}
        self._signals = ExitStack()

    def __enter__(self) -> RunScope:
        self._signals.enter_context(cancel_on_sigterm())
        try:
            self._emitter.run_started(self._payload, constant=self._constants.get("run_started"))
        except BaseException as error:  # SIGTERM may arrive as soon as the handler is set
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if terminal_event_of(self._emitter.run_id) is None:
                self._say_how_it_ended(error)
        finally:
            self._signals.close()

    def _say_how_it_ended(self, error: BaseException | None) -> None:
        constant = self._constants.get
        if error is None or _is_clean_exit(error):
            self._emitter.last_heartbeat()
            self._emitter.run_completed(self.results, constant=constant("run_completed"))
        elif isinstance(error, (RunCancelled, KeyboardInterrupt)):
            reason = "SIGTERM" if isinstance(error, RunCancelled) else "KeyboardInterrupt"
            self._emitter.run_cancelled(
                {**self.results, "reason": reason}, constant=constant("run_cancelled")
            )
        else:
            self._emitter.run_failed(self.results, constant=constant("run_failed"), exc_info=error)


def _is_clean_exit(error: BaseException) -> bool:
    return isinstance(error, SystemExit) and error.code in (None, 0)


class Heartbeat:
    """Emits a heartbeat when one is due; see `TelemetryEmitter.heartbeat_every`."""

    __slots__ = ("_constant", "_due", "_emitter", "_interval_s", "_pending")

    def __init__(self, emitter: TelemetryEmitter, interval_s: float, constant: LogConstant | None) -> None:
        self._emitter = emitter
        self._interval_s = interval_s
        self._constant = constant
        self._due = -float("inf")
        self._pending: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = None

    def __call__(self, payload: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = None) -> bool:
        """Emits if due; True when it did. What was not due is kept for `flush`."""
        now = time.monotonic()
        if now < self._due:
            self._pending = payload
            return False
        self._due = now + self._interval_s
        self._pending = None
        self._emitter.heartbeat(payload() if callable(payload) else payload, constant=self._constant)
        return True

    def flush(self) -> bool:
        """Emits what the last call held back because it was not due; True when there was something.

        A loop that ends between two heartbeats says its last step this way, so that its curve does not
        end early. `with emitter.run(...)` does it by itself before `run_completed`.
        """
        if self._pending is None:
            return False
        self._due = -float("inf")
        return self(self._pending)


def describe_error(error: BaseException) -> dict[str, str]:
    """`error`, `error_type` and `traceback` of an exception, the traceback's middle cut when it is huge."""
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 (boundary: the exception's own `__str__`)
        message = "<no usable message>"
    try:
        text = "".join(traceback.format_exception(error))
    except Exception:  # noqa: BLE001 (boundary: the same code may run again here)
        text = "".join(traceback.format_tb(error.__traceback__))
    if len(text) > MAX_TRACEBACK_CHARACTERS:
        half = MAX_TRACEBACK_CHARACTERS // 2
        text = f"{text[:half]}\n... {len(text) - 2 * half:,} characters cut ...\n{text[-half:]}"
    return {"error": message, "error_type": type(error).__name__, "traceback": text}
