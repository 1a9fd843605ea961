"""A run as a list row shows it: one frozen value, rebuilt from the files whenever they change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gym_gui.core.runs.record import ExitRecord, Labels, RunRecord
from gym_gui.core.runs.run_state import RunState

__all__ = ["Progress", "RunState", "RunSummary"]

_NEARLY_ALL = 0.95


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run says it is: `done` of `total` in `unit` ("step" or "episode"); total None if unsaid."""

    done: float
    total: float | None
    unit: str

    @property
    def fraction(self) -> float | None:
        """Share done, 0 to 1, or None when the total is unknown."""
        if not self.total or self.total <= 0:
            return None
        return min(max(self.done / self.total, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """Everything one row and the Overview need; times are Unix seconds.

    Attributes:
        evidence: What the state rests on, one plain sentence each.
        problem: What is wrong with the directory itself (unreadable record and so on), or "".
        returns: The most recent episode or mean returns, oldest first, for a sparkline.
        headline: The line that explains a bad end ("ValueError: env_id ..."), or "".
    """

    run_id: str
    path: Path
    state: RunState
    evidence: tuple[str, ...] = ()
    record: RunRecord | None = None
    exit: ExitRecord | None = None
    labels: Labels = Labels()
    started: float | None = None
    ended: float | None = None
    last_event: str | None = None
    last_event_time: float | None = None
    heartbeat_time: float | None = None
    progress: Progress | None = None
    returns: tuple[float, ...] = ()
    headline: str = ""
    problem: str = ""

    @property
    def share_done(self) -> float | None:
        """Share done, 0 to 1; None when nothing says, or what was said last is not how it ended.

        A run that completed did what it was to do. If it last said less than nearly all, it reported too
        seldom or ended early: neither is a share of anything. What is missing of nearly all is a last batch
        that would not have been whole.
        """
        fraction = self.progress.fraction if self.progress else None
        is_outdated = self.state is RunState.COMPLETED and fraction is not None and fraction < _NEARLY_ALL
        return None if is_outdated else fraction
