"""The pane of one run, built when the first is shown: the table is on screen before any of it is needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from gym_gui.services.queue_watch import QueueWatch
from gym_gui.services.resource_watch import ResourceWatch
from gym_gui.services.run_labels import LabelsEditor
from gym_gui.services.run_standing import RunStanding
from gym_gui.services.run_story import RunStory
from gym_gui.services.run_tail import RunTail
from gym_gui.services.runs_watch import RunsWatch
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.runs.actions import SelectedRunActions
from gym_gui.ui.runs.detail import RunDetail
from gym_gui.ui.runs.overview.overview import Overview
from gym_gui.ui.runs.overview.waits import RunWaits
from gym_gui.ui.runs.tabs import run_tabs
from gym_gui.ui.theme import Theme


def make_detail(
    *,
    theme: Theme,
    watch: RunsWatch,
    tail: RunTail,
    tasks: TaskRunner,
    probe: WorkersProbe,
    desktop: Desktop,
    memory: LayoutMemory,
    queue: QueueWatch,
    actions: SelectedRunActions,
    start_now: Callable[[], None],
    page: QWidget,
    make_metrics: Callable[[], QWidget],
    resume: Callable[[str, Path], None] | None = None,
) -> RunDetail:
    """The pane, with its tabs and what feeds them."""
    resources = ResourceWatch(tasks, page)
    overview = Overview(
        theme=theme,
        tail=tail,
        desktop=desktop,
        resources=resources,
        story=RunStory(tasks, page),
        labels=LabelsEditor(tasks, page),
        waits=RunWaits(queue, RunStanding(tasks, page), watch.summaries, page),
    )
    overview.labels.edited.connect(watch.look_at)
    overview.standing.continue_wanted.connect(actions.freeze.trigger)
    overview.standing.start_wanted.connect(start_now)
    overview.standing.release_wanted.connect(queue.release)
    overview.stacks_wanted.connect(actions.stacks.trigger)
    return RunDetail(
        theme=theme,
        tail=tail,
        overview=overview,
        tabs=run_tabs(
            theme=theme,
            tail=tail,
            tasks=tasks,
            desktop=desktop,
            resources=resources,
            probe=probe,
            runs=watch.summaries,
            memory=memory,
            metrics=make_metrics,
            resume=resume,
        ),
        actions=actions.all(),
    )
