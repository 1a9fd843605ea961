"""What the run that is shown waits for, from all that tells it: the queue, the other runs, its processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.services.queue_watch import QueueWatch
from gym_gui.services.run_standing import RunStanding
from gym_gui.ui.runs.overview.standing_words import (
    Standing,
    paused_words,
    queued_words,
    starting_words,
    stopping_words,
)
from gym_gui.ui.runs.table.columns import eta

_GOING = frozenset(
    {RunState.STARTING, RunState.RUNNING, RunState.STALLED, RunState.PAUSED, RunState.STOPPING}
)


class RunWaits(QObject):
    """Follows one run at a time; `changed` comes when there is something else to say of it."""

    changed = Signal()

    def __init__(
        self,
        queue: QueueWatch,
        processes: RunStanding,
        runs: Callable[[], Iterable[RunSummary]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._queue = queue
        self._processes = processes
        self._runs = runs
        self._summary: RunSummary | None = None
        queue.changed.connect(self.changed)
        processes.changed.connect(self.changed)

    @property
    def queue_is_held(self) -> bool:
        """Whether somebody holds the queue."""
        return self._queue.status.hold is not None

    def follow(self, summary: RunSummary) -> None:
        """Turn to this run as it stands."""
        self._summary = summary
        self._processes.follow(summary)

    def standing(self, now: float) -> Standing | None:
        """What it waits for, at this Unix time; None of a run that goes or is over."""
        summary = self._summary
        if summary is None:
            return None
        match summary.state:
            case RunState.QUEUED:
                left = [eta(run, now) for run in self._runs() if run.state in _GOING]
                return queued_words(summary.run_id, self._queue.status, left, now)
            case RunState.STARTING:
                return starting_words(summary, now)
            case RunState.PAUSED:
                return paused_words(self._processes.is_known, self._processes.frozen_since, now)
            case RunState.STOPPING:
                return stopping_words(self._processes.stopping, now)
        return None
