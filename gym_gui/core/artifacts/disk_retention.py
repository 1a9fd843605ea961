"""Which checkpoints can go when only the best and the last of a run are kept: a plan, nothing is moved."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gym_gui.config.confinement import confine
from gym_gui.core.artifacts.checkpoints.listing import CheckpointRow

_BLOCK = 512
# What a run is judged by when nobody says: the first of these that its checkpoints carry.
DEFAULT_METRICS = (
    *(
        "eval_return_mean",
        "eval_return",
        "return_mean",
        "mean_return",
        "episode_return_mean",
        "episode_return",
    ),
    *("episodic_return", "reward_mean", "mean_reward", "evaluated", "return", "reward", "score", "win_rate"),
)


class Why(StrEnum):
    """Why a checkpoint stays."""

    BEST = "the best, as the run says"
    FINAL = "the final one"
    LISTED = "the manifest lists it"
    LAST = "among the last"
    SCORE = "among the best by its metric"
    HOLDS_KEPT = "another that stays is inside it"
    REFUSED = "its path leads out of the run"


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint that stays, and why."""

    row: CheckpointRow
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Going:
    """A checkpoint that would go.

    Attributes:
        identity: Device, inode, length and modification time, so that nothing else goes in its stead.
        freed: Bytes on the disk; 0 for what is hard-linked from elsewhere.
    """

    row: CheckpointRow
    relative: str
    identity: tuple[int, int, int, int]
    freed: int


@dataclass(frozen=True, slots=True)
class RetentionPlan:
    """What would go and what stays.

    Attributes:
        metric: What the best were chosen by, "" for none.
        freed: Bytes on the disk, once the trash is emptied.
    """

    run_dir: Path
    going: tuple[Going, ...]
    kept: tuple[Kept, ...]
    metric: str

    @property
    def freed(self) -> int:
        """Bytes on the disk that come free once the trash is emptied."""
        return sum(going.freed for going in self.going)


def plan_retention(
    run_dir: Path,
    rows: Sequence[CheckpointRow],
    *,
    keep_last: int,
    keep_best: int = 0,
    metric: str | None = None,
    lower_is_better: bool = False,
    keep_listed: bool = True,
) -> RetentionPlan:
    """What would go if only the last and the best checkpoints were kept; nothing is touched.

    Best and final ones, as events and manifest say, always stay, and so does the newest.

    Args:
        run_dir: The run's directory.
        rows: Its checkpoints, from `run_checkpoints`.
        keep_last: How many of the newest stay, by step and time; one at least.
        keep_best: How many of the best by `metric` stay.
        metric: A name of the rows' metrics; None for the first of `DEFAULT_METRICS` that they carry.
        lower_is_better: For a loss.
        keep_listed: Whether those that the manifest lists stay as well.
    """
    there = [row for row in rows if row.exists and row.path is not None]
    chosen = metric if metric is not None else default_metric(there)
    why: dict[str, list[Why]] = {row.label: [] for row in there}
    for row in there:
        marks = (
            (row.is_best, Why.BEST),
            (row.is_final, Why.FINAL),
            (row.in_manifest and keep_listed, Why.LISTED),
        )
        why[row.label] += [reason for holds, reason in marks if holds]
    for row in _last(there, max(1, keep_last)):
        why[row.label].append(Why.LAST)
    for row in _best(there, chosen, keep_best, lower_is_better):
        why[row.label].append(Why.SCORE)
    going: list[Going] = []
    for row in there:
        found = None if why[row.label] else _going(run_dir, row)
        if found is None and not why[row.label]:
            why[row.label].append(Why.REFUSED)
        elif found is not None:
            going.append(found)
    inside = _holding_what_stays(going, there, why)
    for entry in inside:
        why[entry.row.label].append(Why.HOLDS_KEPT)
    kept = tuple(Kept(row, tuple(why[row.label])) for row in there if why[row.label])
    return RetentionPlan(run_dir, tuple(entry for entry in going if entry not in inside), kept, chosen)


def default_metric(rows: Iterable[CheckpointRow]) -> str:
    """What the checkpoints are judged by when nobody says, "" when they carry nothing of the kind."""
    carried = {name for row in rows for name in row.metrics}
    return next((name for name in DEFAULT_METRICS if name in carried), "")


def _last(rows: Sequence[CheckpointRow], count: int) -> list[CheckpointRow]:
    """The newest: by time, since a resumed run counts its steps from where it went on."""
    return sorted(rows, key=lambda row: (row.time or 0.0, row.step or 0))[-count:]


def _best(rows: Sequence[CheckpointRow], metric: str, count: int, lower: bool) -> list[CheckpointRow]:
    scored = [row for row in rows if row.metrics.get(metric) is not None]
    scored = [row for row in scored if row.metrics[metric] == row.metrics[metric]]  # NaN is no score
    scored.sort(key=lambda row: row.metrics[metric], reverse=not lower)
    return scored[:count]


def _going(run_dir: Path, row: CheckpointRow) -> Going | None:
    """The row as something that can go; None when it is not inside the run, or not there any more."""
    try:
        path = confine(run_dir, row.label)
        relative = path.relative_to(run_dir).as_posix()
        if relative == "." or path.is_symlink():
            return None
        return Going(row, relative, identity_of(path), _freed(path))
    except (ValueError, OSError):
        return None


def identity_of(path: Path) -> tuple[int, int, int, int]:
    """Device, inode, length and modification time of what is at `path`, itself.

    Raises:
        OSError: When there is nothing.
    """
    status = path.lstat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _freed(path: Path) -> int:
    if not path.is_dir():
        return _disk_bytes(path)
    found = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
    return sum(_disk_bytes(file) for file in found)


def _disk_bytes(path: Path) -> int:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return 0
    return status.st_blocks * _BLOCK if status.st_nlink == 1 else 0


def _holding_what_stays(
    going: Sequence[Going], rows: Sequence[CheckpointRow], why: dict[str, list[Why]]
) -> list[Going]:
    """Directories among those that would go, in which something lies that stays."""
    stays = [Path(row.label) for row in rows if why[row.label]]
    return [entry for entry in going if any(path.is_relative_to(entry.relative) for path in stays)]
