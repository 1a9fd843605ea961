"""Epsilon over the episodes of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from gym_gui.workers.tabular.choices import EpsilonDecay
from gym_gui.workers.tabular.config import TabularConfig

# An exponential never reaches zero; below this share of its start it is taken for reached.
_REACHED = 1e-3


@dataclass(frozen=True, slots=True)
class EpsilonSchedule:
    """Epsilon as a function of the episode alone, so that a resumed run finds it again.

    Attributes:
        episodes: Episodes from `start` to `end`.
    """

    start: float
    end: float
    episodes: float
    decay: EpsilonDecay

    @classmethod
    def of(cls, config: TabularConfig) -> Self:
        """The schedule a configuration asks for."""
        return cls(
            config.epsilon_start,
            config.epsilon_end,
            config.exploration_fraction * config.episodes,
            config.epsilon_decay,
        )

    def __call__(self, episode: int) -> float:
        """Epsilon in the episode, counted from 0."""
        if self.decay is EpsilonDecay.CONSTANT:
            return self.start
        share = episode / self.episodes
        if share >= 1.0:
            return self.end
        if self.decay is EpsilonDecay.LINEAR:
            return self.start + (self.end - self.start) * share
        floor = max(self.end, _REACHED * self.start)
        return float(self.start * (floor / self.start) ** share) if self.start else 0.0
