"""The environment a worker is given. Standard library only: the supervisor builds it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from gym_gui.constants import (
    ENV_CUDA_VISIBLE_DEVICES,
    ENV_HOME,
    ENV_PYTHONUNBUFFERED,
    ENV_RUN_DIR,
    ENV_RUN_ID,
    ENV_RUN_ID_PLAIN,
    ENV_SETTING_PREFIX,
    ENV_WORKER_CONFIG_PATH,
    ENV_WORKER_ID,
    RUNS_DIR_NAME,
    TRAINER_DIR_NAME,
    WORKER_SHUTDOWN_TIMEOUT_S,
)

# What says which run a process belongs to; a launcher that is itself part of a run must not pass it on.
OF_ONE_RUN = frozenset({ENV_RUN_ID, ENV_RUN_DIR, ENV_RUN_ID_PLAIN, ENV_WORKER_ID, ENV_WORKER_CONFIG_PATH})

ENV_SHUTDOWN_TIMEOUT = ENV_SETTING_PREFIX + "SHUTDOWN_TIMEOUT_S"
LONGEST_GRACE_S = 24 * 3600.0
# What `redaction.redacted` writes in place of a value.
REDACTED = "<redacted>"
_ENV_THREADS = "OMP_NUM_THREADS"


def worker_environment(
    inherited: Mapping[str, str], run_dir: str, worker_id: str, overrides: Mapping[str, str], devices: object
) -> dict[str, str]:
    """The environment of the worker of the run in `run_dir`.

    Secrets come with what is `inherited`: an override that `run.json` holds redacted is left as it is there.
    `devices` are those of the run's resources; None leaves the choice to the worker.
    """
    run_id = os.path.basename(run_dir)
    environment = {**inherited, **{k: v for k, v in overrides.items() if v != REDACTED}}
    # One thread a process unless asked otherwise: vectorised environments fork many of them.
    environment.setdefault(_ENV_THREADS, "1")
    home = data_root_of(run_dir)
    if home is not None:
        environment[ENV_HOME] = home
    if isinstance(devices, (list, tuple)):
        environment[ENV_CUDA_VISIBLE_DEVICES] = ",".join(map(str, devices))
    environment[ENV_RUN_ID] = environment[ENV_RUN_ID_PLAIN] = run_id
    environment[ENV_RUN_DIR] = run_dir
    environment[ENV_WORKER_ID] = worker_id
    environment[ENV_WORKER_CONFIG_PATH] = os.path.join(run_dir, "config.json")
    environment[ENV_PYTHONUNBUFFERED] = "1"
    return environment


def data_root_of(run_dir: str) -> str | None:
    """The data directory a run directory lies in, None when it lies in no `trainer/runs`."""
    runs = os.path.dirname(run_dir)
    trainer = os.path.dirname(runs)
    if (os.path.basename(runs), os.path.basename(trainer)) != (RUNS_DIR_NAME, TRAINER_DIR_NAME):
        return None
    return os.path.dirname(trainer)


def shutdown_grace_s(environment: Mapping[str, str]) -> float:
    """Seconds between SIGTERM and SIGKILL: `MOSAIC_SHUTDOWN_TIMEOUT_S` when it is a sane number."""
    try:
        seconds = float(environment.get(ENV_SHUTDOWN_TIMEOUT, ""))
    except ValueError:
        return WORKER_SHUTDOWN_TIMEOUT_S
    return seconds if 0.0 <= seconds <= LONGEST_GRACE_S else WORKER_SHUTDOWN_TIMEOUT_S
