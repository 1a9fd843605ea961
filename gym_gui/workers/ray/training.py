"""One training: iterations until the steps are used up, with a checkpoint whenever one is due."""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gym_gui.config.paths import get_checkpoints_dir, get_logs_dir, get_run_dir
from gym_gui.core.worker import TelemetryEmitter
from gym_gui.logging_config.helpers import log_constant
from gym_gui.logging_config.log_constants import (
    LOG_WORKER_RAY_ALGORITHM_BUILT,
    LOG_WORKER_RAY_CHECKPOINT_LOADED,
    LOG_WORKER_RAY_CHECKPOINT_SAVED,
    LOG_WORKER_RAY_HEARTBEAT,
    LOG_WORKER_RAY_RLLIB_TRAINING_ITERATION,
    LOG_WORKER_RAY_RLLIB_TRAINING_STARTED,
)
from gym_gui.workers.ray.checkpoints import CheckpointStore, checkpoint_to_resume, note_of
from gym_gui.workers.ray.config import RayConfig
from gym_gui.workers.ray.iteration import Iteration, iteration_of
from gym_gui.workers.ray.log_constants import (
    LOG_WORKER_RAY_CHECKPOINT_FAILED,
    LOG_WORKER_RAY_CLEANUP_FAILED,
)
from gym_gui.workers.ray.reporting import Reports
from gym_gui.workers.ray.stopping import StopRequest

if TYPE_CHECKING:
    from ray.rllib.algorithms.algorithm import Algorithm
    from ray.rllib.algorithms.algorithm_config import AlgorithmConfig

SECONDS_TO_START_OVER_SAMPLING = 300.0


class TrainingError(RuntimeError):
    """Training cannot go on; the message says why."""


@dataclass(slots=True)
class _Position:
    """Where training stands, and where it stood when this process began."""

    now: Iteration
    began: float
    step_before: int


