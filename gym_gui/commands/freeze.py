"""`gym-gui freeze`: stop a run where it stands."""

from __future__ import annotations

import argparse

import msgspec

from gym_gui.commands.console import Console
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.selecting import open_run, run_store
from gym_gui.commands.show import RUN_HELP
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.freeze import FreezeReceipt, freeze_run
from gym_gui.core.runs.observe import watch_state

HELP = "stop every process of a run where it stands; its memory and devices stay held"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Freezes the run and prints the receipt."""
    run = open_run(run_store(), options.run)
    return tell(run, freeze_run(run), console)


def tell(run: RunDirectory, receipt: FreezeReceipt, console: Console) -> ExitCode:
    """Prints what freezing, or letting go on, came to; the code says whether all processes followed."""
    state = watch_state(run).state
    console.line(f"Run {run.run_id} is {state}: {receipt.text}.")
    console.document({"run_id": run.run_id, "state": state, **msgspec.to_builtins(receipt)})
    return ExitCode.FAILED if receipt.left else ExitCode.OK
