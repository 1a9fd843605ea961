"""Runs an installed worker that has no command line of its own.

    python -m gym_gui.core.worker.run WORKER --config FILE [-v] [--dry-run]

Exit codes: 0 done, 1 the worker failed, 2 bad usage or config, 3 no such worker or it is broken,
130 cancelled.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint

from gym_gui.config.entry_points import entry_points_of
from gym_gui.constants import WORKER_ENTRY_POINT_GROUP
from gym_gui.core.worker._command import Refusal, WorkerClasses, run_command, worker_code_failed
from gym_gui.core.worker._registrations import by_worker_id
from gym_gui.core.worker.cli_base import WorkerCLI
from gym_gui.core.worker.lookup import WorkerPartError, find_config_class, find_runtime_class
from gym_gui.core.worker.telemetry import RunCancelled

PROG = "python -m gym_gui.core.worker.run"


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of the run that the arguments ask for."""
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as stop:  # argparse has said why: bad usage, or --help
        return int(stop.code or 0)
    WorkerCLI.setup_logging(arguments.verbose)
    worker_id = arguments.worker
    return run_command(worker_id, lambda: classes_of(worker_id), arguments.config, dry_run=arguments.dry_run)


def classes_of(worker_id: str) -> WorkerClasses:
    """The config class and the runtime class of an installed worker, imported.

    Raises:
        Refusal: There is no such worker, or it does not say which classes they are.
    """
    module = _module_of(_entry_point(worker_id))
    try:
        return find_config_class(worker_id, module), find_runtime_class(worker_id, module)
    except WorkerPartError as problem:
        raise Refusal(str(problem)) from None
    except RunCancelled:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 (a boundary: importing runs the worker's code)
        raise worker_code_failed(f"importing worker {worker_id}", error) from None


def _parser() -> argparse.ArgumentParser:
    parser = WorkerCLI.create_base_parser(
        PROG, "Run an installed worker that has no command line of its own."
    )
    parser.add_argument("worker", metavar="WORKER", help="id of the worker: the name of its entry point")
    return parser


def _entry_point(worker_id: str) -> EntryPoint:
    found = by_worker_id(entry_points_of(WORKER_ENTRY_POINT_GROUP))
    if worker_id in found:
        return found[worker_id][0]
    names = list(found)
    close = difflib.get_close_matches(worker_id, names, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    installed = f"installed are {', '.join(names)}" if names else "none is installed"
    raise Refusal(f"there is no worker {worker_id!r} in {sys.prefix}; {hint}{installed}")


def _module_of(entry_point: EntryPoint) -> str:
    try:
        return entry_point.module
    except AttributeError:  # how importlib reports a value it cannot take apart
        name, value = entry_point.name, entry_point.value
        raise Refusal(f"entry point {name!r} names {value!r}; expected 'package.module:function'") from None


def _exit(code: int) -> None:
    """Ends the process with the code, even if nobody reads what is still to be flushed."""
    try:
        sys.stdout.flush()
    except OSError:
        # Python would flush again at exit, fail again and replace the code by 120.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    _exit(main())
