"""A plain script as a worker: nothing of the SDK in it, its JSON lines are events like any other's."""

from __future__ import annotations

import argparse
from pathlib import Path

from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.selecting import wanted_python
from gym_gui.core.probing.probe import absolute_interpreter
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.scripts.model import usual_name

_WORKER_TYPE = "script"


def add_script_argument(parser: argparse.ArgumentParser) -> None:
    """The argument that names a script instead of a worker."""
    parser.add_argument(
        "--script",
        type=Path,
        metavar="FILE",
        help="run this Python file instead of a worker; what follows `--` are its arguments. It works in the "
        "present directory with the interpreter of --python",
    )


def refuse_unclear(options: argparse.Namespace) -> None:
    """Nothing, when the arguments name one thing to run.

    Raises:
        CommandError: There is neither a worker nor a script, or a script with what only workers have.
    """
    if options.script is None:
        if options.worker is None:
            raise CommandError("name a worker, or a file with --script", ExitCode.USAGE)
        return
    for_workers = {
        "--config": options.config,
        "--seeds": options.seeds,
        "--grid": options.grid,
        "--sample": options.sample,
    }
    given = [name for name, value in for_workers.items() if value]
    if given:
        hint = "give the script its own arguments after `--`"
        raise CommandError(f"a script takes no {given[0]}", ExitCode.USAGE, hint=hint)


def script_spec(options: argparse.Namespace, env: dict[str, str]) -> LaunchSpec:
    """The run of a script that the arguments ask for.

    `config.json` notes the script and its arguments; the script is not told of that file.

    Raises:
        CommandError: There is no such file.
    """
    script = Path(options.script).expanduser().absolute()
    if not script.is_file():
        raise CommandError(f"{script}: there is no such file", ExitCode.USAGE)
    arguments = tuple(text for text in (options.worker, *options.assignments) if text is not None)
    python = absolute_interpreter(wanted_python(options.python))
    return LaunchSpec(
        worker_id=usual_name(script),
        command=(python, str(script), *arguments),
        config={"script": str(script), "arguments": list(arguments)},
        passes_config=False,
        interpreter=python,
        worker_type=_WORKER_TYPE,
        worker_name=script.name,
        name=options.name,
        tags=tuple(options.tags),
        group=options.group,
        cwd=str(Path.cwd()),
        env=env,
    )
