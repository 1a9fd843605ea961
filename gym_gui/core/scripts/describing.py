"""Registered scripts as workers: each described as the probe describes a package, or with what is wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from gym_gui.core.environments.model import EnvironmentProblem
from gym_gui.core.environments.registry import EnvironmentRegistry
from gym_gui.core.probing.model import ProbedWorker, ProbeFailure, ProbeReport
from gym_gui.core.scripts import start
from gym_gui.core.scripts.asking import ask_flags
from gym_gui.core.scripts.model import Passing, Script, ScriptProblem
from gym_gui.core.scripts.registry import ScriptRegistry
from gym_gui.core.worker import WorkerMetadata

LAUNCH_KIND = "script"
UNREGISTERED_KIND = "script of a run"
_AT_ONCE = 2
_LARGEST_SCHEMA = 4 * 1024 * 1024
_ARGUMENTS_SCHEMA = {
    "type": "object",
    "properties": {
        "arguments": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "In their order.",
        }
    },
}


def describe_scripts(registry: ScriptRegistry, *, ask: bool = True) -> ProbeReport:
    """Every registered script as a worker, in a report that is named by the list's file.

    Asks those whose file has changed which arguments they take, and blocks for as long as that takes,
    unless `ask` is False.
    """
    name = str(registry.file)
    try:
        scripts = registry.scripts()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            asked = tuple(pool.map(_asked_anew, scripts)) if ask else scripts
        for before, after in zip(scripts, asked, strict=True):
            if after != before:
                registry.note(after)
    except (ScriptProblem, OSError) as error:
        return ProbeReport(name, failure=ProbeFailure(type(error).__name__, str(error)))
    names = _environment_names()
    workers = tuple(replace(worker_of(each), environment=names.get(each.python, "")) for each in asked)
    return ProbeReport(name, workers=workers, worker_ids=tuple(worker.worker_id for worker in workers))


def register(registry: ScriptRegistry, script: Script) -> ProbedWorker:
    """Adds a script with the arguments it is found to take, and gives it as a worker; blocks for that long.

    Raises:
        ScriptProblem: It cannot be added.
        OSError: The list cannot be written.
    """
    registry.check(script)
    return worker_of(registry.add(with_flags(script)))


def standing_of(worker: ProbedWorker) -> str:
    """What is known of a script, in a few words: "3 arguments known", "broken: ...", "ready"."""
    if worker.failure is not None:
        return f"broken: {worker.failure.message}"
    if worker.schema is None:
        problem = worker.schema_problem
        return f"its arguments are not known: {problem}" if problem else "ready"
    count = len(worker.schema.get("properties") or ())
    return f"{count} argument{'' if count == 1 else 's'} known"


def with_flags(script: Script) -> Script:
    """The script with the arguments it is found to take, where nobody wrote them down."""
    if script.schema_file or script.passing is not Passing.FLAGS:
        return script
    found = ask_flags(script.python, script.file)
    return replace(script, flags=found.schema, flags_problem=found.problem, asked=_stamp(script.file))


def worker_of(script: Script) -> ProbedWorker:
    """The script as a worker; a broken one when its file or interpreter is gone."""
    schema, problem = _schema_of(script)
    description = schema.get("description", "") if schema is not None else ""
    files = tuple(path for path in (script.file, script.schema_file) if path)
    return ProbedWorker(
        worker_id=script.name,
        interpreter=script.python,
        entry_point="",
        distribution=script.file,
        metadata=WorkerMetadata(
            name=script.name, version="", description=description if isinstance(description, str) else ""
        ),
        command=_command(script, schema or {}),
        launch_kind=LAUNCH_KIND,
        schema=schema,
        schema_problem=problem,
        failure=_failure_of(script),
        files=files,
    )


def worker_of_run(worker_id: str, python: str, config: Mapping[str, Any], cwd: str) -> ProbedWorker | None:
    """The worker that repeats a run of a script which nobody registered; None when the config names none.

    Args:
        worker_id: The run's.
        python: The run's interpreter.
        config: The run's, which holds the script and its arguments.
        cwd: Where the run worked.
    """
    file = config.get("script")
    if not isinstance(file, str) or not isinstance(config.get("arguments"), list):
        return None
    script = Script(name=worker_id, file=file, python=python, cwd=cwd)
    command = (*_start_of(script), "--passes", "list")
    return replace(
        worker_of(script),
        command=command,
        launch_kind=UNREGISTERED_KIND,
        schema=_ARGUMENTS_SCHEMA,
        schema_problem="",
    )


def _asked_anew(script: Script) -> Script:
    return script if not script.asked or script.asked == _stamp(script.file) else with_flags(script)


def _command(script: Script, schema: Mapping[str, Any]) -> tuple[str, ...]:
    begin = (*_start_of(script), *(f"--argument={text}" for text in script.arguments))
    if script.passing is Passing.FILE:
        return (*begin, "--passes", "file")
    properties = schema.get("properties")
    listed = properties if isinstance(properties, dict) else {}
    specs = {name: spec for name, spec in listed.items() if isinstance(spec, dict)}
    is_dashed = any(spec.get("x-flag") not in (None, f"--{name}") for name, spec in specs.items())
    return (
        *begin,
        *(("--dashes",) if is_dashed else ()),
        *_named("--pairs", [name for name, spec in specs.items() if spec.get("x-switch") == "pair"]),
        *_named("--worded", [name for name, spec in specs.items() if spec.get("x-switch") == "worded"]),
    )


def _start_of(script: Script) -> tuple[str, ...]:
    where = ("--cwd", script.cwd) if script.cwd else ()
    return (script.python, start.__file__, "--script", script.file, *where)


def _named(option: str, names: Sequence[str]) -> tuple[str, ...]:
    return (option, ",".join(names)) if names else ()


def _schema_of(script: Script) -> tuple[Mapping[str, Any] | None, str]:
    if not script.schema_file:
        return script.flags, script.flags_problem
    try:
        with Path(script.schema_file).open("rb") as file:
            schema = json.loads(file.read(_LARGEST_SCHEMA))
    except OSError as error:
        return None, f"{script.schema_file}: cannot be read: {error.strerror or error}"
    except (ValueError, RecursionError) as error:
        return None, f"{script.schema_file}: not JSON: {error}"
    if not isinstance(schema, dict):
        return None, f"{script.schema_file}: not a JSON Schema; expected an object with properties"
    return schema, ""


def _failure_of(script: Script) -> ProbeFailure | None:
    hint = f"Put it back, or: gym-gui script remove {script.name}"
    if not Path(script.file).is_file():
        return ProbeFailure("FileNotFoundError", f"{script.file}: there is no such file", hint=hint)
    if not os.access(script.python, os.X_OK):
        return ProbeFailure("FileNotFoundError", f"{script.python}: there is no such interpreter", hint=hint)
    if script.cwd and not Path(script.cwd).is_dir():
        return ProbeFailure("NotADirectoryError", f"{script.cwd}: there is no such folder", hint=hint)
    return None


def _stamp(file: str) -> str:
    try:
        status = Path(file).stat()
    except (OSError, ValueError):
        return "-"
    return f"{status.st_ino}:{status.st_mtime_ns}:{status.st_size}"


def _environment_names() -> dict[str, str]:
    try:
        return {each.python: each.name for each in EnvironmentRegistry().environments() if not each.is_own}
    except EnvironmentProblem:
        return {}
