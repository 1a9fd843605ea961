"""`gym-gui run`: launch a worker, and with --wait see it through."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gym_gui.commands.asking import add_yes_argument
from gym_gui.commands.configuring import checked_config
from gym_gui.commands.console import Console, json_text
from gym_gui.commands.details import receipt, summary_data
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain, plain_block
from gym_gui.commands.queueing import queue_all, show_plan
from gym_gui.commands.scripting import add_script_argument, refuse_unclear, script_spec
from gym_gui.commands.selecting import add_interpreter_arguments, run_store, usable_worker
from gym_gui.commands.sweeping import (
    add_sweep_arguments,
    base_config,
    checked_launches,
    is_sweep,
    sweep_of,
)
from gym_gui.commands.waiting import exit_code_of, wait_until_over
from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.launch import (
    LaunchSpec,
    config_for,
    create_run,
    start_supervisor,
    supervisor_environment,
    worker_argv,
)
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.redaction import redacted
from gym_gui.core.runs.sweep.sweep import describe

HELP = "launch a worker, now or through the queue, once or in many variations"
_RUN_ID_TO_COME = "RUN_ID"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "worker", nargs="?", metavar="WORKER", help="the worker's id, as `gym-gui workers` lists it"
    )
    parser.add_argument("assignments", nargs="*", metavar="key=value", help="a field of its config")
    parser.add_argument("--config", type=Path, metavar="FILE", help="a JSON file with values of the config")
    parser.add_argument("--wait", action="store_true", help="wait until the run is over and tell how it went")
    parser.add_argument("--dry-run", action="store_true", help="check everything, show it and start nothing")
    parser.add_argument("--name", default="", help="a name for the run")
    parser.add_argument("--tag", action="append", default=[], dest="tags", help="a tag; may be repeated")
    parser.add_argument("--group", help="the group the run belongs to")
    parser.add_argument(
        "--env", action="append", default=[], metavar="K=V", help="an environment variable for the worker"
    )
    parser.add_argument(
        "--force", action="store_true", help="launch although requirements of the worker are missing"
    )
    parser.add_argument(
        "--queue",
        action="store_true",
        help="do not start it now but when there is room (see `gym-gui queue`)",
    )
    parser.add_argument(
        "--priority", type=int, default=0, metavar="N", help="in the queue, higher ones are started first"
    )
    add_script_argument(parser)
    add_sweep_arguments(parser)
    add_yes_argument(parser)
    add_interpreter_arguments(parser)


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Checks worker and config, then creates and starts the run."""
    swept = (options.seeds or "", *options.grid, *options.sample)
    refuse_broken_text((options.name, options.group or "", *options.tags, *options.env, *swept))
    refuse_broken_text(options.assignments)
    refuse_unclear(options)
    if options.script is not None:
        return carry_out(script_spec(options, variables_of(options)), options, console)
    worker = usable_worker(options.worker, options)
    refuse_missing(worker, options)
    if is_sweep(options):
        return _sweep(worker, options, console)
    config = checked_config(worker, options.config, options.assignments, options.timeout)
    return carry_out(_spec(worker, config, options), options, console)


def refuse_missing(worker: ProbedWorker, options: argparse.Namespace) -> None:
    """Nothing, for a worker whose requirements are installed, or with `--force`.

    Raises:
        CommandError: Something it needs is not there.
    """
    if worker.missing and not options.force:
        missing = ", ".join(worker.missing)
        message = f"worker {worker.worker_id!r} needs what is not installed: {missing}"
        raise CommandError(message, ExitCode.WORKER_BROKEN, hint=worker.mend)


def carry_out(spec: LaunchSpec, options: argparse.Namespace, console: Console) -> ExitCode:
    """Shows, queues or starts the launch, as the options say."""
    if options.queue and not options.dry_run:
        return queue_all([spec], "1 run is queued", options, console)
    if options.dry_run:
        return _show_plan(spec, console)
    return _launch(spec, options, console)


def _sweep(worker: ProbedWorker, options: argparse.Namespace, console: Console) -> ExitCode:
    sweep = sweep_of(worker, options)
    base = _spec(worker, base_config(worker, sweep, options), options)
    specs = checked_launches(worker, base, sweep, options.timeout)
    told = f"{describe(sweep)}, in the group {sweep.group}"
    if options.dry_run:
        return show_plan(specs, told, console)
    return queue_all(specs, told, options, console)


def refuse_broken_text(texts: Iterable[str]) -> None:
    """Nothing, for text; bytes of the command line that are no UTF-8 could not be written into records.

    Raises:
        CommandError: One of them holds such bytes.
    """
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError:
            raise CommandError(f"{text!r} is not valid UTF-8", ExitCode.USAGE) from None


def variables_of(options: argparse.Namespace) -> dict[str, str]:
    """The variables that `--env` sets.

    Raises:
        CommandError: One of them sets none.
    """
    return dict(_variable(text) for text in options.env)


def _spec(worker: ProbedWorker, config: dict[str, Any], options: argparse.Namespace) -> LaunchSpec:
    return LaunchSpec(
        worker_id=worker.worker_id,
        command=worker.command,
        config=config,
        interpreter=worker.interpreter,
        worker_type=worker.capabilities.worker_type if worker.capabilities else "",
        worker_name=worker.metadata.name if worker.metadata else "",
        worker_version=worker.version or (worker.metadata.version if worker.metadata else ""),
        name=options.name,
        tags=tuple(options.tags),
        group=options.group,
        env=variables_of(options),
    )


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CommandError(f"--env {text!r} sets no variable", ExitCode.USAGE, hint="write --env NAME=value")
    return name, value


def _show_plan(spec: LaunchSpec, console: Console) -> ExitCode:
    run = RunDirectory(run_store().root / _RUN_ID_TO_COME)
    argv, config = worker_argv(spec, run), config_for(spec, run)
    console.line(plain(shlex.join(argv)))
    console.line(plain_block(json_text(config)).rstrip())
    console.document({"argv": argv, "config": config, "env": redacted(spec.env), "directory": run.path})
    return ExitCode.OK


def _launch(spec: LaunchSpec, options: argparse.Namespace, console: Console) -> ExitCode:
    try:
        run = create_run(run_store(), spec, source_dir=Path.cwd())
    except ValueError as error:
        raise CommandError(str(error), ExitCode.USAGE) from error
    pid = start_supervisor(run, supervisor_environment(spec))
    version = f" {spec.worker_version}" if spec.worker_version else ""
    console.line(f"Run {run.run_id} of {plain(f'{spec.worker_id}{version}')} started.")
    if options.wait:
        return _see_through(run, console)
    console.pairs((("directory", str(run.path)), *_what_next(run)))
    state = watch_state(run).state
    console.document({"run_id": run.run_id, "path": run.path, "supervisor_pid": pid, "state": state})
    return ExitCode.OK


def _see_through(run: RunDirectory, console: Console) -> ExitCode:
    try:
        summary = wait_until_over(run, console)
    except KeyboardInterrupt:
        console.note(f"\nNo longer waiting. The run goes on: gym-gui cancel {run.run_id} ends it.")
        console.document({**summary_data(watch_state(run)), "detached": True})
        return ExitCode.INTERRUPTED
    console.pairs(receipt(summary))
    console.document(summary_data(summary))
    return exit_code_of(summary.state)


def _what_next(run: RunDirectory) -> tuple[tuple[str, str], ...]:
    return (("follow", f"gym-gui logs {run.run_id} -f"), ("cancel", f"gym-gui cancel {run.run_id}"))
