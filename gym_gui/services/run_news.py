"""What became of runs while the panel was watching: a notice for each end, and one for many at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.services.notifier import NoticeAction, Notifier
from gym_gui.services.runs_watch import RunsWatch

_BAD = frozenset({RunState.FAILED, RunState.LOST, RunState.STALLED})
_WORDS = {
    RunState.COMPLETED: "completed",
    RunState.FAILED: "failed",
    RunState.LOST: "was lost",
    RunState.STALLED: "has stalled",
}
# Runs of a sweep end together: news of a moment is told together.
_GATHER_MS = 700
_TOLD_ONE_BY_ONE = 3
_ID_TAIL = 8


class RunNews(QObject):
    """Compares each run with what it was, and tells the notifier of what ended, failed or stalled.

    What had ended before the panel first saw it is no news, nor what the person cancelled here.
    `happened` carries the same for the desktop: title, text, whether it is bad.
    """

    happened = Signal(str, str, bool)

    def __init__(
        self,
        watch: RunsWatch,
        notifier: Notifier,
        show_run: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self._show_run = show_run
        self._states: dict[str, RunState] = {}
        self._fresh: dict[str, RunSummary] = {}
        self._gather = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gather.timeout.connect(self._tell)
        watch.changed.connect(self._take)
        watch.removed.connect(self._forget)

    def stop(self) -> None:
        """Tell no more."""
        self._gather.stop()

    def _take(self, batch: list[RunSummary]) -> None:
        for summary in batch:
            before = self._states.get(summary.run_id)
            self._states[summary.run_id] = summary.state
            if before is None or before is summary.state or before.is_over:
                continue
            if summary.state in _WORDS:
                self._fresh[summary.run_id] = summary
            else:
                # It went on after all, or was cancelled.
                self._fresh.pop(summary.run_id, None)
        if self._fresh and not self._gather.isActive():
            self._gather.start()

    def _forget(self, run_ids: list[str]) -> None:
        for run_id in run_ids:
            self._states.pop(run_id, None)
            self._fresh.pop(run_id, None)

    def _tell(self) -> None:
        news, self._fresh = list(self._fresh.values()), {}
        if len(news) <= _TOLD_ONE_BY_ONE:
            for summary in news:
                self._tell_one(summary)
            return
        bad = [summary for summary in news if summary.state in _BAD]
        good = [summary for summary in news if summary.state not in _BAD]
        if bad:
            self._publish(f"{len(bad)} runs are in trouble", _names(bad), True, bad[-1].run_id)
        if good:
            self._publish(f"{len(good)} runs completed", _names(good), False, good[-1].run_id)

    def _tell_one(self, summary: RunSummary) -> None:
        title = f"{_name(summary)} {_WORDS[summary.state]}"
        self._publish(title, summary.headline, summary.state in _BAD, summary.run_id)

    def _publish(self, title: str, text: str, bad: bool, run_id: str) -> None:
        action = NoticeAction("Show", lambda: self._show_run(run_id))
        if bad:
            self._notifier.error(title, text, action)
        else:
            self._notifier.success(title, text, action)
        self.happened.emit(title, text, bad)


def _name(summary: RunSummary) -> str:
    # As the table of runs has it: the beginnings of ids are much alike.
    return summary.labels.name or f"…{summary.run_id[-_ID_TAIL:]}"


def _names(group: list[RunSummary]) -> str:
    named = ", ".join(_name(summary) for summary in group[:5])
    return f"{named} and {len(group) - 5} more" if len(group) > 5 else named
