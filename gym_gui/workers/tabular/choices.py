"""What a field of the configuration can be chosen from."""

from __future__ import annotations

from enum import StrEnum


class Algorithm(StrEnum):
    """How action values are learned."""

    Q_LEARNING = "q_learning"
    SARSA = "sarsa"
    EXPECTED_SARSA = "expected_sarsa"
    MONTE_CARLO = "monte_carlo"

    @property
    def label(self) -> str:
        """The name as text for people has it."""
        return {"q_learning": "Q-learning", "sarsa": "SARSA", "expected_sarsa": "Expected SARSA"}.get(
            self.value, "Monte Carlo control"
        )


class EnvironmentName(StrEnum):
    """The toy-text environments; the newest registered version of each is taken."""

    FROZEN_LAKE_8X8 = "FrozenLake8x8"
    FROZEN_LAKE_4X4 = "FrozenLake4x4"
    CLIFF_WALKING = "CliffWalking"
    TAXI = "Taxi"
    BLACKJACK = "Blackjack"

    @property
    def can_be_slippery(self) -> bool:
        """Whether the environment has a slippery variant."""
        return self not in (EnvironmentName.TAXI, EnvironmentName.BLACKJACK)


class EpsilonDecay(StrEnum):
    """The curve of epsilon between its start and its end."""

    LINEAR = "linear"
    EXPONENTIAL = "exponential"
    CONSTANT = "constant"


class StepSize(StrEnum):
    """How far an update moves a value towards its target."""

    CONSTANT = "constant"
    VISITS = "visits"


class MonteCarloVisits(StrEnum):
    """Which visits of a state and action in an episode count."""

    FIRST = "first"
    EVERY = "every"
