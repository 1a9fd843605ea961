"""Runs as those who do something to them want them: the directory, and what people call it."""

from __future__ import annotations

from collections.abc import Iterable

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.run_batch import Target
from gym_gui.ui.runs.table.columns import display_name

_LONGEST_NAME = 80


def short_name(summary: RunSummary) -> str:
    """The run's name, cut where it would fill a dialog."""
    name = display_name(summary)
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def targets_of(runs: Iterable[RunSummary]) -> list[Target]:
    """The runs to do something to."""
    return [Target(RunDirectory(run.path), short_name(run)) for run in runs]
