"""What every agent does, and what it says about each choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gym_gui.workers.barlog.games.base import Observation
from gym_gui.workers.barlog.model.meter import NOTHING_USED, Usage


@dataclass(frozen=True, slots=True)
class Decision:
    """An action and how it came about.

    Attributes:
        action: One of the observation's actions.
        valid: Whether the agent named it; if not, it is the game's fallback.
        answers: What the model said, each time it was asked; empty for agents without a model.
        usage: What it took.
        seconds: How long the model took.
    """

    action: str
    valid: bool = True
    answers: tuple[str, ...] = ()
    usage: Usage = NOTHING_USED
    seconds: float = 0.0

    @property
    def reasks(self) -> int:
        """How often the model was asked again."""
        return max(len(self.answers) - 1, 0)


class Agent(Protocol):
    """Chooses actions in one episode after another."""

    def begin(self, rules: str, seed: int) -> None:
        """Forgets the episode before; the rules are those of the game to come."""

    def act(self, observation: Observation, picture: bytes | None) -> Decision:
        """The action for the observation, and for its picture where there is one."""
