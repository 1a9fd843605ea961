"""One run of a worker's runtime in this process: its last word said in any case, its end as an exit code."""

from __future__ import annotations

import inspect
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from gym_gui.core.worker.telemetry import (
    RunCancelled,
    TelemetryEmitter,
    started_event_of,
    terminal_event_of,
)

if TYPE_CHECKING:
    import logging

    from gym_gui.core.worker.protocol import WorkerConfig, WorkerRuntime

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_BROKEN = 3
EXIT_CANCELLED = 130

_CODES = {"run_completed": EXIT_DONE, "run_failed": EXIT_FAILED, "run_cancelled": EXIT_CANCELLED}
_CODES_OF_A_CANCEL = (
    EXIT_CANCELLED,
    143,
)  # what shells report for SIGINT and SIGTERM, and handlers exit with


def execute(config: WorkerConfig, make_runtime: Callable[[], WorkerRuntime]) -> int:
    """The exit code of the run: 0 done, 1 failed, 130 cancelled.

    Whatever the worker leaves unsaid is said: that the run started, and how it ended. What its own
    emitter said stands. An exception's traceback goes to standard error.
    """
    emitter = TelemetryEmitter(config.run_id)
    began = time.time()
    results: object = None
    error: BaseException | None = None
    try:
        results = make_runtime().run()
    except BaseException as raised:  # noqa: BLE001 (a boundary: whatever a worker raises is how its run ended)
        error = raised
    if terminal_event_of(emitter.run_id) is None:
        if not started_event_of(emitter.run_id):
            emitter.run_started({"seed": config.seed, "started": began})
        _say_how_it_ended(emitter, results, error)
    if error is None or _is_clean_exit(error):
        return _CODES.get(terminal_event_of(emitter.run_id) or "", EXIT_DONE)
    if _is_cancel(error):
        return EXIT_CANCELLED
    traceback.print_exception(error, file=sys.stderr)
    return EXIT_FAILED


def runtime_maker(
    runtime_class: type[Any], config: WorkerConfig, logger: logging.Logger
) -> Callable[[], WorkerRuntime]:
    """What makes the runtime, from the config and, if its signature has room for one, the logger.

    Raises:
        TypeError: The class cannot be made from these.
    """
    try:
        parameters = inspect.signature(runtime_class).parameters
    except ValueError:  # a class written in C need not tell
        return lambda: runtime_class(config)
    for positional, named in _ways_to_call(parameters, config, logger):
        try:
            inspect.signature(runtime_class).bind(*positional, **named)
        except TypeError:
            continue
        return lambda: runtime_class(*positional, **named)
    raise TypeError(
        f"{runtime_class.__name__}({', '.join(parameters)}) cannot be made: it must take the config, "
        "and may take a logger, but nothing else that has no default"
    )


def _ways_to_call(
    parameters: Mapping[str, inspect.Parameter], config: WorkerConfig, logger: logging.Logger
) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    """The calls to try, the one that passes most first; `logger` goes by name only where that name exists."""
    by_name = {"logger": logger} if "logger" in parameters else {}
    return [
        ((config,), by_name),
        ((), {"config": config, **by_name}),
        ((config, logger), {}),
    ]


def _say_how_it_ended(emitter: TelemetryEmitter, results: object, error: BaseException | None) -> None:
    if error is None or _is_clean_exit(error):
        emitter.run_completed(_as_payload(results))
    elif _is_cancel(error):
        reason = "KeyboardInterrupt" if isinstance(error, KeyboardInterrupt) else "SIGTERM"
        emitter.run_cancelled({"reason": reason})
    else:
        emitter.run_failed(exc_info=error)


def _is_clean_exit(error: BaseException) -> bool:
    return isinstance(error, SystemExit) and error.code in (None, 0)


def _is_cancel(error: BaseException) -> bool:
    if isinstance(error, SystemExit):
        return isinstance(error, RunCancelled) or error.code in _CODES_OF_A_CANCEL
    return isinstance(error, KeyboardInterrupt)


def _as_payload(results: object) -> Mapping[str, Any]:
    if isinstance(results, Mapping):
        return results
    return {} if results is None else {"result": results}
