"""How far a run is: the counters and recent returns that events, scalars and checkpoints share."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from gym_gui.workers.tabular.algorithms import Episode

WINDOW = 100


@dataclass(slots=True)
class Progress:
    """Counters of a run from its very first episode, resumed ones included.

    Attributes:
        total_episodes: Episodes when the run is done.
        returns: Returns of the last hundred episodes, oldest first.
        evaluated: Mean return of the last evaluation, None before the first.
        best: Best mean return of an evaluation, None before the first.
    """

    total_episodes: int
    episode: int = 0
    step: int = 0
    returns: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))
    last: Episode | None = None
    epsilon: float = 0.0
    evaluated: float | None = None
    best: float | None = None

    def record(self, episode: Episode, epsilon: float) -> None:
        """Counts a finished episode."""
        self.episode += 1
        self.step += episode.length
        self.returns.append(episode.total)
        self.last = episode
        self.epsilon = epsilon

    @property
    def return_mean(self) -> float | None:
        """Mean return of the last hundred episodes, or of as many as there were; None before the first."""
        return sum(self.returns) / len(self.returns) if self.returns else None

    def heartbeat(self, elapsed_s: float, steps_per_second: float) -> dict[str, Any]:
        """The payload of a heartbeat; what is not known yet is left out."""
        known: dict[str, Any] = {
            "step": self.step,
            "episode": self.episode,
            "total_episodes": self.total_episodes,
            "return_mean": self.return_mean,
            "eval_return_mean": self.evaluated,
            "epsilon": round(self.epsilon, 6),
            "elapsed_s": round(elapsed_s, 3),
            "steps_per_second": round(steps_per_second),
        }
        if self.last is not None:
            known |= {
                "episode_return": self.last.total,
                "episode_length": self.last.length,
                "td_error": self.last.td_error,
            }
        return {name: value for name, value in known.items() if value is not None}
