"""Asking before what cannot easily be undone."""

from __future__ import annotations

import argparse
import sys

from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode

_YES = frozenset({"y", "yes"})


def add_yes_argument(parser: argparse.ArgumentParser) -> None:
    """The argument that answers the question in advance."""
    parser.add_argument("--yes", action="store_true", help="do it without asking")


def is_agreed(question: str, options: argparse.Namespace, console: Console) -> bool:
    """Whether to go on: `--yes` says so, or the person at the terminal.

    Raises:
        CommandError: Nobody is there to be asked.
    """
    if options.yes:
        return True
    if options.json or not sys.stdin.isatty():
        message = f"{question} Nobody can be asked here, so nothing was done."
        raise CommandError(message, ExitCode.USAGE, hint="say --yes to do it without asking")
    console.note(f"{question} [y/N] ")
    if sys.stdin.readline().strip().lower() in _YES:
        return True
    console.line("Nothing was done.")
    return False
