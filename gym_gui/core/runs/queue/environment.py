"""What a queued run will be started with: the environment of whoever queued it.

On disk go the variables that are no secrets. Those that are wait in a directory in memory that only the
user can read, and are gone after a restart of the machine, so that no secret is ever written to a disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gym_gui.constants import APP_NAME
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.files import RecordError, read_record, write_json_atomically
from gym_gui.core.runs.queue.files import QueueFiles
from gym_gui.core.runs.queue.record import KeptEnvironment
from gym_gui.core.runs.redaction import secrets_of

_PRIVATE = 0o700
_TRIES = 5
_ENV_RUNTIME_DIR = "XDG_RUNTIME_DIR"


class NoPlaceForSecretsError(ValueError):
    """A run with secrets cannot be queued, since this system offers no memory to keep them in."""


@dataclass(frozen=True, slots=True)
class FoundEnvironment:
    """What is left of a kept environment.

    Attributes:
        variables: All of it, secrets included.
        missing: Names of secrets of the launch that are gone.
        problem: Why it cannot be read, "" when it can.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    problem: str = ""


def keep_environment(
    files: QueueFiles, run_id: str, environment: Mapping[str, str], overrides: Mapping[str, str]
) -> None:
    """Keeps the environment that the run's supervisor is to have.

    Args:
        files: The queue's.
        run_id: Of the run.
        environment: All of it, as `launch.supervisor_environment` gives it.
        overrides: Those of the launch; secrets among them the run cannot do without.

    Raises:
        NoPlaceForSecretsError: The launch has secrets of its own and there is nowhere to keep them.
        OSError: When it cannot be written.
    """
    secrets = secrets_of(environment)
    needed = tuple(sorted(secrets_of(overrides)))
    plain = {name: value for name, value in environment.items() if name not in secrets}
    place = _place_in_memory(files, run_id) if secrets else None
    if place is None and needed:
        raise NoPlaceForSecretsError(
            f"env: {', '.join(needed)}: a secret is written to no disk, and there is no private directory "
            f"in memory to keep it in until the run starts (${_ENV_RUNTIME_DIR} or /dev/shm); "
            "start the run without the queue"
        )
    if place is not None:
        _write_secrets(place, secrets)
    kept = KeptEnvironment(
        variables=plain, secrets=tuple(sorted(secrets)), secrets_file=str(place or ""), needed=needed
    )
    write_json_atomically(files.environment(run_id), kept)


class EnvironmentKeeper:
    """Finds kept environments again, and remembers secrets it has seen: their memory may be cleared.

    `own` is the environment of this process, which stands in for secrets that are gone.
    """

    def __init__(self, files: QueueFiles, own: Mapping[str, str]) -> None:
        self._files = files
        self._own = own
        self._seen: dict[str, dict[str, str]] = {}

    def find(self, run_id: str) -> FoundEnvironment:
        """The environment kept for the run, as complete as it can be."""
        try:
            kept = read_record(self._files.environment(run_id), KeptEnvironment)
        except FileNotFoundError:
            return FoundEnvironment(problem="what it was to be started with is gone; queue it anew")
        except RecordError as error:
            return FoundEnvironment(problem=str(error))
        own = {name: self._own[name] for name in kept.secrets if name in self._own}
        secrets = {**own, **self._secrets(run_id, kept.secrets_file)}
        missing = tuple(name for name in kept.needed if name not in secrets)
        return FoundEnvironment({**kept.variables, **secrets}, missing)

    def remember(self, run_ids: set[str]) -> None:
        """Looks at the secrets of runs that joined, and forgets those of runs that left."""
        for run_id in self._seen.keys() - run_ids:
            del self._seen[run_id]
        for run_id in run_ids - self._seen.keys():
            self.find(run_id)

    def _secrets(self, run_id: str, secrets_file: str) -> dict[str, str]:
        if run_id not in self._seen:
            self._seen[run_id] = _read_secrets(secrets_file)
        return self._seen[run_id]


def leave_queue(run: RunDirectory) -> None:
    """Takes the run out of the line of its queue; nothing when it is not in it.

    Raises:
        OSError: When it may not be taken out.
    """
    files = QueueFiles.beside(run.path.parent)
    # The place goes last: whoever is interrupted in between leaves something that is seen and taken out.
    forget_environment(files, run.run_id)
    files.entry(run.run_id).unlink(missing_ok=True)


def forget_environment(files: QueueFiles, run_id: str) -> None:
    """Removes what was kept for the run; nothing when there is nothing."""
    environment = files.environment(run_id)
    with contextlib.suppress(OSError, RecordError):
        secrets_file = read_record(environment, KeptEnvironment).secrets_file
        # Nothing but a file of this queue is removed, whatever the record says.
        if secrets_file and Path(secrets_file).parent.name == _name_of(files):
            Path(secrets_file).unlink(missing_ok=True)
            Path(secrets_file).parent.rmdir()  # unless others' are in it
    environment.unlink(missing_ok=True)


def _write_secrets(place: Path, secrets: Mapping[str, str]) -> None:
    for tries_left in reversed(range(_TRIES)):
        place.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        try:
            write_json_atomically(place, secrets)
        except FileNotFoundError:
            # Whoever took the last secret out removed the directory in this very moment.
            if tries_left == 0:
                raise
        else:
            return


def _read_secrets(secrets_file: str) -> dict[str, str]:
    if not secrets_file or not _is_private(Path(secrets_file).parent):
        return {}
    try:
        return read_record(Path(secrets_file), dict[str, str])
    except (OSError, RecordError):
        return {}  # gone with a restart or a logout


def _place_in_memory(files: QueueFiles, run_id: str) -> Path | None:
    own = os.environ.get(_ENV_RUNTIME_DIR, "").strip()
    if own and _is_private(Path(own)):
        return Path(own) / APP_NAME / _name_of(files) / f"{run_id}.json"
    shared = Path("/dev/shm")  # noqa: S108  a directory of its own is made in it, which only the user can enter
    private = shared / f"{APP_NAME}-{os.getuid()}"
    try:
        private.mkdir(mode=_PRIVATE, exist_ok=True)
    except OSError:
        return None
    return private / _name_of(files) / f"{run_id}.json" if _is_private(private) else None


def _name_of(files: QueueFiles) -> str:
    return hashlib.sha256(os.fsencode(os.path.realpath(files.folder))).hexdigest()[:16]


def _is_private(directory: Path) -> bool:
    """Whether it is a real directory that nobody but this user can enter."""
    try:
        status = os.lstat(directory)
    except OSError:
        return False
    return (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid == os.getuid()
        and not stat.S_IMODE(status.st_mode) & 0o077
    )
