"""The process that stays with a run: starts its worker, waits for it, ends its tree, records how it ended.

    python -m gym_gui.core.runs.supervisor RUN_DIR

One such process runs for as long as each worker does, so it imports the standard library only, and little
of that. Exit codes: 0 the end of the run is recorded, 1 it could not be recorded, 2 wrong usage,
3 refused because the run has a supervisor or has been started before.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping

from gym_gui.core.runs.ending import EndedTree, end_tree
from gym_gui.core.runs.environment import shutdown_grace_s, worker_environment
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.members import MEMBERS_FILE, MembersFile
from gym_gui.core.runs.processes.sampling import FIRST_SAMPLE_S, SAMPLE_INTERVAL_S, ResourceSampler
from gym_gui.core.runs.processes.tree import RunTree
from gym_gui.core.runs.supervisor_files import RunFiles
from gym_gui.core.runs.surroundings import Surroundings
from gym_gui.core.runs.worker_order import CannotStartError, WorkerOrder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RECORDED, NOT_RECORDED, USAGE, REFUSED = range(4)

# SIGTERM asks to end the run, SIGUSR1 to end it without waiting for processes that were asked to end.
_AWAITED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGUSR1)
# Someone looking whether the lock is held holds it for an instant; a supervisor holds it for longer.
_LOCK_TRIES = 40
_LOCK_PAUSE_S = 0.005
# A testing aid: names the point at which this process is to be killed, see `_die_if_asked_to`.
ENV_FAILPOINT = "MOSAIC_FAILPOINT"


class Supervisor:
    """One run, from the lock to the exit record."""

    def __init__(self, run_dir: str, environment: Mapping[str, str]) -> None:
        self._files = RunFiles(run_dir)
        self._environment = environment
        self._sampler = ResourceSampler(self._files.resources, environment)
        self._members = MembersFile(run_dir, MEMBERS_FILE)
        self._surroundings = Surroundings()
        self._before_the_end: dict[str, Any] = {}
        self._me = osproc.look_at(os.getpid())
        self._worker: osproc.Process | None = None
        self._worker_status: int | None = None
        self._started: float | None = None
        self._stop_requested: float | None = None
        self._stop_requested_by: dict[str, Any] | None = None
        self._hurried = False
        self._is_childless = True
        self._cpu_seconds = 0.0
        self._peak_rss_bytes = 0

    def run(self) -> int:
        """Supervises the run to its end and returns the exit code of this process."""
        lock = _take_lock(self._files.lock)
        if lock is None:
            return _refuse("another supervisor has this run")
        if self._files.was_started():
            return _refuse("this run has been started before; a run directory is used once")
        self._files.reserve_exit()
        try:
            self._start(self._files.read_order())
        except CannotStartError as error:
            return self._record_end(None, "failed", str(error))
        if self._worker is None:
            return self._record_end(None, "cancelled", "asked to stop before the worker was started")
        self._wait_for_end()
        known = [process for process in (self._me, self._worker) if process is not None]
        self._sampler.gpu.close()
        tree = RunTree(self._files.run_dir, known, self._has_children, apart=self._sampler.gpu.asking)
        ended = end_tree(tree, shutdown_grace_s(self._environment), self._pause)
        self._note_stop(osproc.wait_for_signal((signal.SIGTERM,), 0.0))
        return self._record_end(ended)

    def _start(self, order: WorkerOrder) -> None:
        osproc.become_subreaper()
        self._note_stop(osproc.wait_for_signal((signal.SIGTERM,), 0.0))
        if self._stop_requested is not None:
            return
        environment = worker_environment(
            self._environment, self._files.run_dir, order.worker_id, order.env, order.devices
        )
        if not self._record_processes():
            raise CannotStartError("process.json: cannot be written; check the disk's space and permissions")
        self._die_if_asked_to("before_spawn")
        self._started = time.time()
        pid = self._files.spawn(order, environment)
        self._die_if_asked_to("after_spawn_before_record")
        self._worker = osproc.look_at(pid)
        self._record_processes()
        self._die_if_asked_to("after_record")

    def _wait_for_end(self) -> None:
        """Returns when the worker has ended or the run is to be stopped."""
        next_sample = time.monotonic() + FIRST_SAMPLE_S
        while True:
            received = osproc.wait_for_signal(_AWAITED, next_sample - time.monotonic())
            self._reap()
            self._note_stop(received)
            if self._worker_status is not None:
                return
            if self._stop_requested is not None:
                self._record_processes()
                return
            if time.monotonic() >= next_sample:
                self._look_around()
                next_sample = time.monotonic() + SAMPLE_INTERVAL_S

    def _look_around(self) -> None:
        self._members.update(self._sampler.sample(self._cpu_seconds))
        self._surroundings.look(self._worker.pid if self._worker else None)
        if self._files.are_deleted():
            # Nobody could see or cancel it any more, nor would anything that it writes be kept.
            self._stop_requested = time.time()
        elif not self._files.names_processes():
            self._record_processes()

    def _pause(self, seconds: float) -> bool:
        received = osproc.wait_for_signal(_AWAITED, seconds)
        self._reap()
        self._note_stop(received)
        return not self._hurried

    def _note_stop(self, received: signal.struct_siginfo | None) -> None:
        """Takes SIGTERM and SIGUSR1 for a request to stop, unless the worker has ended of itself before."""
        if received is None or received.si_signo == signal.SIGCHLD:
            return
        self._hurried = self._hurried or received.si_signo == signal.SIGUSR1
        # Whoever shuts a machine down asks all processes at once, and the worker may be the first to end.
        of_itself = self._worker_status is not None and _decoded(self._worker_status)[1] != signal.SIGTERM
        if self._stop_requested is None and not of_itself:
            self._stop_requested = time.time()
            self._stop_requested_by = {
                "pid": received.si_pid,
                "uid": received.si_uid,
                "command": osproc.command_name(received.si_pid),
            }

    def _has_children(self) -> bool:
        self._reap()
        return not self._is_childless

    def _reap(self) -> None:
        """Takes the status of every child that has ended, orphans it inherited included."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                self._is_childless = True
                return
            if pid == 0:
                self._is_childless = self._has_one_child_apart()
                return
            if self._sampler.gpu.take_ended(pid, status, usage.ru_utime + usage.ru_stime):
                continue
            self._cpu_seconds += usage.ru_utime + usage.ru_stime
            self._peak_rss_bytes = max(self._peak_rss_bytes, usage.ru_maxrss * 1024)
            if self._worker is not None and pid == self._worker.pid:
                self._worker_status = status
                self._before_the_end = self._surroundings.since_last_look()

    def _has_one_child_apart(self) -> bool:
        """Whether the only child is one that the driver of a graphics card does not let go."""
        apart = self._sampler.gpu.asking
        if apart is None or self._me is None:
            return False
        return [child.pid for child in osproc.children_of(self._me)] == [apart]

    def _record_processes(self) -> bool:
        return self._files.write_processes(
            self._me, self._worker, self._started, self._stop_requested, self._stop_requested_by
        )

    def _record_end(self, tree: EndedTree | None, cause: str = "", detail: str = "") -> int:
        self._reap()
        self._die_if_asked_to("before_exit_record")
        status = self._worker_status
        exit_code, ended_by = _decoded(status)
        recorded = self._files.write_exit(
            {
                "cause": cause or self._cause(exit_code),
                "started": self._started if self._worker else None,
                "ended": time.time(),
                "exit_code": exit_code,
                "signal": ended_by,
                "detail": detail,
                "peak_rss_bytes": max(self._peak_rss_bytes, self._sampler.peak_rss_bytes),
                "cpu_seconds": round(self._cpu_seconds, 3),
                "survivors": tree.left if tree else 0,
                "found": tree.found if tree else 0,
                "ended_by_term": tree.ended_by_term if tree else 0,
                "ended_by_kill": tree.ended_by_kill if tree else 0,
                "stop_requested_by": self._stop_requested_by,
                **(self._before_the_end or self._surroundings.since_last_look()),
            }
        )
        return RECORDED if recorded else NOT_RECORDED

    def _die_if_asked_to(self, point: str) -> None:
        """Dies as by a power cut where `MOSAIC_FAILPOINT` says so; tests show that nothing is lost then."""
        if self._environment.get(ENV_FAILPOINT) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def _cause(self, exit_code: int | None) -> str:
        if self._stop_requested is not None:
            return "cancelled"
        if exit_code is None:
            return "killed"
        return "failed" if exit_code else "finished"


