"""Ending a tree of processes: ask, wait, force, and count. Standard library only."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

from gym_gui.core.runs import osproc
from gym_gui.core.runs.osproc import Process

_SHORTEST_PAUSE_S = 0.01
_LONGEST_PAUSE_S = 0.2
# A process that SIGKILL does not end by then is stuck in the kernel; nothing more can be done from outside.
KILL_LIMIT_S = 10.0


class EndedTree:
    """What became of the processes that were found; `left` of them could not be ended."""

    __slots__ = ("ended_by_kill", "ended_by_term", "found", "left")

    def __init__(self, found: int, ended_by_term: int, ended_by_kill: int, left: int) -> None:
        self.found = found
        self.ended_by_term = ended_by_term
        self.ended_by_kill = ended_by_kill
        self.left = left


def end_tree(find: Callable[[], list[Process]], grace_s: float, pause: Callable[[float], bool]) -> EndedTree:
    """Ends every process `find` finds, until it finds none.

    SIGTERM first, to each process as it is found; after `grace_s` seconds SIGKILL. `pause` is called to
    let time pass, may return early when a process has ended, and returns False to cut the grace short.
    """
    tree = _Tree(find, pause)
    tree.ask(grace_s)
    tree.force()
    return tree.outcome()


class _Tree:
    def __init__(self, find: Callable[[], list[Process]], pause: Callable[[float], bool]) -> None:
        self._find = find
        self._pause = pause
        self._seen: set[tuple[int, int]] = set()
        self._killed: set[tuple[int, int]] = set()
        self._live: list[Process] = []

    def ask(self, grace_s: float) -> None:
        deadline = time.monotonic() + grace_s
        asked: set[tuple[int, int]] = set()
        pause_s = _SHORTEST_PAUSE_S
        while self._look() and time.monotonic() < deadline:
            for process in self._live:
                if _key(process) not in asked:
                    asked.add(_key(process))
                    osproc.send_signal(process, signal.SIGTERM)
                    osproc.send_signal(process, signal.SIGCONT)  # a frozen one could not act on it
            if not self._pause(min(pause_s, max(deadline - time.monotonic(), 0.0))):
                return
            pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)

    def force(self) -> None:
        deadline = time.monotonic() + KILL_LIMIT_S
        while self._look() and time.monotonic() < deadline:
            # Frozen first, so that a process that keeps forking cannot outrun the search.
            for process in self._live:
                osproc.send_signal(process, signal.SIGSTOP)
            for process in self._look():
                self._killed.add(_key(process))
                osproc.send_signal(process, signal.SIGKILL)
            self._pause(_SHORTEST_PAUSE_S)

    def outcome(self) -> EndedTree:
        left = {_key(process) for process in self._live}
        return EndedTree(
            found=len(self._seen),
            ended_by_term=len(self._seen - self._killed - left),
            ended_by_kill=len(self._killed - left),
            left=len(left),
        )

    def _look(self) -> list[Process]:
        self._live = self._find()
        self._seen.update(map(_key, self._live))
        return self._live


def _key(process: Process) -> tuple[int, int]:
    return process.pid, process.start_ticks
