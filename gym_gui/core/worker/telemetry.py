"""Lifecycle events as JSON lines on standard output, at a cost a training loop does not notice.

An event is one line, `{"event", "run_id", "timestamp", "payload"}`, written in one
system call. Telemetry never harms training: whatever goes wrong while an event is
written is counted in `TelemetryEmitter.dropped` and said once on standard error.

This module imports nothing that a bare interpreter has not loaded already; the JSON
encoder comes with the first event.
"""

from __future__ import annotations

import sys
from os import write
from time import time

from gym_gui.constants import WORKER_HEARTBEAT_INTERVAL_S

TYPE_CHECKING = False  # importing `typing` for one name costs half an interpreter start

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping
    from typing import Any

    from gym_gui.core.worker._run_scope import Heartbeat, RunCancelled, RunScope, cancel_on_sigterm
    from gym_gui.core.worker._sinks import FileSink, PipeSink, StreamSink
    from gym_gui.core.worker.lifecycle import LifecycleEvent, LifecycleEventType
    from gym_gui.logging_config.log_constants import LogConstant

__all__ = [
    "Heartbeat",
    "LifecycleEvent",
    "LifecycleEventType",
    "RunCancelled",
    "RunScope",
    "TelemetryEmitter",
    "cancel_on_sigterm",
    "started_event_of",
    "terminal_event_of",
]

_TERMINAL = ("run_completed", "run_failed", "run_cancelled")

# The encoder and the sinks, loaded with the first emitter. Not later, at the first event: a fork while
# another thread imports would leave the child waiting for a module lock that nobody holds any more.
_dumps: Any = None
_stand_in: Any = None
_line_options: Any = None
_encode_line: Any = None
_sink_for: Any = None


def _load_encoder() -> None:
    global _dumps, _encode_line, _line_options, _sink_for, _stand_in  # noqa: PLW0603 (see above)
    from gym_gui.core.worker import _encoding, _sinks

    _stand_in, _line_options = _encoding.stand_in, _encoding.LINE_OPTIONS
    _encode_line, _sink_for = _encoding.encode_line, _sinks.sink_for
    _dumps = _encoding.dumps  # last: whoever sees it set may use the others


# What emitters of this process have said, by run: the runner asks, so that it neither
# repeats a worker's own last word nor leaves a run without one.
_started: set[str] = set()
_ended: dict[str, str] = {}


def started_event_of(run_id: str) -> bool:
    """Whether an emitter of this process has emitted `run_started` for the run."""
    return run_id in _started


def terminal_event_of(run_id: str) -> str | None:
    """The last of run_completed, run_failed, run_cancelled that this process emitted for the run."""
    return _ended.get(run_id)


