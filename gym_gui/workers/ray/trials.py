"""The trials of a search as they go: their numbers, their events, and how each ended."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gym_gui.core.worker import TelemetryEmitter
from gym_gui.workers.ray.iteration import Iteration

EVENTS = "events.jsonl"


@dataclass(slots=True)
class TrialRecord:
    """One trial.

    Attributes:
        options: What the search chose for it.
        directory: Of Ray's files about it, inside the run directory.
        status: "running", "completed", "failed", or "stopped" when the search was.
        checkpoint: Its last one.
    """

    trial_id: str
    options: dict[str, Any]
    directory: Path
    started: float = field(default_factory=time.time)
    ended: float | None = None
    status: str = "running"
    error: str = ""
    last: Iteration | None = None
    best_return: float | None = None
    checkpoint: Path | None = None

    def take(self, iteration: Iteration) -> None:
        """Goes on to the next iteration."""
        self.last = iteration
        value = iteration.return_mean
        if value is not None and (self.best_return is None or value > self.best_return):
            self.best_return = value

    def share_done(self, total_steps: int) -> float:
        """How much of it is behind it, 0 to 1; an ended trial is done however early it ended."""
        if self.status != "running":
            return 1.0
        return min((self.last.step if self.last else 0) / total_steps, 1.0)

    def numbers(self) -> dict[str, float]:
        """What the search's heartbeats say of it."""
        if self.last is None:
            return {}
        return {"step_count": self.last.step, "iteration": self.last.number, **self.last.returns}

    def summary(self, run_dir: Path) -> dict[str, Any]:
        """What the manifest says of it."""
        known: dict[str, Any] = {
            "trial_id": self.trial_id,
            "status": self.status,
            "options": self.options,
            "steps": self.last.step if self.last else 0,
            "iterations": self.last.number if self.last else 0,
            "episode_return_mean": self.last.return_mean if self.last else None,
            "best_return_mean": self.best_return,
            "checkpoint": _relative(self.checkpoint, run_dir),
            "directory": _relative(self.directory, run_dir),
            "error": self.error or None,
        }
        return {name: value for name, value in known.items() if value is not None}


class TrialEvents:
    """The lifecycle events of one trial, in a file of its own beside Ray's files about it."""

    def __init__(self, directory: Path, run_id: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.file = directory / EVENTS
        self._stream = self.file.open("a", encoding="utf-8")
        self.emitter = TelemetryEmitter(run_id, sink=self._stream)

    def close(self) -> None:
        """All events are in the file."""
        self._stream.close()


def _relative(path: Path | None, run_dir: Path) -> str | None:
    if path is None or not path.is_relative_to(run_dir):
        return None
    return path.relative_to(run_dir).as_posix()
