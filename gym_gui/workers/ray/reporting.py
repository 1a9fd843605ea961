"""Where the numbers of a training go besides its events."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol

from gym_gui.config.paths import get_run_dir, get_tensorboard_dir
from gym_gui.core.worker import WandBMetadata
from gym_gui.logging_config.helpers import log_constant
from gym_gui.logging_config.log_constants import (
    LOG_WORKER_RAY_TENSORBOARD_ENABLED,
    LOG_WORKER_RAY_WANDB_ENABLED,
)
from gym_gui.workers.ray.config import RayConfig
from gym_gui.workers.ray.iteration import Iteration
from gym_gui.workers.ray.log_constants import LOG_WORKER_RAY_CLEANUP_FAILED


class Sink(Protocol):
    """Takes the numbers of iterations."""

    def record(self, iteration: Iteration) -> None:
        """Takes those of one."""

    def close(self) -> None:
        """Everything taken is written."""


class Reports:
    """The sinks that a configuration asks for.

    Attributes:
        wandb: What the manifest says of Weights & Biases, None where it was not asked for.
    """

    def __init__(self, config: RayConfig, logger: logging.Logger) -> None:
        self.wandb: WandBMetadata | None = None
        self._sinks: list[Sink] = []
        self._config = config
        self._logger = logger

    def open(self, tensorboard: Path | None = None) -> None:
        """Opens the sinks; the event file goes to the run's directory for them, or to one below it."""
        config, run_dir = self._config, get_run_dir(self._config.run_id, create=True)
        if config.tensorboard:
            from gym_gui.workers.ray.scalars import ScalarWriter

            directory = tensorboard or get_tensorboard_dir(config.run_id, create=True)
            self._sinks.append(ScalarWriter(directory))
            log_constant(self._logger, LOG_WORKER_RAY_TENSORBOARD_ENABLED, message=str(directory))
        if config.wandb:
            from gym_gui.workers.ray.wandb_log import WandbLog

            wandb = WandbLog(config, run_dir)
            self._sinks.append(wandb)
            self.wandb = wandb.metadata()
            log_constant(
                self._logger,
                LOG_WORKER_RAY_WANDB_ENABLED,
                message=f"{wandb.mode}, project {config.wandb_project}",
            )

    def record(self, iteration: Iteration) -> None:
        """Hands the numbers of an iteration to every sink."""
        for sink in self._sinks:
            sink.record(iteration)

    def close(self) -> None:
        """Closes every sink, the last opened first; one that cannot is no reason to fail the run."""
        while self._sinks:
            sink = self._sinks.pop()
            try:
                sink.close()
            except Exception as error:  # noqa: BLE001 (boundary: W&B's service may be gone, or the disk full)
                message = f"{type(sink).__name__} did not close: {type(error).__name__}: {error}"
                log_constant(self._logger, LOG_WORKER_RAY_CLEANUP_FAILED, message=message[:500])
