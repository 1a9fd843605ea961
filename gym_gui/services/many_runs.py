"""What can be done to several runs at once, in one value for whoever offers it."""

from __future__ import annotations

from dataclasses import dataclass

from gym_gui.core.runs.directory import RunStore
from gym_gui.services.notifier import Notifier
from gym_gui.services.queue_watch import QueueWatch
from gym_gui.services.runs_control import RunsControl
from gym_gui.services.runs_labelling import RunsLabelling
from gym_gui.services.runs_rerun import RunsRerun
from gym_gui.services.runs_trash import RunsTrash
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.undo import Undo


@dataclass(frozen=True, slots=True)
class ManyRuns:
    """The services that work on many runs; they share one way back."""

    control: RunsControl
    labelling: RunsLabelling
    trash: RunsTrash
    rerun: RunsRerun
    undo: Undo
    queue: QueueWatch


def many_runs(store: RunStore, tasks: TaskRunner, notifier: Notifier, queue: QueueWatch) -> ManyRuns:
    """The services over the runs of one store."""
    undo = Undo()
    return ManyRuns(
        control=RunsControl(tasks, notifier),
        labelling=RunsLabelling(tasks, notifier, undo),
        trash=RunsTrash(store, tasks, notifier, undo),
        rerun=RunsRerun(store, queue, tasks, notifier),
        undo=undo,
        queue=queue,
    )
