"""All processes of a run, however they tried to leave it. Standard library only."""

from __future__ import annotations

import os
from collections.abc import Iterable

from gym_gui.constants import ENV_RUN_DIR, ENV_RUN_ID
from gym_gui.core.runs import osproc
from gym_gui.core.runs.osproc import Process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gym_gui.core.runs.osproc import Identified


def processes_of_run(run_dir: str, roots: Iterable[Identified]) -> list[Process]:
    """The live processes of the run in `run_dir`, the caller itself excepted.

    A process belongs to the run when it is one of `roots`, a descendant of one, in the session that
    one leads, or was started with the run's id in its environment, or descends from such a process.
    """
    everything = osproc.all_processes()
    own_pid = os.getpid()
    named = [process for process in everything if any(process.is_same(root) for root in roots)]
    leading = [process for process in named if works_for(process, run_dir)]
    sessions = {process.pid for process in leading if process.session == process.pid}
    members = {process.pid for process in leading}
    members |= {
        process.pid
        for process in everything
        if process.pid not in members and (process.session in sessions or _carries_id(process.pid, run_dir))
    }
    members.discard(own_pid)
    is_root = any(process.pid == own_pid for process in named)
    return _with_descendants(everything, members | ({own_pid} if is_root else set()), own_pid)


def supervises(process: Process, run_dir: str) -> bool:
    """Whether this supervisor was started for the run in `run_dir`, not for one that was copied."""
    return is_directory_of(osproc.last_argument(process.pid), run_dir)


def works_for(process: Process, run_dir: str) -> bool:
    """Whether this worker was started for the run in `run_dir`, not for one that was copied."""
    return is_directory_of(osproc.environment_entry(process.pid, ENV_RUN_DIR), run_dir)


def is_directory_of(told: str | None, run_dir: str) -> bool:
    """Whether a process that was told to work in `told` belongs to the run in `run_dir`.

    A copy of a run's directory has the same id and the same records, but the processes are the original's.
    A directory that was renamed is not where it was told, and keeps its processes.
    """
    if told is None or os.path.realpath(told) == os.path.realpath(run_dir):
        return True
    return not os.path.isdir(told)


def _carries_id(pid: int, run_dir: str) -> bool:
    if osproc.environment_entry(pid, ENV_RUN_ID) != os.path.basename(run_dir):
        return False
    return is_directory_of(osproc.environment_entry(pid, ENV_RUN_DIR), run_dir)


def _with_descendants(everything: list[Process], members: set[int], own_pid: int) -> list[Process]:
    children: dict[int, list[int]] = {}
    for process in everything:
        children.setdefault(process.parent, []).append(process.pid)
    waiting = list(members)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in members:
                members.add(child)
                waiting.append(child)
    return [process for process in everything if process.pid in members and process.pid != own_pid]
