"""What a run left behind, as its manifest tells it and the directory bears out: values ready to be shown.

Nothing is opened but the manifest itself, and nothing outside the run directory is looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from gym_gui.config.paths import confine
from gym_gui.constants import ANALYTICS_FILE_NAME
from gym_gui.core.events.regular import open_regular
from gym_gui.core.worker import ArtifactsMetadata, WandBMetadata, WorkerAnalyticsManifest
from gym_gui.core.worker.analytics import ArtifactPath

_LARGEST_MANIFEST = 16 * 2**20
_MOST_FILES = 1_000
_DEEPEST = 4
_CHECKPOINTS = "artifacts.checkpoints."
_FOLDERS = (
    ("artifacts.plots_dir", "Plots", "image"),
    ("artifacts.videos_dir", "Videos", "play"),
    ("artifacts.tensorboard.log_dir", "TensorBoard", "chart"),
    ("artifacts.logs_dir", "Logs", "terminal"),
)


class Mark(StrEnum):
    """What sets a checkpoint apart."""

    BEST = "best"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One thing the manifest names.

    Attributes:
        label: Its path in the run directory, or what else names it.
        path: Where it is; None when the path was refused or it is a link.
        size: Bytes; None when it is not there, or is a directory.
        refusal: Why the path was refused, or "".
        link: Web address, or "".
    """

    label: str
    path: Path | None = None
    exists: bool = False
    size: int | None = None
    marks: tuple[Mark, ...] = ()
    refusal: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class ArtifactGroup:
    """Artifacts of one kind; `note` says what else there is to say about them."""

    title: str
    icon: str
    artifacts: tuple[Artifact, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ManifestView:
    """A manifest ready to be shown. `problem` says why it cannot be read; `found` is False without a file."""

    found: bool
    problem: str = ""
    groups: tuple[ArtifactGroup, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


def read_manifest(run_dir: Path, name: str = ANALYTICS_FILE_NAME) -> ManifestView:
    """The manifest in a run directory with each of its paths looked up inside that directory."""
    try:
        manifest = load_manifest(run_dir / name)
    except FileNotFoundError:
        return ManifestView(found=False)
    except (ValueError, OSError) as problem:
        return ManifestView(found=True, problem=str(problem))
    paths = manifest.artifact_paths(run_dir)
    groups = [_checkpoints(run_dir, paths, manifest.artifacts)]
    groups += [_folder(run_dir, paths, *place) for place in _FOLDERS]
    groups += [_wandb(manifest.artifacts.wandb)]
    kept = tuple(group for group in groups if group is not None)
    return ManifestView(found=True, groups=kept, metadata=manifest.metadata)


def load_manifest(path: Path) -> WorkerAnalyticsManifest:
    """The manifest in the file, which a worker wrote or anybody else.

    Raises:
        FileNotFoundError: There is none.
        OSError: It is no plain file: a link, a pipe.
        ValueError: It is no manifest, or larger than 16 MiB; the message names file and field.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
    if size > _LARGEST_MANIFEST:
        raise ValueError(f"{path}: {size:,} bytes are too many, {_LARGEST_MANIFEST:,} is the most")
    return WorkerAnalyticsManifest.load(path)


def _checkpoints(
    root: Path, paths: Iterable[ArtifactPath], artifacts: ArtifactsMetadata
) -> ArtifactGroup | None:
    if artifacts.checkpoints is None:
        return None
    named: dict[str, list[Mark]] = {}
    found: dict[str, ArtifactPath] = {}
    for entry in paths:
        if not entry.place.startswith(_CHECKPOINTS) or entry.place == f"{_CHECKPOINTS}directory":
            continue
        key = str(entry.path or entry.stated)
        found.setdefault(key, entry)
        named.setdefault(key, []).extend(_marks(entry.place))
    entries = tuple(_artifact(root, found[key], tuple(dict.fromkeys(marks))) for key, marks in named.items())
    return ArtifactGroup("Checkpoints", "checkpoint", entries, artifacts.checkpoints.format)


def _marks(place: str) -> list[Mark]:
    marks = {f"{_CHECKPOINTS}best_checkpoint": Mark.BEST, f"{_CHECKPOINTS}final_checkpoint": Mark.FINAL}
    return [marks[place]] if place in marks else []


def _folder(
    root: Path, paths: Iterable[ArtifactPath], place: str, title: str, icon: str
) -> ArtifactGroup | None:
    entry = next((entry for entry in paths if entry.place == place), None)
    if entry is None:
        return None
    if entry.path is None or not entry.path.is_dir():
        return ArtifactGroup(title, icon, (_artifact(root, entry),))
    files = [_file(root, file) for file in _files_below(entry.path)]
    note = f"the first {_MOST_FILES:,} files" if len(files) == _MOST_FILES else ""
    if not files:
        note = "no files"
    return ArtifactGroup(title, icon, tuple(files), note)


def _files_below(folder: Path) -> Iterator[Path]:
    """Regular files in the folder and a few levels below, by name; links are passed over."""
    left = _MOST_FILES
    for parent, folders, names in os.walk(folder):
        folders.sort()
        if len(Path(parent).relative_to(folder).parts) >= _DEEPEST:
            folders.clear()
        for name in sorted(names):
            path = Path(parent, name)
            if left and path.is_file() and not path.is_symlink():
                left -= 1
                yield path
        if not left:
            return


def _file(root: Path, path: Path) -> Artifact:
    try:
        inside = confine(root, path.relative_to(root))
        return Artifact(_label(root, path), inside, exists=True, size=path.stat().st_size)
    except (ValueError, OSError) as refusal:
        return Artifact(path.name, refusal=str(refusal))


def _artifact(root: Path, entry: ArtifactPath, marks: tuple[Mark, ...] = ()) -> Artifact:
    if entry.path is None:
        return Artifact(entry.stated, marks=marks, refusal=entry.refusal)
    try:
        is_file = entry.path.is_file()
        size = entry.path.stat().st_size if is_file else None
        exists = is_file or entry.path.is_dir()
    except OSError as problem:
        return Artifact(entry.stated, marks=marks, refusal=str(problem))
    return Artifact(_label(root, entry.path), entry.path, exists=exists, size=size, marks=marks)


def _label(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _wandb(wandb: WandBMetadata | None) -> ArtifactGroup | None:
    if wandb is None or not wandb.enabled:
        return None
    name = "/".join(part for part in (wandb.entity, wandb.project, wandb.run_name or wandb.run_id) if part)
    return ArtifactGroup("W&B", "link", (Artifact(name or "run", exists=True, link=wandb.url or ""),))
