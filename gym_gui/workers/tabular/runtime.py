"""One tabular run from start to end: prepare, train, evaluate, draw, and say how it went."""

from __future__ import annotations

import logging
from contextlib import ExitStack, closing
from typing import Any

from gym_gui.config.paths import get_checkpoints_dir, get_run_dir, get_tensorboard_dir
from gym_gui.core.worker import TelemetryEmitter
from gym_gui.core.worker.telemetry import RunCancelled
from gym_gui.logging_config.helpers import log_constant
from gym_gui.workers.tabular.algorithms import learner_for
from gym_gui.workers.tabular.checkpoint_store import CheckpointStore
from gym_gui.workers.tabular.config import TabularConfig
from gym_gui.workers.tabular.environment import Task
from gym_gui.workers.tabular.environment_ids import env_id_of
from gym_gui.workers.tabular.keepsakes import Keepsakes
from gym_gui.workers.tabular.log_constants import (
    LOG_WORKER_TABULAR_ANALYTICS_MANIFEST_CREATED,
    LOG_WORKER_TABULAR_ANALYTICS_MANIFEST_FAILED,
    LOG_WORKER_TABULAR_CHECKPOINT_LOADED,
    LOG_WORKER_TABULAR_EVAL_COMPLETED,
    LOG_WORKER_TABULAR_RUNTIME_CANCELLED,
    LOG_WORKER_TABULAR_RUNTIME_COMPLETED,
    LOG_WORKER_TABULAR_RUNTIME_FAILED,
    LOG_WORKER_TABULAR_RUNTIME_STARTED,
)
from gym_gui.workers.tabular.manifest import write_manifest
from gym_gui.workers.tabular.resuming import checkpoint_to_resume
from gym_gui.workers.tabular.scalars import ScalarWriter
from gym_gui.workers.tabular.seeds import drawn_seed, seed_for
from gym_gui.workers.tabular.solving import is_solved, solved_threshold
from gym_gui.workers.tabular.starting import fresh_state, resumed_state
from gym_gui.workers.tabular.stopping import StopRequest, stop_on_signals
from gym_gui.workers.tabular.trainer import Trainer, TrainingState

_CONSTANTS = {
    "run_started": LOG_WORKER_TABULAR_RUNTIME_STARTED,
    "run_completed": LOG_WORKER_TABULAR_RUNTIME_COMPLETED,
    "run_failed": LOG_WORKER_TABULAR_RUNTIME_FAILED,
    "run_cancelled": LOG_WORKER_TABULAR_RUNTIME_CANCELLED,
}


class TabularRuntime:
    """Runs one configuration.

    Args:
        config: What to run.
        logger: Where log constants go besides the events on standard output.
    """

    def __init__(self, config: TabularConfig, logger: logging.Logger | None = None) -> None:
        self.config = config
        self._logger = logger or logging.getLogger(__name__)
        self._emitter = TelemetryEmitter(config.run_id, logger=self._logger)
        # A resumed run without a seed of its own takes that of its checkpoint.
        resumes = config.resume_from is not None
        self._seed = drawn_seed() if config.seed is None and not resumes else config.seed
        self._facts: dict[str, Any] = {
            "worker_type": "tabular",
            "algorithm": config.algorithm.value,
            "env_id": env_id_of(config.environment, config.env_id),
            "seed": self._seed,
            "total_episodes": config.episodes,
        }

    def run(self) -> dict[str, Any]:
        """The results of the run.

        Raises:
            ValueError: The environment or the checkpoint does not do; the message names the field.
            RunCancelled: SIGTERM ended it; KeyboardInterrupt if Ctrl-C did.
        """
        status = "failed"
        with stop_on_signals() as stop, self._emitter.run(self._facts, constants=_CONSTANTS) as scope:
            try:
                scope.results.update(self._train_and_draw(stop))
                if stop.requested:
                    raise RunCancelled if stop.reason == "SIGTERM" else KeyboardInterrupt
                status = "completed"
            except (RunCancelled, KeyboardInterrupt):
                status = "cancelled"
                raise
            finally:
                # Before the last event: who has seen that finds the manifest.
                self._write_manifest(status, scope.results)
        return scope.results

    def _train_and_draw(self, stop: StopRequest) -> dict[str, Any]:
        config = self.config
        with ExitStack() as stack:
            run_dir = get_run_dir(config.run_id, create=True)
            task = stack.enter_context(closing(Task(config)))
            evaluation_task = stack.enter_context(closing(Task(config)))
            checkpoints = CheckpointStore(
                run_dir, get_checkpoints_dir(config.run_id, create=True), config.checkpoints_to_keep
            )
            state = self._starting_state(task)
            scalars = stack.enter_context(
                ScalarWriter(get_tensorboard_dir(config.run_id, create=True), config.scalar_interval())
            )
            learner = learner_for(config, state.table, task.description.max_steps, state.rng, stop)
            trainer = Trainer(
                config,
                task,
                evaluation_task,
                learner,
                state,
                checkpoints=checkpoints,
                scalars=scalars,
                emitter=self._emitter,
                stop=stop,
            )
            trainer.train()
            results = self._evaluated(trainer, state, task, stop)
            trainer.save_final()
            keepsakes = Keepsakes(config, self._logger, stop)
            keepsakes.draw_plot(task, state.table, state.progress)
            keepsakes.record_clip(state.table, seed_for(state.seed, "clip"))
            return results | keepsakes.notes()

    def _starting_state(self, task: Task) -> TrainingState:
        resumed = checkpoint_to_resume(self.config, task.description)
        if resumed is None:
            return fresh_state(self.config, task, drawn_seed() if self._seed is None else self._seed)
        path, checkpoint = resumed
        saved = checkpoint.state
        state = resumed_state(self.config, task, path, checkpoint)
        self._facts["seed"] = saved.seed
        self._emitter.checkpoint_loaded(
            {"path": str(path), "step": saved.step, "episode": saved.episode, "seed": saved.seed},
            constant=LOG_WORKER_TABULAR_CHECKPOINT_LOADED,
        )
        return state

    def _evaluated(
        self, trainer: Trainer, state: TrainingState, task: Task, stop: StopRequest
    ) -> dict[str, Any]:
        progress = state.progress
        threshold = solved_threshold(task)
        results: dict[str, Any] = {
            "episodes": progress.episode,
            "steps": progress.step,
            "return_mean_last_100": progress.return_mean,
            "solved": is_solved(progress, threshold),
            "solved_at_return": threshold,
            "train_seconds": round(trainer.elapsed_s(), 3),
            "seed": state.seed,
        }
        evaluation = None if stop.requested else trainer.evaluate()
        if evaluation is not None:
            results |= {
                "eval_return_mean": evaluation.return_mean,
                "eval_return_std": evaluation.return_std,
                "eval_length_mean": evaluation.length_mean,
                "eval_episodes": evaluation.episodes,
            }
            log_constant(self._logger, LOG_WORKER_TABULAR_EVAL_COMPLETED, extra=results)
        return results

    def _write_manifest(self, status: str, results: dict[str, Any]) -> None:
        facts = {name: value for name, value in self._facts.items() if name != "worker_type"}
        try:
            path = write_manifest(self.config.run_id, {"status": status, **facts, **results})
        except OSError as error:
            # The run has its own outcome to report, which a full disk must not replace.
            log_constant(
                self._logger, LOG_WORKER_TABULAR_ANALYTICS_MANIFEST_FAILED, message=str(error), exc_info=error
            )
            return
        log_constant(self._logger, LOG_WORKER_TABULAR_ANALYTICS_MANIFEST_CREATED, message=str(path))
