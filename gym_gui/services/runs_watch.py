"""All runs, watched: the folder is polled and each run's state refreshed in slices too short to be felt."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.core.runs.carriers import Carriers
from gym_gui.core.runs.directory import RunDirectory, RunNotFoundError, RunStore
from gym_gui.core.runs.observe import RunObserver
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.tasks import TaskRunner

_logger = logging.getLogger(__name__)
_INTERVAL_MS = 500
_SLICE_S = 0.006
_TELL_EVERY_S = 0.1
_SETTLED_EVERY_S = 10.0
_LISTING_EVERY_S = 5.0
_CHANGED_LATELY_S = 10.0


class Observer(Protocol):
    """What the watch needs of `RunObserver`."""

    def refresh(self, now: float | None = None) -> RunSummary:
        """The run as it stands."""
        ...


class RunsWatch(QObject):
    """Keeps a summary of every run in the store and tells what changed, never more.

    Live runs are looked at every round, finished ones every ten seconds (their labels
    may be edited elsewhere). A round is cut into slices of a few milliseconds.
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
        interval_ms: int = _INTERVAL_MS,
        observe: Callable[[RunDirectory], Observer] | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._tasks = tasks
        # All observers share one look at the processes of the machine.
        self._observe = observe or partial(RunObserver, carriers=Carriers())
        self._observers: dict[str, Observer] = {}
        self._summaries: dict[str, RunSummary] = {}
        self._due: dict[str, float] = {}
        self._queue: deque[str] = deque()
        self._batch: list[RunSummary] = []
        self._told_at = float("-inf")
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
        self._refresh(run_id, batch)
        if batch:
            self.changed.emit(batch)
        return self._summaries.get(run_id)

    def _begin_round(self) -> None:
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
        self._tasks.start(
            "Listing runs",
            self._store.run_ids,
            owner=self,
            done=self._take_listing,
            failed=self._miss_listing,
        )

    def _miss_listing(self, error: Exception) -> None:
        self._listing = False
        if not self._warned:
            self._warned = True
            self.unreadable.emit(f"{self._store.root}: {error}")

    def _take_listing(self, run_ids: list[str]) -> None:
        self._listing = False
        self._warned = False
        self._folder_time = _modified(self._store.root)
        present = set(run_ids)
        gone = [run_id for run_id in self._due if run_id not in present]
        for run_id in gone:
            self._forget(run_id)
        for run_id in run_ids:
            self._due.setdefault(run_id, 0.0)
        if gone:
            self.removed.emit(gone)
        self._listed_once = True
        if not self._queue:
            self._queue.extend(run_id for run_id in run_ids if run_id not in self._summaries)
            self._work_a_slice()

    def _forget(self, run_id: str) -> None:
        self._due.pop(run_id, None)
        self._observers.pop(run_id, None)
        self._summaries.pop(run_id, None)

    def _work_a_slice(self) -> None:
        end = time.monotonic() + _SLICE_S
        while self._queue and time.monotonic() < end:
            self._refresh(self._queue.popleft(), self._batch)
        self._tell_when_due()
        if self._queue:
            self._slice.start()
        elif self._listed_once and not self._told:
            self._told = True
            self.listed.emit()

    def _tell_when_due(self) -> None:
        """Tell what changed, at a round's end and now and then before: each telling repaints a table."""
        now = time.monotonic()
        if self._batch and (not self._queue or now - self._told_at >= _TELL_EVERY_S):
            batch, self._batch = self._batch, []
            self._told_at = now
            self.changed.emit(batch)

    def _refresh(self, run_id: str, batch: list[RunSummary]) -> None:
        observer = self._observers.get(run_id)
        if observer is None:
            try:
                observer = self._observers[run_id] = self._observe(self._store.open(run_id))
            except (RunNotFoundError, ValueError):
                _logger.debug("run %s went away before it was looked at", run_id)
                self._due.pop(run_id, None)
                return
        summary = observer.refresh()
        wait = _SETTLED_EVERY_S if summary.state.is_over else 0.0
        self._due[run_id] = time.monotonic() + wait
        if summary != self._summaries.get(run_id):
            self._summaries[run_id] = summary
            batch.append(summary)


def _modified(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
