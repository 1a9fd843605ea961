"""Ending a tree of processes: ask, wait, force, and count. Standard library only."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.osproc import Process
from gym_gui.core.runs.processes.tree import RunTree

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


def end_tree(tree: RunTree, grace_s: float, pause: Callable[[float], bool]) -> EndedTree:
    """Ends every process of `tree`, until there is none.

    SIGTERM first, to each process as it is found; after `grace_s` seconds SIGKILL. `pause` is called to
    let time pass, may return early when a process has ended, and returns False to cut the grace short.
    """
    ending = _Ending(tree, pause)
    ending.ask(grace_s)
    ending.force()
    return ending.outcome()


class _Ending:
    def __init__(self, tree: RunTree, pause: Callable[[float], bool]) -> None:
        self._tree = tree
        self._pause = pause
        self._seen: set[tuple[int, int]] = set()
        self._killed: set[tuple[int, int]] = set()
        self._live: list[Process] = []

    def ask(self, grace_s: float) -> None:
        deadline = time.monotonic() + grace_s
        asked: set[tuple[int, int]] = set()
        pause_s = _SHORTEST_PAUSE_S
        while self._any_left() and time.monotonic() < deadline:
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
        while self._any_left() and time.monotonic() < deadline:
            # Frozen first, so that a process that keeps forking cannot outrun the search.
            while self._tree.freeze_newest() and time.monotonic() < deadline:
                self._pause(0.0)
            self._look()
            for process in self._live:
                self._killed.add(_key(process))
                osproc.send_signal(process, signal.SIGKILL)
            self._pause(_SHORTEST_PAUSE_S)

    def outcome(self) -> EndedTree:
        left = {_key(process) for process in self._live}
        unseen = 0 if left or self._tree.is_gone() else 1
        return EndedTree(
            found=len(self._seen) + unseen,
            ended_by_term=len(self._seen - self._killed - left),
            ended_by_kill=len(self._killed - left),
            left=len(left) + unseen,
        )

    def _look(self) -> None:
        self._live = self._tree.find()
        self._seen.update(map(_key, self._live))

    def _any_left(self) -> bool:
        self._look()
        return bool(self._live) or not self._tree.is_gone()


def _key(process: Process) -> tuple[int, int]:
    return process.pid, process.start_ticks
