"""Launching: write a run's records, then start its supervisor and let go of it."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.environment import ENV_SHUTDOWN_TIMEOUT, OF_ONE_RUN
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.grace import grace_setting
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.tree import SUPERVISOR_MODULE
from gym_gui.core.runs.provenance import provenance_of
from gym_gui.core.runs.record import Labels, RunRecord
from gym_gui.core.runs.redaction import redacted, secrets_of

_ALGORITHM_FIELDS = ("algo", "algorithm")
_ENVIRONMENT_FIELDS = ("env_id", "environment", "env", "env_name", "task")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchSpec:
    """A run that is wanted.

    Attributes:
        command: The launch command without `--config FILE`.
        passes_config: Whether `--config FILE` is added to it; a plain script takes no such argument.
        config: The worker's configuration, flat; `run_id` is filled in.
        interpreter: The Python the worker is installed in.
        cwd: Working directory of the worker; None is the run's own directory.
        env: Environment overrides; those that look like secrets are written to no file.
        resources: What the run may use; `devices` is a list of CUDA device indices or ids.
    """

    worker_id: str
    command: tuple[str, ...]
    config: Mapping[str, Any]
    interpreter: str = ""
    worker_type: str = ""
    worker_name: str = ""
    worker_version: str = ""
    name: str = ""
    tags: tuple[str, ...] = ()
    group: str | None = None
    cwd: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, Any] = field(default_factory=dict)
    passes_config: bool = True


def worker_argv(spec: LaunchSpec, run: RunDirectory) -> tuple[str, ...]:
    """The worker's full command line."""
    if not spec.passes_config:
        return spec.command
    return (*spec.command, "--config", str(run.config_file))


def config_for(spec: LaunchSpec, run: RunDirectory) -> dict[str, Any]:
    """The configuration as `config.json` will hold it, with the run's id."""
    return {**spec.config, "run_id": run.run_id}


def create_run(
    store: RunStore,
    spec: LaunchSpec,
    *,
    source_dir: Path | None = None,
    before_record: Callable[[RunDirectory], None] | None = None,
) -> RunDirectory:
    """A new run's directory with its records; nothing is started.

    `run.json` is written last, so a directory that has it is complete. Its provenance names the
    git commit of `source_dir`, where the experiment's code is. `before_record` is called with the
    directory just before that, for what has to be there by then.

    Raises:
        ValueError: When `spec` holds what cannot be launched or written; the message names the field.
        OSError: When the data directory cannot be written.
    """
    _check(spec)
    grace_setting()  # a broken setting stops the launch before anything is written
    run = store.new()
    write_json_atomically(run.config_file, config_for(spec, run))
    if spec.name or spec.tags:
        write_json_atomically(run.labels_file, Labels(name=spec.name, tags=tuple(spec.tags)))
    record = _record(spec, run, source_dir)
    if before_record is not None:
        before_record(run)
    write_json_atomically(run.record_file, record)
    return run


def supervisor_argv(run: RunDirectory) -> list[str]:
    """The command that runs a supervisor for `run` until the run is over.

    `-P` keeps a `signal.py` or `json.py` in the caller's directory from being imported.
    """
    return [sys.executable, "-P", "-m", SUPERVISOR_MODULE, os.path.abspath(run.path)]


def supervisor_environment(spec: LaunchSpec | None = None) -> dict[str, str]:
    """The whole environment to start a supervisor with.

    It is this process's own, with the secrets of `spec`, which reach the worker by inheritance
    only, and without what belongs to a run this process may itself be part of. The time a run is given
    to end comes from this process's settings: a supervisor reads none.

    Raises:
        SettingsError: That setting cannot be read or is no sane number.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in OF_ONE_RUN}
    inherited[ENV_SHUTDOWN_TIMEOUT] = f"{grace_setting():g}"
    return {**inherited, **(secrets_of(spec.env) if spec else {})}


def start_supervisor(run: RunDirectory, environment: Mapping[str, str] | None = None) -> int:
    """Starts the supervisor detached from this process and returns its pid.

    `environment` is what `supervisor_environment` gives; None does for a run without secrets.

    Raises:
        OSError: When no process can be started.
    """
    chosen = supervisor_environment() if environment is None else environment
    return osproc.spawn_detached(supervisor_argv(run), chosen)


def _record(spec: LaunchSpec, run: RunDirectory, source_dir: Path | None) -> RunRecord:
    seed = spec.config.get("seed")
    return RunRecord(
        run_id=run.run_id,
        worker_id=spec.worker_id,
        argv=worker_argv(spec, run),
        cwd=os.path.abspath(spec.cwd or run.path),
        created=time.time(),
        worker_type=spec.worker_type,
        worker_name=spec.worker_name,
        worker_version=spec.worker_version,
        interpreter=spec.interpreter,
        env=redacted(spec.env),
        seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
        algorithm=_first_text(spec.config, _ALGORITHM_FIELDS),
        environment=_first_text(spec.config, _ENVIRONMENT_FIELDS),
        group=spec.group,
        resources=dict(spec.resources),
        provenance=provenance_of(spec.interpreter, source_dir),
    )


def _first_text(config: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    found = (config[name] for name in names if isinstance(config.get(name), str))
    return next(found, None)


def _check(spec: LaunchSpec) -> None:
    if not spec.worker_id:
        raise ValueError("worker_id: empty; name the worker to launch")
    if not spec.command or not spec.command[0]:
        raise ValueError(f"command: empty; worker {spec.worker_id!r} has no launch command")
    for argument in spec.command:
        if "\0" in argument:
            raise ValueError(f"command: {argument!r} holds a NUL character, which no argument can")
    for name, value in spec.env.items():
        if not name or "=" in name or "\0" in name + value:
            raise ValueError(f"env: {name!r} cannot be an environment variable; use letters, digits and _")
    for place in _not_finite(spec.config, "config"):
        raise ValueError(f"{place}: not a finite number, which JSON cannot hold; use null or a large number")


def _not_finite(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, float) and not math.isfinite(value):
        yield place
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _not_finite(item, f"{place}.{key}")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _not_finite(item, f"{place}[{index}]")
