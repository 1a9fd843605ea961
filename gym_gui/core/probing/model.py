"""What a probe answers about an interpreter and each worker installed in it: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata


@dataclass(frozen=True, slots=True)
class ProbeFailure:
    """Why a worker cannot be used: the error's type, its message, its traceback, and the mend if known."""

    error_type: str
    message: str
    traceback: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ProbedWorker:
    """A worker as its own interpreter described it; nothing of it was imported here.

    Attributes:
        worker_id: Entry-point name.
        entry_point: `package.module:attribute`.
        command: The launch command without `--config FILE`; empty when broken.
        launch_kind: How the command was found: "console script", "package.cli", "package", "SDK runner"; or
            "script" for a plain one that is registered, "script of a run" for one that is not.
        schema: JSON Schema of the config class, or None when the worker names none.
        schema_problem: Why there is no schema, or "".
        missing: Requirements of the worker that are not installed in its environment.
        mend: The command that installs them, or "".
        failure: Set when the worker is broken; metadata and capabilities are then None.
        environment: Name of the environment it is installed in, "" where there is but one.
        files: What its description was read from: modules of it and metadata of its distribution.
    """

    worker_id: str
    interpreter: str
    entry_point: str
    distribution: str = ""
    version: str = ""
    metadata: WorkerMetadata | None = None
    capabilities: WorkerCapabilities | None = None
    command: tuple[str, ...] = ()
    launch_kind: str = ""
    schema: Mapping[str, Any] | None = None
    schema_problem: str = ""
    missing: tuple[str, ...] = ()
    mend: str = ""
    failure: ProbeFailure | None = None
    environment: str = ""
    files: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """All workers of one interpreter, sorted by id, or the reason the interpreter could not be asked.

    Attributes:
        worker_ids: Every id that is registered there; more than `workers` when only one was asked about.
        paths: Folders in which the interpreter finds packages.
    """

    interpreter: str
    python_version: str = ""
    sdk_version: str = ""
    workers: tuple[ProbedWorker, ...] = ()
    worker_ids: tuple[str, ...] = ()
    failure: ProbeFailure | None = None
    paths: tuple[str, ...] = field(default=(), repr=False)
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """What a worker's own config class says of one field; of the whole config when `field` is ""."""

    field: str
    message: str
