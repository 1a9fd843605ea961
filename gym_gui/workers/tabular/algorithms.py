"""How a table of action values learns from an episode: one-step TD control and Monte Carlo control."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from gym_gui.workers.tabular.choices import Algorithm, MonteCarloVisits, StepSize
from gym_gui.workers.tabular.config import TabularConfig
from gym_gui.workers.tabular.stopping import StopRequest
from gym_gui.workers.tabular.table import ValueTable, epsilon_greedy_action

Bootstrap = Callable[[list[float], float, int], float]


class Steppable(Protocol):
    """What the algorithms need of a task."""

    def reset(self) -> int:
        """The first state of a new episode."""
        ...

    def step(self, action: int) -> tuple[int, float, bool, bool]:
        """Next state, reward, terminated, truncated."""
        ...


@dataclass(frozen=True, slots=True)
class Episode:
    """What an episode came to.

    Attributes:
        total: Sum of its rewards, undiscounted.
        td_error: Mean size of the updates' errors (target less value).
        finished: False when a stop request broke it off.
    """

    total: float
    length: int
    td_error: float
    finished: bool


class Learner(Protocol):
    """A learning algorithm with its table."""

    def train_episode(self, task: Steppable, epsilon: float) -> Episode:
        """One episode, learned from."""
        ...


def q_learning_value(row: list[float], _epsilon: float, _next_action: int) -> float:
    """What follows if the best action is taken."""
    return max(row)


def sarsa_value(row: list[float], _epsilon: float, next_action: int) -> float:
    """What follows if the action that is about to be taken is taken."""
    return row[next_action]


def expected_sarsa_value(row: list[float], epsilon: float, _next_action: int) -> float:
    """What follows on average if an epsilon-greedy action is taken; ties need no care, they share a value."""
    return (1.0 - epsilon) * max(row) + epsilon * sum(row) / len(row)


_BOOTSTRAPS: dict[Algorithm, Bootstrap] = {
    Algorithm.Q_LEARNING: q_learning_value,
    Algorithm.SARSA: sarsa_value,
    Algorithm.EXPECTED_SARSA: expected_sarsa_value,
}


@dataclass(frozen=True, slots=True)
class TemporalDifference:
    """One-step temporal-difference control.

    Attributes:
        bootstrap: Value of a next state from its row, epsilon and next action; it makes the algorithm.
        on_policy: Whether the next action is settled before the update, as SARSA needs.
        max_steps: Steps after which an episode is cut off; a state where that happens is still learned
            from as one that goes on.
    """

    table: ValueTable
    bootstrap: Bootstrap
    on_policy: bool
    gamma: float
    learning_rate: float | None
    max_steps: int
    rng: random.Random
    stop: StopRequest

    def train_episode(self, task: Steppable, epsilon: float) -> Episode:
        """One episode, each step learned from as it is taken; a learning rate of None means 1 / visits."""
        values, visits = self.table.values, self.table.visits
        step, bootstrap, gamma, rate = task.step, self.bootstrap, self.gamma, self.learning_rate
        rng, on_policy, stop = self.rng, self.on_policy, self.stop
        total = errors = 0.0
        length = 0
        ended = False
        state = task.reset()
        row = values[state]
        action = epsilon_greedy_action(row, epsilon, rng)
        while length < self.max_steps and not (stop.requested and stop.is_overdue()):
            next_state, reward, terminated, truncated = step(action)
            length += 1
            total += reward
            next_row = values[next_state]
            next_action = epsilon_greedy_action(next_row, epsilon, rng) if on_policy else 0
            target = reward if terminated else reward + gamma * bootstrap(next_row, epsilon, next_action)
            counts = visits[state]
            counts[action] += 1
            error = target - row[action]
            row[action] += error * (1.0 / counts[action] if rate is None else rate)
            errors += abs(error)
            if terminated or truncated:
                ended = True
                break
            state, row = next_state, next_row
            action = next_action if on_policy else epsilon_greedy_action(row, epsilon, rng)
        return Episode(total, length, errors / max(length, 1), ended or length >= self.max_steps)


@dataclass(frozen=True, slots=True)
class MonteCarlo:
    """Monte Carlo control: values move towards the returns that followed.

    An episode that is cut off counts as if it had ended there.

    Attributes:
        every_visit: Whether all visits of a state and action in an episode count, or its first alone.
    """

    table: ValueTable
    every_visit: bool
    gamma: float
    learning_rate: float | None
    max_steps: int
    rng: random.Random
    stop: StopRequest

    def train_episode(self, task: Steppable, epsilon: float) -> Episode:
        """One episode, learned from once it is over; one broken off by a stop request teaches nothing."""
        values, rng, stop, step = self.table.values, self.rng, self.stop, task.step
        steps: list[tuple[int, int, float]] = []
        state = task.reset()
        ended = False
        while len(steps) < self.max_steps and not (stop.requested and stop.is_overdue()):
            action = epsilon_greedy_action(values[state], epsilon, rng)
            next_state, reward, terminated, truncated = step(action)
            steps.append((state, action, reward))
            state = next_state
            if terminated or truncated:
                ended = True
                break
        finished = ended or len(steps) >= self.max_steps
        td_error = self.learn(steps) if finished else 0.0
        return Episode(sum(reward for _, _, reward in steps), len(steps), td_error, finished)

    def learn(self, steps: list[tuple[int, int, float]]) -> float:
        """Mean size of the errors, after a move towards the returns of (state, action, reward) steps."""
        values, visits, rate = self.table.values, self.table.visits, self.learning_rate
        first: dict[tuple[int, int], int] = {}
        for index, (state, action, _) in enumerate(steps):
            first.setdefault((state, action), index)
        errors, updates, following = 0.0, 0, 0.0
        for index in range(len(steps) - 1, -1, -1):
            state, action, reward = steps[index]
            following = reward + self.gamma * following
            if not self.every_visit and first[state, action] != index:
                continue
            visits[state][action] += 1
            error = following - values[state][action]
            values[state][action] += error * (1.0 / visits[state][action] if rate is None else rate)
            errors += abs(error)
            updates += 1
        return errors / max(updates, 1)


def learner_for(
    config: TabularConfig, table: ValueTable, max_steps: int, rng: random.Random, stop: StopRequest
) -> Learner:
    """The learner a configuration asks for, working on the table."""
    rate = None if config.step_size is StepSize.VISITS else config.learning_rate
    if config.algorithm is Algorithm.MONTE_CARLO:
        every = config.monte_carlo_visits is MonteCarloVisits.EVERY
        return MonteCarlo(table, every, config.gamma, rate, max_steps, rng, stop)
    bootstrap = _BOOTSTRAPS[config.algorithm]
    on_policy = config.algorithm is Algorithm.SARSA
    return TemporalDifference(table, bootstrap, on_policy, config.gamma, rate, max_steps, rng, stop)
