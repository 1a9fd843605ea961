"""`gym-gui env`: the Python environments whose workers are offered."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain
from gym_gui.core.environments.creating import (
    Creation,
    CreationFailedError,
    delete_environment,
)
from gym_gui.core.environments.finding import find_environments
from gym_gui.core.environments.inspecting import inspect_environment
from gym_gui.core.environments.model import Environment, EnvironmentFacts, EnvironmentProblem
from gym_gui.core.environments.planning import plan_environment
from gym_gui.core.environments.registry import EnvironmentRegistry
from gym_gui.core.environments.sdk_state import sdk_note
from gym_gui.core.probing.cache import ReportCache
from gym_gui.core.probing.model import ProbeReport
from gym_gui.core.probing.remembered import remembered_or_probed

HELP = "list, add, make and remove the Python environments that workers live in"
Action = Callable[[argparse.Namespace, Console], ExitCode]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions and their arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, do: Action, text: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=text, description=text, allow_abbrev=False)
        made.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        made.set_defaults(do=do)
        return made

    action("list", _list, "list the environments, and those found on this machine that could be added")
    show = action("show", _show, "show what is in an environment: Python, packages, workers")
    show.add_argument("name", metavar="NAME")
    add = action("add", _add, "add a venv, a conda environment or an interpreter")
    add.add_argument("path", metavar="PATH", help="its folder, or the interpreter itself")
    add.add_argument("--name", default="", help="what to call it (default: after its folder)")
    remove = action("remove", _remove, "take an environment off the list; nothing is deleted")
    remove.add_argument("name", metavar="NAME")
    remove.add_argument(
        "--delete", action="store_true", help="delete its folder too, if it was made by `env create`"
    )
    create = action("create", _create, "make an environment with the SDK and these packages")
    create.add_argument("name", metavar="NAME")
    create.add_argument(
        "packages", nargs="*", metavar="PACKAGE", help="what to install in it, as pip takes it"
    )
    create.add_argument("--python", default="", metavar="PATH", help="the interpreter to make it from")
    create.add_argument(
        "--find-links", action="append", default=[], metavar="DIR", help="a folder to look for packages in"
    )
    create.add_argument("--no-index", action="store_true", help="do not ask the package index")
    create.add_argument("--no-uv", action="store_true", help="use venv and pip although uv is installed")
    create.add_argument("--dry-run", action="store_true", help="show the commands and run nothing")


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Does what the action says."""
    do: Action = options.do
    try:
        return do(options, console)
    except CreationFailedError as error:
        raise CommandError(str(error), ExitCode.IMPOSSIBLE, hint=error.hint) from error
    except EnvironmentProblem as error:
        raise CommandError(str(error), ExitCode.USAGE) from error


def _list(_options: argparse.Namespace, console: Console) -> ExitCode:
    known = EnvironmentRegistry().environments()
    found = find_environments(Path.cwd(), os.environ, [environment.python for environment in known])
    console.document({"environments": known, "found": found})
    rows = [(each.name, _origin(each), each.python) for each in known]
    console.table(("NAME", "ORIGIN", "PYTHON"), rows)
    if found:
        console.line("\nFound on this machine; `gym-gui env add PATH` adds one:")
        console.table(("NAME", "FOUND AS", "PYTHON"), [(each.name, each.kind, each.python) for each in found])
    return ExitCode.OK


def _origin(environment: Environment) -> str:
    return "the panel's own" if environment.is_own else "made here" if environment.created else "added"


def _show(options: argparse.Namespace, console: Console) -> ExitCode:
    environment = EnvironmentRegistry().get(options.name)
    facts = inspect_environment(environment.python)
    report = remembered_or_probed(environment.python, ReportCache())
    console.document(_as_data(environment, facts, report))
    failure = report.failure
    console.pairs(
        (
            ("name", environment.name),
            ("interpreter", environment.python),
            ("python", f"{facts.implementation} {facts.python_version}".strip()),
            ("problem", facts.problem or (failure.message if failure else sdk_note(report).message)),
            ("mend", failure.hint if failure else sdk_note(report).mend),
            ("packages", ", ".join(f"{name} {version}" for name, version in facts.packages.items())),
            ("workers", ", ".join(worker.worker_id for worker in report.workers) or "none"),
        )
    )
    return ExitCode.OK if failure is None else ExitCode.WORKER_BROKEN


def _as_data(environment: Environment, facts: EnvironmentFacts, report: ProbeReport) -> dict[str, Any]:
    return {
        "environment": environment,
        "facts": facts,
        "workers": [worker.worker_id for worker in report.workers],
        "failure": None if report.failure is None else msgspec.to_builtins(report.failure),
    }


def _add(options: argparse.Namespace, console: Console) -> ExitCode:
    return _tell(EnvironmentRegistry().add(options.path, options.name), console)


def _tell(environment: Environment, console: Console) -> ExitCode:
    """What is in an environment that has just been added."""
    report = remembered_or_probed(environment.python, ReportCache())
    console.document({"environment": environment, "workers": [w.worker_id for w in report.workers]})
    console.line(f"Added {environment.name}: {plain(environment.python)}")
    failure = report.failure
    console.pairs(
        (
            ("workers", ", ".join(worker.worker_id for worker in report.workers) or "none"),
            ("problem", failure.message if failure else ""),
            ("mend", failure.hint if failure else ""),
        )
    )
    return ExitCode.OK


def _remove(options: argparse.Namespace, console: Console) -> ExitCode:
    registry = EnvironmentRegistry()
    environment = registry.get(options.name)
    if options.delete:
        delete_environment(environment, registry)
    else:
        registry.remove(environment.name)
    ReportCache().forget(environment.python)
    console.document({"removed": environment, "deleted": options.delete})
    what = "Deleted" if options.delete else "Removed from the list"
    console.line(f"{what}: {environment.name} ({plain(environment.python)})")
    return ExitCode.OK


def _create(options: argparse.Namespace, console: Console) -> ExitCode:
    plan = plan_environment(
        options.name,
        options.packages,
        base_python=options.python,
        find_links=options.find_links,
        use_index=not options.no_index,
        uv="" if options.no_uv else None,
    )
    if options.dry_run:
        console.document({"folder": plan.folder, "commands": plan.commands})
        for command in plan.commands:
            console.line(plain(shlex.join(command)))
        return ExitCode.OK

    def show(line: str) -> None:
        if not console.as_json:
            console.note(plain(line))

    return _tell(Creation(plan, EnvironmentRegistry()).run(show), console)
