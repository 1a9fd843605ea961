"""`gym-gui rerun`: launch a run like a former one, with another value here and there if wanted."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace

from gym_gui.commands.asking import add_yes_argument
from gym_gui.commands.configuring import checked_config
from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.run import carry_out, refuse_broken_text, refuse_missing, variables_of
from gym_gui.commands.selecting import (
    add_interpreter_arguments,
    open_run,
    python_of_worker,
    run_store,
    usable_worker,
)
from gym_gui.commands.show import RUN_HELP
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.rerun import CannotRerunError, rerun_spec, with_worker

HELP = "launch a run like a former one: its config, labels, variables and devices, by the worker as it is now"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument("assignments", nargs="*", metavar="key=value", help="a field that is to be another")
    parser.add_argument("--wait", action="store_true", help="wait until the run is over and tell how it went")
    parser.add_argument("--dry-run", action="store_true", help="check everything, show it and start nothing")
    parser.add_argument("--name", help="another name for the run")
    parser.add_argument(
        "--tag", action="append", default=[], dest="tags", help="a further tag; may be repeated"
    )
    parser.add_argument("--group", help="another group")
    parser.add_argument(
        "--env", action="append", default=[], metavar="K=V", help="a further environment variable, or another"
    )
    parser.add_argument(
        "--force", action="store_true", help="launch although requirements of the worker are missing"
    )
    parser.add_argument("--queue", action="store_true", help="do not start it now but when there is room")
    parser.add_argument(
        "--priority", type=int, default=0, metavar="N", help="in the queue, higher ones are started first"
    )
    add_yes_argument(parser)
    add_interpreter_arguments(parser)
    parser.set_defaults(python="")


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Checks the former config against the worker as it is now, then creates and starts the run."""
    refuse_broken_text((options.name or "", options.group or "", *options.tags, *options.env))
    refuse_broken_text(options.assignments)
    run = open_run(run_store(), options.run)
    given = variables_of(options)
    try:
        former = rerun_spec(run, {**os.environ, **given})
    except CannotRerunError as error:
        raise CommandError(str(error), ExitCode.USAGE) from error
    labelled = replace(
        former,
        name=former.name if options.name is None else options.name,
        tags=tuple(dict.fromkeys((*former.tags, *options.tags))),
        group=former.group if options.group is None else options.group or None,
        env={**former.env, **given},
    )
    spec = (
        _by_worker_of_now(labelled, run, options) if former.passes_config else _as_it_was(labelled, options)
    )
    return carry_out(spec, options, console)


def _by_worker_of_now(spec: LaunchSpec, run: RunDirectory, options: argparse.Namespace) -> LaunchSpec:
    """The launch by the worker as it is installed now, which is asked whether it takes the config."""
    options.python = options.python or python_of_worker(spec.worker_id, spec.interpreter)
    worker = usable_worker(spec.worker_id, options)
    refuse_missing(worker, options)
    config = checked_config(worker, run.config_file, options.assignments, options.timeout)
    version = worker.version or (worker.metadata.version if worker.metadata else "")
    return replace(
        with_worker(spec, worker.command, version),
        config=config,
        interpreter=worker.interpreter,
        worker_type=worker.capabilities.worker_type if worker.capabilities else spec.worker_type,
        worker_name=worker.metadata.name if worker.metadata else spec.worker_name,
    )


def _as_it_was(spec: LaunchSpec, options: argparse.Namespace) -> LaunchSpec:
    """The launch of what takes no config, a script: its arguments are its command."""
    if options.assignments:
        hint = "launch it anew: gym-gui run --script FILE -- ARGUMENTS"
        message = f"{spec.worker_id} was launched as a script: it has no fields to change"
        raise CommandError(message, ExitCode.USAGE, hint=hint)
    return spec
