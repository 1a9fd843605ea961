"""The supervisor's side of a run directory: what it reads and writes there. Standard library only."""

from __future__ import annotations

import errno
import json
import os
import stat
import time
from collections.abc import Mapping

from gym_gui.core.runs.atomic import sync_directory, write_all, write_atomically
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.worker_order import CannotStartError, WorkerOrder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# A disk that is full now may not be in a moment; the end of a run is worth waiting for.
_EXIT_TRIES = 30
_EXIT_PAUSE_S = 1.0
_EXIT = "exit.json"
_PROCESSES = "process.json"
_RESERVE = ".exit.json.reserve"
_RESERVED_BYTES = 4096
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class RunFiles:
    """The files of one run directory that its supervisor touches.

    The supervisor works inside the directory and names its files without a path, so they stay together
    when someone renames it.
    """

    lock = "supervisor.lock"
    resources = "resources.jsonl"

    def __init__(self, run_dir: str) -> None:
        os.chdir(run_dir)
        self.run_dir = run_dir
        self._here = os.open(".", os.O_RDONLY | os.O_DIRECTORY)

    def was_started(self) -> bool:
        """Whether a supervisor has been here before, or the run was cancelled before it started."""
        return self.names_processes() or os.path.lexists(_EXIT)

    def names_processes(self) -> bool:
        """Whether `process.json` is there."""
        return os.path.lexists(_PROCESSES)

    def are_deleted(self) -> bool:
        """Whether the directory itself is gone, wherever it was moved to."""
        try:
            return os.fstat(self._here).st_nlink == 0
        except OSError as error:
            return error.errno == errno.ESTALE  # removed on the server of a network file system

    def reserve_exit(self) -> None:
        """Claims the room of the exit record now, so that a disk that fills can still take it."""
        try:
            descriptor = os.open(_RESERVE, os.O_WRONLY | os.O_CREAT, 0o644)
        except OSError:
            return  # then the record needs what is free at the end
        try:
            os.posix_fallocate(descriptor, 0, _RESERVED_BYTES)
        except OSError:
            os.unlink(_RESERVE)
        finally:
            os.close(descriptor)

    def read_order(self) -> WorkerOrder:
        """What to start.

        Raises:
            CannotStartError: When `run.json` is missing, unreadable or wrong.
        """
        try:
            with open("run.json", "rb") as file:
                record = json.load(file)
        except (OSError, ValueError, RecursionError) as error:
            raise CannotStartError(f"run.json: cannot be read ({error}); launch the run anew") from error
        if not isinstance(record, dict):
            raise CannotStartError("run.json: not a JSON object; launch the run anew")
        return WorkerOrder(record)

    def spawn(self, order: WorkerOrder, environment: Mapping[str, str]) -> int:
        """Starts the worker and returns its pid.

        Raises:
            CannotStartError: When the system refuses to.
        """
        try:
            os.chdir(order.cwd)
        except OSError as error:
            raise CannotStartError(
                f"cwd: {order.cwd}: {error.strerror}; create the directory or choose another one"
            ) from error
        output = [os.path.join(self.run_dir, name) for name in ("stdout.log", "stderr.log")]
        try:
            return osproc.spawn_worker(order.argv, environment, *output)
        except (OSError, ValueError) as error:
            raise CannotStartError(_why_not_spawned(order.argv[0], output, error)) from error
        finally:
            os.fchdir(self._here)

    def write_processes(
        self,
        supervisor: osproc.Process | None,
        worker: osproc.Process | None,
        started: float | None,
        stop_requested: float | None,
        stop_requested_by: Mapping[str, Any] | None,
    ) -> bool:
        """Says who runs the run; whether it could be written.

        Not synced: after a power cut none of these processes is there any more.
        """
        record = {
            "supervisor": _identity(supervisor),
            "worker": _identity(worker),
            "started": started or 0.0,
            "stop_requested": stop_requested,
            "stop_requested_by": stop_requested_by,
        }
        try:
            _move_directory_aside(_PROCESSES)
            write_atomically(_PROCESSES, _encoded(record), durable=False)
        except OSError:
            return False
        return True

    def write_exit(self, record: Mapping[str, Any]) -> bool:
        """Writes `exit.json`, trying for a while when the disk does not take it; whether it is written."""
        for tries_left in reversed(range(_EXIT_TRIES)):
            try:
                _write_exit(_encoded(record))
            except OSError as error:
                if tries_left == 0 or self.are_deleted() or error.errno in (errno.EROFS, errno.EACCES):
                    return False
                time.sleep(_EXIT_PAUSE_S)
            else:
                return True
        return False


def _write_exit(content: bytes) -> None:
    _move_directory_aside(_EXIT)
    try:
        write_atomically(_EXIT, content)
    except OSError as error:
        if error.errno not in _DISK_FULL or len(content) > _RESERVED_BYTES:
            raise
        _write_into_reserve(content)
    try:
        os.unlink(_RESERVE)
    except OSError:
        return  # it became the record, or is something that only its worker can have put there


def _move_directory_aside(name: str) -> None:
    """Makes room for a file where the worker made a directory, which no rename would replace."""
    if os.path.isdir(name) and not os.path.islink(name):
        os.rename(name, f"{name}.{time.monotonic_ns()}")


def _write_into_reserve(content: bytes) -> None:
    """Fills the room that was claimed at the start; without it this is one more try that fails.

    Raises:
        OSError: When it cannot, or the worker put something else there: a pipe that nobody reads, a link.
    """
    descriptor = os.open(_RESERVE, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            raise OSError(errno.ENOSPC, "the disk is full, and the room kept for it was replaced", _RESERVE)
        write_all(descriptor, content)
        os.ftruncate(descriptor, len(content))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(_RESERVE, _EXIT)
    sync_directory(".")


def _encoded(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, indent=2).encode("ascii") + b"\n"


def _identity(process: osproc.Process | None) -> dict[str, Any] | None:
    if process is None:
        return None
    return {"pid": process.pid, "start_ticks": process.start_ticks, "boot_id": process.boot_id}


def _why_not_spawned(program: str, output: list[str], error: OSError | ValueError) -> str:
    for path in output:
        if os.path.lexists(path) and not os.access(path, os.W_OK):
            return f"{os.path.basename(path)}: cannot be written; check who owns the run directory"
    reason = error.strerror if isinstance(error, OSError) else str(error)
    if isinstance(error, FileNotFoundError) and os.path.lexists(program):
        mend = "the interpreter that its first line names is missing; reinstall the worker's environment"
    elif isinstance(error, FileNotFoundError):
        mend = "check that the worker's environment is still installed"
    elif isinstance(error, PermissionError):
        mend = "make it executable (chmod +x), or check who owns it"
    elif isinstance(error, OSError) and error.errno == errno.ENOEXEC:
        mend = "it is no program: does its first line name an interpreter?"
    else:
        mend = "the system refused to start it"
    return f"{program}: {reason}; {mend}"
