"""One run of a CleanRL script from start to end: prepare, start, listen, keep, and say how it went."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from tempfile import TemporaryDirectory
from typing import Any

from gym_gui.core.worker import TelemetryEmitter
from gym_gui.core.worker.telemetry import RunCancelled, RunScope
from gym_gui.logging_config.helpers import log_constant
from gym_gui.logging_config.log_constants import (
    LOG_WORKER_CLEANRL_ANALYTICS_MANIFEST_CREATED,
    LOG_WORKER_CLEANRL_CHECKPOINT_LOADED,
    LOG_WORKER_CLEANRL_CHECKPOINT_SAVED,
    LOG_WORKER_CLEANRL_CONFIG_LOADED,
    LOG_WORKER_CLEANRL_EVAL_MODE_COMPLETED,
    LOG_WORKER_CLEANRL_EVAL_MODE_STARTED,
    LOG_WORKER_CLEANRL_HEARTBEAT,
    LOG_WORKER_CLEANRL_MODULE_RESOLVED,
    LOG_WORKER_CLEANRL_RUNTIME_COMPLETED,
    LOG_WORKER_CLEANRL_RUNTIME_FAILED,
    LOG_WORKER_CLEANRL_RUNTIME_STARTED,
    LOG_WORKER_CLEANRL_SUBPROCESS_FAILED,
    LOG_WORKER_CLEANRL_SUBPROCESS_STARTED,
    LOG_WORKER_CLEANRL_TENSORBOARD_ENABLED,
    LOG_WORKER_CLEANRL_WANDB_ENABLED,
)
from gym_gui.workers.cleanrl.choices import Mode
from gym_gui.workers.cleanrl.config import LARGEST_SEED, CleanRLConfig
from gym_gui.workers.cleanrl.event_file import ScalarTail
from gym_gui.workers.cleanrl.failure import ENDED_ON_REQUEST, ScriptFailedError, failure_of
from gym_gui.workers.cleanrl.manifest import wandb_run, write_manifest
from gym_gui.workers.cleanrl.preparation import Prepared, prepare
from gym_gui.workers.cleanrl.process import ScriptProcess
from gym_gui.workers.cleanrl.progress import Progress
from gym_gui.workers.cleanrl.starting import command_of, environment_of
from gym_gui.workers.cleanrl.workspace import Workspace

LOOK_EVERY_S = 0.1
# Whoever ends a run signals its whole tree, so the script may be gone before this process is told.
SECONDS_FOR_OUR_OWN_SIGNAL = 2.0
_CONSTANTS = {
    "run_started": LOG_WORKER_CLEANRL_RUNTIME_STARTED,
    "run_completed": LOG_WORKER_CLEANRL_RUNTIME_COMPLETED,
    "run_failed": LOG_WORKER_CLEANRL_RUNTIME_FAILED,
}


class CleanRLRuntime:
    """Runs one configuration.

    Args:
        config: What to run.
        logger: Where log constants go besides the events on standard output.
    """

    def __init__(self, config: CleanRLConfig, logger: logging.Logger | None = None) -> None:
        self.config = config
        self._logger = logger or logging.getLogger(__name__)
        self._emitter = TelemetryEmitter(config.run_id, logger=self._logger)
        self._seed = secrets.randbelow(LARGEST_SEED) if config.seed is None else config.seed
        self._progress = Progress()
        self._facts: dict[str, Any] = {
            "worker_type": "cleanrl",
            "mode": config.mode.value,
            "algorithm": config.script.stem if config.script else config.algorithm,
            "env_id": config.env_id,
            "seed": self._seed,
        }

    def run(self) -> dict[str, Any]:
        """The results of the run.

        Raises:
            PreparationError: The script, its options or what it needs will not do.
            ScriptFailedError: The script's process ended in an error.
            RunCancelled: SIGTERM ended it; KeyboardInterrupt if Ctrl-C did.
        """
        prepared = prepare(self.config)
        self._facts |= self._told_by(prepared)
        with self._emitter.run(self._facts, constants=_CONSTANTS) as scope:
            log_constant(self._logger, LOG_WORKER_CLEANRL_CONFIG_LOADED, extra=self._facts)
            script = prepared.script
            log_constant(self._logger, LOG_WORKER_CLEANRL_MODULE_RESOLVED, message=str(script.path))
            place = Workspace(self.config.run_id)
            status = "failed"
            try:
                self._run_script(prepared, place, scope)
                status = "completed"
            except (RunCancelled, KeyboardInterrupt):
                status = "cancelled"
                raise
            finally:
                # Before the last event: who has seen that finds the manifest.
                scope.results |= self._progress.results()
                self._clear_up(prepared, place, status, scope.results)
        return scope.results

    def _told_by(self, prepared: Prepared) -> dict[str, Any]:
        script = prepared.script
        total = prepared.value_of("total_timesteps")
        if self.config.mode is Mode.TRAIN and isinstance(total, (int, float)):
            self._progress.total_steps = int(total)
        return {
            "algorithm": script.stem,
            "env_id": prepared.value_of("env_id"),
            "script": str(script.path),
            "script_sha256": hashlib.sha256(script.path.read_bytes()).hexdigest(),
            "interpreter": prepared.interpreter.executable,
            "options": prepared.values,
            **({"total_steps": self._progress.total_steps} if self._progress.total_steps else {}),
        }

    def _run_script(self, prepared: Prepared, place: Workspace, scope: RunScope) -> None:
        config = self.config
        command = command_of(config, prepared, self._seed)
        if config.track:
            log_constant(self._logger, LOG_WORKER_CLEANRL_WANDB_ENABLED, message=str(place.run_dir / "wandb"))
        if config.mode is Mode.EVALUATE:
            log_constant(self._logger, LOG_WORKER_CLEANRL_EVAL_MODE_STARTED, message=str(prepared.model))
        # Stopped or killed, W&B and others leave sockets and files behind where temporary ones go.
        with TemporaryDirectory(prefix="mosaic-cleanrl-", ignore_cleanup_errors=True) as scratch:
            environment = environment_of(config, prepared, place.run_dir) | {"TMPDIR": scratch}
            process = ScriptProcess(command, place.folder, environment, self._progress.read_line)
            try:
                log_constant(
                    self._logger,
                    LOG_WORKER_CLEANRL_SUBPROCESS_STARTED,
                    message=f"process {process.pid}",
                    extra={"command": command},
                )
                code = self._follow(process, prepared, place)
            finally:
                process.finish()
        self._look_after(prepared, place)
        if code != 0:
            failure = failure_of(prepared.script.name, code, list(process.last_errors))
            log_constant(self._logger, LOG_WORKER_CLEANRL_SUBPROCESS_FAILED, message=failure.error)
            scope.results |= {**failure.as_payload(), "exit_code": code}
            raise ScriptFailedError(failure.error)
        if self._progress.evaluated:
            log_constant(self._logger, LOG_WORKER_CLEANRL_EVAL_MODE_COMPLETED, extra=self._progress.results())
        if config.mode is Mode.TRAIN and not self._progress.episode:
            scope.results["note"] = "the script told of no finished episode, so there are no returns"

    def _follow(self, process: ScriptProcess, prepared: Prepared, place: Workspace) -> int:
        """The exit code, once the script has ended."""
        began = time.monotonic()
        tail = ScalarTail(place.tensorboard)
        self._seen_scalars = False
        self._announced_evaluation = False
        beat = self._emitter.heartbeat_every(
            self.config.heartbeat_interval_s, constant=LOG_WORKER_CLEANRL_HEARTBEAT
        )

        def payload() -> dict[str, Any]:
            self._read_scalars(tail)
            return self._progress.heartbeat(time.monotonic() - began)

        while (code := process.wait(LOOK_EVERY_S)) is None:
            beat(payload)
            self._look_after(prepared, place)
        if code in ENDED_ON_REQUEST:
            time.sleep(SECONDS_FOR_OUR_OWN_SIGNAL)  # interrupted by that signal, should it come
        process.finish()
        self._emitter.heartbeat(payload(), constant=LOG_WORKER_CLEANRL_HEARTBEAT)
        return code

    def _read_scalars(self, tail: ScalarTail) -> None:
        for tag, step, value in tail.new_points():
            if not self._seen_scalars:
                self._seen_scalars = True
                log_constant(self._logger, LOG_WORKER_CLEANRL_TENSORBOARD_ENABLED, message="tensorboard/")
            self._progress.read_scalar(tag, step, value)

    def _look_after(self, prepared: Prepared, place: Workspace) -> None:
        """Keeps the models that were saved, and says that an evaluation has begun."""
        while self._progress.saved:
            self._keep(place, self._progress.saved.popleft())
        if not self._progress.evaluated or self._announced_evaluation:
            return
        self._announced_evaluation = True
        if self.config.mode is Mode.EVALUATE:
            self._emitter.checkpoint_loaded(
                {"path": str(prepared.model), "env_id": self._facts["env_id"]},
                constant=LOG_WORKER_CLEANRL_CHECKPOINT_LOADED,
            )
        else:
            log_constant(
                self._logger, LOG_WORKER_CLEANRL_EVAL_MODE_STARTED, message="of the model just saved"
            )

    def _keep(self, place: Workspace, stated: str) -> None:
        kept = place.keep_model(stated)
        if kept is None:
            return
        name = kept.relative_to(place.run_dir).as_posix()
        self._emitter.checkpoint_saved(
            {"path": name, "step": self._progress.step}, constant=LOG_WORKER_CLEANRL_CHECKPOINT_SAVED
        )

    def _clear_up(self, prepared: Prepared, place: Workspace, status: str, results: dict[str, Any]) -> None:
        facts = {name: value for name, value in self._facts.items() if name != "worker_type"}
        try:
            if status == "completed":  # what a script was still writing when it ended is no checkpoint
                for stated in place.unannounced_models():
                    self._keep(place, stated)
            place.tidy()
            wandb = wandb_run(place.run_dir, prepared.values) if self.config.track else None
            path = write_manifest(self.config.run_id, place, {"status": status, **facts, **results}, wandb)
        except OSError as error:
            # The run has its own outcome to report, which a full disk must not replace.
            self._logger.error("the manifest could not be written: %s", error)
            return
        log_constant(self._logger, LOG_WORKER_CLEANRL_ANALYTICS_MANIFEST_CREATED, message=str(path))
