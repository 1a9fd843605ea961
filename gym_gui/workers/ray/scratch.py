"""Ray's session directory: short, private, gone after the run, and swept when a run could not.

It cannot be in the run directory: Ray puts sockets into it whose paths may have 107 characters.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "mosaic-ray-"
_LOCK = "owner.lock"
_LONGEST_PATH = 40
_LARGEST_LOG = 256 * 1024
_MOST_LOGS = 40


@contextmanager
def session_directory() -> Iterator[Path]:
    """A new directory for a cluster of this process, removed at the end of the block."""
    sweep()
    directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_place()))
    descriptor = os.open(directory / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield directory
    finally:
        os.close(descriptor)
        shutil.rmtree(directory, ignore_errors=True)


def sweep() -> list[Path]:
    """Session directories of this user whose process is gone (it was killed), now removed."""
    gone = [path for path in Path(_place()).glob(f"{PREFIX}*") if _is_orphaned(path)]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return gone


def keep_logs(session: Path, logs: Path) -> list[Path]:
    """The log files of Ray's processes that say something, copied; of large ones the end."""
    found = (
        file
        for pattern in ("worker-*.out", "worker-*.err", "raylet.err", "gcs_server.err")
        for file in sorted(session.glob(f"session_2*/logs/{pattern}"))
    )
    kept: list[Path] = []
    for file in found:
        if len(kept) >= _MOST_LOGS:
            break
        with file.open("rb") as source:
            size = os.fstat(source.fileno()).st_size
            source.seek(max(size - _LARGEST_LOG, 0))
            text = source.read(_LARGEST_LOG)
        if _says_something(text):
            logs.mkdir(parents=True, exist_ok=True)
            (logs / file.name).write_bytes(text)
            kept.append(logs / file.name)
    return kept


def _says_something(text: bytes) -> bool:
    # Each worker's files begin with lines like ":job_id:01000000" and ":actor_name:...".
    return any(line.strip() and not line.startswith(b":") for line in text.splitlines())


def _place() -> str:
    place = tempfile.gettempdir()
    return place if len(place) + len(PREFIX) + 8 <= _LONGEST_PATH else "/tmp"  # noqa: S108 (mkdtemp is private)


def _is_orphaned(path: Path) -> bool:
    try:
        if path.is_symlink() or path.stat().st_uid != os.getuid():
            return False
        descriptor = os.open(path / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False  # just being made, or just being removed
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
