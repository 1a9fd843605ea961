"""The live processes of a run: who they are, how they belong together, what they run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.files import RecordError, read_record
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.members import read_members
from gym_gui.core.runs.processes.tree import RunTree, supervises, works_for
from gym_gui.core.runs.record import ProcessRecord
from gym_gui.core.runs.requester import user_name


@dataclass(frozen=True, slots=True)
class RunProcess:
    """One live process of a run.

    Attributes:
        depth: How many of its ancestors are in the run as well; for indenting.
        role: "supervisor", "worker" or "".
        command: Its command line, which the process itself can change; plain text.
        frozen: Whether it is stopped by a signal.
    """

    pid: int
    start_ticks: int
    boot_id: str
    parent: int
    depth: int
    role: str
    command: str
    rss_bytes: int
    frozen: bool


def run_processes(run: RunDirectory) -> tuple[RunProcess, ...]:
    """The processes of the run at this moment, each parent before its children; () when it is over."""
    record = recorded_processes(run)
    supervisor = attending_supervisor(run, record)
    found = RunTree(str(run.path), known_processes(run, record)).find()
    tree = {process.pid: process for process in found}
    if supervisor is not None:
        tree[supervisor.pid] = supervisor
    if supervisor is not None and len(tree) == 1 and run.exit_file.exists():
        return ()  # it has recorded the end, last of all, and is on its way out
    roles = {supervisor.pid: "supervisor"} if supervisor is not None else {}
    if record is not None and record.worker is not None and record.worker.pid in tree:
        roles[record.worker.pid] = "worker"
    return tuple(_described(process, depth, roles) for process, depth in _in_order(tree))


def foreign_owner(processes: Sequence[RunProcess]) -> str:
    """The user whose processes these are when this process may signal none of them, else ""."""
    if not processes or any(osproc.may_signal(process) for process in processes):
        return ""
    try:
        return user_name(os.stat(f"/proc/{processes[-1].pid:d}").st_uid)
    except OSError:
        return ""  # it has ended


def recorded_processes(run: RunDirectory) -> ProcessRecord | None:
    """What `process.json` says; None when it is missing or cannot be read."""
    try:
        return read_record(run.process_file, ProcessRecord)
    except (FileNotFoundError, RecordError):
        return None


def live_supervisor(run: RunDirectory, record: ProcessRecord | None) -> osproc.Process | None:
    """The run's supervisor if it is alive."""
    supervisor = osproc.find(record.supervisor) if record else None
    return supervisor if supervisor is not None and supervises(supervisor, str(run.path)) else None


def attending_supervisor(run: RunDirectory, record: ProcessRecord | None) -> osproc.Process | None:
    """The run's supervisor if it is alive, also where `process.json`, which a worker can write, hides it.

    Looks at all processes when somebody holds the run's lock whom the record does not name.
    """
    named = live_supervisor(run, record)
    if named is not None or not osproc.lock_is_held(str(run.lock_file)):
        return named
    own = os.path.realpath(run.path)
    attending = (p for p in osproc.all_processes() if supervises(p, own, renamed=False))
    return min(attending, key=lambda process: process.start_ticks, default=None)


def live_worker(run: RunDirectory, record: ProcessRecord | None) -> osproc.Process | None:
    """The run's worker if it is alive."""
    worker = osproc.find(record.worker) if record and record.worker else None
    return worker if worker is not None and works_for(worker, str(run.path)) else None


def known_processes(run: RunDirectory, record: ProcessRecord | None) -> list[osproc.Identified]:
    """The processes of the run that can be named; those that are dead do no harm.

    Whoever its supervisor has for children are its processes, for no process can hide from its reaper. The
    records, which a worker can write, are asked only when there is none.
    """
    supervisor = attending_supervisor(run, record)
    if supervisor is not None:
        return [*osproc.children_of(supervisor)]
    worker: list[osproc.Identified] = [record.worker] if record and record.worker else []
    return [*worker, *read_members(str(run.path))]


def _in_order(tree: dict[int, osproc.Process]) -> list[tuple[osproc.Process, int]]:
    children: dict[int, list[osproc.Process]] = {}
    for process in sorted(tree.values(), key=lambda process: process.start_ticks):
        children.setdefault(process.parent if process.parent in tree else 0, []).append(process)
    ordered: list[tuple[osproc.Process, int]] = []
    waiting = [(process, 0) for process in reversed(children.get(0, []))]
    while waiting:
        process, depth = waiting.pop()
        ordered.append((process, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(process.pid, []))]
    return ordered


def _described(process: osproc.Process, depth: int, roles: dict[int, str]) -> RunProcess:
    return RunProcess(
        pid=process.pid,
        start_ticks=process.start_ticks,
        boot_id=process.boot_id,
        parent=process.parent,
        depth=depth,
        role=roles.get(process.pid, ""),
        command=osproc.command_line(process.pid) or f"[{osproc.command_name(process.pid)}]",
        rss_bytes=process.rss_bytes,
        frozen=process.stopped,
    )
