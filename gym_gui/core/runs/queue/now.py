"""Starting a queued run out of turn, whatever else is going."""

from __future__ import annotations

import os
import time

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.launch import start_supervisor
from gym_gui.core.runs.queue.environment import EnvironmentKeeper
from gym_gui.core.runs.queue.files import can_be_started, was_started
from gym_gui.core.runs.queue.queue import NotQueuedError, RunQueue

_TAKEN_UP_WITHIN_S = 15.0
_PAUSE_S = 0.01


class CannotStartQueuedError(Exception):
    """A queued run cannot be started now; it stays in the queue. The message says why."""


def start_now(queue: RunQueue, run: RunDirectory) -> int:
    """Starts a waiting run now, in the environment it was queued in; the pid of its supervisor.

    Secrets that were kept for it and are gone are taken from the environment of this process. Neither
    a hold of the queue nor its limits count. Returns when the run was taken up.

    Raises:
        NotQueuedError: It does not wait.
        CannotStartQueuedError: Something it needs is gone, or its supervisor does not take it up.
        OSError: No process can be started.
    """
    waits = run.run_id in queue.files.waiting_ids()
    if not waits or not can_be_started(run):
        raise NotQueuedError(f"run {run.run_id} does not wait in the queue; `gym-gui queue` lists what does")
    found = EnvironmentKeeper(queue.files, os.environ).find(run.run_id)
    if found.problem:
        raise CannotStartQueuedError(found.problem)
    if found.missing:
        raise CannotStartQueuedError(f"set {', '.join(found.missing)} in the environment, which it was given")
    pid = start_supervisor(run, found.variables)
    deadline = time.monotonic() + _TAKEN_UP_WITHIN_S
    while not was_started(run):
        if time.monotonic() > deadline:
            raise CannotStartQueuedError(
                f"{run.path}: its supervisor has not taken it up; check its permissions"
            )
        time.sleep(_PAUSE_S)
    queue.leave(run.run_id)
    return pid
