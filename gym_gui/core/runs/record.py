"""The JSON records of a run directory, typed: each file of the format has one class here.

They are `msgspec.Struct`s: decoding checks types and names the field that is wrong,
and costs a tenth of what a heavier validator adds to the panel's start.
Unknown fields are ignored on reading, so a newer launcher's records stay readable.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import msgspec

FORMAT_VERSION = 1
# Unix seconds that some calendar can show: a time beyond would break whoever writes out a date.
Moment = Annotated[float, msgspec.Meta(ge=0.0, le=253_402_300_799.0)]


class ProcessIdentity(msgspec.Struct, frozen=True):
    """A process that cannot be mistaken for another: pid, start time and boot.

    Attributes:
        pid: Process id.
        start_ticks: Start time in clock ticks since boot (field 22 of `/proc/<pid>/stat` on Linux).
        boot_id: Id of the boot the process belongs to.
    """

    pid: int
    start_ticks: int
    boot_id: str


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Where a run came from: code version, interpreter, packages, host."""

    source_dir: str | None = None
    git_commit: str | None = None
    git_dirty: bool | None = None
    python_version: str | None = None
    packages: dict[str, str] = {}
    host: str | None = None
    platform: str | None = None


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`run.json`: what was asked for, written once by the launcher before anything starts.

    Attributes:
        created: Unix seconds.
        argv: The worker's full command line, `--config FILE` included.
        env: Environment overrides given to the worker, secrets redacted.
        cwd: The worker's working directory.
    """

    run_id: str
    worker_id: str
    argv: tuple[str, ...]
    cwd: str
    created: Moment
    format_version: int = FORMAT_VERSION
    worker_type: str = ""
    worker_name: str = ""
    worker_version: str = ""
    interpreter: str = ""
    env: dict[str, str] = {}
    seed: int | None = None
    algorithm: str | None = None
    environment: str | None = None
    group: str | None = None
    resources: dict[str, Any] = {}
    provenance: Provenance = Provenance()


class Requester(msgspec.Struct, frozen=True):
    """Who asked for a run to be ended: the process that sent the signal.

    Attributes:
        uid: The user it ran as.
        command: Its short name as the kernel has it, "" when it was gone already.
    """

    pid: int
    uid: int
    command: str = ""


class ProcessRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`process.json`: who runs it. `worker` is None until the worker was spawned.

    Attributes:
        stop_requested: Unix seconds, when the supervisor was asked to end the run; None when it was not.
    """

    supervisor: ProcessIdentity
    worker: ProcessIdentity | None = None
    started: Moment = 0.0
    stop_requested: Moment | None = None
    stop_requested_by: Requester | None = None


class ExitCause(StrEnum):
    """Why a run ended, as the supervisor saw it."""

    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    KILLED = "killed"
    LOST = "lost"


class ExitRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`exit.json`: how it ended, written atomically and last.

    Attributes:
        exit_code: The worker's exit status, None when a signal ended it or it never started.
        signal: The number of the signal that ended it, None when it exited.
        cause: The supervisor's classification.
        detail: One plain sentence, e.g. why the worker could not be started.
        started: Unix seconds, when the worker was spawned.
        ended: Unix seconds.
        peak_rss_bytes: Largest sampled resident memory of the whole process tree.
        cpu_seconds: CPU time of the whole process tree, user and system.
        survivors: Processes still alive when the record was written (0 unless they cannot be killed).
        found: Processes that were asked to end: all of the tree on cancel, what the worker left else.
        ended_by_term: How many of them ended within the grace.
        ended_by_kill: How many had to be killed.
        stop_requested_by: Who asked for the end, None when nobody did or it is not known.
        oom_kills: Kills by the kernel for want of memory in the worker's cgroup, just before it ended.
        machine_oom_kills: The same for the whole machine.
        disk_free_bytes: What was free on the run directory's disk then, None when it is not known.
        machine_stopping: Whether the machine was about to go down then.
    """

    cause: ExitCause
    ended: Moment
    started: Moment | None = None
    exit_code: int | None = None
    signal: int | None = None
    detail: str = ""
    peak_rss_bytes: int = 0
    cpu_seconds: float = 0.0
    survivors: int = 0
    found: int = 0
    ended_by_term: int = 0
    ended_by_kill: int = 0
    stop_requested_by: Requester | None = None
    oom_kills: int = 0
    machine_oom_kills: int = 0
    disk_free_bytes: int | None = None
    machine_stopping: bool = False


class FreezeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`freeze.json`: when the run was last frozen or let go on, Unix seconds; None for what came not last."""

    frozen: Moment | None = None
    continued: Moment | None = None


class Labels(msgspec.Struct, frozen=True, kw_only=True):
    """`labels.json`: what people say about a run; the only record that is edited later."""

    name: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""
    archived: bool = False
