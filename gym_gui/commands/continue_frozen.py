"""`gym-gui continue`: let a frozen run go on."""

from __future__ import annotations

import argparse

from gym_gui.commands import freeze
from gym_gui.commands.console import Console
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.selecting import open_run, run_store
from gym_gui.core.runs.freeze import continue_run

HELP = "let a frozen run go on"
add_arguments = freeze.add_arguments


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Lets the run go on and prints the receipt."""
    run = open_run(run_store(), options.run)
    return freeze.tell(run, continue_run(run), console)
