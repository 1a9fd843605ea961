"""A search: many trainings side by side, each a trial with a curve and, at its end, a run of its own."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

from ray import tune
from ray.tune import Callback, Stopper
from ray.tune.logger import CSVLoggerCallback, JsonLoggerCallback
from ray.tune.schedulers import AsyncHyperBandScheduler, FIFOScheduler
from ray.tune.search.basic_variant import BasicVariantGenerator

from gym_gui.config.paths import get_run_dir, get_tensorboard_dir
from gym_gui.core.worker import TelemetryEmitter
from gym_gui.logging_config.helpers import log_constant
from gym_gui.logging_config.log_constants import (
    LOG_WORKER_RAY_CHECKPOINT_SAVED,
    LOG_WORKER_RAY_HEARTBEAT,
    LOG_WORKER_RAY_RLLIB_TRAINING_ITERATION,
    LOG_WORKER_RAY_TENSORBOARD_ENABLED,
    LOG_WORKER_RAY_TUNE_COMPLETED,
    LOG_WORKER_RAY_TUNE_STARTED,
)
from gym_gui.workers.ray.checkpoints import TRIALS_DIR_NAME
from gym_gui.workers.ray.child_runs import child_id, write_child_run
from gym_gui.workers.ray.choices import Search
from gym_gui.workers.ray.config import RayConfig
from gym_gui.workers.ray.iteration import Iteration, iteration_of
from gym_gui.workers.ray.log_constants import LOG_WORKER_RAY_TRIAL_ENDED, LOG_WORKER_RAY_TRIAL_FAILED
from gym_gui.workers.ray.scalars import ScalarWriter
from gym_gui.workers.ray.search_space import grid_size, tune_space
from gym_gui.workers.ray.stopping import StopRequest
from gym_gui.workers.ray.training import TrainingError
from gym_gui.workers.ray.trials import TrialEvents, TrialRecord

STEPS = "num_env_steps_sampled_lifetime"
RETURN = "env_runners/episode_return_mean"


class TrialLog(Callback):  # type: ignore[misc]
    """Hears of every trial in this process, and says it in events, curves and child runs."""

    def __init__(
        self,
        config: RayConfig,
        seed: int,
        *,
        emitter: TelemetryEmitter,
        logger: logging.Logger,
        stop: StopRequest,
    ) -> None:
        self.trials: dict[str, TrialRecord] = {}
        self.total = planned_trials(config)
        self._config = config
        self._seed = seed
        self._emitter = emitter
        self._logger = logger
        self._stop = stop
        self._events: dict[str, TrialEvents] = {}
        self._scalars: dict[str, ScalarWriter] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Nothing: Tune pickles its callbacks to restore a search, which this worker does not do."""
        return {}

    def on_trial_start(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Begins the trial's own events."""
        if trial.trial_id in self.trials:
            return
        searched = {name: trial.config.get(name) for name in self._config.search_space}
        record = TrialRecord(trial.trial_id, _plain(searched), self._trial_dir(trial.trial_id))
        self.trials[trial.trial_id] = record
        events = TrialEvents(record.directory, child_id(self._config.run_id, trial.trial_id))
        self._events[trial.trial_id] = events
        events.emitter.run_started(
            {
                "worker_type": "ray",
                "algorithm": self._config.algorithm.value,
                "env_id": self._config.env_id,
                "seed": self._seed,
                "total_timesteps": self._config.total_timesteps,
                "options": record.options,
                "trial_of": self._config.run_id,
            }
        )
        if self._config.tensorboard:
            self._scalars[trial.trial_id] = ScalarWriter(self._scalars_dir(trial.trial_id))
        self._beat(record)

    def on_trial_result(
        self, iteration: int, trials: list[Any], trial: Any, result: dict[str, Any], **info: Any
    ) -> None:
        """Takes an iteration of a trial."""
        record, now = self.trials[trial.trial_id], iteration_of(result)
        record.take(now)
        log_constant(
            self._logger,
            LOG_WORKER_RAY_RLLIB_TRAINING_ITERATION,
            message=f"trial {trial.trial_id}, {now.number}: step {now.step}, return {now.return_mean}",
        )
        self._events[trial.trial_id].emitter.heartbeat(
            {**now.progress(), "total_steps": self._config.total_timesteps}
        )
        writer = self._scalars.get(trial.trial_id)
        if writer is not None:
            writer.record(now)
        self._beat(record)

    def on_checkpoint(
        self, iteration: int, trials: list[Any], trial: Any, checkpoint: Any, **info: Any
    ) -> None:
        """Says that a trial's state is on disk."""
        record = self.trials[trial.trial_id]
        record.checkpoint = Path(checkpoint.path)
        now = record.last or Iteration(0, 0, 0, 0.0)
        run_dir = get_run_dir(self._config.run_id)
        if not record.checkpoint.is_relative_to(run_dir):
            return
        self._emitter.checkpoint_saved(
            {
                "path": record.checkpoint.relative_to(run_dir).as_posix(),
                "trial_id": trial.trial_id,
                "iteration": now.number,
                "episode_return_mean": now.return_mean,
            },
            constant=LOG_WORKER_RAY_CHECKPOINT_SAVED,
        )

    def on_trial_complete(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Makes the trial a run of its own."""
        self._end(trial.trial_id, "stopped" if self._stop.requested else "completed")

    def on_trial_error(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Says why a trial failed, and makes it a failed run of its own."""
        record = self.trials.get(trial.trial_id)
        if record is None:
            return
        record.error = _error_of(trial)
        self._end(trial.trial_id, "stopped" if self._stop.requested else "failed")

    def close(self) -> None:
        """Ends what is still open: trials that a stop cut short."""
        for trial_id, record in self.trials.items():
            if record.status == "running":
                self._end(trial_id, "stopped")

    def best(self) -> TrialRecord | None:
        """The trial with the best mean return it ended with, None when none has one."""
        known = [trial for trial in self.trials.values() if trial.last and trial.last.return_mean is not None]
        return max(known, key=lambda trial: trial.last.return_mean, default=None)  # type: ignore[union-attr, arg-type, return-value]

    def _end(self, trial_id: str, status: str) -> None:
        record, events = self.trials[trial_id], self._events.pop(trial_id, None)
        if events is None:
            return
        record.status, record.ended = status, time.time()
        writer = self._scalars.pop(trial_id, None)
        if writer is not None:
            writer.close()
        _say_how_it_ended(events.emitter, record)
        events.close()
        constant = LOG_WORKER_RAY_TRIAL_FAILED if status == "failed" else LOG_WORKER_RAY_TRIAL_ENDED
        log_constant(self._logger, constant, message=f"{trial_id}: {status} {record.error[:200]}".rstrip())
        if status != "stopped":
            self._make_child(record, events.file)
        self._beat(record)

    def _make_child(self, record: TrialRecord, events: Path) -> None:
        try:
            write_child_run(
                self._config, record, self._seed, events=events, scalars=self._scalars_dir(record.trial_id)
            )
        except (OSError, ValueError) as error:
            # The search has its own outcome; the trial stays listed in it.
            said = f"{record.trial_id}: no run of its own: {error}"
            log_constant(self._logger, LOG_WORKER_RAY_TRIAL_FAILED, message=said)

    def _beat(self, record: TrialRecord) -> None:
        best = self.best()
        done = sum(trial.share_done(self._config.total_timesteps) for trial in self.trials.values())
        self._emitter.heartbeat(
            {
                "progress": round(min(done / self.total, 1.0), 6),
                "trial_id": record.trial_id,
                "trials_ended": sum(trial.status != "running" for trial in self.trials.values()),
                "trials_planned": self.total,
                "trials": {record.trial_id: record.numbers()},
                **({"episode_return_mean": best.last.return_mean} if best and best.last else {}),
            },
            constant=LOG_WORKER_RAY_HEARTBEAT,
        )

    def _trial_dir(self, trial_id: str) -> Path:
        return get_run_dir(self._config.run_id) / TRIALS_DIR_NAME / trial_id

    def _scalars_dir(self, trial_id: str) -> Path:
        return get_tensorboard_dir(self._config.run_id) / trial_id


class Until(Stopper):  # type: ignore[misc]
    """Ends a trial that is done, and all of them when a stop is asked for."""

    def __init__(self, config: RayConfig, stop: StopRequest) -> None:
        self._total = config.total_timesteps
        self._good_enough = config.stop_at_return
        self._stop = stop

    def __getstate__(self) -> dict[str, Any]:
        """Nothing, as for `TrialLog`."""
        return {}

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        """Whether the trial is done."""
        now = iteration_of(result)
        reached = self._good_enough is not None and (now.return_mean or -1e300) >= self._good_enough
        return now.step >= self._total or reached

    def stop_all(self) -> bool:
        """Whether the search is."""
        return self._stop.requested


def search(
    config: RayConfig,
    built_from: Any,
    seed: int,
    *,
    emitter: TelemetryEmitter,
    logger: logging.Logger,
    stop: StopRequest,
    results: dict[str, Any],
) -> None:
    """Runs all trials and puts what came of them into `results`.

    Raises:
        TrainingError: Every trial failed; the message is the first one's.
    """
    log = TrialLog(config, seed, emitter=emitter, logger=logger, stop=stop)
    if config.tensorboard:
        directory = get_tensorboard_dir(config.run_id, create=True)
        log_constant(logger, LOG_WORKER_RAY_TENSORBOARD_ENABLED, message=str(directory))
    log_constant(logger, LOG_WORKER_RAY_TUNE_STARTED, message=f"{config.search.value}, {log.total} trials")
    began = time.monotonic()
    try:
        with stop.interrupting():
            _tuner(config, built_from, seed, log, stop).fit()
    finally:
        stop.be_patient()
        log.close()
        _summarise(log, get_run_dir(config.run_id), results)
        results["search_seconds"] = round(time.monotonic() - began, 3)
    failed = [trial for trial in log.trials.values() if trial.status == "failed"]
    if failed and len(failed) == len(log.trials) and not stop.requested:
        raise TrainingError(f"all {len(failed)} trials failed; the first: {failed[0].error[-1500:]}")
    log_constant(
        logger,
        LOG_WORKER_RAY_TUNE_COMPLETED,
        message=f"{len(log.trials)} trials, {len(failed)} failed, best {results.get('best_trial')}",
    )


def planned_trials(config: RayConfig) -> int:
    """How many trials the search has when none is cut."""
    return grid_size(config.search_space) if config.search is Search.GRID else config.num_trials


def _tuner(config: RayConfig, built_from: Any, seed: int, log: TrialLog, stop: StopRequest) -> tune.Tuner:
    space = built_from.copy(copy_frozen=False).training(**tune_space(config.search_space, config.search))
    scheduler = (
        AsyncHyperBandScheduler(
            time_attr=STEPS,
            metric=RETURN,
            mode="max",
            max_t=config.total_timesteps,
            grace_period=config.asha_grace(),
            reduction_factor=config.asha_reduction_factor,
        )
        if config.search is Search.ASHA
        else FIFOScheduler()
    )
    return tune.Tuner(
        config.algorithm.value,
        param_space=space,
        tune_config=tune.TuneConfig(
            num_samples=1 if config.search is Search.GRID else config.num_trials,
            scheduler=scheduler,
            search_alg=BasicVariantGenerator(
                random_state=seed % 2**32, max_concurrent=config.max_concurrent_trials
            ),
            trial_name_creator=_name_of,
            trial_dirname_creator=_name_of,
        ),
        run_config=tune.RunConfig(
            name=TRIALS_DIR_NAME,
            storage_path=str(get_run_dir(config.run_id)),
            callbacks=[JsonLoggerCallback(), CSVLoggerCallback(), log],
            stop=Until(config, stop),
            checkpoint_config=tune.CheckpointConfig(num_to_keep=1, checkpoint_at_end=True),
            failure_config=tune.FailureConfig(max_failures=0),
            verbose=0,
        ),
    )


def _name_of(trial: Any) -> str:
    return str(trial.trial_id)


def _summarise(log: TrialLog, run_dir: Path, results: dict[str, Any]) -> None:
    best = log.best()
    results["trials"] = [trial.summary(run_dir) for trial in log.trials.values()]
    if best is not None and best.last is not None:
        results |= {
            "best_trial": best.trial_id,
            "best_options": best.options,
            "episode_return_mean": best.last.return_mean,
        }


def _say_how_it_ended(emitter: TelemetryEmitter, record: TrialRecord) -> None:
    now = record.last
    reached = {"steps": now.step, "iterations": now.number, **now.returns} if now else {}
    if record.status == "completed":
        if record.checkpoint is not None and now is not None:
            emitter.checkpoint_saved({"path": "checkpoints/final", "step": now.step, "iteration": now.number})
        emitter.run_completed(reached)
    elif record.status == "failed":
        emitter.run_failed({**reached, "error": record.error[-2000:], "error_type": "TrialError"})
    else:
        emitter.run_cancelled({**reached, "reason": "the search was stopped"})


def _error_of(trial: Any) -> str:
    path = getattr(trial, "error_file", None)
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")[-20_000:] if path else "unknown"
    except OSError as error:
        return f"the trial failed, and why cannot be read: {error}"


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Numbers as Python's own: Tune draws numpy's."""
    return {name: value.item() if hasattr(value, "item") else value for name, value in values.items()}
