"""Which runs the live processes of this machine belong to, by the run id they were started with."""

from __future__ import annotations

import os
import time

from gym_gui.constants import ENV_RUN_DIR, ENV_RUN_ID
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.tree import is_directory_of

_FRESH_S = 2.0


class Carriers:
    """A look at all processes that answers for any number of runs, taken anew when it is two seconds old.

    Attributes:
        taken: When it was taken, on the monotonic clock.
    """

    def __init__(self) -> None:
        self.taken = float("-inf")
        self._carriers: dict[str, list[tuple[str | None, osproc.Process]]] = {}

    def of(self, run_dir: str, since: float = float("-inf")) -> list[osproc.Process]:
        """Live processes that carry the id of the run in `run_dir`, in a look not older than `since`."""
        if time.monotonic() - self.taken > _FRESH_S or self.taken < since:
            self._look()
        found = self._carriers.get(os.path.basename(run_dir), ())
        return [process for directory, process in found if is_directory_of(directory, run_dir)]

    def _look(self) -> None:
        self.taken = time.monotonic()
        self._carriers = {}
        for process in osproc.all_processes():
            run_id = osproc.environment_entry(process.pid, ENV_RUN_ID)
            if run_id is not None and process.pid != os.getpid():
                directory = osproc.environment_entry(process.pid, ENV_RUN_DIR)
                self._carriers.setdefault(run_id, []).append((directory, process))
