"""`gym-gui archive`: put runs out of sight and leave everything of them where it is."""

from __future__ import annotations

import argparse

from gym_gui.commands.console import Console
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.label import edited_labels, opened
from gym_gui.commands.show import RUN_HELP

HELP = "put runs out of sight, and back into it with --undo; nothing of them is removed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("runs", metavar="RUN", nargs="+", help=RUN_HELP)
    parser.add_argument("--undo", action="store_true", help="list them again")


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Archives the runs, or takes them out of the archive."""
    runs = opened(options.runs)
    for run in runs:
        edited_labels(run, archived=not options.undo)
        console.line(f"Run {run.run_id} is {'listed again' if options.undo else 'archived'}.")
    console.document([{"run_id": run.run_id, "archived": not options.undo} for run in runs])
    if not options.undo:
        console.line("`gym-gui runs --archived` lists archived runs as well.")
    return ExitCode.OK
