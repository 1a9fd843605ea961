"""A trial that has ended, as a run of its own in the group of its search.

Its directory appears whole, in one rename, when the trial ends: a trial that goes on is shown by its
search, which is the process that can be watched and cancelled. Files are hard links where the disk
can, so a child takes no room and outlives the search's own directory.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from gym_gui import __version__
from gym_gui.config.paths import get_run_dir, runs_root
from gym_gui.constants.constants_core import ANALYTICS_FILE_NAME, CHECKPOINTS_DIR_NAME, TENSORBOARD_DIR_NAME
from gym_gui.core.worker import (
    ArtifactsMetadata,
    CheckpointMetadata,
    TensorBoardMetadata,
    WorkerAnalyticsManifest,
)
from gym_gui.workers.ray.checkpoints import FINAL, FORMAT
from gym_gui.workers.ray.choices import Algorithm, Mode
from gym_gui.workers.ray.config import RayConfig
from gym_gui.workers.ray.trials import TrialRecord

FORMAT_VERSION = 1  # of docs/run-directory.md
_OF_THE_SEARCH = ("search", "search_space", "num_trials", "max_concurrent_trials")
_OWN_FIELDS = {"gamma": "gamma", "train_batch_size_per_learner": "train_batch_size"}


def child_id(run_id: str, trial_id: str) -> str:
    """The run id of a trial."""
    return f"{run_id}-{trial_id}"


def child_config(config: RayConfig, trial: TrialRecord, seed: int) -> RayConfig:
    """The training that the trial was, as a configuration to run again or to go on from its checkpoint.

    Raises:
        ValueError: The trial's options are outside of the fields' bounds.
    """
    fields = {name: value for name, value in config.to_dict().items() if name not in _OF_THE_SEARCH}
    own = dict(_OWN_FIELDS)
    if config.algorithm is not Algorithm.SAC:
        own["lr"] = "learning_rate"
    options = dict(fields["algorithm_options"])
    for name, value in trial.options.items():
        if name in own:
            fields[own[name]] = value
        else:
            options[name] = value
    fields |= {
        "run_id": child_id(config.run_id, trial.trial_id),
        "mode": Mode.TRAIN.value,
        "seed": seed,
        "algorithm_options": options,
    }
    return RayConfig.from_dict(fields)


def write_child_run(config: RayConfig, trial: TrialRecord, seed: int, *, events: Path, scalars: Path) -> Path:
    """The directory of the child run, complete.

    Args:
        config: Of the search.
        trial: It has ended.
        seed: Of the search, known by now.
        events: The trial's events.
        scalars: The directory of its event files, which need not exist.

    Raises:
        OSError: It cannot be written; nothing half-written is left.
        ValueError: The trial cannot be described as a run.
    """
    described = child_config(config, trial, seed)
    final = get_run_dir(described.run_id)
    partial = runs_root() / f".{described.run_id}.part"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _link(events, partial / "stdout.log")
        (partial / "stderr.log").write_text(trial.error, encoding="utf-8")
        _write(partial / "config.json", described.to_dict())
        _write(partial / "run.json", _run_record(config, described, trial, final))
        _keep_artifacts(partial, trial, scalars)
        _manifest(partial, described, trial)
        _write(partial / "exit.json", _exit_record(config, trial))
        partial.rename(final)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return final


def _run_record(config: RayConfig, child: RayConfig, trial: TrialRecord, final: Path) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "run_id": child.run_id,
        "worker_id": "ray",
        "worker_type": "ray",
        "worker_name": "Ray RLlib",
        "worker_version": __version__,
        "interpreter": sys.executable,
        "argv": [sys.executable, "-m", "gym_gui.workers.ray", "--config", str(final / "config.json")],
        "cwd": str(final),
        "created": trial.started,
        "seed": child.seed,
        "algorithm": child.algorithm.value,
        "environment": child.env_id,
        "group": config.run_id,
    }


def _exit_record(config: RayConfig, trial: TrialRecord) -> dict[str, Any]:
    good = trial.status == "completed"
    return {
        "cause": "finished" if good else "failed",
        "exit_code": 0 if good else 1,
        "detail": f"a trial of {config.run_id}",
        "started": trial.started,
        "ended": trial.ended or time.time(),
    }


def _keep_artifacts(directory: Path, trial: TrialRecord, scalars: Path) -> None:
    if trial.checkpoint is not None and trial.checkpoint.is_dir():
        kept = directory / CHECKPOINTS_DIR_NAME / FINAL
        shutil.copytree(trial.checkpoint, kept, copy_function=_link)
    if scalars.is_dir():
        shutil.copytree(scalars, directory / TENSORBOARD_DIR_NAME, copy_function=_link)


def _manifest(directory: Path, child: RayConfig, trial: TrialRecord) -> None:
    final = f"{CHECKPOINTS_DIR_NAME}/{FINAL}"
    artifacts = ArtifactsMetadata(
        tensorboard=TensorBoardMetadata(TENSORBOARD_DIR_NAME, enabled=True)
        if (directory / TENSORBOARD_DIR_NAME).is_dir()
        else None,
        checkpoints=CheckpointMetadata(CHECKPOINTS_DIR_NAME, FORMAT, [final], final_checkpoint=final)
        if (directory / final).is_dir()
        else None,
    )
    facts = {"status": trial.status, "trial_id": trial.trial_id, "options": trial.options}
    WorkerAnalyticsManifest(child.run_id, "ray", artifacts, facts).save(directory / ANALYTICS_FILE_NAME)


def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=1, default=str), encoding="utf-8")


def _link(source: Any, target: Any) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one without hard links
        shutil.copy2(source, target)
