"""How the queue stands, for whoever looks: what waits, what it waits for, and whether anybody starts it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from gym_gui.config.settings import SettingsError
from gym_gui.core.runs.files import RecordError, read_record
from gym_gui.core.runs.launch import supervisor_environment
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.queue.limits import queue_limits
from gym_gui.core.runs.queue.queue import RunQueue
from gym_gui.core.runs.queue.record import QueueEntry, QueueHold, RunnerRecord

RUNNER_MODULE = "gym_gui.core.runs.queue.runner"
_NOBODY = "no process starts queued runs just now"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStatus:
    """The queue at one moment.

    Attributes:
        waiting: The runs that wait, the next one first.
        hold: Who holds the queue and why, None when nobody does.
        is_tended: Whether a process is at work that starts them.
        running: Runs that are going, whoever started them; None when nobody counts.
        limit: How many may go at once; None when the settings cannot be read.
        waiting_for: Why none is started just now, "" when nothing is in the way or nothing waits.
        problems: Why a run cannot be started, by its id.
    """

    waiting: tuple[QueueEntry, ...] = ()
    hold: QueueHold | None = None
    is_tended: bool = False
    running: int | None = None
    limit: int | None = None
    waiting_for: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs_runner(self) -> bool:
        """Whether runs wait that nobody starts, though nobody holds them back."""
        return bool(self.waiting) and self.hold is None and not self.is_tended


def look_at_queue(queue: RunQueue) -> QueueStatus:
    """The queue as it is now; reads files only, a few for each run that waits."""
    is_tended = osproc.lock_is_held(str(queue.files.runner_lock))
    waiting = tuple(queue.waiting())
    hold = queue.held()
    runner = _what_the_runner_saw(queue) if is_tended else None
    limit, problem = _limit()
    reason = ""
    if waiting and hold is not None:
        reason = held_text(hold)
    elif waiting:
        reason = runner.waiting_for if runner is not None else problem or ("" if is_tended else _NOBODY)
    return QueueStatus(
        waiting=waiting,
        hold=hold,
        is_tended=is_tended,
        running=runner.running if runner is not None else None,
        limit=limit,
        waiting_for=reason,
        problems=runner.problems if runner is not None else {},
    )


def held_text(hold: QueueHold) -> str:
    """Who holds the queue and why, as a clause: "held by anna (gym-gui, process 7): the GPU is needed"."""
    by = f" by {hold.by}" if hold.by else ""
    return f"held{by}{f': {hold.reason}' if hold.reason else ''}"


def runner_argv(queue: RunQueue) -> list[str]:
    """The command that starts the queued runs until none is left."""
    return [sys.executable, "-P", "-m", RUNNER_MODULE, os.path.abspath(queue.store.root)]


def needs_runner(queue: RunQueue) -> bool:
    """Whether runs wait that nobody starts, though nobody holds them back.

    Looked at while nobody changes the line: a process that is about to end for want of work has then either
    seen what waits, or let go of its lock.

    Raises:
        OSError: When the queue may not be changed by this user.
    """
    if not queue.files.waiting_ids():
        return False
    with queue.changing():
        return look_at_queue(queue).needs_runner


def ensure_runner(queue: RunQueue) -> int | None:
    """Sees to it that queued runs are started; the pid of the process that was begun for it, if one was.

    The process is a child of this one, which has to wait for it if it goes on for long itself.

    Raises:
        SettingsError: The settings cannot be read.
        OSError: When the queue may not be changed by this user, or no process can be started.
    """
    if not needs_runner(queue):
        return None
    return osproc.spawn_detached(runner_argv(queue), supervisor_environment())


def _what_the_runner_saw(queue: RunQueue) -> RunnerRecord | None:
    try:
        record = read_record(queue.files.runner, RunnerRecord)
    except (FileNotFoundError, RecordError):
        return None
    # One that was killed leaves its record behind; the next one writes its own in a moment.
    return record if osproc.find(record.runner) is not None else None


def _limit() -> tuple[int | None, str]:
    try:
        return queue_limits().max_concurrent_runs, ""
    except SettingsError as error:
        return None, str(error)
