"""`gym-gui cancel`: end a run and every process of it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import msgspec

from gym_gui.commands.console import Console
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain
from gym_gui.commands.selecting import open_run, positive_seconds, run_store
from gym_gui.commands.show import RUN_HELP
from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.processes.listing import RunProcess, run_processes

HELP = "end a run and every process of it"
_INDENT = "  "


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument(
        "--grace",
        type=positive_seconds,
        metavar="SECONDS",
        help="how long it may take to end by itself (the setting worker_shutdown_timeout_s, 30)",
    )
    parser.add_argument("--dry-run", action="store_true", help="show the processes and end none of them")


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Shows the processes of the run, ends them and prints the receipt."""
    run = open_run(run_store(), options.run)
    processes = run_processes(run)
    _show(processes, console)
    if options.dry_run:
        return _leave_it(run, processes, console)
    receipt = cancel_run(run, grace_s=options.grace)
    state = watch_state(run).state
    console.line(f"Run {run.run_id} is {state}: {receipt.text}.")
    tree = msgspec.to_builtins(processes)
    console.document(
        {"run_id": run.run_id, "state": state, **msgspec.to_builtins(receipt), "processes": tree}
    )
    return ExitCode.FAILED if receipt.left else ExitCode.OK


def _show(processes: Sequence[RunProcess], console: Console) -> None:
    for process in processes:
        marks = ", ".join(filter(None, (process.role, "frozen" if process.frozen else "")))
        told = f"  ({marks})" if marks else ""
        console.line(f"{_INDENT * (process.depth + 1)}{process.pid}  {plain(process.command)}{told}")


def _leave_it(run: RunDirectory, processes: Sequence[RunProcess], console: Console) -> ExitCode:
    state = watch_state(run).state
    would = "Nothing of it is alive" if not processes else "This is what cancel would end"
    console.line(f"Run {run.run_id} is {state}. {would}; nothing was done.")
    console.document({"run_id": run.run_id, "state": state, "processes": msgspec.to_builtins(processes)})
    return ExitCode.OK
