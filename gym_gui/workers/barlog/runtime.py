"""One BARLOG run from start to end: prepare, play, score, and say how it went."""

from __future__ import annotations

import logging
from contextlib import ExitStack, closing
from typing import Any

from gym_gui.config.paths import get_checkpoints_dir, get_run_dir
from gym_gui.core.worker import TelemetryEmitter
from gym_gui.core.worker.telemetry import RunCancelled
from gym_gui.logging_config.helpers import log_constant
from gym_gui.logging_config.log_constants import (
    LOG_WORKER_BARLOG_CONFIG_LOADED,
    LOG_WORKER_BARLOG_DEBUG,
    LOG_WORKER_BARLOG_RUNTIME_ERROR,
    LOG_WORKER_BARLOG_RUNTIME_STARTED,
    LOG_WORKER_BARLOG_RUNTIME_STOPPED,
)
from gym_gui.workers.barlog.config import BarlogConfig
from gym_gui.workers.barlog.endpoint import Secret
from gym_gui.workers.barlog.evaluation import Evaluation
from gym_gui.workers.barlog.ledger import FILE_NAME, Ledger, Saved, Terms, load
from gym_gui.workers.barlog.manifest import write_manifest
from gym_gui.workers.barlog.model.errors import BudgetReachedError
from gym_gui.workers.barlog.model.meter import Meter, Prices
from gym_gui.workers.barlog.preflight import check_ready
from gym_gui.workers.barlog.results import EpisodeResult, summary
from gym_gui.workers.barlog.trajectory import carried_over
from gym_gui.workers.tabular.seeds import drawn_seed

_CONSTANTS = {
    "run_started": LOG_WORKER_BARLOG_RUNTIME_STARTED,
    "run_completed": LOG_WORKER_BARLOG_RUNTIME_STOPPED,
    "run_cancelled": LOG_WORKER_BARLOG_RUNTIME_STOPPED,
    "run_failed": LOG_WORKER_BARLOG_RUNTIME_ERROR,
}


class BarlogRuntime:
    """Runs one configuration.

    Args:
        config: What to play and how.
        logger: Where log constants go besides the events on standard output.
    """

    def __init__(self, config: BarlogConfig, logger: logging.Logger | None = None) -> None:
        self.config = config
        self._logger = logger or logging.getLogger(__name__)
        self._emitter = TelemetryEmitter(config.run_id, logger=self._logger)
        self._meter = Meter(
            Prices(config.input_price, config.output_price),
            budget=config.budget,
            token_budget=config.token_budget,
        )
        self._ledger: Ledger | None = None
        # A resumed run without a seed of its own takes that of the run it goes on from.
        resumes = config.resume_from is not None
        self._facts: dict[str, Any] = {
            "worker_type": "barlog",
            "algo": config.agent.value,
            "agent": config.agent.value,
            "model": config.model if config.agent.asks_a_model else None,
            "env_id": config.environment,
            "tasks": [str(task) for task in config.all_tasks()],
            "seed": drawn_seed() if config.seed is None and not resumes else config.seed,
            "total_episodes": config.total_episodes(),
        }

    def run(self) -> dict[str, Any]:
        """The results of the run.

        Raises:
            ValueError: The checkpoint to go on from does not do; the message names the field.
            RuntimeError: A game cannot be played here, or the endpoint gave no answer.
            RunCancelled: SIGTERM ended it; KeyboardInterrupt if Ctrl-C did.
        """
        status = "failed"
        with self._emitter.run(self._facts, constants=_CONSTANTS) as scope:
            try:
                loaded = self.config.to_dict()
                log_constant(self._logger, LOG_WORKER_BARLOG_CONFIG_LOADED, extra=loaded)
                scope.results.update(self._played())
                status = "completed"
            except (RunCancelled, KeyboardInterrupt):
                status = "cancelled"
                raise
            finally:
                # Before the last event: who has seen that finds the manifest. What was finished counts
                # however the run ended.
                scope.results.update(self._came_to())
                self._write_manifest(status, scope.results)
        return scope.results

    def _played(self) -> dict[str, Any]:
        """Why the run stopped before all episodes were played, empty when it did not."""
        config = self.config
        key = check_ready(config)
        saved = load(config)
        seed = int(saved.terms["seed"] if saved is not None else self._facts["seed"])
        self._facts["seed"] = seed
        get_run_dir(config.run_id, create=True)
        checkpoint = get_checkpoints_dir(config.run_id, create=True) / FILE_NAME
        with ExitStack() as stack:
            before = self._went_on_from(saved)
            ledger = stack.enter_context(
                closing(Ledger(checkpoint, Terms.of(config, seed), before, self._meter.used))
            )
            self._ledger = ledger
            relative = checkpoint.relative_to(get_run_dir(config.run_id)).as_posix()
            evaluation = Evaluation(
                config,
                self._model(key, stack),
                seed=seed,
                ledger=ledger,
                checkpoint=relative,
                meter=self._meter,
                emitter=self._emitter,
                logger=self._logger,
            )
            stack.callback(lambda: ledger.note_spent(self._meter.used))
            if saved is not None:
                self._say_loaded(saved)
            try:
                evaluation.play_all()
            except BudgetReachedError as reached:
                return {"stopped_by": "budget", "stopped_because": str(reached)}
            finally:
                self._emitter.heartbeat(evaluation.heartbeat(), constant=LOG_WORKER_BARLOG_DEBUG)
        return {}

    def _went_on_from(self, saved: Saved | None) -> tuple[EpisodeResult, ...]:
        if saved is None:
            return ()
        self._meter.add(saved.used)
        return tuple(carried_over(result, saved.path, self.config.run_id) for result in saved.results)

    def _say_loaded(self, saved: Saved) -> None:
        steps = sum(result.steps for result in saved.results)
        self._emitter.checkpoint_loaded(
            {
                "path": str(saved.path),
                "episode": len(saved.results),
                "step": steps,
                "seed": self._facts["seed"],
            }
        )

    def _model(self, key: Secret, stack: ExitStack) -> Any:
        if not self.config.agent.asks_a_model:
            return None
        from gym_gui.workers.barlog.model.chat import ChatModel

        return stack.enter_context(closing(ChatModel(self.config, key, self._meter, self._logger)))

    def _came_to(self) -> dict[str, Any]:
        results = self._ledger.results if self._ledger is not None else []
        used = self._meter.used
        counted: dict[str, Any] = {
            "episodes": len(results),
            "steps": sum(result.steps for result in results),
            "seed": self._facts["seed"],
            **summary(results),
        }
        if self.config.agent.asks_a_model:
            counted |= {
                "requests": used.requests,
                "input_tokens": used.input_tokens,
                "output_tokens": used.output_tokens,
                "tokens_estimated": used.estimated,
                "cost": self._meter.cost,
            }
        return counted

    def _write_manifest(self, status: str, results: dict[str, Any]) -> None:
        facts = {name: value for name, value in self._facts.items() if name != "worker_type"}
        try:
            path = write_manifest(self.config.run_id, {"status": status, **facts, **results})
        except OSError as error:
            # The run has its own outcome to report, which a full disk must not replace.
            log_constant(
                self._logger, LOG_WORKER_BARLOG_DEBUG, message=f"no manifest: {error}", exc_info=error
            )
            return
        log_constant(self._logger, LOG_WORKER_BARLOG_DEBUG, message=f"manifest: {path}")
