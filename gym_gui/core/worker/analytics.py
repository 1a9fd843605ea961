"""The manifest: what a run left behind, in `<run directory>/analytics.json`.

Paths are relative to the run directory. What another version of the manifest has
added is kept, so loading and saving never loses anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gym_gui.core.worker._artifact_paths import (
    ArtifactPath,
    artifact_paths,
    resolve_artifact,
    state_relative,
)
from gym_gui.core.worker._json_files import read_json_object, write_json_atomically
from gym_gui.core.worker._manifest_part import ManifestPart, part_as_dict

if TYPE_CHECKING:
    import os
    from typing import Self

__all__ = [
    "ArtifactPath",
    "ArtifactsMetadata",
    "CheckpointMetadata",
    "TensorBoardMetadata",
    "WandBMetadata",
    "WorkerAnalyticsManifest",
]


@dataclass(slots=True)
class TensorBoardMetadata(ManifestPart):
    """Where a run's TensorBoard event files are, and the server that shows them if there is one.

    Attributes:
        log_dir: The directory of the event files, relative to the run directory.
        enabled: Whether there are any.
        port: Of the server, None when there is none.
        url: Of the server, None when there is none.
    """

    log_dir: str
    enabled: bool
    port: int | None = None
    url: str | None = None


@dataclass(slots=True)
class WandBMetadata(ManifestPart):
    """The Weights & Biases run that a run reported to; None for what is not known (offline, disabled).

    Attributes:
        project: Its project.
        entity: The user or team it belongs to.
        run_id: Its id there, not the id of our run.
        run_name: Its name there.
        url: Where to look at it.
        enabled: Whether anything was reported.
    """

    project: str | None
    entity: str | None
    run_id: str | None
    run_name: str | None
    url: str | None
    enabled: bool


@dataclass(slots=True)
class CheckpointMetadata(ManifestPart):
    """A run's checkpoints.

    Attributes:
        directory: The directory they are in, relative to the run directory, as are the paths below.
        format: What wrote them, e.g. "pytorch".
        files: Each checkpoint.
        best_checkpoint: The one that scored best.
        final_checkpoint: The last one.
    """

    directory: str
    format: str
    files: list[str] = field(default_factory=list)
    best_checkpoint: str | None = None
    final_checkpoint: str | None = None


@dataclass(slots=True)
class ArtifactsMetadata(ManifestPart):
    """What a run left behind, by kind; None for what it did not write.

    Attributes:
        tensorboard: Its event files.
        wandb: The Weights & Biases run it reported to.
        checkpoints: Its checkpoints.
        logs_dir: Directory of its own log files, relative to the run directory.
        videos_dir: Directory of its videos, relative to the run directory.
        plots_dir: Directory of its plots, relative to the run directory.
    """

    tensorboard: TensorBoardMetadata | None = field(default=None, metadata={"part": TensorBoardMetadata})
    wandb: WandBMetadata | None = field(default=None, metadata={"part": WandBMetadata})
    checkpoints: CheckpointMetadata | None = field(default=None, metadata={"part": CheckpointMetadata})
    logs_dir: str | None = None
    videos_dir: str | None = None
    plots_dir: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The parts there are as plain data, ready for JSON."""
        return {name: value for name, value in part_as_dict(self).items() if value is not None}


@dataclass(slots=True)
class WorkerAnalyticsManifest(ManifestPart):
    """The manifest of one run.

    Attributes:
        run_id: The run.
        worker_type: What ran it, e.g. "cleanrl".
        artifacts: What it left behind.
        metadata: Whatever else is worth keeping: results, hyperparameters.

    Example:
        What a run that wrote one checkpoint says at its end::

            checkpoints = CheckpointMetadata("checkpoints", "pytorch", ["checkpoints/final.pt"])
            manifest = WorkerAnalyticsManifest(
                run_id, "myworker", ArtifactsMetadata(checkpoints=checkpoints), {"return_mean": 195.0}
            )
            manifest.save(get_run_dir(run_id) / "analytics.json")
    """

    run_id: str
    worker_type: str
    artifacts: ArtifactsMetadata = field(metadata={"part": ArtifactsMetadata})
    metadata: dict[str, Any] = field(default_factory=dict)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Nothing, once the file holds the manifest; a reader sees the old content or all of the new.

        The directory of the file counts as the run directory: absolute paths inside it are written
        relative to it, so that the run can be moved.

        Raises:
            TypeError: A field was set to something of the wrong type; the message names it.
            OSError: The file cannot be written; there is nothing half-written left.
        """
        file = Path(path).absolute()
        data = self.to_dict()
        state_relative(data["artifacts"], file.parent)
        write_json_atomically(file, data)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The manifest in the file.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: It is not a manifest; the message names file and field.
        """
        file = Path(path)
        data = read_json_object(file)
        try:
            return cls.from_dict(data)
        except (ValueError, RecursionError) as problem:
            raise ValueError(f"{file}: {problem}") from None

    def resolve(self, run_dir: str | os.PathLike[str], relative: str | os.PathLike[str]) -> Path:
        """Where a path of this manifest is, inside the run directory; it need not exist.

        Raises:
            ValueError: The path leaves the run directory: by `..`, by being absolute, by a symlink.
        """
        return resolve_artifact(Path(run_dir), relative)

    def artifact_paths(self, run_dir: str | os.PathLike[str]) -> tuple[ArtifactPath, ...]:
        """Every path this manifest names, resolved inside the run directory or refused with the reason."""
        return artifact_paths(self.artifacts.to_dict(), Path(run_dir))
