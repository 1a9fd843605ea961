"""Checkpoints moved to their run's own trash, from where they come back until it is emptied.

`<run>/.trash/<entry>/` mirrors the run directory: a file's place in it says where it belongs. There is no
record beside it that could disagree.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gym_gui.config.confinement import confine
from gym_gui.core.artifacts.disk import TRASH_NAME, DiskMeter
from gym_gui.core.artifacts.disk_retention import Going, RetentionPlan, identity_of

_ENTRY = re.compile(r"(\d{10,12})-[0-9a-f]{8}")


class CheckpointTrashError(Exception):
    """The trash cannot be used as it is; the message names the path and how to mend it."""


@dataclass(frozen=True, slots=True)
class TrashEntry:
    """What was moved to the trash at once.

    Attributes:
        name: Its directory in the trash.
        time: Unix seconds.
        paths: Where they were, relative to the run directory.
        skipped: What was not moved, and why; only `apply_retention` tells it.
    """

    name: str
    time: float
    paths: tuple[str, ...]
    skipped: tuple[str, ...] = ()


def apply_retention(plan: RetentionPlan) -> TrashEntry:
    """Moves what the plan says to the run's trash; `restore` brings it back.

    What has changed since the plan was made stays where it is, and is told in `skipped`.

    Raises:
        CheckpointTrashError: The trash of the run is a link or a file.
        OSError: When nothing can be moved there; what was moved before is in the trash.
    """
    trash = _trash_of(plan.run_dir)
    name = f"{int(time.time())}-{os.urandom(4).hex()}"
    moved: list[str] = []
    skipped: list[str] = []
    for going in plan.going:
        problem = _why_not(plan.run_dir, going)
        if problem:
            skipped.append(f"{going.relative}: {problem}")
            continue
        target = trash / name / going.relative
        target.parent.mkdir(parents=True, exist_ok=True)
        (plan.run_dir / going.relative).rename(target)
        moved.append(going.relative)
    return TrashEntry(name, time.time(), tuple(moved), tuple(skipped))


def _why_not(run_dir: Path, going: Going) -> str:
    """Why this cannot be moved now, or ""."""
    try:
        path = confine(run_dir, going.relative)
        if path != run_dir / going.relative:
            return "leads through a link now"
        return "" if identity_of(path) == going.identity else "has changed since the plan was made"
    except FileNotFoundError:
        return "is gone"
    except (ValueError, OSError) as problem:
        return str(problem)


def trashed_checkpoints(run_dir: Path) -> tuple[TrashEntry, ...]:
    """What is in the run's trash, newest first.

    Raises:
        CheckpointTrashError: The trash of the run is a link or a file.
    """
    trash = _trash_of(run_dir)
    try:
        names = sorted((entry.name for entry in trash.iterdir() if _is_entry(entry)), reverse=True)
    except FileNotFoundError:
        return ()
    return tuple(
        TrashEntry(name, float(name.partition("-")[0]), tuple(_files(trash / name))) for name in names
    )


def restore(run_dir: Path, entry: str) -> TrashEntry:
    """Moves everything of an entry back to where it was; what has a new file in its place stays in the trash.

    Raises:
        CheckpointTrashError: There is no such entry, or the trash is a link or a file.
        OSError: When something cannot be moved; what was moved before is back.
    """
    folder = _entry_of(run_dir, entry)
    moved: list[str] = []
    skipped: list[str] = []
    for relative in list(_movable(folder, run_dir)):
        target = run_dir / relative
        if problem := _why_not_back(run_dir, relative):
            skipped.append(f"{relative}: {problem}")
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / relative).rename(target)
        moved.append(relative)
    if not skipped:
        shutil.rmtree(folder)
    return TrashEntry(entry, float(entry.partition("-")[0]), tuple(moved), tuple(skipped))


def _why_not_back(run_dir: Path, relative: str) -> str:
    """Why nothing can be put there now, or ""."""
    if os.path.lexists(run_dir / relative):
        return "something else is there now; move it away first"
    try:
        return "" if confine(run_dir, relative) == run_dir / relative else "leads through a link now"
    except ValueError as problem:
        return str(problem)


def empty_checkpoint_trash(run_dir: Path, entry: str | None = None) -> int:
    """Removes an entry of the run's trash for good, or all of them; the bytes that this freed.

    Raises:
        CheckpointTrashError: There is no such entry, or the trash is a link or a file.
        OSError: When something cannot be removed.
    """
    names = [entry] if entry is not None else [found.name for found in trashed_checkpoints(run_dir)]
    freed = 0
    for name in names:
        folder = _entry_of(run_dir, name)
        freed += DiskMeter(folder).measure().disk_bytes
        shutil.rmtree(folder)
    return freed


def _trash_of(run_dir: Path) -> Path:
    trash = run_dir / TRASH_NAME
    if trash.is_symlink() or (trash.exists() and not trash.is_dir()):
        raise CheckpointTrashError(f"{trash}: is no directory of its own; move it away to use the trash")
    return trash


def _is_entry(path: Path) -> bool:
    return bool(_ENTRY.fullmatch(path.name)) and path.is_dir() and not path.is_symlink()


def _entry_of(run_dir: Path, name: str) -> Path:
    folder = _trash_of(run_dir) / name
    if not _ENTRY.fullmatch(name) or not _is_entry(folder):
        raise CheckpointTrashError(f"{run_dir / TRASH_NAME}: there is no entry {name!r:.100}")
    return folder


def _files(folder: Path) -> Iterator[str]:
    for parent, _, names in os.walk(folder):
        yield from sorted(Path(parent, name).relative_to(folder).as_posix() for name in names)


def _movable(folder: Path, run_dir: Path) -> Iterator[str]:
    """What can be moved back at once: a directory when there is none in its place, else what is in it."""
    waiting = [path.name for path in sorted(folder.iterdir())]
    while waiting:
        relative = waiting.pop(0)
        source, target = folder / relative, run_dir / relative
        if source.is_dir() and not source.is_symlink() and target.is_dir() and not target.is_symlink():
            waiting = [f"{relative}/{path.name}" for path in sorted(source.iterdir())] + waiting
        else:
            yield relative
