"""Which runs can be remembered, and the one way to look at a run so that it can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.index.stamps import Stamps, stamps_of
from gym_gui.core.runs.summary import RunState, RunSummary

# Lost is not among them: it is said of runs whose end nobody knows, and with how long ago the last sign was.
_FOR_GOOD = frozenset({RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED})


class Looks(Protocol):
    """Whatever looks at a run, as `RunObserver` does."""

    def refresh(self, now: float | None = None) -> RunSummary:
        """The run as it stands."""
        ...


@dataclass(frozen=True, slots=True)
class IndexedRun:
    """A run that has ended, and the stamps of the files its summary was read from."""

    stamps: Stamps
    summary: RunSummary


def is_settled(summary: RunSummary) -> bool:
    """Whether only a change of the run's files can change the summary, and no process nor the time can."""
    return summary.exit is not None and summary.state in _FOR_GOOD


def look_for_good(run: RunDirectory, observe: Callable[[RunDirectory], Looks]) -> tuple[Looks, IndexedRun]:
    """A first look at the run, with the stamps of what was looked at.

    The stamps are taken before anything is read and the observer is new, so whatever is written meanwhile
    makes them old, and nothing in the summary is older than they are.
    """
    stamps = stamps_of(str(run.path))
    observer = observe(run)
    return observer, IndexedRun(stamps, observer.refresh())
