"""`gym-gui new-worker`: the project of a worker that keeps the contract, ready to be filled."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain

HELP = "write the project of a new worker"
_TEMPLATES = ("minimal", "gymnasium")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("name", metavar="NAME", help="what the worker is to be called, e.g. my-agent")
    parser.add_argument(
        "--dir", type=Path, metavar="FOLDER", help="the folder to write (default: ./NAME-worker)"
    )
    parser.add_argument(
        "--template",
        choices=_TEMPLATES,
        default=_TEMPLATES[0],
        help="minimal: nothing but the SDK; gymnasium: Q-learning on an environment (default: minimal)",
    )
    parser.add_argument("--force", action="store_true", help="overwrite files that are there already")


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Writes the files and says what to do next."""
    from gym_gui.scaffold.names import InvalidNameError, names_for
    from gym_gui.scaffold.writing import TargetExistsError, write_worker

    try:
        names = names_for(options.name)
    except InvalidNameError as error:
        raise CommandError(str(error), ExitCode.USAGE) from None
    folder = options.dir if options.dir is not None else Path(names.distribution)
    try:
        written = write_worker(names, folder, options.template, replace=options.force)
    except TargetExistsError as error:
        hint = "choose another with --dir, or overwrite its files with --force"
        raise CommandError(str(error), ExitCode.USAGE, hint=hint) from None
    shown = shlex.quote(str(folder))
    console.line(f"Wrote {len(written)} files to {plain(str(folder))}:")
    for path in written:
        console.line(f"  {path}")
    steps = [
        f"cd {shown}",
        "pip install -e '.[test]'",
        "gym-gui check-worker . --set total_steps=2000",
        f"gym-gui run {names.worker} --wait",
    ]
    console.line("\nNext:")
    for step in steps:
        console.line(f"  {plain(step)}")
    console.line(f"\nThen put your training into src/{names.package}/learner.py.")
    console.document(
        {"worker": names.worker, "package": names.package, "directory": folder.absolute(), "files": written}
    )
    return ExitCode.OK
