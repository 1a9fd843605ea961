"""What a field of the configuration can be chosen from."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """What a run does."""

    TRAIN = "train"
    EVALUATE = "evaluate"
