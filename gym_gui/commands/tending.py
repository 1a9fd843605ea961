"""Whoever looks sees to it that queued runs are started."""

from __future__ import annotations

from gym_gui.commands.console import Console
from gym_gui.commands.plain import plain
from gym_gui.config.settings import SettingsError
from gym_gui.core.runs.queue import RunQueue
from gym_gui.core.runs.queue_status import ensure_runner


def tend(queue: RunQueue, console: Console) -> None:
    """Begins a process that starts queued runs where one is needed; says so when that cannot be."""
    try:
        ensure_runner(queue)
    except (OSError, SettingsError) as error:
        console.note(plain(f"Queued runs are not started: {error}"))
