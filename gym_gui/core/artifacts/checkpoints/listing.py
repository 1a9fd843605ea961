"""The checkpoints of a run in one table: what its events tell, what its manifest names, what is on disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gym_gui.constants import CHECKPOINTS_DIR_NAME
from gym_gui.core.artifacts.checkpoints.directories import format_of_directory
from gym_gui.core.artifacts.checkpoints.position import EPISODE_NAMES, STEP_NAMES, count_of
from gym_gui.core.events.lines import LogLine
from gym_gui.core.events.numbers import as_number
from gym_gui.core.worker import WorkerAnalyticsManifest
from gym_gui.core.worker.analytics import ArtifactPath
from gym_gui.core.worker.lifecycle import LifecycleEventType

CHECKPOINT_SUFFIXES = (
    *(".safetensors", ".pt", ".pth", ".ckpt", ".cleanrl_model", ".npz", ".npy", ".keras", ".h5", ".hdf5"),
    *(".pkl", ".pickle", ".zip", ".bin", ".msgpack", ".joblib"),
)
_MANIFEST_PLACE = "artifacts.checkpoints."
_PATH_FIELDS = ("path", "checkpoint_path", "file", "checkpoint", "filename")
_NO_METRICS = frozenset({*STEP_NAMES, *EPISODE_NAMES, *_PATH_FIELDS, "is_best", "size", "size_bytes"})
_MOST_FILES = 10_000
_DEEPEST = 4
_IN_NAME = re.compile(
    r"(?:step|steps|iter|episode|ep|checkpoint|ckpt|model)s?[-_=]?0*(\d{1,15})|0*(\d{1,15})[-_]?(?:steps?|episodes?)",
    re.I,
)


@dataclass(slots=True)
class CheckpointRow:
    """One checkpoint of a run.

    Attributes:
        label: Its path in the run directory with "/" between, or as it was stated when that is refused.
        path: Where it is; None when the path was refused.
        exists: Whether it is there; `False` with a `path` is a file that is missing.
        size: Bytes, of all files of a directory; None when it is not there.
        time: Unix seconds: of the event, else of the file.
        step_is_from_name: Whether the step was read off the file's name, which is a guess.
        metrics: Numbers that came with the event.
        in_event, in_manifest: Who told of it; neither when it was found on disk.
        refusal: Why its path was refused, or "".
    """

    label: str
    path: Path | None
    exists: bool = False
    is_directory: bool = False
    size: int | None = None
    time: float | None = None
    step: int | None = None
    episode: int | None = None
    step_is_from_name: bool = False
    metrics: dict[str, float] = field(default_factory=dict)
    is_best: bool = False
    is_final: bool = False
    in_event: bool = False
    in_manifest: bool = False
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class SavedEvent:
    """A `checkpoint_saved` event: its time in Unix seconds and its payload."""

    time: float | None
    payload: Mapping[str, Any]


def saved_events(lines: Iterable[LogLine]) -> Iterator[SavedEvent]:
    """The `checkpoint_saved` events among lines of a run's output."""
    for line in lines:
        if line.event == LifecycleEventType.CHECKPOINT_SAVED and line.payload is not None:
            yield SavedEvent(line.timestamp, line.payload)


def run_checkpoints(
    run_dir: Path, events: Iterable[SavedEvent] = (), manifest: WorkerAnalyticsManifest | None = None
) -> tuple[CheckpointRow, ...]:
    """All checkpoints a run tells of or has, by step and time; each once, missing ones included.

    Paths that leave the run directory are refused, links on disk are passed over. At most 10,000 files of
    `checkpoints/` and of the manifest's checkpoint directory are listed, four directories deep.
    """
    rows: dict[str, CheckpointRow] = {}
    resolver = manifest or _no_manifest(run_dir)
    for entry in manifest.artifact_paths(run_dir) if manifest is not None else ():
        if entry.place.startswith(_MANIFEST_PLACE) and entry.place != f"{_MANIFEST_PLACE}directory":
            _add_from_manifest(rows, run_dir, entry)
    for event in events:
        _add_from_event(rows, run_dir, event, resolver)
    for path in _on_disk(run_dir, manifest):
        _row(rows, run_dir, path, str(path))
    for row in rows.values():
        _look(row)
    return tuple(sorted(rows.values(), key=_order))


def _no_manifest(run_dir: Path) -> WorkerAnalyticsManifest:
    from gym_gui.core.worker import ArtifactsMetadata

    return WorkerAnalyticsManifest(run_dir.name, "", ArtifactsMetadata())


