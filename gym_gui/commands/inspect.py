"""`gym-gui inspect`: what a checkpoint, a manifest or a directory holds, without loading any of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode

if TYPE_CHECKING:
    from gym_gui.core.artifacts.checkpoints.model import Inspection

HELP = "look into a checkpoint, a manifest or a directory without loading it"
_MOST_SHOWN = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "path", metavar="PATH", help="a checkpoint file or directory, a manifest, any directory"
    )
    parser.add_argument("--compare", metavar="OTHER", help="tell what differs in this other checkpoint")
    parser.add_argument("--sha256", action="store_true", help="also tell the SHA-256 of the file")
    parser.add_argument("--all", action="store_true", help=f"list everything, not the first {_MOST_SHOWN}")


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Tells what there is at the path."""
    from gym_gui.commands import inspect_checkpoint, inspect_directory, inspect_media
    from gym_gui.core.artifacts.checkpoints.directories import format_of_directory
    from gym_gui.core.artifacts.finding import find_artifacts
    from gym_gui.core.artifacts.wandb.finding import is_run_directory

    path = _existing(options.path)
    limit = None if options.all else _MOST_SHOWN
    if options.compare is not None:
        inspect_checkpoint.tell_comparison(
            _checkpoint(path), _checkpoint(_existing(options.compare)), console
        )
    elif path.is_dir() and is_run_directory(path):
        inspect_directory.tell_wandb(path, console)
    elif path.is_dir() and format_of_directory(path) is None:
        inspect_directory.tell_directory(find_artifacts(path), console, limit)
    elif path.is_file() and path.name == "analytics.json":
        inspect_directory.tell_manifest(path, console)
    else:
        found = _checkpoint(path)
        if path.is_file() and not found.tensors and inspect_media.tell_media(path, console):
            return ExitCode.OK
        inspect_checkpoint.tell_checkpoint(found, console, limit, with_sum=options.sha256)
    return ExitCode.OK


def _existing(text: str) -> Path:
    """The path, with the links that a person named followed.

    Raises:
        CommandError: There is nothing.
    """
    try:
        return Path(text).expanduser().resolve(strict=True)
    except (FileNotFoundError, NotADirectoryError):
        raise CommandError(f"there is nothing at {text}", ExitCode.NOT_FOUND) from None
    except (OSError, RuntimeError, ValueError) as problem:
        raise CommandError(f"{text} cannot be followed: {problem}", ExitCode.IMPOSSIBLE) from None


def _checkpoint(path: Path) -> Inspection:
    """What the checkpoint holds.

    Raises:
        CommandError: It cannot be opened.
    """
    from gym_gui.core.artifacts.checkpoints.inspecting import inspect_checkpoint

    try:
        return inspect_checkpoint(path)
    except OSError as problem:
        raise CommandError(str(problem.strerror or problem), ExitCode.IMPOSSIBLE) from None
