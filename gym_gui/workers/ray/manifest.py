"""The manifest of a run: only what is really on disk is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gym_gui.config.paths import get_checkpoints_dir, get_logs_dir, get_run_dir, get_tensorboard_dir
from gym_gui.constants.constants_core import ANALYTICS_FILE_NAME
from gym_gui.core.worker import (
    ArtifactsMetadata,
    CheckpointMetadata,
    TensorBoardMetadata,
    WandBMetadata,
    WorkerAnalyticsManifest,
)
from gym_gui.workers.ray.checkpoints import FINAL, FORMAT, RLLIB_NOTE, TRIALS_DIR_NAME


def write_manifest(run_id: str, metadata: dict[str, Any], wandb: WandBMetadata | None = None) -> Path:
    """The file written, naming what the run left behind so far.

    Raises:
        OSError: It cannot be written.
    """
    run_dir = get_run_dir(run_id, create=True)
    path = run_dir / ANALYTICS_FILE_NAME
    scalars, logs = get_tensorboard_dir(run_id), get_logs_dir(run_id)
    artifacts = ArtifactsMetadata(
        tensorboard=TensorBoardMetadata(scalars.name, enabled=True) if _has_files(scalars) else None,
        wandb=wandb,
        checkpoints=_checkpoints(get_checkpoints_dir(run_id), run_dir, metadata.get("best_trial")),
        logs_dir=logs.name if _has_files(logs) else None,
    )
    WorkerAnalyticsManifest(run_id, "ray", artifacts, metadata).save(path)
    return path


def _checkpoints(directory: Path, run_dir: Path, best_trial: str | None) -> CheckpointMetadata | None:
    whole = _whole_ones(directory)
    if not whole:
        return _of_trials(run_dir, best_trial)
    files = [path.relative_to(run_dir).as_posix() for path in whole]
    final = (directory / FINAL).relative_to(run_dir).as_posix()
    return CheckpointMetadata(
        directory=directory.relative_to(run_dir).as_posix(),
        format=FORMAT,
        files=files,
        final_checkpoint=final if final in files else None,
    )


def _of_trials(run_dir: Path, best_trial: str | None) -> CheckpointMetadata | None:
    trials = run_dir / TRIALS_DIR_NAME
    whole = [path for trial in sorted(trials.glob("*/")) for path in _whole_ones(trial)]
    if not whole:
        return None
    files = [path.relative_to(run_dir).as_posix() for path in whole]
    of_best = [file for file in files if file.startswith(f"{TRIALS_DIR_NAME}/{best_trial}/")]
    best = of_best[-1] if of_best else None
    return CheckpointMetadata(TRIALS_DIR_NAME, FORMAT, files, best_checkpoint=best)


def _whole_ones(directory: Path) -> list[Path]:
    return sorted(
        path
        for path in (directory.iterdir() if directory.is_dir() else ())
        if not path.name.startswith(".") and (path / RLLIB_NOTE).is_file()
    )


def _has_files(directory: Path) -> bool:
    return directory.is_dir() and any(path.is_file() for path in directory.rglob("*"))
