"""How far a script is, gathered from what it prints and from the scalars it writes."""

from __future__ import annotations

import math
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

WINDOW = 100
_STEP = re.compile(r"\bglobal_step=(\d{1,18})\b")
_RETURN = re.compile(r"\bepisodic_return=\[?\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_EVALUATED = re.compile(r"\beval_episode=\d+")
_SPEED = re.compile(r"^SPS:\s*(\d+)")
_SAVED = re.compile(r"^model saved to (.+)$")
_LONGEST = 2_000
_MOST_LOSSES = 20
_SHORT_NAMES = {"charts/learning_rate": "learning_rate", "charts/epsilon": "epsilon"}


@dataclass(slots=True)
class Progress:
    """What is known of a run so far.

    Attributes:
        total_steps: Steps when training is done, None when the script does not say.
        returns: Of the last hundred training episodes, oldest first.
        evaluated: Returns of the evaluation, all of them.
        saved: Models that the script said it saved and nobody has looked after yet.
        losses: The newest value of each loss, by tag.
    """

    total_steps: int | None = None
    step: int = 0
    episode: int = 0
    returns: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))
    first_returns: list[float] = field(default_factory=list)
    evaluated: list[float] = field(default_factory=list)
    saved: deque[str] = field(default_factory=deque)
    speed: int | None = None
    losses: dict[str, float] = field(default_factory=dict)

    def read_line(self, line: str) -> None:
        """Takes what a line of output tells; most tell nothing."""
        line = line[:_LONGEST].rstrip()
        given = _RETURN.search(line)
        if _EVALUATED.search(line):
            if given:
                self.evaluated.append(float(given[1]))
            return
        step = _STEP.search(line)
        if step:
            self.step = max(self.step, int(step[1]))
        if given and math.isfinite(float(given[1])):
            self._record(float(given[1]))
        elif speed := _SPEED.match(line):
            self.speed = int(speed[1])
        elif saved := _SAVED.match(line):
            self.saved.append(saved[1].strip())

    def read_scalar(self, tag: str, step: int, value: float) -> None:
        """Takes a point of a TensorBoard curve."""
        if tag.startswith("eval/"):
            return  # counted in episodes, not steps
        if tag.startswith(("charts/", "losses/")):
            self.step = max(self.step, step)
        name = _SHORT_NAMES.get(tag, tag if tag.startswith("losses/") else "")
        if name and math.isfinite(value) and (name in self.losses or len(self.losses) < _MOST_LOSSES):
            self.losses[name] = value

    def _record(self, value: float) -> None:
        self.episode += 1
        self.returns.append(value)
        if len(self.first_returns) < WINDOW:
            self.first_returns.append(value)

    @property
    def return_mean(self) -> float | None:
        """Mean return of the last hundred training episodes; None before the first."""
        returns = list(self.returns)
        return sum(returns) / len(returns) if returns else None

    def heartbeat(self, elapsed_s: float) -> dict[str, Any]:
        """The payload of a heartbeat; what is not known yet is left out."""
        known: dict[str, Any] = {
            "step": self.step,
            "total_steps": self.total_steps,
            "episode": self.episode or None,
            "episode_return": self.returns[-1] if self.returns else None,
            "return_mean": self.return_mean,
            "steps_per_second": self.speed,
            "evaluated_episodes": len(self.evaluated) or None,
            "elapsed_s": round(elapsed_s, 3),
            **dict(self.losses),
        }
        return {name: value for name, value in known.items() if value is not None}

    def results(self) -> dict[str, Any]:
        """What the run came to, for its last event and the manifest."""
        known: dict[str, Any] = {
            "steps": self.step,
            "total_steps": self.total_steps,
            "episodes": self.episode,
            "return_mean_last_100": self.return_mean,
            "return_mean_first_100": _mean(self.first_returns),
        }
        if self.evaluated:
            known |= {"eval_return_mean": _mean(self.evaluated), "eval_episodes": len(self.evaluated)}
        return {name: value for name, value in known.items() if value is not None}


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