class Training:
    """Builds an algorithm, trains it and stops it.

    Args:
        built_from: RLlib's configuration.
        seed: Of the run, known by now.
    """

    def __init__(
        self,
        config: RayConfig,
        built_from: AlgorithmConfig,
        seed: int,
        *,
        reports: Reports,
        emitter: TelemetryEmitter,
        logger: logging.Logger,
        stop: StopRequest,
    ) -> None:
        self._config = config
        self._built_from = built_from
        self._seed = seed
        self._reports = reports
        self._emitter = emitter
        self._logger = logger
        self._stop = stop
        self._algorithm: Algorithm | None = None
        run_dir = get_run_dir(config.run_id, create=True)
        directory = get_checkpoints_dir(config.run_id, create=True)
        self._checkpoints = CheckpointStore(run_dir, directory, config.checkpoints_to_keep)
        self._at = _Position(Iteration(0, 0, 0, 0.0), time.monotonic(), 0)

    def train(self) -> None:
        """Trains until the steps are used up, the return is good enough or a stop is asked for."""
        self._algorithm = self._built()
        self._restore()
        config = self._config
        self._at.began, self._at.step_before = time.monotonic(), self._at.now.step
        log_constant(
            self._logger,
            LOG_WORKER_RAY_RLLIB_TRAINING_STARTED,
            message=f"{config.algorithm.value} on {config.env_id}, {config.total_timesteps:,} steps",
        )
        interval = config.checkpoint_interval()
        due = (self._at.now.step // interval + 1) * interval if interval else 0
        while not self._is_done() and not self._stop.requested:
            self._one_iteration()
            if interval and self._at.now.step >= due and not self._is_done():
                due = (self._at.now.step // interval + 1) * interval
                self._save(final=False)

    def save_final(self) -> None:
        """Saves the state training ended with, unless nothing was learned."""
        if self._algorithm is not None and self._at.now.number > 0:
            self._save(final=True)

    def try_to_save_final(self) -> None:
        """The same when processes that hold part of the state may be gone already."""
        try:
            self.save_final()
        except Exception as error:  # noqa: BLE001 (boundary: Ray raises anything once its processes end)
            message = f"{type(error).__name__}: {error}"
            log_constant(self._logger, LOG_WORKER_RAY_CHECKPOINT_FAILED, message=message[:500])

    def close(self) -> None:
        """Ends the algorithm and its processes."""
        if self._algorithm is not None:
            directory = Path(self._algorithm.logdir)
            algorithm, self._algorithm = self._algorithm, None
            try:
                algorithm.stop()
            except Exception as error:  # noqa: BLE001 (boundary: its processes may be gone already)
                message = f"the algorithm did not stop cleanly: {type(error).__name__}: {error}"
                log_constant(self._logger, LOG_WORKER_RAY_CLEANUP_FAILED, message=message[:500])
            with contextlib.suppress(OSError):  # something was written into it: then it stays
                directory.rmdir()
                directory.parent.rmdir()

    def results(self) -> dict[str, Any]:
        """How far it came and how well it did."""
        now = self._at.now
        known: dict[str, Any] = {
            "steps": now.step,
            "iterations": now.number,
            "episodes": now.episodes,
            "episode_return_mean": now.return_mean,
            "episode_len_mean": now.returns.get("episode_len_mean"),
            "train_seconds": round(time.monotonic() - self._at.began, 3),
        }
        return {name: value for name, value in known.items() if value is not None}

    def _built(self) -> Algorithm:
        from ray.tune.trainable import trainable

        # Without Tune an algorithm makes an empty directory for itself below ~/ray_results, and there is
        # no option for it.
        trainable.DEFAULT_STORAGE_PATH = str(get_logs_dir(self._config.run_id, create=True))
        began = time.monotonic()
        algorithm = self._built_from.build_algo()
        log_constant(
            self._logger,
            LOG_WORKER_RAY_ALGORITHM_BUILT,
            message=f"{self._config.algorithm.value} in {time.monotonic() - began:.1f} s",
        )
        return algorithm

    def _restore(self) -> None:
        resumed = checkpoint_to_resume(self._config)
        if resumed is None or self._algorithm is None:
            return
        path, note = resumed
        self._algorithm.restore_from_path(str(path))
        number = int(self._algorithm.iteration)
        step, episode = (note.step, note.episode) if note is not None else (self._steps_restored(), 0)
        self._at.now = replace(self._at.now, number=number, step=step, episodes=episode)
        self._emitter.checkpoint_loaded(
            {"path": str(path), "step": step, "iteration": number, "episode": episode},
            constant=LOG_WORKER_RAY_CHECKPOINT_LOADED,
        )

    def _steps_restored(self) -> int:
        from ray.rllib.utils.metrics import NUM_ENV_STEPS_SAMPLED_LIFETIME

        assert self._algorithm is not None and self._algorithm.metrics is not None  # noqa: S101 (built)
        return int(self._algorithm.metrics.peek(NUM_ENV_STEPS_SAMPLED_LIFETIME, default=0))

    def _one_iteration(self) -> None:
        assert self._algorithm is not None  # noqa: S101 (train() has built it)
        began = time.monotonic()
        while True:
            iteration = iteration_of(self._algorithm.train())
            if iteration.step > self._at.now.step or self._stop.requested:
                break
            # Runners of IMPALA and APPO take a moment; none of its own is no progress.
            if time.monotonic() - began > SECONDS_TO_START_OVER_SAMPLING:
                raise TrainingError(
                    f"no environment step in {SECONDS_TO_START_OVER_SAMPLING:.0f} s: the runners do not "
                    "sample; see logs/ray in the run directory"
                )
        if iteration.episodes < self._at.now.episodes:
            iteration = replace(iteration, episodes=self._at.now.episodes)
        self._at.now = iteration
        log_constant(
            self._logger,
            LOG_WORKER_RAY_RLLIB_TRAINING_ITERATION,
            message=f"{iteration.number}: step {iteration.step}, return {iteration.return_mean}",
        )
        self._reports.record(iteration)
        self._emitter.heartbeat(self._heartbeat(), constant=LOG_WORKER_RAY_HEARTBEAT)

    def _heartbeat(self) -> dict[str, Any]:
        elapsed = time.monotonic() - self._at.began
        speed = (self._at.now.step - self._at.step_before) / elapsed if elapsed else 0.0
        return {
            **self._at.now.progress(),
            "total_steps": self._config.total_timesteps,
            "elapsed_s": round(elapsed, 3),
            "steps_per_second": round(speed, 1),
        }

    def _is_done(self) -> bool:
        config, now = self._config, self._at.now
        if now.step >= config.total_timesteps:
            return True
        good_enough, reached = config.stop_at_return, now.return_mean
        return good_enough is not None and reached is not None and reached >= good_enough

    def _save(self, *, final: bool) -> None:
        assert self._algorithm is not None  # noqa: S101 (both callers have seen to it)
        now = self._at.now
        note = note_of(self._config, now, self._seed)
        save = self._checkpoints.save_final if final else self._checkpoints.save_periodic
        path = save(self._algorithm.save_to_path, note)
        self._emitter.checkpoint_saved(
            {
                "path": path,
                "step": now.step,
                "iteration": now.number,
                "episode": now.episodes,
                "episode_return_mean": now.return_mean,
            },
            constant=LOG_WORKER_RAY_CHECKPOINT_SAVED,
        )
