"""What a game looks like to an agent: text, the actions there are, and now and then a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class GameError(RuntimeError):
    """A game cannot be made or demonstrated; the message names the task and the mend."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What the player sees.

    Attributes:
        text: The situation in words.
        actions: What can be done now.
        fallback: The action that is taken when an answer names none of them.
    """

    text: str
    actions: tuple[str, ...]
    fallback: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action led to.

    Attributes:
        terminated: The episode reached its end: won, lost, died.
        truncated: It was cut off.
    """

    observation: Observation
    reward: float
    terminated: bool
    truncated: bool


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """One step of an example episode."""

    text: str
    action: str


class Game(Protocol):
    """One task of a family of games.

    Attributes:
        rules: What the game is about and what its actions do, for the model's instructions.
        max_steps: Steps after which an episode is cut off.
        reproducible: Whether a seed settles the episode.
    """

    rules: str
    max_steps: int
    reproducible: bool

    def reset(self, seed: int) -> Observation:
        """The first observation of a new episode."""

    def step(self, action: str) -> Outcome:
        """What the action, one of the last observation's, led to."""

    def progression(self) -> float:
        """How far the episode came by BALROG's measure, 0 to 1."""

    def picture(self) -> bytes:
        """The present observation as a PNG."""

    def demonstration(self, seed: int) -> list[Demonstrated]:
        """An episode played by an expert.

        Raises:
            GameError: There is no expert for this game.
        """

    def close(self) -> None:
        """Lets go of what the game holds."""
