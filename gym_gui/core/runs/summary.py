"""A run as a list row shows it: one frozen value, rebuilt from the files whenever they change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gym_gui.core.runs.record import ExitRecord, Labels, RunRecord


class RunState(StrEnum):
    """Where a run stands. `gym_gui.core.runs.state.judge` is the only place that decides it."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    STALLED = "stalled"
    PAUSED = "paused"
    STOPPING = "stopping"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_over(self) -> bool:
        """Whether the run can no longer change by itself."""
        return self in _OVER


_OVER = frozenset({RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED, RunState.LOST})


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
