"""All runs of a store as they are now: those that ended from the index, all others looked at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from gym_gui.core.runs.directory import RunNotFoundError, RunStore
from gym_gui.core.runs.index.run_index import RunIndex
from gym_gui.core.runs.index.settled import IndexedRun, is_settled, look_for_good
from gym_gui.core.runs.observe import RunObserver
from gym_gui.core.runs.processes.carriers import Carriers
from gym_gui.core.runs.summary import RunSummary

# Whoever wants the newest few should not wait for all that are known.
_FIRST_ASKED, _ASKED_AT_A_TIME = 64, 2000


class RunCatalogue:
    """The runs of a store, newest first, each as it is when it is come to.

    Attributes:
        run_ids: Of all runs that were there when this was made.
    """

    def __init__(self, store: RunStore, index: RunIndex) -> None:
        self.run_ids = store.run_ids()
        self._store = store
        self._index = index
        self._observe = partial(RunObserver, carriers=Carriers())
        self._found_out: list[IndexedRun] = []
        self._is_complete = False

    def __iter__(self) -> Iterator[RunSummary]:
        """The summaries; a run that has been deleted meanwhile is passed over."""
        start, size = 0, _FIRST_ASKED
        while start < len(self.run_ids):
            asked = self.run_ids[start : start + size]
            known = self._index.load(self._store.root, asked)
            for run_id in asked:
                summary = known[run_id].summary if run_id in known else self._look(run_id)
                if summary is not None:
                    yield summary
            start, size = start + size, _ASKED_AT_A_TIME
        self._is_complete = True

    def remember(self) -> bool:
        """Keeps what had to be looked at and will not change, for next time; whether it could be kept."""
        found_out, self._found_out = self._found_out, []
        if not found_out:
            return True
        return self._index.save(found_out, self.run_ids if self._is_complete else None)

    def _look(self, run_id: str) -> RunSummary | None:
        try:
            run = self._store.open(run_id)
        except RunNotFoundError:
            return None
        _, seen = look_for_good(run, self._observe)
        if is_settled(seen.summary):
            self._found_out.append(seen)
        return seen.summary
