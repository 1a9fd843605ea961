"""Where the files of a run are, and which runs there are: the public layout of a data directory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gym_gui.constants import (
    ANALYTICS_FILE_NAME,
    CHECKPOINTS_DIR_NAME,
    PLOTS_DIR_NAME,
    TENSORBOARD_DIR_NAME,
    VIDEOS_DIR_NAME,
)
from gym_gui.core.runs.files import RecordError
from gym_gui.core.runs.ids import created_from_id, is_run_id, new_run_id

# A directory without run.json is still a run when a worker left one of these in it
# (runs started by another program of this SDK's family).
_TRACES_OF_A_WORKER = (
    ANALYTICS_FILE_NAME,
    TENSORBOARD_DIR_NAME,
    CHECKPOINTS_DIR_NAME,
    VIDEOS_DIR_NAME,
    PLOTS_DIR_NAME,
    "wandb",
    "stdout.log",
    "process.json",
    "exit.json",
)
_MOST_NAMED_IN_AN_ERROR = 5


__all__ = ["RecordError", "RunDirectory", "RunNotFoundError", "RunStore"]


class RunNotFoundError(LookupError):
    """No run, or more than one, has the id or prefix that was asked for."""


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """One run's directory; the properties name its files, which need not exist."""

    path: Path

    @property
    def run_id(self) -> str:
        """The directory's name."""
        return self.path.name

    @property
    def record_file(self) -> Path:
        """What was asked for (`RunRecord`)."""
        return self.path / "run.json"

    @property
    def config_file(self) -> Path:
        """The worker's configuration, what `--config` names."""
        return self.path / "config.json"

    @property
    def stdout_file(self) -> Path:
        """Events and text as the worker printed them."""
        return self.path / "stdout.log"

    @property
    def stderr_file(self) -> Path:
        """Free text."""
        return self.path / "stderr.log"

    @property
    def lock_file(self) -> Path:
        """Locked by the supervisor for as long as it lives."""
        return self.path / "supervisor.lock"

    @property
    def process_file(self) -> Path:
        """Who runs it (`ProcessRecord`)."""
        return self.path / "process.json"

    @property
    def resources_file(self) -> Path:
        """Samples of CPU and memory, one JSON object a line."""
        return self.path / "resources.jsonl"

    @property
    def exit_file(self) -> Path:
        """How it ended (`ExitRecord`), written last."""
        return self.path / "exit.json"

    @property
    def freeze_file(self) -> Path:
        """When it was last frozen or let go on (`FreezeRecord`)."""
        return self.path / "freeze.json"

    @property
    def labels_file(self) -> Path:
        """What people say about it (`Labels`)."""
        return self.path / "labels.json"

    @property
    def manifest_file(self) -> Path:
        """The worker's manifest of its artifacts."""
        return self.path / ANALYTICS_FILE_NAME


class RunStore:
    """The runs below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def index_file(self) -> Path:
        """Beside the folder: what is known of runs that have ended (`index.RunIndex`); a cache."""
        return self.root.with_name("index.sqlite")

    def run_ids(self) -> list[str]:
        """Ids of all runs, newest first; empty when the folder is missing."""
        dated = [(self._created(run_id), run_id) for run_id in self._found()]
        dated.sort(reverse=True)
        return [run_id for _, run_id in dated]

    def open(self, run_id_or_prefix: str) -> RunDirectory:
        """The run with this id, or the only one whose id starts so.

        Raises:
            RunNotFoundError: When there is none, or more than one.
        """
        if is_run_id(run_id_or_prefix) and _is_run(os.path.join(self.root, run_id_or_prefix)):
            return RunDirectory(self.root / run_id_or_prefix)
        prefix = run_id_or_prefix.casefold()
        matches = [run_id for run_id in self.run_ids() if prefix and run_id.casefold().startswith(prefix)]
        if len(matches) == 1:
            return RunDirectory(self.root / matches[0])
        raise RunNotFoundError(_why_not_one(run_id_or_prefix, matches, self.root))

    def new(self) -> RunDirectory:
        """A fresh run's directory, created and empty."""
        self.root.mkdir(parents=True, exist_ok=True)
        while True:
            path = self.root / new_run_id()
            try:
                path.mkdir()
            except FileExistsError:
                continue
            return RunDirectory(path)

    def _found(self) -> Iterator[str]:
        try:
            with os.scandir(self.root) as entries:
                for entry in entries:
                    # A link could point out of the folder, so it is not followed.
                    is_plain = is_run_id(entry.name) and entry.is_dir(follow_symlinks=False)
                    if is_plain and _holds_a_run(entry.path):
                        yield entry.name
        except (FileNotFoundError, NotADirectoryError):
            return

    def _created(self, run_id: str) -> float:
        created = created_from_id(run_id)
        if created is not None:
            return created
        try:
            return os.stat(os.path.join(self.root, run_id)).st_mtime
        except OSError:
            return 0.0


def is_missing(path: Path) -> bool:
    """Whether there is nothing at `path`; something that may not be looked at is not missing."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def problem_of_directory(path: Path, *, is_waiting: bool) -> str:
    """Why nothing can be known of the run in the directory at `path`, or nothing can become of it; or "".

    That nothing can be written there matters only to a run that `is_waiting` for its supervisor.
    """
    if is_missing(path):
        return f"{path}: the run directory is gone"
    if not os.access(path, os.R_OK | os.X_OK):
        return f"{path}: may not be read; check its permissions"
    if is_waiting and not os.access(path, os.W_OK):
        return f"{path}: nothing can be written there, so the run cannot start; check disk and permissions"
    return ""


def _is_run(path: str) -> bool:
    return not os.path.islink(path) and os.path.isdir(path) and _holds_a_run(path)


def _holds_a_run(path: str) -> bool:
    if os.path.exists(os.path.join(path, "run.json")):
        return True
    try:
        names = set(os.listdir(path))
    except OSError:
        return True  # it may be one: shown with its problem rather than hidden
    return not names.isdisjoint(_TRACES_OF_A_WORKER)


def _why_not_one(asked: str, matches: list[str], root: Path) -> str:
    if not matches:
        return f"no run starts with {asked!r} in {root}; `gym-gui runs` lists them"
    named = ", ".join(matches[:_MOST_NAMED_IN_AN_ERROR])
    more = ", ..." if len(matches) > _MOST_NAMED_IN_AN_ERROR else ""
    return f"{asked!r} is the start of {len(matches)} runs ({named}{more}); give more of the id"
