"""`gym-gui show`: one run in full."""

from __future__ import annotations

import argparse

from gym_gui.commands.console import Console
from gym_gui.commands.details import config_data, description, summary_data
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.selecting import LATEST, open_run, run_store
from gym_gui.core.runs.observe import watch_state

HELP = "show one run in full"
RUN_HELP = f"the run's id, the beginning of it, or `{LATEST}`"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Shows what the run was asked to do, where it stands and why."""
    run = open_run(run_store(), options.run)
    summary = watch_state(run)
    console.document({**summary_data(summary), "config": config_data(run)})
    console.pairs(description(summary, run))
    return ExitCode.OK
