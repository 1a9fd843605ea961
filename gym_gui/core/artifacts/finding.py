"""What there is in a directory or behind a manifest, with or without a run: files by kind, each once."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from gym_gui.constants import ANALYTICS_FILE_NAME
from gym_gui.core.artifacts.checkpoints.directories import format_of_directory
from gym_gui.core.artifacts.checkpoints.listing import CHECKPOINT_SUFFIXES
from gym_gui.core.artifacts.checkpoints.model import CheckpointFormat
from gym_gui.core.artifacts.disk import TRASH_NAME
from gym_gui.core.artifacts.media import MEDIA_SUFFIXES
from gym_gui.core.artifacts.stopping import StopAsked, never, stop_if
from gym_gui.core.artifacts.wandb.finding import is_run_directory
from gym_gui.core.events.regular import open_regular

MOST_FILES = 100_000
DEEPEST_DIRECTORY = 32
# A run's own records, shown elsewhere.
_RECORDS = frozenset(
    {
        *("run.json", "config.json", "labels.json", "process.json", "tree.json", "exit.json", "freeze.json"),
        *("supervisor.lock", "resources.jsonl", ANALYTICS_FILE_NAME),
    }
)
_LOGS = (".log", ".out", ".err")
_NOT_LOOKED_INTO = frozenset({TRASH_NAME, ".git", "__pycache__", ".venv", "node_modules"})


class FoundKind(StrEnum):
    """What a file or directory is, as its name tells."""

    EVENTS = "TensorBoard events"
    CHECKPOINT = "checkpoint"
    MEDIA = "media"
    WANDB = "W&B run"
    LOG = "log"
    RECORD = "run record"
    MANIFEST = "manifest"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FoundArtifact:
    """A file, or a directory that counts as one: a checkpoint directory, a W&B run.

    Attributes:
        relative: Its place below the root, "/" between.
        size: Bytes; 0 for a directory, whose size `DiskMeter` tells.
        modified: Unix seconds.
    """

    kind: FoundKind
    relative: str
    size: int
    modified: float
    is_directory: bool = False


@dataclass(slots=True)
class Found:
    """What there is below a root.

    Attributes:
        root: The directory; of a manifest the directory it lies in.
        artifacts: By directory and name.
        manifests: Manifests below the root, its own first: each is the mark of a run.
        links, special: How many links, and pipes, sockets and devices, were passed over.
        problems: What could not be looked into, and limits that were reached.
    """

    root: Path
    artifacts: list[FoundArtifact] = field(default_factory=list)
    manifests: list[str] = field(default_factory=list)
    links: int = 0
    special: int = 0
    problems: list[str] = field(default_factory=list)

    def of(self, kind: FoundKind) -> list[FoundArtifact]:
        """Those of one kind."""
        return [artifact for artifact in self.artifacts if artifact.kind is kind]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not any(
            artifact.kind not in (FoundKind.OTHER, FoundKind.RECORD) for artifact in self.artifacts
        )


def find_artifacts(path: Path, asked_to_stop: StopAsked = never) -> Found:
    """What there is below the directory `path`, or beside the manifest `path`.

    No file is opened. Links are not followed, except that `path` itself may be one; at most 100,000 files
    are named, 32 directories deep, and what was passed over is said.

    Raises:
        FileNotFoundError: There is nothing at `path`.
        NotADirectoryError: It is a file, and no manifest; `inspect_checkpoint` and `media_facts` tell of it.
        StoppedError: When asked to stop.
    """
    root = path.resolve(strict=True)
    if not root.is_dir():
        if root.name != ANALYTICS_FILE_NAME and root.suffix != ".json":
            raise NotADirectoryError(f"{path}: is neither a directory nor a manifest")
        root = root.parent
    found = Found(root)
    for artifact in _walk(found, asked_to_stop):
        if len(found.artifacts) >= MOST_FILES:
            found.problems.append(f"only the first {MOST_FILES:,} files are listed")
            break
        found.artifacts.append(artifact)
        if artifact.kind is FoundKind.MANIFEST:
            found.manifests.append(artifact.relative)
    found.manifests.sort(key=lambda relative: (relative.count("/"), relative))
    return found


def found_file(path: Path) -> Found:
    """One file as if it were all there is in its directory.

    Raises:
        OSError: There is nothing at `path`, or it is no plain file.
    """
    with open_regular(path) as file:
        status = os.fstat(file.fileno())
    kind = _kind_of(path.name, path.parent.name)
    artifact = FoundArtifact(kind, path.name, status.st_size, status.st_mtime)
    return Found(path.parent, [artifact])


def _walk(found: Found, asked: StopAsked) -> Iterator[FoundArtifact]:
    waiting = [("", 0)]
    while waiting:
        folder, depth = waiting.pop()
        inner: list[str] = []
        for name, status in _entries(found, folder, asked):
            relative = f"{folder}/{name}" if folder else name
            if stat.S_ISDIR(status.st_mode):
                whole = _kind_of_directory(found.root / relative, name)
                if whole is not None:
                    yield FoundArtifact(whole, relative, 0, status.st_mtime, is_directory=True)
                elif name not in _NOT_LOOKED_INTO:
                    inner.append(relative)
            elif stat.S_ISREG(status.st_mode):
                yield FoundArtifact(_kind_of(name, folder), relative, status.st_size, status.st_mtime)
            elif stat.S_ISLNK(status.st_mode):
                found.links += 1
            else:
                found.special += 1
        if inner and depth >= DEEPEST_DIRECTORY:
            found.problems.append(
                f"{folder}: directories more than {DEEPEST_DIRECTORY} deep are not looked into"
            )
        else:
            waiting.extend((relative, depth + 1) for relative in reversed(inner))


def _entries(found: Found, folder: str, asked: StopAsked) -> list[tuple[str, os.stat_result]]:
    """Names in a directory with what they are, in order; no more than could be listed at all."""
    entries: list[tuple[str, os.stat_result]] = []
    try:
        with os.scandir(found.root / folder) as listed:
            for entry in listed:
                stop_if(asked)
                if len(entries) > MOST_FILES:
                    found.problems.append(
                        f"{folder or '.'}: only {MOST_FILES:,} of its entries are looked at"
                    )
                    break
                try:
                    entries.append((entry.name, entry.stat(follow_symlinks=False)))
                except FileNotFoundError:
                    continue
    except OSError as problem:
        found.problems.append(f"{folder or '.'}: cannot be listed: {problem.strerror or problem}")
    return sorted(entries, key=lambda pair: pair[0])


def _kind_of_directory(path: Path, name: str) -> FoundKind | None:
    """What a directory is that counts as one thing, None for one that is looked into."""
    if is_run_directory(path):
        return FoundKind.WANDB
    known = format_of_directory(path)
    if known is None:
        return None
    # Any directory may hold an `.index` file; TensorFlow's are told by more than that.
    looks_like_one = known is not CheckpointFormat.TENSORFLOW or (path / "saved_model.pb").exists()
    return FoundKind.CHECKPOINT if looks_like_one or name.startswith(("ckpt", "checkpoint-")) else None


def _kind_of(name: str, folder: str) -> FoundKind:
    lower = name.lower()
    if name == ANALYTICS_FILE_NAME:
        return FoundKind.MANIFEST
    if name in _RECORDS and "/" not in folder:
        return FoundKind.RECORD
    if "tfevents" in name:
        return FoundKind.EVENTS
    if lower.endswith(".wandb"):
        return FoundKind.WANDB
    if lower.endswith(_LOGS):
        return FoundKind.LOG
    if lower.endswith(CHECKPOINT_SUFFIXES):
        return FoundKind.CHECKPOINT
    return FoundKind.MEDIA if Path(lower).suffix in MEDIA_SUFFIXES else FoundKind.OTHER
