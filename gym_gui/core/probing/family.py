"""Every process that came from one child, found also when it left the child's session to escape."""

from __future__ import annotations

import os
import signal
import time

from gym_gui.core.runs.processes import osproc

# Set for a probed process and inherited by whatever it starts.
ENV_MARK = "MOSAIC_PROBE_ID"
_ENDING_S = 5.0
_PAUSE_S = 0.01


class Family:
    """The live processes that carry a mark in their environment, or share a session with or descend from one.

    A look is cheap: each process is examined once, and only those of the family are looked at again.
    """

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._strangers: set[int] = set()
        self._members: dict[int, osproc.Process] = {}

    def look(self) -> list[osproc.Process]:
        """The members that are alive now."""
        pids = osproc.all_pids()
        self._strangers.intersection_update(pids)
        alive: dict[int, osproc.Process] = {}
        for pid in sorted(pids):
            process = None if pid in self._strangers else osproc.look_at(pid)
            if process is not None and self._belongs(process, alive):
                alive[pid] = process
            elif process is not None:
                self._strangers.add(pid)
        self._members = alive
        return [process for process in alive.values() if process.alive]

    def end(self) -> bool:
        """Kills every member, and those that are born meanwhile; False when some live on after 5 s.

        All are stopped before the first is killed: what forks faster than it is killed would go on for ever.
        """
        deadline = time.monotonic() + _ENDING_S
        while time.monotonic() < deadline:
            self._strangers.clear()  # a number may have passed on to a member
            members = self.look()
            if not members:
                return True
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for process in members:
                    osproc.send_signal(process, number)
            time.sleep(_PAUSE_S)
        return not self.look()

    def _belongs(self, process: osproc.Process, alive: dict[int, osproc.Process]) -> bool:
        before = self._members.get(process.pid)
        if before is not None and before.is_same(process):
            return True
        if process.pid == os.getpid():
            return False
        return (
            process.parent in alive
            or process.parent in self._members
            or process.session in self._members
            or osproc.environment_entry(process.pid, ENV_MARK) == self._mark
        )
