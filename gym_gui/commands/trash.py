"""`gym-gui trash`: what was deleted, and deleting it for good."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

from gym_gui.commands.asking import add_yes_argument, is_agreed
from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.selecting import run_store
from gym_gui.commands.wording import moment_short, size
from gym_gui.core.runs.trash.trash import Trash, TrashedRun, TrashRefusedError

HELP = "list what is in the trash, or empty it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "action", nargs="?", choices=("list", "empty"), default="list", help="what to do (default: list)"
    )
    parser.add_argument("runs", metavar="RUN", nargs="*", help="for empty: only these; by default everything")
    add_yes_argument(parser)


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Lists the trash, or deletes what is in it for good."""
    trash = Trash(run_store())
    if options.action == "empty":
        return _empty(trash, options, console)
    if options.runs:
        raise CommandError("list shows all of it and has no use for run ids", ExitCode.USAGE)
    contents = trash.contents()
    console.document([trashed_data(trashed) for trashed in contents])
    if not contents:
        console.line("The trash is empty.")
        return ExitCode.OK
    console.table(
        ("RUN", "WORKER", "NAME", "GROUP", "DELETED", "SIZE"), [_row(trashed) for trashed in contents]
    )
    console.line("`gym-gui restore RUN` takes a run out; `gym-gui trash empty` deletes them for good.")
    return ExitCode.OK


def found_in_trash(trash: Trash, texts: Sequence[str]) -> list[TrashedRun]:
    """The runs in the trash that are meant; all are found before anything is done to one.

    Raises:
        CommandError: One of them is not there, or more than one is meant.
    """
    try:
        found = [trash.find(text) for text in texts]
    except LookupError as error:
        message = str(error.args[0])
        raise CommandError(message, ExitCode.NOT_FOUND, hint="gym-gui trash lists what is in it") from error
    return list({trashed.entry: trashed for trashed in found}.values())


def trashed_data(trashed: TrashedRun) -> dict[str, Any]:
    """The run as a JSON object."""
    return {
        "run_id": trashed.run_id,
        "name": trashed.name,
        "worker_id": trashed.worker_id,
        "group": trashed.group,
        "trashed": trashed.trashed,
        "by": trashed.by,
        "path": trashed.directory.path,
        "size_bytes": trashed.size_bytes,
    }


def _empty(trash: Trash, options: argparse.Namespace, console: Console) -> ExitCode:
    chosen = found_in_trash(trash, options.runs) if options.runs else None
    doomed = trash.contents() if chosen is None else chosen
    total = size(sum(trashed.size_bytes for trashed in doomed))
    count = "1 run" if len(doomed) == 1 else f"{len(doomed)} runs"
    if doomed and not is_agreed(f"Delete {count} ({total}) for good?", options, console):
        return ExitCode.OK
    try:
        outcome = trash.empty(chosen)
    except TrashRefusedError as error:
        raise CommandError(str(error), ExitCode.NOT_NOW) from error
    deleted = "1 run is" if outcome.runs == 1 else f"{outcome.runs} runs are"
    console.line(f"{deleted} deleted for good; {size(outcome.freed_bytes)} are free again.")
    console.document({"runs": outcome.runs, "freed_bytes": outcome.freed_bytes})
    return ExitCode.OK


def _row(trashed: TrashedRun) -> tuple[str, ...]:
    return (
        trashed.run_id,
        trashed.worker_id,
        trashed.name,
        trashed.group or "",
        moment_short(trashed.trashed, time.time()),
        size(trashed.size_bytes),
    )
