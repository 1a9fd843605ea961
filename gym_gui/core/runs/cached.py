"""Records that are read again only when their file has changed."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Generic, TypeVar

from gym_gui.core.runs.files import RecordError, read_record

_Record = TypeVar("_Record")

Signature = tuple[int, int, int]


def signature(path: Path) -> Signature | None:
    """What changes when the file does: inode, size, time; None when there is no plain file."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return (status.st_ino, -1, 0)
    return (status.st_ino, status.st_size, status.st_mtime_ns)


class CachedRecord(Generic[_Record]):
    """The record in one file.

    Attributes:
        value: The record, None when it is missing or cannot be read.
        problem: Why it cannot be read, "" when it can or is missing.
        signature: Of the file as it was read, None when it is missing.
    """

    def __init__(self, path: Path, kind: type[_Record]) -> None:
        self.value: _Record | None = None
        self.problem = ""
        self.signature: Signature | None = None
        self._path = path
        self._kind = kind

    @property
    def exists(self) -> bool:
        """Whether the file was there when last looked at."""
        return self.signature is not None

    def refresh(self) -> bool:
        """Reads the file if it has changed; whether it had."""
        now = signature(self._path)
        if now == self.signature:
            return False
        self.signature, self.value, self.problem = now, None, ""
        try:
            self.value = read_record(self._path, self._kind)
        except FileNotFoundError:
            self.signature = None
        except RecordError as error:
            self.problem = str(error)
        return True
