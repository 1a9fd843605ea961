"""Enumerations that workers and the panel share."""

from __future__ import annotations

from enum import StrEnum


class SteppingParadigm(StrEnum):
    """How the agents of an environment take their turns."""

    SINGLE_AGENT = "single_agent"
    SEQUENTIAL = "sequential"
    SIMULTANEOUS = "simultaneous"