class TelemetryEmitter:
    """Emits the lifecycle events of one run, from any thread, never raising and never blocking.

    Payloads are mappings of plain values; numpy numbers and arrays, paths, enums, dates and dataclasses are
    turned into plain ones. What has no usable text is left out and counted.

    Args:
        run_id: The run that the events belong to.
        sink: Where lines go: a stream, or None for the `sys.stdout` of the moment.
        logger: Where events with a `constant` are logged as well.

    Attributes:
        dropped: How many events, or values inside one, could not be written.

    Example:
        A training loop that says what it does::

            emitter = TelemetryEmitter(config.run_id)
            beat = emitter.heartbeat_every()
            with emitter.run({"algo": "ppo", "seed": config.seed}) as run:
                for step in range(1, config.total_steps + 1):
                    train_one_step()
                    beat(lambda: {"step": step, "total_steps": config.total_steps})
                run.results["return_mean"] = mean_return()
    """

    __slots__ = (
        "_beat",
        "_descriptor",
        "_follows",
        "_logger",
        "_output",
        "_sink",
        "_stream",
        "_warned",
        "dropped",
        "run_id",
    )

    def __init__(self, run_id: str, *, sink: Any | None = None, logger: logging.Logger | None = None) -> None:
        self.run_id = run_id if type(run_id) is str else str(run_id)
        self.dropped = 0
        self._sink = sink
        self._logger = logger
        self._warned = False
        self._beat: Heartbeat | None = None
        # The stream of the last event and where its lines go. `_follows` is that stream when it
        # was found in `sys.stdout`, which can be replaced at any time; `_descriptor` is its file
        # descriptor when a line may be written there at once, else -1.
        self._stream: Any = None
        self._follows: Any = None
        self._descriptor = -1
        self._output: FileSink | PipeSink | StreamSink | None = None
        if _dumps is None:
            _load_encoder()

    def run_started(
        self, payload: Mapping[str, Any] | None = None, *, constant: LogConstant | None = None
    ) -> None:
        """Says that the worker begins.

        Args:
            payload: What it runs: `worker_type`, `algo`, `env_id`, `seed`.
            constant: Logged as well when the emitter has a logger.
        """
        _started.add(self.run_id)
        _ended.pop(self.run_id, None)
        self._emit("run_started", payload, constant)

    def run_completed(
        self, payload: Mapping[str, Any] | None = None, *, constant: LogConstant | None = None
    ) -> None:
        """Says that the run did what it was asked to.

        Args:
            payload: Its results.
            constant: Logged as well when the emitter has a logger.
        """
        _ended[self.run_id] = "run_completed"
        self._emit("run_completed", payload, constant)

    def run_failed(
        self,
        payload: Mapping[str, Any] | None = None,
        *,
        constant: LogConstant | None = None,
        exc_info: BaseException | tuple[Any, Any, Any] | bool | None = None,
    ) -> None:
        """Says that the run ended in an error; `exc_info` adds what the payload leaves out.

        Args:
            payload: Usually `error` and `error_type`.
            constant: Logged as well, with the traceback, when the emitter has a logger.
            exc_info: The exception, `sys.exc_info()`, or True for the one being handled. Its message,
                type and traceback become `error`, `error_type` and `traceback` where the payload has none.
        """
        _ended[self.run_id] = "run_failed"
        error = _exception_of(exc_info)
        if error is not None:
            from gym_gui.core.worker._run_scope import describe_error

            payload = {**describe_error(error), **_as_fields(payload)}
        self._emit("run_failed", payload, constant, error)

    def run_cancelled(
        self, payload: Mapping[str, Any] | None = None, *, constant: LogConstant | None = None
    ) -> None:
        """Says that someone ended the run before it was done.

        Args:
            payload: Why, e.g. `{"reason": "SIGTERM"}`, and the results so far.
            constant: Logged as well when the emitter has a logger.
        """
        _ended[self.run_id] = "run_cancelled"
        self._emit("run_cancelled", payload, constant)

    def heartbeat(
        self, payload: Mapping[str, Any] | None = None, *, constant: LogConstant | None = None
    ) -> None:
        """Says that the run is getting on, and how far it is; see `heartbeat_every` for training loops.

        Args:
            payload: Numbers to show and to draw: `step` or `episode`, `total_steps` or `total_episodes`,
                `episode_return`, losses.
            constant: Logged as well when the emitter has a logger.
        """
        # The one event that training loops emit often: `_emit` for a plain file, written out,
        # since each operation in here is paid next to a system call. benchmarks/emit.py measures it.
        descriptor = self._descriptor
        if (
            descriptor < 0
            or payload is None
            or (self._follows is not None and self._follows is not sys.stdout)
        ):
            self._emit("heartbeat", payload, constant)
            return
        try:
            line = _dumps(
                {"event": "heartbeat", "run_id": self.run_id, "timestamp": time(), "payload": payload},
                _stand_in,
                _line_options,
            )
            if write(descriptor, line) == len(line):
                if constant is not None:
                    self._log(constant, payload, None)
                return
            self._descriptor = -1
            self._output.tear()  # type: ignore[union-attr]
        except Exception:  # noqa: BLE001, S110 (boundary: `_emit` tries again with care, and counts)
            pass
        self._emit("heartbeat", payload, constant)

    def checkpoint_saved(
        self, payload: Mapping[str, Any] | None = None, *, constant: LogConstant | None = None
    ) -> None:
        """Says that a checkpoint is on disk, complete.

        Args:
            payload: `path`, relative to the run directory, and `step` or `episode`.
            constant: Logged as well when the emitter has a logger.
        """
        self._emit("checkpoint_saved", payload, constant)

    def checkpoint_loaded(
        self, payload: Mapping[str, Any] | None = None, *, constant: LogConstant | None = None
    ) -> None:
        """Says that the run goes on from a checkpoint, once its state is restored.

        Args:
            payload: `path` of the checkpoint, and the `step` or `episode` it goes on from.
            constant: Logged as well when the emitter has a logger.
        """
        self._emit("checkpoint_loaded", payload, constant)

    def run(
        self,
        payload: Mapping[str, Any] | None = None,
        *,
        constants: Mapping[str, LogConstant] | None = None,
    ) -> RunScope:
        """A `with` block that emits run_started, then how the block ended.

        The block ends in `run_completed` with what it put into `scope.results`, after the heartbeat that
        `heartbeat_every` may have held back; in `run_cancelled` on SIGTERM or KeyboardInterrupt; else in
        `run_failed` with type, message and traceback. The exception goes on. A terminal event that the
        block emitted itself is not repeated.

        Args:
            payload: Of `run_started`.
            constants: Log constants by event name, e.g. `{"run_started": LOG_WORKER_X_RUNTIME_STARTED}`.
        """
        from gym_gui.core.worker._run_scope import RunScope

        return RunScope(self, payload, constants)

    def heartbeat_every(
        self, interval_s: float = WORKER_HEARTBEAT_INTERVAL_S, *, constant: LogConstant | None = None
    ) -> Heartbeat:
        """A callable for the training loop that emits a heartbeat when one is due.

        `beat(payload)` or `beat(lambda: payload)`; the latter is evaluated only when it is due. Only a loop
        that gets on calls it, so a heartbeat always stands for progress, as one from a side thread would not.

        Args:
            interval_s: Seconds between heartbeats; the first call always beats.
            constant: Passed on to `heartbeat`.
        """
        from gym_gui.core.worker._run_scope import Heartbeat

        self._beat = Heartbeat(self, interval_s, constant)
        return self._beat

    def last_heartbeat(self) -> None:
        """Emits the heartbeat that `heartbeat_every` holds back, when there is one.

        Its payload is computed after the loop. When that fails, the heartbeat is counted as dropped: a run
        that has done its work does not fail over its last point.
        """
        if self._beat is None:
            return
        try:
            self._beat.flush()
        except Exception as failure:  # noqa: BLE001 (boundary: the payload's own code, run after its loop)
            self._drop(1, f"the last heartbeat: {type(failure).__name__}: {failure}")

    def _emit(
        self,
        event: str,
        payload: Mapping[str, Any] | None,
        constant: LogConstant | None,
        error: BaseException | None = None,
    ) -> None:
        try:
            line, lost = _encode_line(event, self.run_id, time(), {} if payload is None else payload)
            stream = sys.stdout if self._sink is None else self._sink
            if stream is not self._stream:
                self._connect(stream)
            self._output.write(line)  # type: ignore[union-attr]
            if lost:
                self._drop(lost, "a value in the payload has no usable text")
        except Exception as failure:  # noqa: BLE001 (boundary: telemetry never harms training)
            self._drop(getattr(failure, "lines", 1), f"{type(failure).__name__}: {failure}")
        if constant is not None:
            self._log(constant, payload, error)

    def _connect(self, stream: Any) -> None:
        if stream is None:
            raise ValueError("there is no standard output")
        self._output = _sink_for(stream)
        self._descriptor = self._output.direct_descriptor
        self._stream = stream
        self._follows = stream if self._sink is None else None

    def _drop(self, count: int, reason: str) -> None:
        self.dropped += count
        if self._warned:
            return
        self._warned = True
        _say(
            f"telemetry of run {self.run_id}: an event could not be written whole ({reason}); "
            "training goes on, further losses are only counted (TelemetryEmitter.dropped)"
        )

    def _log(
        self, constant: LogConstant, payload: Mapping[str, Any] | None, error: BaseException | None
    ) -> None:
        if self._logger is None:
            return
        try:
            from gym_gui.logging_config.helpers import log_constant

            details = {"run_id": self.run_id, **_as_fields(payload)}
            log_constant(self._logger, constant, extra=details, exc_info=error)
        except Exception as failure:  # noqa: BLE001 (boundary: telemetry never harms training)
            self._drop(0, f"logging {type(failure).__name__}: {failure}")