def _decoded(status: int | None) -> tuple[int | None, int | None]:
    """Exit code and signal, of which at most one is known."""
    if status is None:
        return None, None
    if os.WIFSIGNALED(status):
        return None, os.WTERMSIG(status)
    return os.WEXITSTATUS(status), None


def _take_lock(path: str) -> int | None:
    for _ in range(_LOCK_TRIES):
        lock = osproc.take_lock(path)
        if lock is not None:
            return lock
        time.sleep(_LOCK_PAUSE_S)
    return None


def _refuse(reason: str) -> int:
    print(f"supervisor: {reason}", file=sys.stderr)
    return REFUSED


def main(arguments: list[str]) -> int:
    """Supervises the run whose directory is the only argument, and returns the exit code."""
    if len(arguments) != 1 or not os.path.isdir(arguments[0]):
        print(
            "usage: python -m gym_gui.core.runs.supervisor RUN_DIR (an existing directory)", file=sys.stderr
        )
        return USAGE
    osproc.close_inherited_files()
    osproc.detach()
    osproc.block_signals(_AWAITED)
    run_dir = os.path.abspath(arguments[0])
    try:
        return Supervisor(run_dir, os.environ).run()
    except Exception:  # noqa: BLE001  the boundary of this process: the run goes on, and the reason is kept
        return _give_up()


def _give_up() -> int:
    import traceback

    try:
        # The worker may have put a pipe or a link there.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
        with open(os.open("supervisor.log", flags, 0o644), "a", encoding="utf-8") as file:
            traceback.print_exc(file=file)
    except OSError:
        traceback.print_exc()
    return NOT_RECORDED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
