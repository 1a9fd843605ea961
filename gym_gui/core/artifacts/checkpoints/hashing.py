"""The SHA-256 of a file, read in pieces, with progress, to be stopped at any time."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from gym_gui.core.artifacts.stopping import Progress, StopAsked, never, stop_if, unreported
from gym_gui.core.events.regular import open_regular

_CHUNK_BYTES = 1024 * 1024


def sha256_of(path: Path, progress: Progress = unreported, asked_to_stop: StopAsked = never) -> str:
    """The SHA-256 of the plain file at `path`, in hexadecimal.

    `progress` is told bytes read and bytes in all, after each MiB.

    Raises:
        OSError: When it cannot be read, or is no plain file.
        StoppedError: When asked to stop.
    """
    digest = hashlib.sha256()
    with open_regular(path) as file:
        total = os.fstat(file.fileno()).st_size
        done = 0
        while chunk := file.read(_CHUNK_BYTES):
            stop_if(asked_to_stop)
            digest.update(chunk)
            done += len(chunk)
            progress(done, max(done, total))
    return digest.hexdigest()
