"""Where the files of the queue are: beside the runs folder, so that a copied run takes no place in line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.ids import is_run_id

QUEUE_DIR_NAME = "queue"
_ENTRY_SUFFIX = ".json"
_PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class QueueFiles:
    """The files of one queue; the properties name them, they need not exist."""

    folder: Path

    @classmethod
    def beside(cls, runs_folder: Path) -> QueueFiles:
        """The queue of the runs in this folder."""
        return cls(runs_folder.parent / QUEUE_DIR_NAME)

    @property
    def waiting(self) -> Path:
        """A file for each run that waits (`QueueEntry`)."""
        return self.folder / "waiting"

    @property
    def environments(self) -> Path:
        """What each of them will be started with (`KeptEnvironment`); for nobody else's eyes."""
        return self.folder / "environments"

    @property
    def hold(self) -> Path:
        """There while somebody holds the queue (`QueueHold`)."""
        return self.folder / "hold.json"

    @property
    def runner(self) -> Path:
        """What the process that starts queued runs last saw (`RunnerRecord`)."""
        return self.folder / "runner.json"

    @property
    def runner_lock(self) -> Path:
        """Locked by that process for as long as it lives."""
        return self.folder / "runner.lock"

    @property
    def change_lock(self) -> Path:
        """Locked for the moment in which the line is changed."""
        return self.folder / "change.lock"

    def entry(self, run_id: str) -> Path:
        """The place in line of a run."""
        return self.waiting / f"{run_id}{_ENTRY_SUFFIX}"

    def environment(self, run_id: str) -> Path:
        """What a run will be started with."""
        return self.environments / f"{run_id}{_ENTRY_SUFFIX}"

    def waiting_ids(self) -> list[str]:
        """Ids of the runs that have a place in line, in no order."""
        return _ids_in(self.waiting)

    def environment_ids(self) -> list[str]:
        """Ids of the runs for which an environment is kept."""
        return _ids_in(self.environments)

    def make(self) -> None:
        """Creates the folders.

        Raises:
            OSError: When they cannot be made.
        """
        self.waiting.mkdir(parents=True, exist_ok=True)
        self.environments.mkdir(mode=_PRIVATE, exist_ok=True)


def has_place_in_line(run: RunDirectory) -> bool:
    """Whether the run was queued and has not left the line."""
    return os.path.lexists(QueueFiles.beside(run.path.parent).entry(run.run_id))


def was_started(run: RunDirectory) -> bool:
    """Whether a supervisor has been at work, or the run was cancelled before one was."""
    return os.path.lexists(run.process_file) or os.path.lexists(run.exit_file)


def can_be_started(run: RunDirectory) -> bool:
    """Whether the run is wholly launched and nobody has started or cancelled it; never one behind a link."""
    return os.path.lexists(run.record_file) and not was_started(run) and not os.path.islink(run.path)


def _ids_in(folder: Path) -> list[str]:
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    ids = (name.removesuffix(_ENTRY_SUFFIX) for name in names if name.endswith(_ENTRY_SUFFIX))
    return [run_id for run_id in ids if is_run_id(run_id)]
