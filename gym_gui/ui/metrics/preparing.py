"""Curves made ready in the background, one batch at a time, the newest wish first."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.ui.metrics.outline import Points, Prepared

KeyT = TypeVar("KeyT", bound=Hashable)


class CurvePreparer(QObject):
    """Turns points into curves off this thread. A wish made while it is busy replaces one that waits."""

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._is_busy = False
        self._waiting: Callable[[], None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a batch is under way or waits."""
        return self._is_busy

    def start(
        self,
        batch: Mapping[KeyT, Points],
        done: Callable[[dict[KeyT, Prepared]], None],
        *,
        smoothing: float,
        log: bool,
        origin: Callable[[KeyT], float],
    ) -> None:
        """Prepare these, then call `done` with them.

        Args:
            batch: The points.
            done: Called on this thread.
            smoothing: Weight of the moving average.
            log: Whether values are drawn as logarithms.
            origin: What counts as 0 on the axis of a curve.
        """
        if self._is_busy:
            self._waiting = lambda: self.start(batch, done, smoothing=smoothing, log=log, origin=origin)
            return
        work = [(key, points, origin(key)) for key, points in batch.items()]

        def prepare_all() -> dict[KeyT, Prepared]:
            from gym_gui.ui.metrics.outline import prepare

            return {
                key: prepare(points, smoothing=smoothing, log=log, origin=start)
                for key, points, start in work
            }

        def finish(prepared: dict[KeyT, Prepared]) -> None:
            self._is_busy = False
            done(prepared)
            waiting, self._waiting = self._waiting, None
            if waiting is not None:
                waiting()

        def give_up(error: Exception) -> None:
            self._is_busy = False
            raise error

        self._is_busy = True
        self._tasks.start("Preparing curves", prepare_all, owner=self, done=finish, failed=give_up)
