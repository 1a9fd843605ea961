"""`gym-gui script`: plain scripts that are offered as workers."""

from __future__ import annotations

import argparse
from pathlib import Path

from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain
from gym_gui.commands.selecting import add_python_argument, wanted_python
from gym_gui.commands.workers import worker_data
from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.probing.probe import absolute_interpreter
from gym_gui.core.scripts.describing import describe_scripts, register, standing_of
from gym_gui.core.scripts.model import Passing, Script, ScriptProblem, usual_name
from gym_gui.core.scripts.registry import ScriptRegistry

HELP = "register plain scripts, so that they are launched like workers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="list the registered scripts")
    add = actions.add_parser("add", help="register a script, and find out which arguments it takes")
    add.add_argument("file", type=Path, metavar="FILE", help="the Python file")
    add.add_argument("--name", help="what to call it (default: the file's name)")
    add.add_argument(
        "--argument", action="append", default=[], metavar="TEXT", help="one that always comes first"
    )
    add.add_argument(
        "--passes",
        type=Passing,
        choices=tuple(Passing),
        default=Passing.FLAGS,
        help="how values reach it: as `--name value` flags (default), or in a JSON file as `--config FILE`",
    )
    add.add_argument(
        "--schema", type=Path, metavar="FILE", help="a JSON Schema of its config; without one it is asked"
    )
    add.add_argument("--cwd", type=Path, metavar="DIR", help="where to run it (default: the run's directory)")
    add_python_argument(add)
    remove = actions.add_parser("remove", help="take a script off the list; nothing of it is deleted")
    remove.add_argument("name", metavar="NAME")


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Lists, adds or removes a script."""
    try:
        return {"list": _list, "add": _add, "remove": _remove}[options.action](options, console)
    except ScriptProblem as error:
        raise CommandError(str(error), ExitCode.USAGE) from error


def _list(_options: argparse.Namespace, console: Console) -> ExitCode:
    registry = ScriptRegistry()
    report = describe_scripts(registry)
    if report.failure is not None:
        raise CommandError(report.failure.message, ExitCode.USAGE)
    console.document([worker_data(worker) for worker in report.workers])
    if not report.workers:
        console.line("No scripts are registered. Register one with: gym-gui script add FILE")
        return ExitCode.OK
    rows = [
        (plain(each.worker_id), plain(each.distribution), plain(each.interpreter), _standing(each))
        for each in report.workers
    ]
    console.table(("SCRIPT", "FILE", "PYTHON", "STATUS"), rows)
    return ExitCode.OK


def _add(options: argparse.Namespace, console: Console) -> ExitCode:
    file = options.file.expanduser().absolute()
    script = Script(
        name=options.name or usual_name(file),
        file=str(file),
        python=absolute_interpreter(wanted_python(options.python)),
        arguments=tuple(options.argument),
        passing=options.passes,
        schema_file=_absolute(options.schema),
        cwd=_absolute(options.cwd),
    )
    worker = register(ScriptRegistry(), script)
    console.document(worker_data(worker))
    console.line(f"{plain(script.name)} is registered: {_standing(worker)}.")
    console.pairs((("fields", f"gym-gui workers {script.name}"), ("run it", f"gym-gui run {script.name}")))
    return ExitCode.OK


def _remove(options: argparse.Namespace, console: Console) -> ExitCode:
    removed = ScriptRegistry().remove(options.name)
    console.document({"name": removed.name, "file": removed.file})
    console.line(plain(f"{removed.name} is off the list; {removed.file} is as it was."))
    return ExitCode.OK


def _standing(worker: ProbedWorker) -> str:
    return plain(standing_of(worker))


def _absolute(path: Path | None) -> str:
    return "" if path is None else str(path.expanduser().absolute())
