"""The baseline: any action, each as likely."""

from __future__ import annotations

import random

from gym_gui.workers.barlog.agents.base import Decision
from gym_gui.workers.barlog.games.base import Observation


class RandomAgent:
    """Chooses by chance, the same in every episode of a seed."""

    def __init__(self) -> None:
        self._random = random.Random(0)  # noqa: S311 (play, not secrets)

    def begin(self, rules: str, seed: int) -> None:
        """Starts the episode's own random numbers."""
        del rules
        self._random = random.Random(seed)  # noqa: S311 (play, not secrets)

    def act(self, observation: Observation, picture: bytes | None) -> Decision:
        """Any of the observation's actions."""
        del picture
        return Decision(self._random.choice(observation.actions))
