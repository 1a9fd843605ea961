"""Holding a lock file while something is read, changed and written back: no other process comes between."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gym_gui.core.runs.processes import osproc

_PAUSE_S = 0.005
_LONGEST_WAIT_S = 10.0


class BusyError(OSError):
    """Another process has held the lock for too long; the message names the lock file."""


@contextmanager
def exclusively(lock_file: Path, *, longest_wait_s: float | None = None) -> Iterator[None]:
    """Holds the lock of this file for the length of a `with` block; the file stays and stays empty.

    The system lets go of the lock when its holder dies, so a killed process blocks nobody.

    Raises:
        BusyError: When another process holds it for longer than `longest_wait_s` seconds, 10 by default.
        OSError: When the file cannot be made.
    """
    patience = _LONGEST_WAIT_S if longest_wait_s is None else longest_wait_s
    descriptor = _taken(lock_file, time.monotonic() + patience)
    try:
        yield
    finally:
        os.close(descriptor)


def _taken(lock_file: Path, deadline: float) -> int:
    while (descriptor := osproc.take_lock(str(lock_file))) is None:
        if time.monotonic() > deadline:
            raise BusyError(f"{lock_file}: held by another process; end it, or try again later")
        time.sleep(_PAUSE_S)
    return descriptor
