"""When a task counts as solved, by the mean return of the last hundred training episodes.

| environment | threshold | why |
| --- | --- | --- |
| FrozenLake, not slippery | 1.0 | the goal is reached every time |
| FrozenLake, slippery | Gymnasium's own (0.7 for 4x4, 0.85 for 8x8) | |
| CliffWalking, not slippery | -17 | the safe path along the top; the shortest one has -13 |
| Taxi | 7.0 | the best policy averages 7.9; Gymnasium's 8 is beyond it |
| others | Gymnasium's own, if there is one | |

Blackjack has none: chance decides too much of a hundred hands.
"""

from __future__ import annotations

from gym_gui.workers.tabular.environment import Task
from gym_gui.workers.tabular.progress import WINDOW, Progress


def solved_threshold(task: Task) -> float | None:
    """The mean return from which on the task counts as solved, or None when nothing says."""
    description = task.description
    slippery = bool(description.options.get("is_slippery"))
    if description.standard and not slippery:
        if description.name.startswith("FrozenLake"):
            return 1.0
        if description.name == "CliffWalking":
            return -17.0
        if description.name == "Taxi":
            return 7.0
    if description.standard or not description.options:
        return task.reward_threshold
    return None


def is_solved(progress: Progress, threshold: float | None) -> bool | None:
    """Whether the last hundred episodes reach the threshold; None when there is none."""
    if threshold is None:
        return None
    mean = progress.return_mean
    return mean is not None and len(progress.returns) == WINDOW and mean >= threshold
