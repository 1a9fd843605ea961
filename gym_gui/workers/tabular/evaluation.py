"""How good the greedy policy is, measured apart from training."""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass

from gym_gui.workers.tabular.environment import Task
from gym_gui.workers.tabular.stopping import StopRequest
from gym_gui.workers.tabular.table import ValueTable, greedy_action


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Returns of the greedy policy over some episodes."""

    return_mean: float
    return_std: float
    length_mean: float
    episodes: int


def evaluate(
    task: Task, table: ValueTable, *, episodes: int, seed: int, stop: StopRequest
) -> Evaluation | None:
    """The greedy policy's returns, or None when a stop request left none finished.

    The seed settles everything random in it, so an evaluation leaves no trace in training.
    """
    rng = random.Random(seed)  # noqa: S311 (learning, not secrets)
    returns: list[float] = []
    lengths: list[int] = []
    for number in range(episodes):
        if stop.is_overdue():
            break
        total, length = greedy_episode(task, table, rng, seed=seed if number == 0 else None)
        returns.append(total)
        lengths.append(length)
    if not returns:
        return None
    return Evaluation(
        statistics.fmean(returns), statistics.pstdev(returns), statistics.fmean(lengths), len(returns)
    )


def greedy_episode(
    task: Task, table: ValueTable, rng: random.Random, *, seed: int | None
) -> tuple[float, int]:
    """Return and length of one episode of the greedy policy."""
    values, step = table.values, task.step
    state = task.reset(seed)
    total, length = 0.0, 0
    while length < task.description.max_steps:
        state, reward, terminated, truncated = step(greedy_action(values[state], rng))
        total += reward
        length += 1
        if terminated or truncated:
            break
    return total, length
