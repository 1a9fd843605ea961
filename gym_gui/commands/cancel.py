"""`gym-gui cancel`: end a run and every process of it."""

from __future__ import annotations

import argparse

import msgspec

from gym_gui.commands.console import Console
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.selecting import open_run, positive_seconds, run_store
from gym_gui.commands.show import RUN_HELP
from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.observe import watch_state

HELP = "end a run and every process of it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument(
        "--grace", type=positive_seconds, metavar="SECONDS", help="how long it may take to end by itself (30)"
    )


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Cancels the run and prints the receipt."""
    run = open_run(run_store(), options.run)
    receipt = cancel_run(run, grace_s=options.grace)
    state = watch_state(run).state
    console.line(f"Run {run.run_id} is {state}: {receipt.text}.")
    console.document({"run_id": run.run_id, "state": state, **msgspec.to_builtins(receipt)})
    return ExitCode.FAILED if receipt.left else ExitCode.OK
