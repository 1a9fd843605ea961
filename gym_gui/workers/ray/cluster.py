"""A Ray cluster for the length of a run: one of its own, or one that is joined and left running."""

from __future__ import annotations

import logging
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gym_gui.logging_config.helpers import log_constant
from gym_gui.logging_config.log_constants import (
    LOG_WORKER_RAY_CLUSTER_SHUTDOWN,
    LOG_WORKER_RAY_CLUSTER_STARTED,
    LOG_WORKER_RAY_LOG_FILE_CREATED,
)
from gym_gui.workers.ray.config import RayConfig
from gym_gui.workers.ray.guardian import guarded
from gym_gui.workers.ray.log_constants import LOG_WORKER_RAY_CLEANUP_FAILED
from gym_gui.workers.ray.scratch import keep_logs, session_directory

# Of what the driver inherits, these would send it to another cluster than the one asked for.
_LEADS_ELSEWHERE = ("RAY_ADDRESS", "RAY_NAMESPACE", "RAY_TMPDIR")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that this process is connected to.

    Attributes:
        is_own: It ends with the run.
        resources: What Ray says it has: CPU, GPU, memory in bytes.
    """

    is_own: bool
    address: str
    resources: dict[str, float]


def prepare_environment(config: RayConfig) -> None:
    """Sets what Ray reads from the environment when it is imported; call it before that.

    In a process that has imported Ray already the user's own token counts, as Ray would have it.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_DEDUP_LOGS", "1")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    # This worker writes the event files itself; and a trial has no return before its first episode ends.
    os.environ["TUNE_DISABLE_AUTO_CALLBACK_LOGGERS"] = "1"
    os.environ["TUNE_DISABLE_STRICT_METRIC_CHECKING"] = "1"
    # A stop has reached the trials already; Tune would give them ten minutes to end.
    os.environ["TUNE_FORCE_TRIAL_CLEANUP_S"] = "3"
    for name in _LEADS_ELSEWHERE:
        os.environ.pop(name, None)
    # That the current API stack is the current one is said at each start.
    logging.getLogger("ray.rllib").setLevel(logging.ERROR)
    if config.address is None and "ray" not in sys.modules:
        # Some of Ray's services listen on all interfaces. A token that only this run's processes
        # know keeps others out, and none has to be written into the home directory.
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
        os.environ.pop("RAY_AUTH_TOKEN_PATH", None)


@contextmanager
def running_cluster(config: RayConfig, logger: logging.Logger, logs: Path) -> Iterator[Cluster]:
    """A cluster for the block: one of its own is gone after it, whatever happened; a joined one goes on.

    Args:
        config: Which cluster.
        logger: Hears of it.
        logs: Where log files of its processes go that say something.

    Raises:
        ConnectionError: The cluster to join does not answer, or refuses.
    """
    import ray

    with ExitStack() as stack:
        session: Path | None = None
        if config.address is None:
            session = stack.enter_context(session_directory())
            stack.enter_context(guarded(session))
            stack.callback(_keep_logs, session, logs, logger)
        stack.callback(_shut_down, logger, is_own=session is not None)
        _connect(config, session)
        cluster = Cluster(
            is_own=session is not None,
            address=ray.get_runtime_context().gcs_address,
            resources={
                name: amount
                for name, amount in ray.cluster_resources().items()
                if name in ("CPU", "GPU", "memory", "object_store_memory")
            },
        )
        log_constant(
            logger,
            LOG_WORKER_RAY_CLUSTER_STARTED,
            message=f"{'own' if cluster.is_own else 'joined'} cluster at {cluster.address}",
            extra={"run_id": config.run_id, "own": cluster.is_own, **cluster.resources},
        )
        yield cluster


def _connect(config: RayConfig, session: Path | None) -> None:
    import ray

    common: dict[str, Any] = {
        "log_to_driver": False,
        "logging_level": logging.ERROR,
        "namespace": config.run_id,
    }
    if session is None:
        ray.init(address=config.address, **common)
        return
    ray.init(
        address="local",
        num_cpus=config.num_cpus,
        include_dashboard=False,
        object_store_memory=config.object_store_mb * 2**20,
        _temp_dir=str(session),
        **common,
    )


def _shut_down(logger: logging.Logger, *, is_own: bool) -> None:
    import ray

    was_connected = ray.is_initialized()
    if is_own:
        _have_ray_end_its_processes_at_once()
    ray.shutdown()
    if was_connected:
        said = "its processes have ended" if is_own else "disconnected, the cluster goes on"
        log_constant(logger, LOG_WORKER_RAY_CLUSTER_SHUTDOWN, message=said)


def _have_ray_end_its_processes_at_once() -> None:
    """They are shielded from SIGTERM: Ray would ask each, wait a second in vain, and then kill it.

    Nothing of Ray's public interface says so; where this finds nothing, an end takes five seconds more.
    """
    from ray._private import worker

    node: Any = getattr(worker, "_global_node", None)
    end = getattr(node, "kill_all_processes", None)
    if end is not None:
        node.kill_all_processes = lambda **options: end(**{**options, "allow_graceful": False})


def _keep_logs(session: Path, logs: Path, logger: logging.Logger) -> None:
    try:
        kept = keep_logs(session, logs)
    except OSError as error:
        # Logs are worth having, never worth failing a run for.
        log_constant(logger, LOG_WORKER_RAY_CLEANUP_FAILED, message=f"Ray's log files: {error}")
        return
    for file in kept:
        log_constant(logger, LOG_WORKER_RAY_LOG_FILE_CREATED, message=str(file))
