"""All processes of a run, however they tried to leave it. Standard library only."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator

from gym_gui.constants import ENV_RUN_DIR, ENV_RUN_ID
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.osproc import Process

SUPERVISOR_MODULE = "gym_gui.core.runs.supervisor"
_LOOKS_TO_BE_SURE = 3
_BETWEEN_LOOKS_S = 0.03

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gym_gui.core.runs.processes.osproc import Identified


class RunTree:
    """The live processes of the run in `run_dir`, the caller itself excepted.

    A process belongs to the run when it is one of `roots`, a descendant of one, in the session that
    one leads, or was started with the run's id in its environment, or descends from such a process.

    The caller may be a root itself, as the supervisor is; it then says by `has_children` whether it has
    any, which no process can hide from its reaper, and may have one `apart` that is no part of the run.
    """

    def __init__(
        self,
        run_dir: str,
        roots: Iterable[Identified],
        has_children: Callable[[], bool] | None = None,
        apart: int | None = None,
    ) -> None:
        self._apart = apart
        self._run_dir = run_dir
        self._roots = {(root.pid, root.start_ticks, root.boot_id) for root in roots}
        self._has_children = has_children
        self._own_pid = os.getpid()

    def find(self) -> list[Process]:
        """Every process of the run that could be seen in one look."""
        everything = [process for process in osproc.all_processes() if process.pid != self._apart]
        named = [p for p in everything if (p.pid, p.start_ticks, p.boot_id) in self._roots]
        leading = [process for process in named if works_for(process, self._run_dir)]
        sessions = {process.pid for process in leading if process.session == process.pid}
        members = {process.pid for process in leading}
        for process in everything:
            if process.pid not in members and (process.session in sessions or self._carries_id(process)):
                members.add(process.pid)
        members.discard(self._own_pid)
        if any(process.pid == self._own_pid for process in named):
            members.add(self._own_pid)
        return _with_descendants(everything, members, self._own_pid)

    def is_gone(self) -> bool:
        """Whether nothing is left, asked when `find` has found nothing.

        A look takes longer than a process needs to fork and end, so one that hops from pid to pid can
        escape it; it cannot escape its reaper, and hardly several looks. Neither can a program that is
        just being loaded: for a moment it has no environment to be known by.
        """
        if self._has_children is not None:
            return not self._has_children()
        for _ in range(_LOOKS_TO_BE_SURE):
            time.sleep(_BETWEEN_LOOKS_S)
            if next(self._recognised_newest_first(), None) or self.find():
                return False
        return True

    def freeze_newest(self) -> int:
        """Stops what can be recognised by itself, each at the moment it is seen; how many were stopped.

        The newest come first: they are the ones that are about to fork and be gone.
        """
        return sum(
            osproc.send_signal(process, signal.SIGSTOP)
            for process in self._recognised_newest_first()
            if not process.stopped
        )

    def _recognised_newest_first(self) -> Iterator[Process]:
        """What can be recognised by itself, each looked at in the moment it is given."""
        for pid in sorted(osproc.all_pids(), reverse=True):
            process = osproc.look_at(pid)
            if process is None or not process.alive or pid in (self._own_pid, self._apart):
                continue
            if self._is_own_child(process) or (self._has_children is None and self._carries_id(process)):
                yield process

    def _is_own_child(self, process: Process) -> bool:
        return self._has_children is not None and process.parent == self._own_pid

    def _carries_id(self, process: Process) -> bool:
        if osproc.environment_entry(process.pid, ENV_RUN_ID) != os.path.basename(self._run_dir):
            return False
        return is_directory_of(osproc.environment_entry(process.pid, ENV_RUN_DIR), self._run_dir)


def supervises(process: Process, run_dir: str, *, renamed: bool = True) -> bool:
    """Whether this is a supervisor, and was started for the run in `run_dir`, not for one that was copied.

    `renamed`: also when the directory it was started for is gone, as after it was renamed.
    """
    words = osproc.arguments(process.pid)
    if SUPERVISOR_MODULE not in words[:-1]:
        return False
    return is_directory_of(words[-1], run_dir) if renamed else os.path.realpath(words[-1]) == run_dir


def works_for(process: Process, run_dir: str) -> bool:
    """Whether this process, which the run's records name, was started for the run in `run_dir`.

    That of a run that was copied was started for the original. Where its environment tells nothing, it may
    have been cleared, or the records may lie: a worker can write them, and must not have other people's
    processes ended, nor those that whoever ends it descends from.
    """
    told = osproc.environment_entry(process.pid, ENV_RUN_DIR)
    if told is not None:
        return is_directory_of(told, run_dir)
    return _is_of_its_owner(process, run_dir) and process.pid not in osproc.ancestors_of(os.getpid())


def _is_of_its_owner(process: Process, run_dir: str) -> bool:
    """Whether the process is one that a worker of this run can have started; root's can have any owner."""
    try:
        owner = os.stat(run_dir).st_uid
    except OSError:
        return True  # nobody can have forged the records of a directory that is gone
    return owner in (0, osproc.owner_of(process.pid))


def is_directory_of(told: str | None, run_dir: str) -> bool:
    """Whether a process that was told to work in `told` belongs to the run in `run_dir`.

    A copy of a run's directory has the same id and the same records, but the processes are the original's.
    A directory that was renamed is not where it was told, and keeps its processes.
    """
    if told is None or os.path.realpath(told) == os.path.realpath(run_dir):
        return True
    return not os.path.isdir(told)


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
