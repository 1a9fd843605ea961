"""The manifest of a tabular run: only what is really on disk is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gym_gui.config.paths import (
    get_checkpoints_dir,
    get_plots_dir,
    get_run_dir,
    get_tensorboard_dir,
    get_videos_dir,
)
from gym_gui.constants.constants_core import ANALYTICS_FILE_NAME
from gym_gui.core.worker import (
    ArtifactsMetadata,
    CheckpointMetadata,
    TensorBoardMetadata,
    WorkerAnalyticsManifest,
)
from gym_gui.workers.tabular.checkpoint_store import BEST, FINAL


def write_manifest(run_id: str, metadata: dict[str, Any]) -> Path:
    """The file written, naming what the run left behind so far.

    Raises:
        OSError: It cannot be written.
    """
    run_dir = get_run_dir(run_id, create=True)
    path = run_dir / ANALYTICS_FILE_NAME
    plots, videos = _files(get_plots_dir(run_id), run_dir), _files(get_videos_dir(run_id), run_dir)
    logs = _files(get_tensorboard_dir(run_id), run_dir)
    artifacts = ArtifactsMetadata(
        tensorboard=TensorBoardMetadata(_relative(get_tensorboard_dir(run_id), run_dir), enabled=True)
        if logs
        else None,
        checkpoints=_checkpoints(run_id, run_dir),
        videos_dir=_relative(get_videos_dir(run_id), run_dir) if videos else None,
        plots_dir=_relative(get_plots_dir(run_id), run_dir) if plots else None,
    )
    found = {"plots": plots, "videos": videos}
    WorkerAnalyticsManifest(run_id, "tabular", artifacts, {**metadata, **found}).save(path)
    return path


def _checkpoints(run_id: str, run_dir: Path) -> CheckpointMetadata | None:
    directory = get_checkpoints_dir(run_id)
    files = [name for name in _files(directory, run_dir) if name.endswith(".npz")]
    if not files:
        return None
    best, final = (_relative(directory / name, run_dir) for name in (BEST, FINAL))
    return CheckpointMetadata(
        directory=_relative(directory, run_dir),
        format="npz",
        files=files,
        best_checkpoint=best if best in files else None,
        final_checkpoint=final if final in files else None,
    )


def _files(directory: Path, run_dir: Path) -> list[str]:
    """The finished files of a directory, relative to the run; none when it is no directory."""
    if not directory.is_dir():
        return []
    finished = (path for path in directory.iterdir() if path.is_file() and not path.name.startswith("."))
    return sorted(_relative(path, run_dir) for path in finished)


def _relative(path: Path, run_dir: Path) -> str:
    return path.relative_to(run_dir).as_posix()
