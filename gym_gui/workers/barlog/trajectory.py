"""An episode turn by turn, as JSON lines that grow while it is played."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gym_gui.config.paths import confine, get_logs_dir, get_run_dir
from gym_gui.workers.barlog.results import EpisodeResult

DIRECTORY = "episodes"
LONGEST_ANSWER_KEPT = 20_000


class Trajectory:
    """Writes one episode to `logs/episodes/<family>-<task>-<number>.jsonl`.

    A line is a `start`, a `turn` or an `end`. An episode that was broken off has no `end`.

    Args:
        run_id: The run.
        task: The task, e.g. `babyai/GoToLocal`.
        number: Which episode of it, from 0.
    """

    def __init__(self, run_id: str, task: str, number: int) -> None:
        self._run_dir = get_run_dir(run_id)
        directory = get_logs_dir(run_id, create=True) / DIRECTORY
        directory.mkdir(exist_ok=True)
        self._path = directory / f"{slug(task)}-{number:05d}.jsonl"
        self._file = self._path.open("w", encoding="utf-8", buffering=1)
        self.name = self._path.relative_to(self._run_dir).as_posix()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, kind: str, **fields: Any) -> None:
        """Adds a line."""
        self._file.write(json.dumps({"type": kind, **fields}, ensure_ascii=False) + "\n")

    def save_picture(self, step: int, picture: bytes) -> str:
        """Keeps what the model saw; the path, relative to the run directory."""
        directory = self._path.with_suffix("")
        directory.mkdir(exist_ok=True)
        file = directory / f"{step:05d}.png"
        file.write_bytes(picture)
        return file.relative_to(self._run_dir).as_posix()


def slug(task: str) -> str:
    """The task's name as part of a file name."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", task)


def carried_over(result: EpisodeResult, from_checkpoint: Path, run_id: str) -> EpisodeResult:
    """The result of an earlier run with its trajectory copied into this one; without it where it is gone."""
    if result.trajectory is None:
        return result
    there, here = from_checkpoint.parent.parent, get_run_dir(run_id)
    directory = get_logs_dir(run_id, create=True) / DIRECTORY
    try:
        source = confine(there, result.trajectory)
        target = directory / f"{slug(result.task)}-{result.number:05d}.jsonl"
        if source != target:
            directory.mkdir(exist_ok=True)
            shutil.copyfile(source, target)
    except (OSError, ValueError):  # moved, trashed, or a path that leads elsewhere: the result still counts
        return result.model_copy(update={"trajectory": None})
    return result.model_copy(update={"trajectory": target.relative_to(here).as_posix()})


def list_trajectories(run_id: str) -> list[str]:
    """The trajectories there are, relative to the run directory."""
    directory = get_logs_dir(run_id) / DIRECTORY
    if not directory.is_dir():
        return []
    run_dir = get_run_dir(run_id)
    return sorted(path.relative_to(run_dir).as_posix() for path in directory.glob("*.jsonl"))
