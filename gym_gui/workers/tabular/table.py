"""The table of action values, and how an action is chosen from it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ValueTable:
    """Action values and visits by state, as lists: single numbers in numpy arrays cost ten times as much.

    Attributes:
        values: Value of each action in each state.
        visits: How often each action's value was learned from.
    """

    values: list[list[float]]
    visits: list[list[int]]

    @classmethod
    def filled(cls, n_states: int, n_actions: int, value: float) -> Self:
        """A table of nothing but the value, never visited."""
        return cls([[value] * n_actions for _ in range(n_states)], [[0] * n_actions for _ in range(n_states)])

    @classmethod
    def from_arrays(cls, values: NDArray[np.float64], visits: NDArray[np.int64]) -> Self:
        """The table that two arrays of shape (states, actions) hold."""
        return cls(values.tolist(), visits.tolist())

    def value_array(self) -> NDArray[np.float64]:
        """The values as an array of shape (states, actions)."""
        return np.array(self.values, dtype=np.float64)

    def visit_array(self) -> NDArray[np.int64]:
        """The visits as an array of shape (states, actions)."""
        return np.array(self.visits, dtype=np.int64)


def greedy_action(row: list[float], rng: random.Random) -> int:
    """The action of the highest value, any of them alike where several share it."""
    best = max(row)
    if row.count(best) == 1:
        return row.index(best)
    return rng.choice([action for action, value in enumerate(row) if value == best])


def epsilon_greedy_action(row: list[float], epsilon: float, rng: random.Random) -> int:
    """Any action with probability epsilon, else a greedy one."""
    if rng.random() < epsilon:
        return int(rng.random() * len(row))
    return greedy_action(row, rng)
