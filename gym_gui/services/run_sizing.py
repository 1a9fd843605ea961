"""When runs are measured: as they come, when they change or end, and while they go on again and again."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.services.disk_watch import RunSizes
from gym_gui.services.runs_watch import RunsWatch

_LIVE_EVERY_MS = 10_000
_TOLD_EVERY_MS = 400


class RunSizing(QObject):
    """Has `sizes` measure the runs that `watch` knows.

    Every run is measured once and again when it ends or its records change; one that goes on every ten
    seconds. `measured` carries sizes in bytes by the run's id, many at once.
    """

    measured = Signal(object)

    def __init__(
        self,
        watch: RunsWatch,
        sizes: RunSizes,
        parent: QObject | None = None,
        *,
        interval_ms: int = _LIVE_EVERY_MS,
    ) -> None:
        super().__init__(parent)
        self._watch = watch
        self._sizes = sizes
        self._followed: set[str] = set()
        self._is_listed = False
        self._is_stopped = False
        self._untold: set[str] = set()
        self._live = QTimer(self, interval=interval_ms)
        self._live.timeout.connect(self._look_at_live)
        self._telling = QTimer(self, singleShot=True, interval=_TOLD_EVERY_MS)
        self._telling.timeout.connect(self._tell)
        watch.listed.connect(self._begin)
        watch.changed.connect(self._take)
        watch.removed.connect(self._drop)
        sizes.changed.connect(self._note)

    def stop(self) -> None:
        """Measure and tell no more."""
        # What is under way in the background may still arrive.
        self._is_stopped = True
        self._live.stop()
        self._telling.stop()
        self._sizes.stop()

    def look_at(self, run_id: str) -> None:
        """Measure a run again, in its turn: somebody looks at it, or something in it was deleted."""
        self._sizes.look_at(run_id)

    def _begin(self) -> None:
        """Only now: while the runs are being listed, the disk is busy with that."""
        if self._is_stopped:
            return
        self._is_listed = True
        self._follow()
        self._live.start()

    def _follow(self) -> None:
        places = {summary.run_id: summary.path for summary in self._watch.summaries()}
        self._followed = set(places)
        self._sizes.follow(places)

    def _take(self, batch: list[RunSummary]) -> None:
        if not self._is_listed:
            return
        if any(summary.run_id not in self._followed for summary in batch):
            self._follow()
        for summary in batch:
            if summary.state.is_over:
                self._sizes.look_at(summary.run_id)

    def _drop(self, run_ids: list[str]) -> None:
        if self._is_listed:
            self._follow()

    def _look_at_live(self) -> None:
        for summary in self._watch.summaries():
            if not summary.state.is_over and summary.state is not RunState.QUEUED:
                self._sizes.look_at(summary.run_id)

    def _note(self, run_id: str) -> None:
        self._untold.add(run_id)
        if not self._is_stopped and not self._telling.isActive():
            self._telling.start()

    def _tell(self) -> None:
        untold, self._untold = self._untold, set()
        found = {run_id: self._sizes.usage_of(run_id) for run_id in untold}
        sizes = {run_id: usage.disk_bytes for run_id, usage in found.items() if usage is not None}
        if sizes:
            self.measured.emit(sizes)
