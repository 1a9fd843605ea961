"""Starting queued runs: each at most once, in their order, as far as the limits allow."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gym_gui.config.settings import SettingsError
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.failpoints import die_if_asked_to
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.launch import start_supervisor, supervisor_argv
from gym_gui.core.runs.live_runs import LiveRuns
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.queue.attempt import MOST_TRIES, Attempt
from gym_gui.core.runs.queue.environment import EnvironmentKeeper, forget_environment
from gym_gui.core.runs.queue.files import can_be_started, was_started
from gym_gui.core.runs.queue.limits import queue_limits, shortage_of_disk
from gym_gui.core.runs.queue.queue import RunQueue
from gym_gui.core.runs.queue.record import QueueEntry
from gym_gui.core.runs.record import ExitCause, ExitRecord

# What a launch that was cut short left in the line, or a run that was deleted while it waited.
_LEFT_OVER_AFTER_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the starter last saw.

    Attributes:
        running: Runs that are going or being started, whoever started them.
        limit: How many may be.
        waiting_for: Why none is started, "" when nothing is in the way.
        problems: Why a run cannot be started, by its id; others behind it are.
    """

    running: int = 0
    limit: int = 1
    waiting_for: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


class QueueStarter:
    """Starts the supervisors of queued runs; the caller holds the runner's lock.

    A run is started by starting its supervisor, which takes the run's own lock and refuses a run that was
    started before. So however often this process dies in between, no run is started twice.
    """

    def __init__(self, queue: RunQueue, environment: Mapping[str, str]) -> None:
        self.seen = Seen()
        self._queue = queue
        self._environment = environment
        self._keeper = EnvironmentKeeper(queue.files, environment)
        self._live = LiveRuns(queue.store.root)
        self._starting: dict[str, Attempt] = {}

    def is_starting(self) -> bool:
        """Whether a supervisor was started whose run is not taken up yet."""
        return any(attempt.is_under_way for attempt in self._starting.values())

    def tidy(self) -> list[QueueEntry]:
        """Takes out of the line what does not wait any more; the runs that do, in order."""
        self._reap()
        files = self._queue.files
        ids = set(files.waiting_ids())
        for run_id in ids:
            run = self._queue.run_of(run_id)
            if was_started(run) or (not can_be_started(run) and _is_old(files.entry(run_id))):
                die_if_asked_to("queue_before_dropping", self._environment)
                self._queue.leave(run_id)
                self._starting.pop(run_id, None)
        for run_id in set(files.environment_ids()) - ids:
            if _is_old(files.environment(run_id)):
                forget_environment(files, run_id)
        waiting = self._queue.waiting()
        self._keeper.remember({entry.run_id for entry in waiting})
        return waiting

    def start_what_may_be(self, waiting: Sequence[QueueEntry]) -> None:
        """Starts as many of these runs as there is room for, the first in line first."""
        ids = {entry.run_id for entry in waiting}
        going = self._live.find(ids) | {run_id for run_id, a in self._starting.items() if a.is_under_way}
        problems = {run_id: text for run_id, text in self.seen.problems.items() if run_id in ids}
        self.seen = Seen(running=len(going), limit=self.seen.limit, problems=problems)
        try:
            limits = queue_limits()
        except SettingsError as error:
            self.seen = replace(self.seen, waiting_for=str(error))
            return
        self.seen = replace(self.seen, limit=limits.max_concurrent_runs)
        for entry in waiting:
            if entry.run_id in going:
                continue
            reason = self._no_room() or shortage_of_disk(self._queue.store.root, limits.min_free_disk_bytes)
            self.seen = replace(self.seen, waiting_for=reason)
            if reason:
                return
            self._start(entry.run_id)

    def _reap(self) -> None:
        """Takes the exit status of supervisors that have ended; what they did is in their runs."""
        ended = set()
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            ended.add(pid)
        for attempt in self._starting.values():
            if attempt.pid in ended:
                attempt.end()

    def _no_room(self) -> str:
        running, limit = self.seen.running, self.seen.limit
        return "" if running < limit else as_many_as_may(running, limit)

    def _start(self, run_id: str) -> None:
        """Starts the supervisor of one run, or notes why that cannot be."""
        run = self._queue.run_of(run_id)
        attempt = self._starting.setdefault(run_id, Attempt())
        if attempt.is_hopeless:
            self._give_up(run)
        if not attempt.is_due:
            return
        found = self._keeper.find(run_id)
        if found.problem or found.missing:
            self._note(run_id, found.problem or _gone(found.missing))
            return
        die_if_asked_to("queue_before_start", self._environment)
        try:
            attempt.begin(start_supervisor(run, found.variables))
        except OSError as error:
            self._note(run_id, f"its supervisor cannot be started: {error.strerror or error}")
            return
        die_if_asked_to("queue_after_start", self._environment)
        problems = {other: text for other, text in self.seen.problems.items() if other != run_id}
        self.seen = replace(self.seen, running=self.seen.running + 1, problems=problems)

    def _give_up(self, run: RunDirectory) -> None:
        """Ends a run whose supervisors die before they take it up: it would keep the whole queue waiting."""
        detail = (
            f"its supervisor died {MOST_TRIES} times before it took the run up; "
            f"try by hand: {shlex.join(supervisor_argv(run))}"
        )
        try:
            lock = osproc.take_lock(str(run.lock_file))
            if lock is None:
                return
            try:
                if not was_started(run):
                    record = ExitRecord(cause=ExitCause.FAILED, ended=time.time(), detail=detail)
                    write_json_atomically(run.exit_file, record)
            finally:
                os.close(lock)
        except OSError as error:
            self._note(run.run_id, f"{run.path}: {error.strerror or error}; check disk and permissions")

    def _note(self, run_id: str, problem: str) -> None:
        self.seen = replace(self.seen, problems={**self.seen.problems, run_id: problem})


def as_many_as_may(running: int, limit: int) -> str:
    """Why nothing is started while so many runs are going: more than `limit` once that was lowered."""
    going = "1 run is" if running == 1 else f"{running:,} runs are"
    return f"{going} going, and no more than {limit:,} may at once"


def _is_old(file: Path) -> bool:
    try:
        return time.time() - os.lstat(file).st_mtime > _LEFT_OVER_AFTER_S
    except OSError:
        return False


def _gone(names: tuple[str, ...]) -> str:
    listed = ", ".join(names)
    return (
        f"{listed} {'was' if len(names) == 1 else 'were'} given for it and kept in memory only, which was "
        "cleared since: set it in the environment and say `gym-gui queue start RUN`, or cancel the run"
    )
