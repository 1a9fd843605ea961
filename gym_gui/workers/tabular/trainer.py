"""The training loop: episodes, and what is due after each of them."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from gym_gui.core.worker import TelemetryEmitter
from gym_gui.workers.tabular.algorithms import Learner
from gym_gui.workers.tabular.checkpoint import Checkpoint, CheckpointState, agent_words
from gym_gui.workers.tabular.checkpoint_store import CheckpointStore
from gym_gui.workers.tabular.config import TabularConfig
from gym_gui.workers.tabular.environment import Task
from gym_gui.workers.tabular.evaluation import Evaluation, evaluate
from gym_gui.workers.tabular.log_constants import (
    LOG_WORKER_TABULAR_CHECKPOINT_SAVED,
    LOG_WORKER_TABULAR_HEARTBEAT,
)
from gym_gui.workers.tabular.progress import Progress
from gym_gui.workers.tabular.scalars import ScalarWriter
from gym_gui.workers.tabular.schedule import EpsilonSchedule
from gym_gui.workers.tabular.seeds import seed_for
from gym_gui.workers.tabular.stopping import StopRequest
from gym_gui.workers.tabular.table import ValueTable


class TrainingError(RuntimeError):
    """Training cannot go on; the message says why."""


@dataclass(frozen=True, slots=True)
class TrainingState:
    """What training changes, and a checkpoint keeps.

    Attributes:
        seed: The run's seed, known by now.
        rng: The agent's random numbers.
    """

    seed: int
    table: ValueTable
    rng: random.Random
    progress: Progress


class Trainer:
    """Trains until the episodes are done or a stop is asked for.

    Args:
        task: The environment trained in.
        evaluation_task: Another of its kind, so that evaluating leaves training untouched.
    """

    def __init__(
        self,
        config: TabularConfig,
        task: Task,
        evaluation_task: Task,
        learner: Learner,
        state: TrainingState,
        *,
        checkpoints: CheckpointStore,
        scalars: ScalarWriter,
        emitter: TelemetryEmitter,
        stop: StopRequest,
    ) -> None:
        self._config = config
        self._task = task
        self._evaluation_task = evaluation_task
        self._learner = learner
        self._state = state
        self._checkpoints = checkpoints
        self._scalars = scalars
        self._emitter = emitter
        self._stop = stop
        self._began = time.monotonic()
        self._steps_before = state.progress.step

    def train(self) -> None:
        """Trains; the progress says how far it came."""
        config, progress, stop = self._config, self._state.progress, self._stop
        epsilon_of = EpsilonSchedule.of(config)
        evaluation_interval, checkpoint_interval = config.evaluation_interval(), config.checkpoint_interval()
        beat = self._emitter.heartbeat_every(
            config.heartbeat_interval_s, constant=LOG_WORKER_TABULAR_HEARTBEAT
        )
        while progress.episode < config.episodes and not stop.requested:
            epsilon = epsilon_of(progress.episode)
            episode = self._learner.train_episode(self._task, epsilon)
            if not math.isfinite(episode.total):
                raise TrainingError(
                    f"{self._task.description.env_id} gave a reward that is not finite in episode "
                    f"{progress.episode + 1}; values learned from it would mean nothing"
                )
            if not episode.finished:
                break
            progress.record(episode, epsilon)
            self._scalars.training(progress)
            if progress.episode < config.episodes:
                if _is_due(progress.episode, evaluation_interval):
                    self.evaluate()
                if _is_due(progress.episode, checkpoint_interval):
                    self._announce(self._checkpoints.save_periodic(self.checkpoint()), is_best=False)
            beat(self._heartbeat)
        self._emitter.heartbeat(self._heartbeat(), constant=LOG_WORKER_TABULAR_HEARTBEAT)

    def evaluate(self) -> Evaluation | None:
        """How good the greedy policy is, saved when best so far; None when turned off or stopped."""
        if self._config.eval_episodes == 0:
            return None
        state, progress = self._state, self._state.progress
        evaluation = evaluate(
            self._evaluation_task,
            state.table,
            episodes=self._config.eval_episodes,
            seed=seed_for(state.seed, "evaluation", progress.episode),
            stop=self._stop,
        )
        if evaluation is None or evaluation.episodes < self._config.eval_episodes:
            return None
        progress.evaluated = evaluation.return_mean
        self._scalars.evaluation(evaluation.return_mean, progress.step)
        if progress.best is None or evaluation.return_mean > progress.best:
            progress.best = evaluation.return_mean
            self._announce(self._checkpoints.save_best(self.checkpoint()), is_best=True)
        return evaluation

    def save_final(self) -> None:
        """Saves the checkpoint that the run ends with."""
        progress = self._state.progress
        is_best = progress.evaluated is not None and progress.evaluated == progress.best
        self._announce(self._checkpoints.save_final(self.checkpoint()), is_best=is_best)

    def checkpoint(self) -> Checkpoint:
        """The run as it stands, between two episodes."""
        state, progress, description = self._state, self._state.progress, self._task.description
        words, gauss = agent_words(state.rng)
        return Checkpoint(
            CheckpointState(
                algorithm=self._config.algorithm.value,
                env_id=description.env_id,
                env_options=description.options,
                seed=state.seed,
                episode=progress.episode,
                step=progress.step,
                evaluated=progress.evaluated,
                best=progress.best,
                env_random=self._task.random_state(),
                agent_gauss=gauss,
            ),
            state.table.value_array(),
            state.table.visit_array(),
            np.array(progress.returns, dtype=np.float64),
            words,
        )

    def elapsed_s(self) -> float:
        """Seconds since training began in this process."""
        return time.monotonic() - self._began

    def _heartbeat(self) -> dict[str, Any]:
        elapsed = self.elapsed_s()
        steps = self._state.progress.step - self._steps_before
        return self._state.progress.heartbeat(elapsed, steps / elapsed if elapsed else 0.0)

    def _announce(self, path: str, *, is_best: bool) -> None:
        progress = self._state.progress
        self._emitter.checkpoint_saved(
            {"path": path, "step": progress.step, "episode": progress.episode, "is_best": is_best},
            constant=LOG_WORKER_TABULAR_CHECKPOINT_SAVED,
        )


def _is_due(episode: int, interval: int) -> bool:
    return interval > 0 and episode % interval == 0
