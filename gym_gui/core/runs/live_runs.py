"""Which of many runs are going, counted again and again at little cost."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from pathlib import Path

from gym_gui.constants import WORKER_STARTUP_TIMEOUT_S
from gym_gui.core.runs.cached import CachedRecord
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.ids import is_run_id
from gym_gui.core.runs.processes.carriers import Carriers
from gym_gui.core.runs.processes.liveness import LivenessProbe
from gym_gui.core.runs.record import ProcessRecord

# A directory that was made becomes a run when its record is written; that does not touch the folder.
_LISTED_AGAIN_FOR_S = 10.0
_LISTED_EVERY_S = 30.0
# A run found dead in all looks for this long has nobody left who could bring it back.
_DEAD_FOR_GOOD_S = 10.0


class LiveRuns:
    """The runs below one folder that have processes, or were just launched and will have."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._carriers = Carriers()
        self._unended: dict[str, _Unended] = {}
        self._over: set[str] = set()
        self._folder_time = -1.0
        self._listed = float("-inf")

    def find(self, waiting: Collection[str]) -> set[str]:
        """Ids of the runs that are going; of those `waiting` in the queue, the ones being started."""
        self._list_folder()
        live = set()
        for run_id, run in list(self._unended.items()):
            match run.look(is_waiting=run_id in waiting):
                case True:
                    live.add(run_id)
                case None:
                    del self._unended[run_id]
                    self._over.add(run_id)
        return live

    def _list_folder(self) -> None:
        changed = _modified(self._root)
        lately = time.time() - changed < _LISTED_AGAIN_FOR_S
        if changed == self._folder_time and not lately and time.monotonic() - self._listed < _LISTED_EVERY_S:
            return
        self._folder_time, self._listed = changed, time.monotonic()
        try:
            names = {name for name in os.listdir(self._root) if is_run_id(name)}
        except (FileNotFoundError, NotADirectoryError):
            names = set()
        self._over &= names
        for gone in self._unended.keys() - names:
            del self._unended[gone]
        for name in names - self._over - self._unended.keys():
            self._unended[name] = _Unended(RunDirectory(self._root / name), self._carriers)


class _Unended:
    """A run that has not been seen to be over."""

    def __init__(self, run: RunDirectory, carriers: Carriers) -> None:
        self._run = run
        self._process = CachedRecord(run.process_file, ProcessRecord)
        self._probe = LivenessProbe(run, carriers)
        self._dead_since: float | None = None

    def look(self, *, is_waiting: bool) -> bool | None:
        """Whether it is going; None when it is over for good."""
        if os.path.lexists(self._run.exit_file):
            return None
        self._process.refresh()
        alive = self._probe.look(self._process.value, was_started=self._process.exists)
        if alive.lock_held or alive.supervisor_alive or alive.worker_alive or alive.others_alive:
            self._dead_since = None
            return True
        if is_waiting or not self._process.exists:
            return not is_waiting and self._is_about_to_start()
        return self._dead_or_gone()

    def _is_about_to_start(self) -> bool:
        """Whether it was launched a moment ago, so that its supervisor will be there in another."""
        launched = _modified(self._run.record_file)
        return launched > 0 and time.time() - launched < WORKER_STARTUP_TIMEOUT_S

    def _dead_or_gone(self) -> bool | None:
        now = time.monotonic()
        if self._dead_since is None:
            self._dead_since = now
        return None if now - self._dead_since > _DEAD_FOR_GOOD_S else False


def _modified(path: Path) -> float:
    try:
        return os.lstat(path).st_mtime
    except OSError:
        return 0.0
