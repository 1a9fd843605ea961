"""The tabs of a run's detail pane: their titles, their order, and how each is built."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.resource_watch import ResourceWatch
from gym_gui.services.run_tail import RunTail
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.theme import Theme


@runtime_checkable
class RunTab(Protocol):
    """A tab that wants to know which run is shown; those that only follow the tail need not."""

    def show_run(self, summary: RunSummary) -> None:
        """Show this run as it stands; called again whenever its summary changes."""


@dataclass(frozen=True, slots=True)
class TabSpec:
    """One tab.

    Attributes:
        title: What its handle says.
        make: Builds its content, when the tab is first looked at.
    """

    title: str
    make: Callable[[], QWidget]


def run_tabs(
    *,
    theme: Theme,
    tail: RunTail,
    tasks: TaskRunner,
    desktop: Desktop,
    resources: ResourceWatch,
    probe: WorkersProbe,
    runs: Callable[[], Sequence[RunSummary]],
    memory: LayoutMemory,
    metrics: Callable[[], QWidget],
    resume: Callable[[str, Path], None] | None = None,
) -> tuple[TabSpec, ...]:
    """The tabs beside the Overview, in their order; what a tab needs is imported when it is opened.

    Those that take more than this page has, as `metrics` does, come with their maker.
    """

    def events() -> QWidget:
        from gym_gui.ui.runs.events.view import EventsView

        return EventsView(theme, tail, memory=memory)

    def output() -> QWidget:
        from gym_gui.ui.runs.output.view import OutputView

        return OutputView(theme, tail)

    def artifacts() -> QWidget:
        from gym_gui.ui.artifacts.tab import ArtifactsTab

        return ArtifactsTab(theme, tasks, desktop, memory, resume=resume)

    def config() -> QWidget:
        from gym_gui.ui.runs.config.comparison import ConfigComparison
        from gym_gui.ui.runs.config.view import ConfigView

        comparison = ConfigComparison(tasks, probe, runs)
        return ConfigView(theme=theme, tasks=tasks, desktop=desktop, comparison=comparison)

    def used() -> QWidget:
        from gym_gui.ui.runs.resources.view import ResourcesView

        return ResourcesView(theme, resources)

    return (
        TabSpec("Metrics", metrics),
        TabSpec("Events", events),
        TabSpec("Output", output),
        TabSpec("Artifacts", artifacts),
        TabSpec("Config", config),
        TabSpec("Resources", used),
    )
