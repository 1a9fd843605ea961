"""Ending everything that a process has started, which must be a subreaper: nothing escapes its reaper."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence

from gym_gui.core.runs.processes import osproc


def end_descendants(grace_s: float) -> None:
    """Ask every descendant to end, and kill what has not after the grace; all are our children in the end."""
    asked = time.monotonic()
    number = signal.SIGTERM
    told: set[int] = set()
    while _reap():
        if number == signal.SIGTERM and time.monotonic() - asked > grace_s:
            number = signal.SIGKILL
            told.clear()
        for process in _descendants():
            if process.pid not in told:
                told.add(process.pid)
                osproc.send_signal(process, number)
        time.sleep(0.02)


def _reap() -> bool:
    """Collect the children that ended; whether there are others."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if not pid:
            return True


def _descendants() -> Sequence[osproc.Process]:
    everything = osproc.all_processes()
    below = {os.getpid()}
    found: list[osproc.Process] = []
    grew = True
    while grew:
        more = [p for p in everything if p.parent in below and p.pid not in below]
        below.update(p.pid for p in more)
        found += more
        grew = bool(more)
    return found
