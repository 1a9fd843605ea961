"""`gym-gui delete`: move runs into the trash, from which they can be restored."""

from __future__ import annotations

import argparse

from gym_gui.commands.asking import add_yes_argument, is_agreed
from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.label import opened
from gym_gui.commands.selecting import run_store
from gym_gui.commands.show import RUN_HELP
from gym_gui.commands.trash import trashed_data
from gym_gui.core.runs.trash.trash import Trash, TrashRefusedError

HELP = "move runs that are over into the trash (see `gym-gui restore` and `gym-gui trash`)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("runs", metavar="RUN", nargs="+", help=RUN_HELP)
    add_yes_argument(parser)


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Asks, then deletes what may be deleted and says why the rest may not."""
    trash = Trash(run_store())
    runs = opened(options.runs)
    named = f"run {runs[0].run_id}" if len(runs) == 1 else f"these {len(runs)} runs"
    if not is_agreed(f"Move {named} into the trash?", options, console):
        return ExitCode.OK
    deleted, refused = [], {}
    for run in runs:
        try:
            deleted.append(trash.put(run))
        except TrashRefusedError as error:
            refused[run.run_id] = str(error)
        else:
            console.line(f"Run {run.run_id} is in the trash: gym-gui restore {run.run_id}")
    if refused:
        kept = "nothing was deleted" if not deleted else f"{len(deleted)} of {len(runs)} were deleted"
        raise CommandError(f"not every run may be deleted; {kept}", ExitCode.NOT_NOW, problems=refused)
    console.document([trashed_data(trashed) for trashed in deleted])
    return ExitCode.OK
