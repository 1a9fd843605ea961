"""What a run that is frozen or being ended waits for, looked at in the background again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from pathlib import Path

    from gym_gui.core.runs.stopping import Stopping

_LOOKED_AT = frozenset({RunState.PAUSED, RunState.STOPPING})
# The window looks once a second, and whenever the run changes.
_LOOKS_TO_BE_SURE = 3


class RunStanding(QObject):
    """Follows one run at a time; `changed` comes when one of the answers is another.

    Attributes:
        stopping: How its end is coming along, None until that was looked at, and of other runs.
        frozen_since: When it was frozen, in Unix seconds; None when it is not, or nobody recorded it.
        is_known: Whether that nobody recorded it is certain, not just about to be recorded.
    """

    changed = Signal()

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._followed: tuple[Path, RunState] | None = None
        self._looking = False
        self._looks = 0
        self.stopping: Stopping | None = None
        self.frozen_since: float | None = None
        self.is_known = False

    def follow(self, summary: RunSummary) -> None:
        """Turn to this run as it stands; each call has it looked at, one look at a time."""
        followed = (summary.path, summary.state)
        if followed != self._followed:
            self._followed = followed
            self.stopping, self.frozen_since, self.is_known = None, None, False
            self._looks = 0
        if summary.state in _LOOKED_AT and not self._looking:
            self._looking = True
            run, state = RunDirectory(summary.path), summary.state
            self._tasks.start(
                "Looking at what the run waits for",
                lambda: _look(run, state),
                owner=self,
                done=lambda found: self._take(followed, *found),
                failed=lambda _error: self._miss(),
            )

    def _take(
        self, followed: tuple[Path, RunState], stopping: Stopping | None, frozen_since: float | None
    ) -> None:
        self._looking = False
        if followed != self._followed:
            return
        self._looks += 1
        # Whoever freezes a run writes that down when all of it stands still, which is a moment later.
        found = (stopping, frozen_since, self._looks >= _LOOKS_TO_BE_SURE)
        if found != (self.stopping, self.frozen_since, self.is_known):
            self.stopping, self.frozen_since, self.is_known = found
            self.changed.emit()

    def _miss(self) -> None:
        """What cannot be looked at stays unknown, and is said to be."""
        self._looking = False


def _look(run: RunDirectory, state: RunState) -> tuple[Stopping | None, float | None]:
    # Imported here, on a pool's thread: the window opens without it.
    from gym_gui.core.runs.stopping import frozen_since, look_at_stopping

    if state is RunState.STOPPING:
        return look_at_stopping(run), None
    return None, frozen_since(run)
