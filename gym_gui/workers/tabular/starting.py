"""What training starts from: nothing, or a checkpoint."""

from __future__ import annotations

import random
from collections import deque
from pathlib import Path

from gym_gui.workers.tabular.checkpoint import Checkpoint, CheckpointError
from gym_gui.workers.tabular.config import TabularConfig
from gym_gui.workers.tabular.environment import Task
from gym_gui.workers.tabular.progress import WINDOW, Progress
from gym_gui.workers.tabular.seeds import seed_for
from gym_gui.workers.tabular.table import ValueTable
from gym_gui.workers.tabular.trainer import TrainingState

_BEST_RETURN_OF_FROZEN_LAKE = 1.0


def fresh_state(config: TabularConfig, task: Task, seed: int) -> TrainingState:
    """An empty table, with the random numbers of agent and environment seeded."""
    description = task.description
    task.reset(seed_for(seed, "environment"))
    table = ValueTable.filled(description.n_states, description.n_actions, _initial_value(config, task))
    rng = random.Random(seed_for(seed, "agent"))  # noqa: S311 (learning, not secrets)
    return TrainingState(seed, table, rng, Progress(config.episodes))


def resumed_state(config: TabularConfig, task: Task, path: Path, checkpoint: Checkpoint) -> TrainingState:
    """The state a checkpoint holds, with the environment's random numbers put back where they were.

    Raises:
        CheckpointError: The environment's random numbers are damaged or of another kind.
    """
    saved = checkpoint.state
    try:
        task.restore_random_state(saved.env_random)
    except ValueError as error:
        raise CheckpointError(f"resume_from: {path}: {error}; resume from another checkpoint") from error
    progress = Progress(
        config.episodes,
        saved.episode,
        saved.step,
        deque(checkpoint.returns.tolist(), maxlen=WINDOW),
        evaluated=saved.evaluated,
        best=saved.best,
    )
    table = ValueTable.from_arrays(checkpoint.values, checkpoint.visits)
    return TrainingState(saved.seed, table, checkpoint.agent_rng(), progress)


def _initial_value(config: TabularConfig, task: Task) -> float:
    if config.initial_value is not None:
        return config.initial_value
    return _BEST_RETURN_OF_FROZEN_LAKE if task.description.name.startswith("FrozenLake") else 0.0
