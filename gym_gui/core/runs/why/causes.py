"""Why a run ended, asked of its directory."""

from __future__ import annotations

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.endings import EndClass, EndExplanation
from gym_gui.core.runs.observe import RunObserver

__all__ = ["EndClass", "EndExplanation", "explain_end"]


def explain_end(run: RunDirectory) -> EndExplanation:
    """Why the run ended, with its last lines; of one that is not over, that and its last lines.

    Reads a bounded part of its files and never raises for what is in them.
    """
    observer = RunObserver(run)
    observer.refresh()
    return observer.explain()
