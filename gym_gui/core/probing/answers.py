"""The asked interpreter's end of the channel: records appended to a private file.

Standard output would mix with what probed modules print, and a descriptor kept open may be
closed by code that turns itself into a daemon. So each record opens the file anew.
"""

from __future__ import annotations

import os
import sys

from gym_gui.core.probing.wire import Record, encode


class AnswerFile:
    """Writes records for the asking process; a fork of this process writes nothing."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._pid = os.getpid()

    def write(self, record: Record) -> None:
        """Appends the record, unless this is a process that a worker forked."""
        if os.getpid() != self._pid:
            return
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(descriptor, b"\n" + encode(record))  # a line of its own, whatever else was written there
        finally:
            os.close(descriptor)


def output_size() -> int:
    """How many bytes of output were captured so far: where the next worker's begin."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            continue  # probed code may have closed or replaced it; the position is a courtesy
    try:
        return os.fstat(2).st_size
    except OSError:
        return 0


def leave(status: int) -> None:
    """Ends the process at once: no exit handler or thread of a worker can hold it up."""
    output_size()
    os._exit(status)
