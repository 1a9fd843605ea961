"""All runs, watched: the folder is polled, and what goes on is looked at in slices too short to be felt."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.core.runs.directory import RunDirectory, RunNotFoundError, RunStore
from gym_gui.core.runs.index import IndexedRun, RunIndex, is_settled, look_for_good
from gym_gui.core.runs.index.settled import Looks
from gym_gui.core.runs.observe import RunObserver
from gym_gui.core.runs.processes.carriers import Carriers
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.runs_settled import SettledRuns
from gym_gui.services.tasks import TaskRunner

_logger = logging.getLogger(__name__)
_INTERVAL_MS = 500
_SLICE_S = 0.006
_TELL_EVERY_S = 0.1
_LOOKING_PER_TELLING = 5
_TOLD_AT_ONCE = 2500
_ENDED_EVERY_S = 10.0
_SETTLES_WITHIN_S = 2.5
_LISTING_EVERY_S = 5.0
_CHANGED_LATELY_S = 10.0


class _Listing(NamedTuple):
    run_ids: list[str]
    known: dict[str, IndexedRun]


class RunsWatch(QObject):
    """Keeps a summary of every run in the store and tells what changed, never more.

    Live runs are looked at every round, in slices of a few milliseconds. Of those that have ended for good
    the index knows how, and every ten seconds the background looks whether their files are still the same
    (their labels may be edited elsewhere).
    """

    changed = Signal(object)
    removed = Signal(object)
    listed = Signal()
    unreadable = Signal(str)

    def __init__(
        self,
        store: RunStore,
        tasks: TaskRunner,
        parent: QObject | None = None,
        *,
        index: RunIndex | None = None,
        interval_ms: int = _INTERVAL_MS,
        observe: Callable[[RunDirectory], Looks] | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._tasks = tasks
        # All observers share one look at the processes of the machine.
        self._observe = observe or partial(RunObserver, carriers=Carriers())
        self._observers: dict[str, Looks] = {}
        self._settled = SettledRuns(store.root, index, tasks, self)
        self._settled.changed.connect(self._look_again)
        self._summaries: dict[str, RunSummary] = {}
        self._due: dict[str, float] = {}
        self._queue: deque[str] = deque()
        self._batch: list[RunSummary] = []
        self._told_at = float("-inf")
        self._tell_every_s = _TELL_EVERY_S
        self._listed_once = False
        self._told = False
        self._next_listing = 0.0
        self._folder_time = -1.0
        self._listing = False
        self._warned = False
        self._round = QTimer(self)
        self._round.setInterval(interval_ms)
        self._round.timeout.connect(self._begin_round)
        self._slice = QTimer(self)
        self._slice.setSingleShot(True)
        self._slice.setInterval(0)
        self._slice.timeout.connect(self._work_a_slice)

    def start(self) -> None:
        """Begin with a round at once, then keep polling."""
        self._round.start()
        self._begin_round()

    def stop(self) -> None:
        """Stop polling; what is known stays."""
        self._round.stop()
        self._slice.stop()
        self._queue.clear()

    def summary(self, run_id: str) -> RunSummary | None:
        """What is known of a run, or None when it is not (yet) known."""
        return self._summaries.get(run_id)

    def summaries(self) -> list[RunSummary]:
        """Everything that is known, in no order."""
        return list(self._summaries.values())

    def look_at(self, run_id: str) -> RunSummary | None:
        """Refresh one run now, ahead of its turn; None when there is no such run."""
        batch: list[RunSummary] = []
        if run_id in self._settled and not self._settled.is_as_it_was(run_id):
            self._settled.drop(run_id)
        if run_id not in self._settled:
            self._refresh(run_id, batch)
        if batch:
            self.changed.emit(batch)
        return self._summaries.get(run_id)

    def _begin_round(self) -> None:
        if self._listed_once:
            self._settled.check_when_due()
            self._settled.save_when_due({*self._due, *self._summaries})
        if self._queue:
            return
        now = time.monotonic()
        if not self._listing and self._listing_is_stale(now):
            self._list_folder(now)
        self._queue.extend(run_id for run_id, due in self._due.items() if due <= now)
        self._work_a_slice()

    def _listing_is_stale(self, now: float) -> bool:
        """Whether the folder changed or may have.

        A directory becomes a run when its record is written, which does not touch the folder
        itself: so for a while after each change, and every few seconds, it is listed again.
        """
        folder_time = _modified(self._store.root)
        changed_lately = time.time() - folder_time < _CHANGED_LATELY_S
        return changed_lately or folder_time != self._folder_time or now >= self._next_listing

    def _list_folder(self, now: float) -> None:
        self._listing = True
        self._next_listing = now + _LISTING_EVERY_S
        # A run that is looked at while the folder is read may be missing from what was read.
        known_before = {*self._due, *self._summaries}
        self._tasks.start(
            "Listing runs",
            self._listing_with_known if not self._listed_once else self._listing_alone,
            owner=self,
            done=partial(self._take_listing, known_before=known_before),
            failed=self._miss_listing,
        )

    def _listing_with_known(self) -> _Listing:
        run_ids = self._store.run_ids()
        return _Listing(run_ids, self._settled.load(run_ids))

    def _listing_alone(self) -> _Listing:
        return _Listing(self._store.run_ids(), {})

    def _miss_listing(self, error: Exception) -> None:
        self._listing = False
        if not self._warned:
            self._warned = True
            self.unreadable.emit(f"{self._store.root}: {error}")

    def _take_listing(self, listing: _Listing, known_before: set[str]) -> None:
        self._listing = False
        self._warned = False
        self._folder_time = _modified(self._store.root)
        present = set(listing.run_ids)
        gone = [run_id for run_id in known_before if run_id not in present and self._knows(run_id)]
        for run_id in gone:
            self._forget(run_id)
        self._take_known(listing.known)
        for run_id in listing.run_ids:
            if run_id not in self._settled:
                self._due.setdefault(run_id, 0.0)
        if gone:
            self._settled.note_loss()
            self.removed.emit(gone)
        self._listed_once = True
        if not self._queue:
            self._queue.extend(run_id for run_id in listing.run_ids if run_id not in self._summaries)
            self._work_a_slice()

    def _take_known(self, known: dict[str, IndexedRun]) -> None:
        new = {run_id: run for run_id, run in known.items() if run_id not in self._summaries}
        self._settled.take_known(new)
        for run_id, run in new.items():
            self._summaries[run_id] = run.summary
            self._batch.append(run.summary)

    def _look_again(self, run_ids: list[str]) -> None:
        for run_id in run_ids:
            if run_id in self._settled:
                self._settled.drop(run_id)
                self._due[run_id] = 0.0

    def _knows(self, run_id: str) -> bool:
        return run_id in self._due or run_id in self._summaries

    def _forget(self, run_id: str) -> None:
        self._settled.drop(run_id)
        self._due.pop(run_id, None)
        self._observers.pop(run_id, None)
        self._summaries.pop(run_id, None)

    def _work_a_slice(self) -> None:
        now = time.monotonic()
        end, longest = now + _SLICE_S, 0.0
        # One more only where it can be expected to fit: a look at a run that prints much takes milliseconds.
        while self._queue and now + longest < end:
            self._refresh(self._queue.popleft(), self._batch)
            before, now = now, time.monotonic()
            longest = max(longest, now - before)
        self._tell_when_due()
        if self._queue or self._batch:
            self._slice.start()
        elif self._listed_once and not self._told:
            self._told = True
            self.listed.emit()

    def _tell_when_due(self) -> None:
        """Tell what changed, at a round's end and now and then before: each telling repaints a table.

        The longer that takes, the less often it is done, so that most of the time goes into looking.
        """
        now = time.monotonic()
        if self._batch and (not self._queue or now - self._told_at >= self._tell_every_s):
            batch, self._batch = self._batch[:_TOLD_AT_ONCE], self._batch[_TOLD_AT_ONCE:]
            self.changed.emit(batch)
            self._told_at = time.monotonic()
            self._tell_every_s = max(_TELL_EVERY_S, _LOOKING_PER_TELLING * (self._told_at - now))

    def _refresh(self, run_id: str, batch: list[RunSummary]) -> None:
        try:
            summary = self._look(run_id)
        except (RunNotFoundError, ValueError):
            _logger.debug("run %s went away before it was looked at", run_id)
            self._due.pop(run_id, None)
            return
        if summary != self._summaries.get(run_id):
            self._summaries[run_id] = summary
            batch.append(summary)

    def _look(self, run_id: str) -> RunSummary:
        """The run as it stands; one that has ended for good is looked at once more, to be settled."""
        observer = self._observers.get(run_id)
        summary = observer.refresh() if observer is not None else None
        if summary is None or is_settled(summary):
            observer, seen = look_for_good(self._store.open(run_id), self._observe)
            summary = seen.summary
            if is_settled(summary) and seen.stamps.are_unmistakable(time.time()):
                self._settle(seen)
                return summary
            self._observers[run_id] = observer
        ended_wait = _SETTLES_WITHIN_S if is_settled(summary) else _ENDED_EVERY_S
        self._due[run_id] = time.monotonic() + (ended_wait if summary.state.is_over else 0.0)
        return summary

    def _settle(self, run: IndexedRun) -> None:
        self._settled.put(run)
        self._observers.pop(run.summary.run_id, None)
        self._due.pop(run.summary.run_id, None)


def _modified(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
