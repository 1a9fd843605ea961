"""Files that are whole or absent: written beside their place, synced, then renamed onto it.

Standard library only: the supervisor writes its records through this module.
"""

from __future__ import annotations

import os
import time


def write_atomically(path: str, content: bytes, *, durable: bool = True) -> None:
    """Replaces the file at `path` by `content`; a reader sees the old file or the new one, never a part.

    A `durable` file and its directory are synced, so a record that was acknowledged survives a power cut.

    Raises:
        OSError: When it could not be written; the old file is then still there, or the new one if all that
            failed was to make it last.
    """
    directory, name = os.path.split(path)
    # Two writers of one file must not share a temporary name, nor may a leftover block the next try.
    temporary = os.path.join(directory, f".{name}.{os.getpid()}.{time.monotonic_ns()}.tmp")
    try:
        _write(temporary, content, durable)
        os.replace(temporary, path)
    except BaseException:
        _remove_if_there(temporary)
        raise
    if durable:
        sync_directory(directory)


def write_all(descriptor: int, content: bytes) -> None:
    """Writes the whole of `content`, in as many pieces as the system takes it.

    Raises:
        OSError: When it could not all be written; a part may have been.
    """
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_directory(directory: str) -> None:
    """Makes what was renamed in `directory` last through a power cut.

    Raises:
        OSError: When the system cannot say that it will.
    """
    descriptor = os.open(directory or ".", os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: str, content: bytes, durable: bool) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        write_all(descriptor, content)
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_if_there(path: str) -> None:
    if os.path.lexists(path):
        os.unlink(path)
