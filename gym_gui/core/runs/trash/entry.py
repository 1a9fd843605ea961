"""A run in the trash as a value, its record, and what may be said about it."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.moving import size_of
from gym_gui.core.runs.record import Moment


class TrashRefusedError(Exception):
    """The run cannot be deleted or restored as it is; the message says why and what to do first."""


class TrashRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`trash.json`: what was deleted, when and by whom, and where it was."""

    run_id: str
    trashed: Moment
    by: str = ""
    was_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrashedRun:
    """A run in the trash.

    Attributes:
        entry: Its name in the trash; a run id may be there more than once.
        trashed: Unix seconds.
        by: Who deleted it.
        directory: The run's directory as it lies in the trash.
    """

    entry: str
    run_id: str
    trashed: float
    by: str
    directory: RunDirectory
    name: str = ""
    worker_id: str = ""
    group: str | None = None

    @property
    def size_bytes(self) -> int:
        """Bytes on the disk that emptying would free; looks at every file."""
        return size_of(self.directory.path)


@dataclass(frozen=True, slots=True)
class EmptiedTrash:
    """What emptying the trash came to: runs that are gone for good, the disk space that is free again."""

    runs: int
    freed_bytes: int
