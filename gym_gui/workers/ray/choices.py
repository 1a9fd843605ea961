"""What a field of the configuration can be chosen from."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """One training, or a search made of many."""

    TRAIN = "train"
    TUNE = "tune"


class Algorithm(StrEnum):
    """RLlib's algorithms, by the names RLlib knows them."""

    PPO = "PPO"
    DQN = "DQN"
    SAC = "SAC"
    IMPALA = "IMPALA"
    APPO = "APPO"

    @property
    def is_asynchronous(self) -> bool:
        """Whether sampling goes on while it learns, so that an iteration is a stretch of time."""
        return self in (Algorithm.IMPALA, Algorithm.APPO)


class EnvironmentSource(StrEnum):
    """Whose environments."""

    GYMNASIUM = "gymnasium"
    PETTINGZOO = "pettingzoo"


class PolicySharing(StrEnum):
    """How many policies several agents have."""

    SHARED = "shared"
    INDEPENDENT = "independent"


class Search(StrEnum):
    """How Tune chooses the options of its trials."""

    GRID = "grid"
    RANDOM = "random"
    ASHA = "asha"
