"""`gym-gui label`: name a run, tag it, write notes about it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import msgspec

from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.selecting import open_run, run_store
from gym_gui.commands.show import RUN_HELP
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.files import RecordError
from gym_gui.core.runs.labelling import LabelError, edit_labels
from gym_gui.core.runs.record import Labels

HELP = "name runs, tag them, write notes about them; without a change, show what is there"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("runs", metavar="RUN", nargs="+", help=RUN_HELP)
    parser.add_argument("--name", help='a name; "" takes it away')
    parser.add_argument("--tag", action="append", default=[], dest="add", help="add a tag; may be repeated")
    parser.add_argument(
        "--untag", action="append", default=[], dest="remove", metavar="TAG", help="remove one"
    )
    parser.add_argument("--notes", metavar="TEXT", help='what is to be known about it; "" takes it away')


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Edits the labels and shows them."""
    edit = {
        "name": options.name,
        "add_tags": options.add,
        "remove_tags": options.remove,
        "notes": options.notes,
    }
    edited = []
    for run in opened(options.runs):
        labels = edited_labels(run, **edit)
        edited.append({"run_id": run.run_id, **msgspec.to_builtins(labels)})
        console.line(f"Run {run.run_id}:")
        console.pairs(_described(labels))
    console.document(edited)
    return ExitCode.OK


def opened(texts: list[str]) -> list[RunDirectory]:
    """The runs that are meant, each once; all of them are found before anything is done to one.

    Raises:
        CommandError: One of them is not there.
    """
    store = run_store()
    return list(dict.fromkeys(open_run(store, text) for text in texts))


def edited_labels(run: RunDirectory, **edit: object) -> Labels:
    """The labels after the edit.

    Raises:
        CommandError: The labels cannot be given, or those that are there cannot be read.
    """
    try:
        return edit_labels(run, **edit)  # type: ignore[arg-type]  # each is what argparse made of it
    except LabelError as error:
        raise CommandError(str(error), ExitCode.USAGE) from error
    except RecordError as error:
        raise CommandError(f"{run.path}: {error}", ExitCode.IMPOSSIBLE) from error


def _described(labels: Labels) -> Iterator[tuple[str, str]]:
    yield "name", labels.name
    yield "tags", ", ".join(labels.tags)
    yield "notes", labels.notes
    yield "archived", "yes" if labels.archived else ""
