"""What `WorkerCLI.run` and the runner have in common: load, check, then run or say what would run."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gym_gui.core.worker._execution import (
    EXIT_BROKEN,
    EXIT_CANCELLED,
    EXIT_DONE,
    EXIT_USAGE,
    execute,
    runtime_maker,
)
from gym_gui.core.worker._json_files import json_ready
from gym_gui.core.worker.config_loader import load_worker_config_from_file
from gym_gui.core.worker.protocol import WorkerConfig, satisfies_worker_runtime
from gym_gui.core.worker.telemetry import RunCancelled, cancel_on_sigterm

if TYPE_CHECKING:
    from gym_gui.core.worker.protocol import WorkerRuntime

WorkerClasses = tuple[type[Any], type[Any]]


class Refusal(Exception):
    """A run that cannot begin: the message says why and how to mend it, the code becomes the exit code."""

    def __init__(self, message: str, exit_code: int = EXIT_BROKEN) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run_command(
    name: str, find_classes: Callable[[], WorkerClasses], config_file: Path, *, dry_run: bool
) -> int:
    """The exit code: 0 done, 1 worker failed, 2 bad config, 3 worker broken, 130 cancelled.

    Args:
        name: Stands before messages on standard error.
        find_classes: Gives config class and runtime class, or raises `Refusal`. It is called in here
            because it may import the worker, which can take long enough to be cancelled.
        config_file: The config.
        dry_run: Only say what would run, as one line of JSON on standard output.
    """
    with cancel_on_sigterm():
        try:
            return _run(find_classes, config_file, dry_run=dry_run)
        except Refusal as refusal:
            print(f"{name}: error: {refusal}", file=sys.stderr)
            return refusal.exit_code
        except (KeyboardInterrupt, RunCancelled):
            print(f"{name}: cancelled", file=sys.stderr)
            return EXIT_CANCELLED


def worker_code_failed(doing: str, error: BaseException) -> Refusal:
    """A refusal because code of the worker raised; its traceback goes to standard error."""
    traceback.print_exception(error, file=sys.stderr)
    return Refusal(f"{doing}: {type(error).__name__} (see the traceback above)")


def _run(find_classes: Callable[[], WorkerClasses], config_file: Path, *, dry_run: bool) -> int:
    config_class, runtime_class = find_classes()
    config = _loaded(config_class, config_file)
    make_runtime = _maker_of(runtime_class, config)
    if dry_run:
        print(_plan(config, runtime_class))
        return EXIT_DONE
    return execute(config, make_runtime)


def _loaded(config_class: type[Any], config_file: Path) -> WorkerConfig:
    try:
        config = load_worker_config_from_file(config_file, config_class)
    except (FileNotFoundError, ValueError) as problem:
        raise Refusal(str(problem), EXIT_USAGE) from None
    except TypeError as problem:
        raise Refusal(str(problem)) from None
    if isinstance(config, WorkerConfig):
        return config
    lacking = [name for name in ("run_id", "seed", "to_dict") if not hasattr(config, name)]
    raise Refusal(f"{type(config).__name__} is no WorkerConfig: it lacks {', '.join(lacking)}")


def _maker_of(runtime_class: type[Any], config: WorkerConfig) -> Callable[[], WorkerRuntime]:
    name = getattr(runtime_class, "__name__", repr(runtime_class))
    if not satisfies_worker_runtime(runtime_class):
        raise Refusal(f"{name} is no WorkerRuntime: it needs a method run() and nothing abstract")
    try:
        return runtime_maker(runtime_class, config, logging.getLogger(runtime_class.__module__))
    except TypeError as problem:
        raise Refusal(str(problem)) from None


def _plan(config: WorkerConfig, runtime_class: type[Any]) -> str:
    try:
        described = config.to_dict()
    except Exception as error:  # noqa: BLE001 (a boundary: to_dict is the worker's code)
        raise worker_code_failed(f"{type(config).__name__}.to_dict()", error) from None
    plan = {
        "dry_run": True,
        "run_id": config.run_id,
        "config_class": _full_name(type(config)),
        "runtime_class": _full_name(runtime_class),
        "config": described,
    }
    return json.dumps(json_ready(plan))


def _full_name(cls: type[Any]) -> str:
    return f"{cls.__module__}:{cls.__qualname__}"
