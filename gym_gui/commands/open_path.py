"""`gym-gui open`: the window with a directory, a manifest or a file in it."""

from __future__ import annotations

import argparse
from pathlib import Path

from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode

HELP = "open the panel on a directory, a manifest or a file: its checkpoints, pictures, videos, logs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is to be opened."""
    parser.add_argument("path", type=Path, help="a run's directory or any other, a manifest, or one file")


def path_to_open(options: argparse.Namespace) -> str:
    """The absolute path that the arguments name.

    Raises:
        CommandError: There is nothing there.
    """
    path: Path = options.path.absolute()
    if not path.exists():
        raise CommandError(f"{path}: there is nothing to open; check the path", ExitCode.USAGE)
    return str(path)
