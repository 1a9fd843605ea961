"""Starting runs: the directory written in the background, the supervisor detached."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.launch import LaunchSpec, create_run, supervisor_argv, supervisor_environment
from gym_gui.services.begun_in_time import BEGIN_WITHIN_S, start_in_time
from gym_gui.services.detached import start_detached
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner


class RunLauncher(QObject):
    """Creates runs and starts their supervisors, detached.

    Signals:
        launched: The id of a run that was started by `launch`.
        launched_all: Ids of the runs that were started by `launch_all`, in order.
        failed: Why a run could not be started.
    """

    launched = Signal(str)
    launched_all = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        store: RunStore,
        tasks: TaskRunner,
        notifier: Notifier,
        parent: QObject | None = None,
        *,
        begin_within_s: float = BEGIN_WITHIN_S,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._tasks = tasks
        self._notifier = notifier
        self._begin_within_s = begin_within_s

    def launch(self, spec: LaunchSpec) -> None:
        """Create a run and start it; `launched` gives its id, `failed` what went wrong."""
        self._launch_next([spec], [], told=lambda ids: self.launched.emit(ids[0]))

    def launch_all(self, specs: Sequence[LaunchSpec]) -> None:
        """Create and start runs one after the other; the first that fails ends it, and is told of."""
        self._launch_next(list(specs), [], told=self.launched_all.emit)

    def _launch_next(
        self, left: list[LaunchSpec], started: list[str], told: Callable[[list[str]], None]
    ) -> None:
        if not left:
            told(started)
            return
        spec, *rest = left

        def go_on(run: RunDirectory) -> None:
            problem = start_detached(supervisor_argv(run), supervisor_environment(spec), run.path)
            if problem:
                self._give_up(OSError(problem), started)
            else:
                self._launch_next(rest, [*started, run.run_id], told)

        start_in_time(
            self._tasks,
            f"Starting {spec.worker_id}",
            lambda: create_run(self._store, spec),
            owner=self,
            done=go_on,
            failed=lambda error: self._give_up(error, started),
            within_s=self._begin_within_s,
        )

    def _give_up(self, error: Exception, started: Sequence[str]) -> None:
        before = f"{len(started)} were started before this. " if started else ""
        text = f"{before}{type(error).__name__}: {error}"
        self._notifier.error("The run could not be started", text)
        self.failed.emit(text)
