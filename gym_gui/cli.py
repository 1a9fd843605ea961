"""`gym-gui`, the headless command line: parses, hands over to one command, ends with its exit code."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, TextIO

from gym_gui import __version__
from gym_gui.commands import (
    archive,
    cancel,
    check_worker,
    continue_frozen,
    delete,
    env,
    freeze,
    inspect,
    label,
    logs,
    new_worker,
    open_path,
    panel,
    queue,
    rerun,
    restore,
    run,
    runs,
    script,
    settings,
    show,
    stacks,
    trash,
    workers,
)
from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode, table_of_codes
from gym_gui.config.paths import UnusablePathError
from gym_gui.config.settings import SettingsError

Execute = Callable[[argparse.Namespace, Console], ExitCode]

_DESCRIPTION = "Find reinforcement-learning workers, launch their runs, and see what they do."


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of the command the arguments name; see `ExitCode`."""
    _accept_any_text(sys.stdout, sys.stderr)
    options = _parse(sys.argv[1:] if argv is None else list(argv))
    console = Console(sys.stdout, sys.stderr, as_json=options.json)
    try:
        code = _execute(options, console)
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go_of_output()
        return ExitCode.READER_GONE
    return code


def _execute(options: argparse.Namespace, console: Console) -> ExitCode:
    execute: Execute = options.execute
    try:
        return execute(options, console)
    except CommandError as error:
        console.fail(error)
        return error.code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        raise
    except (SettingsError, UnusablePathError) as error:
        console.fail(CommandError(str(error), ExitCode.USAGE))
        return ExitCode.USAGE
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        console.fail(CommandError(f"{named}{error.strerror or error}", ExitCode.IMPOSSIBLE))
        return ExitCode.IMPOSSIBLE


def _open_panel(_options: argparse.Namespace, _console: Console) -> ExitCode:
    # By name, since the command line must not depend on the panel, nor on Qt being installed.
    return panel.open_panel(os.environ, lambda: importlib.import_module("gym_gui.app").main)


def _open_path(options: argparse.Namespace, _console: Console) -> ExitCode:
    path = open_path.path_to_open(options)
    return panel.open_panel(os.environ, lambda: importlib.import_module("gym_gui.app").main, [path])


_COMMANDS: dict[str, tuple[Any, Execute]] = {
    "panel": (panel, _open_panel),
    "open": (open_path, _open_path),
    "workers": (workers, workers.execute),
    "run": (run, run.execute),
    "rerun": (rerun, rerun.execute),
    "queue": (queue, queue.execute),
    "runs": (runs, runs.execute),
    "settings": (settings, settings.execute),
    "env": (env, env.execute),
    "script": (script, script.execute),
    "show": (show, show.execute),
    "logs": (logs, logs.execute),
    "cancel": (cancel, cancel.execute),
    "freeze": (freeze, freeze.execute),
    "continue": (continue_frozen, continue_frozen.execute),
    "stacks": (stacks, stacks.execute),
    "inspect": (inspect, inspect.execute),
    "label": (label, label.execute),
    "archive": (archive, archive.execute),
    "delete": (delete, delete.execute),
    "restore": (restore, restore.execute),
    "trash": (trash, trash.execute),
    "new-worker": (new_worker, new_worker.execute),
    "check-worker": (check_worker, check_worker.execute),
}

_ASSIGNING = frozenset({"run", "rerun"})


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = command_parser()
    options, rest = parser.parse_known_args(argv)
    # argparse takes positional arguments from one place only; `run W a=1 --wait b=2` has them in two.
    stray = [
        text for text in rest if text.startswith("-") or "=" not in text or options.command not in _ASSIGNING
    ]
    if stray:
        parser.error(f"unrecognized arguments: {' '.join(stray)}")
    if rest:
        options.assignments += rest
    return options


def command_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line, a subparser for each command."""
    parser = argparse.ArgumentParser(
        prog="gym-gui",
        description=_DESCRIPTION,
        epilog=f"exit codes:\n{table_of_codes()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"mosaic-panel {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, execute) in _COMMANDS.items():
        command = commands.add_parser(name, help=module.HELP, description=module.HELP, allow_abbrev=False)
        command.add_argument("--json", action="store_true", help="write JSON for machines, and nothing else")
        module.add_arguments(command)
        command.set_defaults(execute=execute)
    return parser


def _accept_any_text(*streams: TextIO) -> None:
    """A character the terminal's encoding lacks is written out instead of ending the command."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _let_go_of_output() -> None:
    """Nobody reads any more; Python would complain when it flushes at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    raise SystemExit(main())