def _exception_of(exc_info: BaseException | tuple[Any, Any, Any] | bool | None) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return next((part for part in exc_info if isinstance(part, BaseException)), None)
    return sys.exc_info()[1] if exc_info else None


def _as_fields(payload: object) -> dict[Any, Any]:
    """The payload's own fields; what is no mapping, or no usable one, becomes its `value`, as in the line."""
    if payload is None:
        return {}
    if type(payload) is dict:
        return payload
    if hasattr(payload, "keys"):
        try:
            return dict(payload)  # type: ignore[call-overload, no-any-return]
        except Exception:  # noqa: BLE001, S110 (boundary: a mapping of the worker's own making)
            pass
    return {"value": payload}


def _say(message: str) -> None:
    try:
        sys.stderr.write(f"gym_gui: {message}\n")
    except Exception:  # noqa: BLE001 (there is nowhere left to say it)
        return


_HOME = {
    "LifecycleEvent": "gym_gui.core.worker.lifecycle",
    "LifecycleEventType": "gym_gui.core.worker.lifecycle",
    "Heartbeat": "gym_gui.core.worker._run_scope",
    "RunCancelled": "gym_gui.core.worker._run_scope",
    "RunScope": "gym_gui.core.worker._run_scope",
    "cancel_on_sigterm": "gym_gui.core.worker._run_scope",
}


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value
