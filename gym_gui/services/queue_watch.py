"""The queue, watched: how it stands, and that somebody starts what waits in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.config.settings import SettingsError
from gym_gui.core.runs.cached import Signature, signature
from gym_gui.core.runs.launch import LaunchSpec, supervisor_environment
from gym_gui.core.runs.queue.now import start_now
from gym_gui.core.runs.queue.order import Move
from gym_gui.core.runs.queue.queue import RunQueue, enqueue_run
from gym_gui.core.runs.queue.status import QueueStatus, look_at_queue, needs_runner, runner_argv
from gym_gui.services.detached import start_detached
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner

_INTERVAL_MS = 1_000
# A run may leave the line by what happens in its own directory, which no signature here shows.
_LOOKED_AT_EVERY_S = 4.0
# A runner that was begun takes a moment to be seen; one that dies at once is not begun again and again.
_BEGUN_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class _Look:
    status: QueueStatus
    runner_environment: Mapping[str, str] | None = None
    problem: str = ""


class QueueWatch(QObject):
    """Keeps the status of the queue, and begins the process that starts queued runs where one is needed.

    Signals:
        changed: A new `QueueStatus`.
        queued: Ids of runs that joined the queue by `enqueue`, in order.
        failed: Why `enqueue` could not.
    """

    changed = Signal(object)
    queued = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        queue: RunQueue,
        tasks: TaskRunner,
        notifier: Notifier,
        parent: QObject | None = None,
        *,
        interval_ms: int = _INTERVAL_MS,
    ) -> None:
        super().__init__(parent)
        self._queue = queue
        self._tasks = tasks
        self._notifier = notifier
        self._status = QueueStatus()
        self._looking = False
        self._look_again = False
        self._seen: tuple[Signature | None, ...] | None = None
        self._looked = float("-inf")
        self._begun = float("-inf")
        self._complained = ""
        self._timer = QTimer(self)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._look_if_changed)

    @property
    def status(self) -> QueueStatus:
        """The queue as it was last seen."""
        return self._status

    def start(self) -> None:
        """Look at once, then whenever something has changed."""
        self._timer.start()
        self.look_now()

    def stop(self) -> None:
        """Stop looking; what is known stays, and so does whoever starts queued runs."""
        self._timer.stop()

    def look_now(self) -> None:
        """Look ahead of the next turn."""
        if self._looking:
            self._look_again = True
            return
        self._looking = True
        self._looked, self._seen = time.monotonic(), self._signatures()
        self._tasks.start("Looking at the queue", self._look, owner=self, done=self._take, failed=self._miss)

    def enqueue(self, specs: Sequence[LaunchSpec], *, priority: int = 0) -> None:
        """Queue these launches in their order; `queued` gives their ids, `failed` why it could not be."""
        ids: list[str] = []

        def work() -> list[str]:
            for spec in specs:
                ids.append(enqueue_run(self._queue, spec, priority=priority).run_id)
            return ids

        doing = f"Queueing {len(specs)} runs" if len(specs) != 1 else f"Queueing {specs[0].worker_id}"
        self._tasks.start(
            doing,
            work,
            owner=self,
            done=self._tell_queued,
            failed=lambda error: self._tell_failed(error, ids),
        )

    def hold(self, reason: str = "") -> None:
        """Keep the queue from starting anything until it is released."""
        self._do("Holding the queue", lambda: self._queue.hold(reason))

    def release(self) -> None:
        """Let the queue go on."""
        self._do("Releasing the queue", self._queue.release)

    def move(self, run_id: str, move: Move) -> None:
        """Move a waiting run in the line."""
        self._do("Moving a run in the queue", lambda: self._queue.move(run_id, move))

    def move_each(self, run_ids: Sequence[str], move: Move) -> None:
        """Move waiting runs in the line, one after the other in this order."""

        def work() -> None:
            for run_id in run_ids:
                self._queue.move(run_id, move)

        self._do("Moving runs in the queue", work)

    def start_each_now(self, run_ids: Sequence[str]) -> None:
        """Start waiting runs out of turn, whatever else is going."""

        def work() -> None:
            for run_id in run_ids:
                start_now(self._queue, self._queue.run_of(run_id))

        self._do("Starting queued runs", work, waits=True)

    def _do(self, doing: str, work: Callable[[], object], *, waits: bool = False) -> None:
        self._tasks.start(
            doing,
            work,
            owner=self,
            done=lambda _: self.look_now(),
            failed=lambda error: self._tell_of(doing, error),
            waits=waits,
        )

    def _tell_of(self, doing: str, error: Exception) -> None:
        self._notifier.failure(doing, error)
        self.look_now()

    def _tell_queued(self, run_ids: list[str]) -> None:
        self.queued.emit(run_ids)
        self.look_now()

    def _tell_failed(self, error: Exception, joined: list[str]) -> None:
        before = f"{len(joined)} were queued before this: " if joined else ""
        text = f"{before}{type(error).__name__}: {error}"
        self._notifier.error("The runs could not be queued", text)
        self.failed.emit(text)
        self.look_now()

    def _look_if_changed(self) -> None:
        due = self._status.waiting and time.monotonic() - self._looked > _LOOKED_AT_EVERY_S
        if due or self._signatures() != self._seen:
            self.look_now()

    def _signatures(self) -> tuple[Signature | None, ...]:
        files = self._queue.files
        return (_folder_signature(files.waiting), signature(files.hold), signature(files.runner))

    def _look(self) -> _Look:
        """Runs in the background."""
        status = look_at_queue(self._queue)
        try:
            wanted = status.needs_runner and needs_runner(self._queue)
            return _Look(status, supervisor_environment() if wanted else None)
        except (SettingsError, OSError) as error:  # another user's queue may be looked at, and no more
            return _Look(status, problem=str(error))

    def _take(self, look: _Look) -> None:
        self._complain("Queued runs are not started", look.problem)
        if look.runner_environment is not None:
            self._begin_runner(look.runner_environment)
        if look.status != self._status:
            self._status = look.status
            self.changed.emit(look.status)
        self._end_look()

    def _miss(self, error: Exception) -> None:
        self._complain("The queue cannot be looked at", str(error))
        self._end_look()

    def _complain(self, title: str, problem: str) -> None:
        """Tell of it once, not with every look."""
        if problem and problem != self._complained:
            self._notifier.error(title, problem)
        self._complained = problem

    def _end_look(self) -> None:
        self._looking = False
        if self._look_again:
            self._look_again = False
            self.look_now()

    def _begin_runner(self, environment: Mapping[str, str]) -> None:
        if time.monotonic() - self._begun < _BEGUN_EVERY_S:
            return
        self._begun = time.monotonic()
        problem = start_detached(runner_argv(self._queue), environment, Path("/"))
        if problem:
            self._notifier.error("Queued runs are not started", problem)


def _folder_signature(folder: Path) -> Signature | None:
    """Changes when a run joins or leaves; a move in the line writes a file anew, which does it too."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_ino, 0, status.st_mtime_ns)
