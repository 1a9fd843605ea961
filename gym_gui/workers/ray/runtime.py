"""One run on Ray from start to end: check, start the cluster, train or search, and say how it went."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from gym_gui.config.paths import get_logs_dir, get_run_dir
from gym_gui.core.worker import TelemetryEmitter
from gym_gui.core.worker.telemetry import RunCancelled
from gym_gui.logging_config.helpers import log_constant
from gym_gui.logging_config.log_constants import (
    LOG_WORKER_RAY_ANALYTICS_MANIFEST_CREATED,
    LOG_WORKER_RAY_RUNTIME_COMPLETED,
    LOG_WORKER_RAY_RUNTIME_FAILED,
    LOG_WORKER_RAY_RUNTIME_STARTED,
)
from gym_gui.workers.ray.choices import Mode
from gym_gui.workers.ray.cluster import Cluster, prepare_environment, running_cluster
from gym_gui.workers.ray.config import LARGEST_SEED, RayConfig
from gym_gui.workers.ray.log_constants import (
    LOG_WORKER_RAY_ANALYTICS_MANIFEST_FAILED,
    LOG_WORKER_RAY_RUNTIME_CANCELLED,
)
from gym_gui.workers.ray.manifest import write_manifest
from gym_gui.workers.ray.preflight import Cleared, preflight
from gym_gui.workers.ray.reporting import Reports
from gym_gui.workers.ray.stopping import StopRequest, shielding_children, stop_on_signals

_CONSTANTS = {
    "run_started": LOG_WORKER_RAY_RUNTIME_STARTED,
    "run_completed": LOG_WORKER_RAY_RUNTIME_COMPLETED,
    "run_failed": LOG_WORKER_RAY_RUNTIME_FAILED,
    "run_cancelled": LOG_WORKER_RAY_RUNTIME_CANCELLED,
}


@contextmanager
def _put_off(afterwards: ExitStack, stop: StopRequest) -> Iterator[ExitStack]:
    """A stack that is unwound at the end of the block, or with `afterwards` when a stop was asked for."""
    stack = ExitStack()
    try:
        yield stack
    finally:
        stop.be_patient()
        if stop.requested:
            afterwards.push(stack.pop_all())
        else:
            stack.close()


class RayRuntime:
    """Runs one configuration.

    Args:
        config: What to run.
        logger: Where log constants go besides the events on standard output.
    """

    def __init__(self, config: RayConfig, logger: logging.Logger | None = None) -> None:
        self.config = config
        self._logger = logger or logging.getLogger(__name__)
        self._emitter = TelemetryEmitter(config.run_id, logger=self._logger)
        self._reports = Reports(config, self._logger)
        self._seed = secrets.randbelow(LARGEST_SEED + 1) if config.seed is None else config.seed
        self._facts: dict[str, Any] = {
            "worker_type": "ray",
            "mode": config.mode.value,
            "algorithm": config.algorithm.value,
            "env_id": config.env_id,
            "seed": self._seed,
            "total_timesteps": config.total_timesteps,
        }

    def run(self) -> dict[str, Any]:
        """The results of the run.

        Raises:
            CannotRunError: Something is missing or does not fit; each line names the field.
            RunCancelled: SIGTERM ended it; KeyboardInterrupt if Ctrl-C did.
        """
        status = "failed"
        # Ending a cluster takes seconds: who stopped the run hears that it has before that.
        with (
            stop_on_signals() as stop,
            ExitStack() as afterwards,
            self._emitter.run(self._facts, constants=_CONSTANTS) as scope,
        ):
            try:
                self._on_a_cluster(stop, scope.results, afterwards)
                if stop.requested:
                    raise stop.cancellation()
                status = "completed"
            except (RunCancelled, KeyboardInterrupt):
                status = "cancelled"
                raise
            except (Exception, SystemExit) as error:
                # Boundary: Ray raises anything, SystemExit included, once its processes are told to end.
                if not stop.requested:
                    raise
                status = "cancelled"
                raise stop.cancellation() from error
            finally:
                # Before the last event: who has seen that finds the manifest.
                self._write_manifest(status, scope.results)
        return scope.results

    def _on_a_cluster(self, stop: StopRequest, results: dict[str, Any], afterwards: ExitStack) -> None:
        prepare_environment(self.config)
        get_run_dir(self.config.run_id, create=True)
        with ExitStack() as stack:
            later = stack.enter_context(_put_off(afterwards, stop))
            # Closed before the cluster is: the service of W&B carries its mark, and ends with it.
            stack.callback(self._reports.close)
            with stop.interrupting():
                cleared = preflight(self.config, self._seed)
            cluster = self._started_cluster(stop, later)
            results["cluster"] = {"own": cluster.is_own, **cluster.resources}
            if self.config.mode is Mode.TUNE:
                self._search(cleared, stop, results)
            else:
                self._train(cleared, stop, results, later)

    def _search(self, cleared: Cleared, stop: StopRequest, results: dict[str, Any]) -> None:
        from gym_gui.workers.ray.tuning import search

        search(
            self.config,
            cleared.built_from,
            self._seed,
            emitter=self._emitter,
            logger=self._logger,
            stop=stop,
            results=results,
        )

    def _started_cluster(self, stop: StopRequest, later: ExitStack) -> Cluster:
        logs = get_logs_dir(self.config.run_id) / "ray"
        with shielding_children():
            try:
                return later.enter_context(running_cluster(self.config, self._logger, logs))
            finally:
                stop.listen_again()

    def _train(self, cleared: Cleared, stop: StopRequest, results: dict[str, Any], later: ExitStack) -> None:
        from gym_gui.workers.ray.training import Training

        self._reports.open()
        training = Training(
            self.config,
            cleared.built_from,
            self._seed,
            reports=self._reports,
            emitter=self._emitter,
            logger=self._logger,
            stop=stop,
        )
        later.callback(training.close)
        try:
            with stop.interrupting():
                training.train()
            if not stop.requested:
                training.save_final()
        finally:
            stop.be_patient()
            results.update(training.results())
            if stop.requested:
                training.try_to_save_final()

    def _write_manifest(self, status: str, results: dict[str, Any]) -> None:
        facts = {name: value for name, value in self._facts.items() if name != "worker_type"}
        try:
            path = write_manifest(
                self.config.run_id, {"status": status, **facts, **results}, self._reports.wandb
            )
        except OSError as error:
            # The run has its own outcome to report, which a full disk must not replace.
            log_constant(
                self._logger, LOG_WORKER_RAY_ANALYTICS_MANIFEST_FAILED, message=str(error), exc_info=error
            )
            return
        log_constant(self._logger, LOG_WORKER_RAY_ANALYTICS_MANIFEST_CREATED, message=str(path))
