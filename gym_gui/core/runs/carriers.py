"""Which runs the live processes of this machine belong to, by the run id they were started with."""

from __future__ import annotations

import os
import time

from gym_gui.constants import ENV_RUN_DIR, ENV_RUN_ID
from gym_gui.core.runs import osproc
from gym_gui.core.runs.tree import is_directory_of

_FRESH_S = 2.0


class Carriers:
    """A look at all processes that answers for any number of runs, taken anew when it is two seconds old."""

    def __init__(self) -> None:
        self._taken = float("-inf")
        self._directories: dict[str, list[str | None]] = {}

    def count(self, run_dir: str) -> int:
        """How many live processes carry the id of the run in `run_dir`."""
        if time.monotonic() - self._taken > _FRESH_S:
            self._look()
        found = self._directories.get(os.path.basename(run_dir), ())
        return sum(is_directory_of(directory, run_dir) for directory in found)

    def _look(self) -> None:
        self._taken = time.monotonic()
        self._directories = {}
        for process in osproc.all_processes():
            run_id = osproc.environment_entry(process.pid, ENV_RUN_ID)
            if run_id is not None and process.pid != os.getpid():
                directory = osproc.environment_entry(process.pid, ENV_RUN_DIR)
                self._directories.setdefault(run_id, []).append(directory)
