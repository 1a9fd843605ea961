"""The manifest of a CleanRL run: only what is really on disk is in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from gym_gui.constants import ANALYTICS_FILE_NAME
from gym_gui.core.worker import (
    ArtifactsMetadata,
    CheckpointMetadata,
    TensorBoardMetadata,
    WandBMetadata,
    WorkerAnalyticsManifest,
)
from gym_gui.workers.cleanrl.workspace import WORK_DIR_NAME, Workspace

_WANDB = re.compile(r"(?:offline-)?run-\d{8}_\d{6}-(?P<id>[A-Za-z0-9_-]+)")


def write_manifest(
    run_id: str, place: Workspace, metadata: dict[str, Any], wandb: WandBMetadata | None
) -> Path:
    """The file written, naming what the run left behind so far.

    Raises:
        OSError: It cannot be written.
    """
    path = place.run_dir / ANALYTICS_FILE_NAME
    models = sorted(_files(place.checkpoints), key=lambda file: file.stat().st_mtime)
    names = [file.relative_to(place.run_dir).as_posix() for file in models]
    artifacts = ArtifactsMetadata(
        tensorboard=TensorBoardMetadata(place.tensorboard.name, enabled=True)
        if _files(place.tensorboard)
        else None,
        wandb=wandb,
        checkpoints=CheckpointMetadata(place.checkpoints.name, "pytorch", names, final_checkpoint=names[-1])
        if names
        else None,
        videos_dir=place.videos.name if _files(place.videos) else None,
    )
    videos = [file.relative_to(place.run_dir).as_posix() for file in sorted(_files(place.videos))]
    kept = {"videos": [name for name in videos if not name.endswith(".json")]}
    if _files(place.folder):
        kept["other_files_in"] = [WORK_DIR_NAME]
    WorkerAnalyticsManifest(run_id, "cleanrl", artifacts, {**metadata, **kept}).save(path)
    return path


def wandb_run(run_dir: Path, values: dict[str, Any]) -> WandBMetadata | None:
    """The W&B run below the run directory, the newest one; None when there is none."""
    folders = sorted(
        (run_dir / "wandb").glob("*run-*"), key=lambda folder: folder.name.removeprefix("offline-")
    )
    found = next((match for folder in reversed(folders) if (match := _WANDB.fullmatch(folder.name))), None)
    if found is None:
        return None
    entity = values.get("wandb_entity")
    return WandBMetadata(
        project=str(values.get("wandb_project_name") or "cleanRL"),
        entity=entity if isinstance(entity, str) and entity else None,
        run_id=found["id"],
        run_name=None,
        url=None,
        enabled=True,
    )


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
