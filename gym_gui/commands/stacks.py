"""`gym-gui stacks`: where the processes of a run are in their code."""

from __future__ import annotations

import argparse

import msgspec

from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain, plain_block
from gym_gui.commands.selecting import open_run, positive_seconds, run_store
from gym_gui.commands.show import RUN_HELP
from gym_gui.core.runs.processes.stacks import StackDump, dump_stacks

HELP = "show where the processes of a run are in their code (asks py-spy)"
_PATIENCE_S = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument(
        "--timeout",
        type=positive_seconds,
        default=_PATIENCE_S,
        metavar="SECONDS",
        help="how long each process may take to be read (10)",
    )


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Prints the stacks, the worker's first."""
    run = open_run(run_store(), options.run)
    report = dump_stacks(run, timeout_s=options.timeout)
    if report.problem:
        raise CommandError(report.problem, ExitCode.IMPOSSIBLE, hint=report.hint)
    console.document({"run_id": run.run_id, **msgspec.to_builtins(report)})
    for dump in report.dumps:
        _show(dump, console)
    if report.hint:
        console.line(report.hint)
    return ExitCode.OK if any(dump.text for dump in report.dumps) else ExitCode.IMPOSSIBLE


def _show(dump: StackDump, console: Console) -> None:
    process = dump.process
    role = f" ({process.role})" if process.role else ""
    console.line(plain(f"{process.pid}{role}  {process.command}"))
    console.line(plain_block(dump.problem or dump.text).rstrip())
    console.line()