def _row(rows: dict[str, CheckpointRow], run_dir: Path, path: Path | None, stated: str) -> CheckpointRow:
    label = (
        path.relative_to(run_dir).as_posix() if path is not None and path.is_relative_to(run_dir) else stated
    )
    return rows.setdefault(label, CheckpointRow(label, path))


def _add_from_manifest(rows: dict[str, CheckpointRow], run_dir: Path, entry: ArtifactPath) -> None:
    row = _row(rows, run_dir, entry.path, entry.stated)
    row.in_manifest = True
    row.refusal = entry.refusal
    row.is_best = row.is_best or entry.place == f"{_MANIFEST_PLACE}best_checkpoint"
    row.is_final = row.is_final or entry.place == f"{_MANIFEST_PLACE}final_checkpoint"


def _add_from_event(
    rows: dict[str, CheckpointRow], run_dir: Path, event: SavedEvent, resolver: WorkerAnalyticsManifest
) -> None:
    stated = next((value for name in _PATH_FIELDS if isinstance(value := event.payload.get(name), str)), "")
    if not stated:
        return
    refusal = ""
    path: Path | None = None
    try:
        path = resolver.resolve(run_dir, stated)
        beside = run_dir / CHECKPOINTS_DIR_NAME / stated
        if not os.path.lexists(path) and os.path.lexists(beside):
            path = resolver.resolve(run_dir, f"{CHECKPOINTS_DIR_NAME}/{stated}")
    except ValueError as problem:
        refusal = str(problem)
    if path == run_dir:
        return  # the run itself is no checkpoint
    row = _row(rows, run_dir, path, stated)
    row.in_event, row.refusal, row.time = True, row.refusal or refusal, event.time
    payload = event.payload
    row.step = next(
        (found for name in STEP_NAMES if (found := count_of(payload.get(name))) is not None), row.step
    )
    row.episode = next(
        (found for name in EPISODE_NAMES if (found := count_of(payload.get(name))) is not None), row.episode
    )
    row.is_best = row.is_best or payload.get("is_best") is True
    row.metrics.update(_metrics(payload))


def _metrics(payload: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    nested = payload.get("metrics")
    for source in (payload, nested if isinstance(nested, dict) else {}):
        for name, value in source.items():
            number = as_number(value)
            if number is not None and name not in _NO_METRICS:
                yield str(name)[:200], number


def _on_disk(run_dir: Path, manifest: WorkerAnalyticsManifest | None) -> Iterator[Path]:
    folders = [run_dir / CHECKPOINTS_DIR_NAME]
    if manifest is not None and manifest.artifacts.checkpoints is not None:
        try:
            folders.append(manifest.resolve(run_dir, manifest.artifacts.checkpoints.directory))
        except ValueError:
            folders = folders[:1]  # refused; the manifest's own rows say why
    seen: set[Path] = set()
    left = _MOST_FILES
    for folder in folders:
        for path in _checkpoints_below(folder):
            if path not in seen and left:
                seen.add(path)
                left -= 1
                yield path


def _checkpoints_below(folder: Path, depth: int = 0) -> Iterator[Path]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_file(follow_symlinks=False):
            if entry.name.endswith(CHECKPOINT_SUFFIXES):
                yield Path(entry.path)
        elif entry.is_dir(follow_symlinks=False):
            if format_of_directory(Path(entry.path)) is not None:
                yield Path(entry.path)
            elif depth < _DEEPEST:
                yield from _checkpoints_below(Path(entry.path), depth + 1)


def _look(row: CheckpointRow) -> None:
    if row.path is not None:
        try:
            status = os.lstat(row.path)
        except (OSError, ValueError):
            status = None
        if status is not None:
            row.exists = True
            row.is_directory = row.path.is_dir()
            row.size = _size_of_directory(row.path) if row.is_directory else status.st_size
            row.time = status.st_mtime if row.time is None else row.time
    if row.step is None and row.episode is None and (match := _IN_NAME.search(Path(row.label).stem)):
        row.step = int(match[1] or match[2])
        row.step_is_from_name = True


def _size_of_directory(path: Path) -> int:
    total = 0
    for count, (folder, _, names) in enumerate(os.walk(path)):
        if count >= 1_000:
            break
        for name in names[:_MOST_FILES]:
            try:
                total += Path(folder, name).lstat().st_size
            except OSError:
                continue
    return total


def _order(row: CheckpointRow) -> tuple[float, float, str]:
    step = row.step if row.step is not None else row.episode
    return (float("inf") if step is None else step, row.time or 0.0, row.label)
