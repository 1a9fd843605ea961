"""Checkpoints of one run: RLlib's own directories, whole or not there, and a note of what is in each."""

from __future__ import annotations

import json
import shutil
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from gym_gui.config.paths import runs_root
from gym_gui.workers.ray.config import RayConfig
from gym_gui.workers.ray.iteration import Iteration

FINAL = "final"
NOTE = "mosaic.json"
RLLIB_NOTE = "rllib_checkpoint.json"
FORMAT = "rllib"
TRIALS_DIR_NAME = "trials"
_LARGEST_NOTE = 64 * 1024


class CheckpointError(ValueError):
    """A checkpoint cannot be used; the message names the field, the place and the cause."""


@dataclass(frozen=True, slots=True)
class CheckpointNote:
    """What a checkpoint was made with, beside RLlib's own files."""

    algorithm: str
    env_id: str
    step: int
    iteration: int
    episode: int
    seed: int
    episode_return_mean: float | None = None

    @classmethod
    def read(cls, directory: Path) -> Self | None:
        """The note in a checkpoint directory, None when another program made it.

        Raises:
            CheckpointError: There is one, and it is damaged.
        """
        path = directory / NOTE
        try:
            with path.open("rb") as file:
                data = json.loads(file.read(_LARGEST_NOTE))
            return cls(**data)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise CheckpointError(f"resume_from: {path}: {error}; resume from another checkpoint") from error


class CheckpointStore:
    """Saves checkpoints into a run's directory and keeps the newest of the periodic ones.

    Args:
        run_dir: The run directory; paths given back are relative to it.
        directory: Where checkpoints go, inside the run directory.
        keep: How many periodic checkpoints stay.
    """

    def __init__(self, run_dir: Path, directory: Path, keep: int) -> None:
        self._run_dir = run_dir
        self._directory = directory
        self._keep = keep
        self._periodic: deque[Path] = deque()

    def save_periodic(self, write: Callable[[Path], Any], note: CheckpointNote) -> str:
        """Saves the state after an iteration and removes the oldest ones beyond what is kept."""
        path = self._directory / f"step_{note.step:012d}"
        saved = self._save(path, write, note)
        if path not in self._periodic:
            self._periodic.append(path)
        while len(self._periodic) > self._keep:
            shutil.rmtree(self._periodic.popleft(), ignore_errors=True)
        return saved

    def save_final(self, write: Callable[[Path], Any], note: CheckpointNote) -> str:
        """Saves the state that the run ends with."""
        return self._save(self._directory / FINAL, write, note)

    def _save(self, path: Path, write: Callable[[Path], Any], note: CheckpointNote) -> str:
        # A dot first: neither the manifest nor the panel takes half a checkpoint for one.
        partial = path.with_name(f".{path.name}.part")
        shutil.rmtree(partial, ignore_errors=True)
        try:
            write(partial)
            (partial / NOTE).write_text(json.dumps(asdict(note), indent=1), encoding="utf-8")
            shutil.rmtree(path, ignore_errors=True)
            partial.rename(path)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        return path.relative_to(self._run_dir).as_posix()


def note_of(config: RayConfig, iteration: Iteration, seed: int) -> CheckpointNote:
    """The note of a checkpoint made after an iteration."""
    return CheckpointNote(
        algorithm=config.algorithm.value,
        env_id=config.env_id,
        step=iteration.step,
        iteration=iteration.number,
        episode=iteration.episodes,
        seed=seed,
        episode_return_mean=iteration.return_mean,
    )


def checkpoint_to_resume(config: RayConfig) -> tuple[Path, CheckpointNote | None] | None:
    """The checkpoint the configuration names, with its note, or None when it names none.

    Raises:
        CheckpointError: It is none, or does not fit the run.
    """
    if config.resume_from is None:
        return None
    path = _found(config.resume_from)
    if not (path / RLLIB_NOTE).is_file():
        what = "there is no such directory" if not path.exists() else f"there is no {RLLIB_NOTE} in it"
        raise CheckpointError(f"resume_from: {path}: {what}; name a checkpoint directory of this worker")
    note = CheckpointNote.read(path)
    if note is None:
        return path, None
    for field, theirs, ours in (
        ("algorithm", note.algorithm, config.algorithm.value),
        ("env_id", note.env_id, config.env_id),
    ):
        if theirs != ours:
            raise CheckpointError(
                f"resume_from: {path} was made with {theirs} and the run asks for {ours} ({field}); "
                "make them agree"
            )
    if note.step >= config.total_timesteps:
        raise CheckpointError(
            f"total_timesteps: {path} has {note.step:,} of {config.total_timesteps:,} steps behind it; "
            f"ask for more than {note.step:,}"
        )
    return path, note


def _found(path: Path) -> Path:
    path = path.expanduser()
    in_runs = runs_root() / path
    if not path.is_absolute() and not path.exists() and in_runs.exists():
        path = in_runs
    return path.absolute()  # RLlib takes a relative path for one of its own
