"""The manifest of a BARLOG run: only what is really on disk is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gym_gui.config.paths import get_checkpoints_dir, get_logs_dir, get_run_dir
from gym_gui.constants.constants_core import ANALYTICS_FILE_NAME
from gym_gui.core.worker import ArtifactsMetadata, CheckpointMetadata, WorkerAnalyticsManifest
from gym_gui.workers.barlog.ledger import FILE_NAME
from gym_gui.workers.barlog.trajectory import list_trajectories


def write_manifest(run_id: str, metadata: dict[str, Any]) -> Path:
    """The file written, naming what the run left behind so far.

    Raises:
        OSError: It cannot be written.
    """
    run_dir = get_run_dir(run_id, create=True)
    checkpoint = get_checkpoints_dir(run_id) / FILE_NAME
    trajectories = list_trajectories(run_id)
    artifacts = ArtifactsMetadata(
        checkpoints=_checkpoint(checkpoint, run_dir) if checkpoint.is_file() else None,
        logs_dir=get_logs_dir(run_id).relative_to(run_dir).as_posix() if trajectories else None,
    )
    path = run_dir / ANALYTICS_FILE_NAME
    WorkerAnalyticsManifest(run_id, "barlog", artifacts, {**metadata, "trajectories": trajectories}).save(
        path
    )
    return path


def _checkpoint(path: Path, run_dir: Path) -> CheckpointMetadata:
    relative = path.relative_to(run_dir).as_posix()
    return CheckpointMetadata(
        directory=path.parent.relative_to(run_dir).as_posix(),
        format="jsonl",
        files=[relative],
        final_checkpoint=relative,
    )
