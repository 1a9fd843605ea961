"""What changes when any file does that an ended run's summary rests on."""

from __future__ import annotations

import os
from array import array
from dataclasses import dataclass

_FILES = (
    "run.json",
    "exit.json",
    "labels.json",
    "process.json",
    "config.json",
    "stdout.log",
    "stderr.log",
)
_MISSING = (0, 0, 0, 0)
# Clocks of file systems tick coarsely: a file that is written twice within a tick looks as after the first.
_TICK_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Stamps:
    """The state of a run's files at one moment; equal stamps mean that nothing was written in between.

    Attributes:
        packed: Inode, size, time of content and time of status of each file; identity and rights of the
            directory.
        latest_ns: When the last of them changed, Unix nanoseconds.
    """

    packed: bytes
    latest_ns: int

    def are_unmistakable(self, now: float) -> bool:
        """Whether a later write, at the Unix time `now` or after, cannot leave the stamps as they are."""
        return self.latest_ns + _TICK_NS < now * 1e9


def stamps_of(directory: str) -> Stamps:
    """The stamps of the run in `directory`; of files that are not there, this is what is noted."""
    noted = array("q", _identity(directory))
    latest = 0
    for name in _FILES:
        try:
            status = os.lstat(f"{directory}/{name}")
        except OSError:
            noted.extend(_MISSING)
            continue
        noted.extend((status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
        latest = max(latest, status.st_ctime_ns)
    return Stamps(noted.tobytes(), latest)


def _identity(directory: str) -> tuple[int, int, int]:
    try:
        status = os.lstat(directory)
    except OSError:
        return (0, 0, 0)
    return (status.st_ino, status.st_mode, status.st_uid)
