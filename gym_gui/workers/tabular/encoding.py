"""Observations and actions of discrete spaces as integers from 0."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gymnasium import spaces


def state_encoder(space: spaces.Space[Any]) -> tuple[Callable[[Any], int], int]:
    """What turns an observation into a state, and how many states there are.

    Raises:
        ValueError: The space is neither Discrete nor a Tuple of Discrete.
    """
    if isinstance(space, spaces.Discrete):
        first = int(space.start)
        if first == 0:
            return int, int(space.n)
        return (lambda observation: int(observation) - first), int(space.n)
    if isinstance(space, spaces.Tuple) and all(isinstance(part, spaces.Discrete) for part in space.spaces):
        parts = [part for part in space.spaces if isinstance(part, spaces.Discrete)]
        sizes = tuple(int(part.n) for part in parts)
        firsts = tuple(int(part.start) for part in parts)
        return _tuple_encoder(sizes, firsts), math.prod(sizes)
    raise ValueError(
        f"has observations of {_named(space)}; a table needs Discrete ones or a Tuple of Discrete"
    )


def action_numbers(space: spaces.Space[Any]) -> tuple[int, int]:
    """The environment's number for the first action, and how many actions there are.

    Raises:
        ValueError: The space is not Discrete.
    """
    if isinstance(space, spaces.Discrete):
        return int(space.start), int(space.n)
    raise ValueError(f"has actions of {_named(space)}; a table needs Discrete ones")


def _tuple_encoder(sizes: tuple[int, ...], firsts: tuple[int, ...]) -> Callable[[Any], int]:
    def encode(observation: Any) -> int:
        state = 0
        for part, size, first in zip(observation, sizes, firsts, strict=True):
            state = state * size + int(part) - first
        return state

    return encode


def _named(space: spaces.Space[Any]) -> str:
    return f"{type(space).__name__}, {space}"
