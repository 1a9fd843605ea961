"""What a field of the configuration can be chosen from."""

from __future__ import annotations

from enum import StrEnum


class Family(StrEnum):
    """The families of games."""

    BABYAI = "babyai"
    CRAFTER = "crafter"
    TEXTWORLD = "textworld"
    MINIHACK = "minihack"
    NETHACK = "nethack"

    @property
    def standard_tasks(self) -> tuple[str, ...]:
        """The tasks that the family's name alone stands for."""
        return _STANDARD_TASKS[self]


class AgentKind(StrEnum):
    """How actions are chosen."""

    RANDOM = "random"
    NAIVE = "naive"
    CHAIN_OF_THOUGHT = "chain_of_thought"
    FEW_SHOT = "few_shot"
    ROBUST = "robust"

    @property
    def asks_a_model(self) -> bool:
        """Whether a language model is needed."""
        return self is not AgentKind.RANDOM


class AnswerForm(StrEnum):
    """What holds the model to answers that name a valid action."""

    FREE = "free"
    GRAMMAR = "grammar"
    JSON_SCHEMA = "json_schema"


class TokenLimitField(StrEnum):
    """The request field that limits the length of an answer."""

    MAX_TOKENS = "max_tokens"
    MAX_COMPLETION_TOKENS = "max_completion_tokens"


# BALROG's own tasks where packages hold them. Its BabyAI tasks come from an environment that only its
# own fork has, so each stands for the nearest one of minigrid; Boxoban needs level files nobody packages.
_STANDARD_TASKS = {
    Family.BABYAI: ("GoToLocal", "PickupLoc", "OpenDoor", "PutNextLocal", "GoToSeqS5R2"),
    Family.CRAFTER: ("default",),
    Family.TEXTWORLD: ("treasure_hunter", "cooking", "coin_collector"),
    Family.MINIHACK: (
        "MazeWalk-9x9",
        "MazeWalk-15x15",
        "Corridor-R3",
        "CorridorBattle-Dark",
        "Quest-Easy",
        "Quest-Medium",
    ),
    Family.NETHACK: ("NetHackChallenge",),
}
