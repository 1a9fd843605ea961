"""A disk that refuses the n-th write, sync, rename or making of a file, in this process.

`python -m tests.campaigns.faulty_disk FAIL_AT ERRNO MODE gym_gui.core.runs.supervisor RUN_DIR` is a
supervisor on such a disk.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from types import TracebackType
from typing import Any

ONCE, FROM_THEN_ON = "once", "from then on"
# Bytes that one write takes: records need several, so that they are torn in many places.
_PIECE = 96


class FaultyDisk:
    """Within it, the write number `fail_at` (from 1) fails with `error`, and in one mode all later ones too.

    Attributes:
        calls: The writes that were tried, by name.
    """

    def __init__(self, fail_at: int, error: int, mode: str = ONCE) -> None:
        self.calls: list[str] = []
        self._fail_at = fail_at
        self._error = error
        self._mode = mode
        self._real = {name: getattr(os, name) for name in ("open", "write", "fsync", "replace")}

    @property
    def has_failed(self) -> bool:
        """Whether the failing write was reached."""
        return len(self.calls) >= self._fail_at

    def __enter__(self) -> FaultyDisk:
        for name in self._real:
            setattr(os, name, getattr(self, f"_{name}"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name, function in self._real.items():
            setattr(os, name, function)

    def _open(self, path: Any, flags: int, mode: int = 0o777, **options: Any) -> int:
        if flags & os.O_EXCL:
            self._try("open")
        descriptor: int = self._real["open"](path, flags, mode, **options)
        return descriptor

    def _write(self, descriptor: int, data: Any) -> int:
        piece = memoryview(data)[:_PIECE]
        if not (self._error == errno.ENOSPC and _has_room(descriptor, len(piece))):
            self._try("write")
        written: int = self._real["write"](descriptor, piece)
        return written

    def _fsync(self, descriptor: int) -> None:
        self._try("fsync of directory" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "fsync")
        self._real["fsync"](descriptor)

    def _replace(self, source: Any, target: Any, **options: Any) -> None:
        self._try("replace")
        self._real["replace"](source, target, **options)

    def _try(self, name: str) -> None:
        self.calls.append(name)
        number = len(self.calls)
        if number == self._fail_at or (number > self._fail_at and self._mode == FROM_THEN_ON):
            raise OSError(self._error, os.strerror(self._error))


def _has_room(descriptor: int, size: int) -> bool:
    """Whether the file has blocks of its own for the write: then a full disk does not matter."""
    status = os.fstat(descriptor)
    return os.lseek(descriptor, 0, os.SEEK_CUR) + size <= status.st_blocks * 512 and status.st_size > 0


def _supervise(fail_at: int, error: int, mode: str, run_dir: str) -> int:
    from gym_gui.core.runs import supervisor, supervisor_files

    # It tries again for half a minute when the disk is full; the tries count here, not the pauses.
    supervisor_files._EXIT_PAUSE_S = 0.01
    with FaultyDisk(fail_at, error, mode) as disk:
        code = supervisor.main([run_dir])
    return code if disk.has_failed else code + 10


if __name__ == "__main__":
    sys.exit(_supervise(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[5]))
