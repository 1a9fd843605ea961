"""Starting runs: the directory written in the background, the supervisor detached."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.launch import LaunchSpec, create_run, supervisor_argv, supervisor_environment
from gym_gui.services.detached import start_detached
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner


class RunLauncher(QObject):
    """Creates runs and starts their supervisors, detached."""

    launched = Signal(str)
    failed = Signal(str)

    def __init__(
        self, store: RunStore, tasks: TaskRunner, notifier: Notifier, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._tasks = tasks
        self._notifier = notifier

    def launch(self, spec: LaunchSpec) -> None:
        """Create a run and start it; `launched` gives its id, `failed` what went wrong."""
        self._tasks.start(
            f"Starting {spec.worker_id}",
            lambda: create_run(self._store, spec),
            owner=self,
            done=lambda run: self._start_supervisor(run, spec),
            failed=self._give_up,
        )

    def _start_supervisor(self, run: RunDirectory, spec: LaunchSpec) -> None:
        problem = start_detached(supervisor_argv(run), supervisor_environment(spec), run.path)
        if problem:
            self._give_up(OSError(problem))
        else:
            self.launched.emit(run.run_id)

    def _give_up(self, error: Exception) -> None:
        text = f"{type(error).__name__}: {error}"
        self._notifier.error("The run could not be started", text)
        self.failed.emit(text)
