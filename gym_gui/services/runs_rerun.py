"""Several runs once more: each queued anew with what it was launched with, in the background."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.queue.queue import RunQueue
from gym_gui.services.notifier import Notifier
from gym_gui.services.queue_watch import QueueWatch
from gym_gui.services.run_batch import Outcome, Target, counted, do_to_each
from gym_gui.services.tasks import TaskRunner


class RunsRerun(QObject):
    """Queues runs like those there are.

    They wait in the queue and are started as there is room, so that many of them do not fall upon the
    machine at once. `queued` carries the ids of the new runs.
    """

    queued = Signal(object)

    def __init__(
        self,
        store: RunStore,
        queue: QueueWatch,
        tasks: TaskRunner,
        notifier: Notifier,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = RunQueue(store)
        self._queue = queue
        self._tasks = tasks
        self._notifier = notifier

    def queue_again(self, targets: Sequence[Target], workers: Mapping[str, ProbedWorker]) -> None:
        """Queue a run like each of these.

        Args:
            targets: The runs to repeat, in the order in which they are to be queued.
            workers: The worker of a run as it is installed now, by the run's id; the others are launched by
                the command that is in their records.
        """
        self._tasks.start(
            f"Queueing {counted(len(targets))}",
            lambda: do_to_each(targets, self._queueing(workers), (ValueError, OSError)),
            owner=self,
            done=self._tell,
        )

    def _queueing(self, workers: Mapping[str, ProbedWorker]) -> Callable[[RunDirectory], str]:
        """What queues a run like the one it is given; it gives the id of the new one."""
        # Imported here, on a pool's thread: the window opens without it.
        from gym_gui.core.runs.queue.queue import enqueue_run
        from gym_gui.core.runs.rerun import CannotRerunError, rerun_spec, with_worker

        def act(run: RunDirectory) -> str:
            spec = rerun_spec(run, os.environ)
            worker = workers.get(run.run_id)
            if worker is not None and worker.failure is not None:
                raise CannotRerunError(f"worker {worker.worker_id} is broken: {worker.failure.message}")
            if worker is not None:
                if spec.passes_config:
                    _refuse_misfits(worker, spec.config)
                version = (worker.metadata.version if worker.metadata else "") or worker.version
                spec = with_worker(spec, worker.command, version)
            return enqueue_run(self._runs, spec).run_id

        return act

    def _tell(self, outcome: Outcome[str]) -> None:
        self._queue.look_now()
        run_ids = [run_id for _, run_id in outcome.done]
        if run_ids:
            self._notifier.success(f"{counted(len(run_ids))} queued", "They start as there is room for them.")
            self.queued.emit(run_ids)
        if outcome.refused:
            self._notifier.error(f"{counted(len(outcome.refused))} not queued", outcome.reasons)


def _refuse_misfits(worker: ProbedWorker, config: Mapping[str, Any]) -> None:
    """Returns when the config fits the fields that the worker has now.

    Raises:
        CannotRerunError: It does not; the message names each field that is wrong.
    """
    from gym_gui.core.forms.schema import form_fields
    from gym_gui.core.forms.values import check_values
    from gym_gui.core.runs.rerun import CannotRerunError

    wrong = check_values(form_fields(worker.schema), config) if worker.schema is not None else {}
    if wrong:
        said = "; ".join(f"{field}: {problem}" for field, problem in wrong.items())
        raise CannotRerunError(
            f"{worker.worker_id} no longer takes its config: {said}. Rerun it alone to mend that"
        )
