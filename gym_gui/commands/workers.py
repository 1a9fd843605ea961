"""`gym-gui workers`: which workers there are, or one of them with the fields of its config."""

from __future__ import annotations

import argparse
import shlex
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import msgspec

from gym_gui.commands.console import Console, json_line
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain
from gym_gui.commands.selecting import (
    add_interpreter_arguments,
    find_worker,
    refuse_failed,
    wanted_python,
)
from gym_gui.core.environments.model import Environment, EnvironmentProblem
from gym_gui.core.environments.registry import EnvironmentRegistry
from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.schema import form_fields
from gym_gui.core.forms.text import shown
from gym_gui.core.probing.cache import ReportCache
from gym_gui.core.probing.model import ProbedWorker, ProbeReport
from gym_gui.core.probing.probe import absolute_interpreter
from gym_gui.core.probing.remembered import probe_and_remember, remembered_or_probed
from gym_gui.core.scripts.describing import describe_scripts
from gym_gui.core.scripts.registry import ScriptRegistry
from gym_gui.core.worker import WorkerCapabilities

HELP = "list the workers, or show one with the fields of its config"
_MOST_CHOICES_SHOWN = 6
_INDENT = " " * 6
_WIDE = 100
_ENVIRONMENTS_AT_ONCE = 4
Asked = tuple[tuple[Environment, ProbeReport], ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("worker", nargs="?", metavar="WORKER", help="show this worker in full")
    parser.add_argument(
        "--fresh", action="store_true", help="ask every worker again, whatever is kept of earlier answers"
    )
    add_interpreter_arguments(parser)


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Lists the workers, the broken ones with their reason."""
    if options.worker is not None:
        return _show(find_worker(options.worker, options), console)
    asked = _ask_all(options)
    first = asked[0][1]
    console.document(
        {
            "interpreter": first.interpreter,
            "python_version": first.python_version,
            "sdk_version": first.sdk_version,
            "workers": [worker_data(worker) for worker in _all_workers(asked)],
            "environments": [_environment_data(environment, report) for environment, report in asked],
        }
    )
    _show_table(asked, console)
    for environment, report in asked:
        failure = report.failure
        if failure is not None:
            console.line(f"\n{environment.name}: {plain(failure.message)}")
            console.pairs((("mend", failure.hint),))
    return ExitCode.OK


def _ask_all(options: argparse.Namespace) -> Asked:
    """The environment that is meant, or all of the list, each with what it answered."""
    registry = EnvironmentRegistry()
    try:
        known = registry.environments()
    except EnvironmentProblem as error:
        raise CommandError(str(error), ExitCode.USAGE) from error
    is_for_all = options.python == registry.own_python
    if not is_for_all:
        python = absolute_interpreter(wanted_python(options.python))
        known = tuple(each for each in known if each.python == python) or (Environment(python, python),)
    ask = probe_and_remember if options.fresh else remembered_or_probed
    cache = ReportCache()
    with ThreadPoolExecutor(_ENVIRONMENTS_AT_ONCE) as pool:
        reports = pool.map(lambda each: ask(each.python, cache, timeout_s=options.timeout), known)
        asked = tuple(zip(known, reports, strict=True))
    refuse_failed(asked[0][1])
    return (*asked, *_scripts()) if is_for_all else asked


def _scripts() -> Asked:
    """The registered scripts, as an environment of their own; none when there are none."""
    registry = ScriptRegistry()
    report = describe_scripts(registry)
    if not report.workers and report.failure is None:
        return ()
    return ((Environment("scripts", str(registry.file)), report),)


def _all_workers(asked: Asked) -> list[ProbedWorker]:
    return [
        replace(worker, environment=environment.name)
        for environment, report in asked
        for worker in report.workers
    ]


def _environment_data(environment: Environment, report: ProbeReport) -> dict[str, Any]:
    return {
        "name": environment.name,
        "python": environment.python,
        "python_version": report.python_version,
        "sdk_version": report.sdk_version,
        "failure": report.failure,
    }


def _show_table(asked: Asked, console: Console) -> None:
    workers = _all_workers(asked)
    if not workers:
        places = ", ".join(environment.python for environment, _ in asked)
        console.line(f"No workers are installed in {plain(places)}.")
        return
    several = len(asked) > 1
    rows = [
        (w.worker_id, w.environment if several else "", _version(w), _name(w), _abilities(w), _status(w))
        for w in workers
    ]
    console.table(("WORKER", "ENVIRONMENT", "VERSION", "NAME", "CAN DO", "STATUS"), rows)


def worker_data(worker: ProbedWorker) -> dict[str, Any]:
    """The worker as a JSON object."""
    data = msgspec.to_builtins(worker, enc_hook=str)
    data.pop("files")
    return {str(key): value for key, value in data.items()}


def _show(worker: ProbedWorker, console: Console) -> ExitCode:
    console.document(worker_data(worker))
    console.pairs(_description(worker))
    failure = worker.failure
    if failure is not None:
        if console.as_json:
            return ExitCode.WORKER_BROKEN
        message = f"worker {worker.worker_id!r} is broken: {failure.error_type}: {failure.message}"
        raise CommandError(message, ExitCode.WORKER_BROKEN, hint=failure.hint, traceback=failure.traceback)
    fields = [field for field in form_fields(worker.schema) if not field.managed]
    if fields:
        console.line("\n  fields of its config")
    for field in fields:
        _show_field(field, console)
    return ExitCode.OK


def _show_field(field: FormField, console: Console) -> None:
    start = "" if field.required else f" = {_start(field)}"
    needed = ", required" if field.required else ""
    console.line(f"  {plain(f'{field.name}: {_kind(field)}{needed}{start}')}")
    for line in textwrap.wrap(plain(_meaning(field)), (console.width or _WIDE) - len(_INDENT)):
        console.line(f"{_INDENT}{line}")


def _description(worker: ProbedWorker) -> Iterator[tuple[str, str]]:
    metadata = worker.metadata
    yield "worker", f"{worker.worker_id} {_version(worker)}"
    yield "name", _name(worker)
    if metadata is not None:
        yield "about", metadata.description
        yield "author", metadata.author
        yield "homepage", metadata.homepage
        yield "wraps", " ".join(filter(None, (metadata.upstream_library, metadata.upstream_version)))
        yield "license", metadata.license
    yield "can do", _abilities(worker)
    yield "entry point", worker.entry_point
    yield "command", f"{shlex.join(worker.command)} --config FILE" if worker.command else ""
    yield "found as", worker.launch_kind
    yield "missing", ", ".join(worker.missing)
    yield "mend", worker.mend
    yield "no form", worker.schema_problem


def _name(worker: ProbedWorker) -> str:
    return worker.metadata.name if worker.metadata else ""


def _version(worker: ProbedWorker) -> str:
    return worker.version or (worker.metadata.version if worker.metadata else "")


def _abilities(worker: ProbedWorker) -> str:
    able = worker.capabilities
    return ", ".join(_badges(able)) if able else ""


def _badges(able: WorkerCapabilities) -> Iterator[str]:
    yield from able.supported_paradigms
    yield from able.env_families
    if able.is_multi_agent():
        yield f"{able.max_agents} agents"
    if able.supports_self_play:
        yield "self-play"
    if able.supports_population:
        yield "population"
    if able.supports_checkpointing:
        yield "checkpoints"
    if able.requires_gpu:
        yield "needs a GPU"


def _status(worker: ProbedWorker) -> str:
    if worker.failure is not None:
        first_line = worker.failure.message.strip().split("\n")[0]
        return f"broken: {worker.failure.error_type}: {first_line}"
    if worker.missing:
        return f"lacks {', '.join(worker.missing)}"
    return "ready"


def _kind(field: FormField) -> str:
    if field.kind is FieldKind.CHOICE:
        some = "|".join(str(choice) for choice in field.choices[:_MOST_CHOICES_SHOWN])
        return f"{some}|..." if len(field.choices) > _MOST_CHOICES_SHOWN else some
    return field.kind


def _start(field: FormField) -> str:
    if field.omittable or field.default is None:
        return "unset"
    return str(field.default) if isinstance(field.default, str) else json_line(field.default)


def _meaning(field: FormField) -> str:
    bounds = (
        ("at least", field.minimum),
        ("above", field.exclusive_minimum),
        ("at most", field.maximum),
        ("below", field.exclusive_maximum),
    )
    limits = ", ".join(f"{word} {shown(bound)}" for word, bound in bounds if bound is not None)
    return " ".join(filter(None, (field.description, f"({limits})" if limits else "")))
