"""`gym-gui restore`: take runs out of the trash."""

from __future__ import annotations

import argparse

from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.selecting import run_store
from gym_gui.commands.trash import found_in_trash
from gym_gui.core.runs.trash.trash import Trash, TrashRefusedError

HELP = "take runs out of the trash, back to where they were"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "runs",
        metavar="RUN",
        nargs="+",
        help="the run's id or the beginning of it, as `gym-gui trash` lists it",
    )


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Restores the runs."""
    trash = Trash(run_store())
    restored = []
    for trashed in found_in_trash(trash, options.runs):
        try:
            run = trash.restore(trashed)
        except TrashRefusedError as error:
            raise CommandError(str(error), ExitCode.NOT_NOW) from error
        console.line(f"Run {run.run_id} is back: {run.path}")
        restored.append({"run_id": run.run_id, "path": run.path})
    console.document(restored)
    return ExitCode.OK
