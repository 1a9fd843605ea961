"""Whoever looks sees to it that queued runs are started."""

from __future__ import annotations

import time

from gym_gui.commands.console import Console
from gym_gui.commands.plain import plain
from gym_gui.config.settings import SettingsError
from gym_gui.core.runs.queue.queue import RunQueue
from gym_gui.core.runs.queue.status import QueueStatus, ensure_runner, look_at_queue

_SEEN_WITHIN_S = 3.0
_PAUSE_S = 0.02


def tend(queue: RunQueue, console: Console) -> bool:
    """Begins a process that starts queued runs where one is needed; whether it did.

    That it cannot be done is said and keeps no command from what it is for.
    """
    try:
        return ensure_runner(queue) is not None
    except (OSError, SettingsError) as error:
        console.note(plain(f"Queued runs are not started: {error}"))
        return False


def tended_status(queue: RunQueue, console: Console) -> QueueStatus:
    """How the queue stands once somebody starts what waits, or once it is clear that nobody does."""
    deadline = time.monotonic() + (_SEEN_WITHIN_S if tend(queue, console) else 0.0)
    while True:
        status = look_at_queue(queue)
        if not status.needs_runner or time.monotonic() >= deadline:
            return status
        time.sleep(_PAUSE_S)
