"""The processes of a run by name, kept in `tree.json`: for finding those that left it in every other way.

Standard library only: the supervisor writes the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable

from gym_gui.core.runs.atomic import write_atomically
from gym_gui.core.runs.processes.osproc import Process
from gym_gui.core.runs.processes.tree import is_directory_of

MEMBERS_FILE = "tree.json"
_MOST = 2000
_LARGEST_FILE_BYTES = 1024 * 1024

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gym_gui.core.runs.processes.osproc import Identified


class Member:
    """A process that belonged to the run when its supervisor last looked."""

    __slots__ = ("boot_id", "pid", "start_ticks")

    def __init__(self, pid: int, start_ticks: int, boot_id: str) -> None:
        self.pid = pid
        self.start_ticks = start_ticks
        self.boot_id = boot_id


class MembersFile:
    """Writes `tree.json` whenever the processes it names are others than before."""

    def __init__(self, run_dir: str, path: str) -> None:
        self._run_dir = run_dir
        self._path = path
        self._written: set[tuple[int, int]] = set()

    def update(self, tree: Iterable[Process]) -> None:
        """Names the processes of `tree`; one that could not be written is tried again the next time."""
        processes = list(tree)[:_MOST]
        names = {(process.pid, process.start_ticks) for process in processes}
        if not processes or names == self._written:
            return
        record = {
            "directory": self._run_dir,
            "boot_id": processes[0].boot_id,
            "processes": sorted(names),
        }
        try:
            write_atomically(self._path, json.dumps(record).encode("ascii") + b"\n", durable=False)
        except OSError:
            return
        self._written = names


def read_members(run_dir: str) -> list[Identified]:
    """The processes that `tree.json` of this run names; none when it is missing, broken or a copy's."""
    try:
        # A pipe in its place would make the reader wait.
        descriptor = os.open(os.path.join(run_dir, MEMBERS_FILE), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            record = json.loads(file.read(_LARGEST_FILE_BYTES))
        if not is_directory_of(record["directory"], run_dir):
            return []
        boot = str(record["boot_id"])
        named = record["processes"][:_MOST]
        # Nothing is read into a number: a start that is not exactly that of a process is not its start.
        return [Member(pid, ticks, boot) for pid, ticks in named if type(pid) is type(ticks) is int]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []
