"""What a directory takes on the disk, counted in slices, and again at little cost."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path

from gym_gui.core.artifacts.stopping import StopAsked, never, stop_if

_BLOCK = 512  # the unit of st_blocks, whatever the file system's own
_SETTLED_S = 600.0
_FRESH_S = 2.0
DEEPEST_DIRECTORY = 64
TRASH_NAME = ".trash"


@dataclass(frozen=True, slots=True)
class DiskUsage:
    """What is below a directory.

    Attributes:
        disk_bytes: Allocated on the disk: holes of sparse files count nothing, hard links once.
        file_bytes: Lengths of the files, as a copy would have to transfer them.
        trash_bytes: Of `disk_bytes`, what lies in the directory's own trash.
        files, directories: How many; links are neither.
        problems: Directories that could not be read, or are nested too deep.
        is_complete: Whether everything was counted; False while slices are left.
    """

    disk_bytes: int
    file_bytes: int
    trash_bytes: int
    files: int
    directories: int
    problems: tuple[str, ...] = ()
    is_complete: bool = True


@dataclass(slots=True)
class _Folder:
    mtime_ns: int
    looked: float
    folders: tuple[str, ...]
    disk: int = 0
    length: int = 0
    files: int = 0
    newest: float = 0.0
    linked: list[tuple[int, int, int, int]] = field(default_factory=list)  # device, inode, disk, length


class DiskMeter:
    """Measures one directory, and measures it again by looking only at what may have changed.

    A directory is looked into again when its own time changed, or when a file in it was written to less
    than ten minutes before it was last looked at. `forget` makes the next look a full one.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, _Folder] = {}
        self.forget()

    def forget(self) -> None:
        """Makes the next `advance` look at every file anew."""
        self._known.clear()
        self._restart()

    def _restart(self) -> None:
        self._waiting: list[tuple[str, int]] = [("", 0)]
        self._seen: dict[str, _Folder] = {}
        self._problems: list[str] = []

    def measure(self, asked_to_stop: StopAsked = never) -> DiskUsage:
        """What the directory takes now.

        Raises:
            StoppedError: When asked to stop.
        """
        usage = self.advance(None, asked_to_stop)
        while not usage.is_complete:
            usage = self.advance(None, asked_to_stop)
        return usage

    def advance(self, budget_s: float | None = 0.01, asked_to_stop: StopAsked = never) -> DiskUsage:
        """Counts for about `budget_s` seconds; the next call goes on, or starts anew when all was counted.

        Raises:
            StoppedError: When asked to stop; the next call goes on from there.
        """
        if not self._waiting:
            self._restart()
        deadline = None if budget_s is None else time.monotonic() + budget_s
        while self._waiting:
            stop_if(asked_to_stop)
            path, depth = self._waiting.pop()
            folder = self._look(path)
            if folder is not None:
                self._seen[path] = folder
                self._descend(path, depth, folder)
            if deadline is not None and time.monotonic() >= deadline:
                break
        if not self._waiting:
            self._known = dict(self._seen)
        return self._sum()

    def _descend(self, path: str, depth: int, folder: _Folder) -> None:
        if depth >= DEEPEST_DIRECTORY and folder.folders:
            self._problems.append(f"{path}: directories more than {DEEPEST_DIRECTORY} deep are not counted")
            return
        inner = ((f"{path}/{name}" if path else name, depth + 1) for name in folder.folders)
        self._waiting.extend(inner)

    def _look(self, path: str) -> _Folder | None:
        full = self.root / path
        try:
            mtime_ns = full.stat(follow_symlinks=not path).st_mtime_ns
            known = self._known.get(path)
            if known is not None and known.mtime_ns == mtime_ns and known.looked - known.newest > _SETTLED_S:
                return known
            return _list(full, mtime_ns)
        except FileNotFoundError:
            return None
        except OSError as problem:
            self._problems.append(f"{path or self.root}: cannot be read: {problem.strerror or problem}")
            return None

    def _sum(self) -> DiskUsage:
        disk = length = trash = files = 0
        linked: set[tuple[int, int]] = set()
        for path, folder in self._seen.items():
            own, own_length = folder.disk, folder.length
            for device, inode, blocks, size in folder.linked:
                if (device, inode) not in linked:
                    linked.add((device, inode))
                    own, own_length = own + blocks, own_length + size
            disk, length, files = disk + own, length + own_length, files + folder.files
            trash += own if path.split("/", 1)[0] == TRASH_NAME else 0
        complete = not self._waiting
        return DiskUsage(disk, length, trash, files, len(self._seen), tuple(self._problems), complete)


def _list(full: Path, mtime_ns: int) -> _Folder:
    # What changed this very moment may change again within the same tick of the file system's clock.
    now = time.time()
    folder = _Folder(mtime_ns, now, (), newest=now if now - mtime_ns / 1e9 < _FRESH_S else 0.0)
    folders: list[str] = []
    with os.scandir(full) as entries:
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISDIR(status.st_mode):
                folders.append(entry.name)
                folder.disk += status.st_blocks * _BLOCK
            elif stat.S_ISREG(status.st_mode):
                _add(folder, status)
    folder.folders = tuple(folders)
    return folder


def _add(folder: _Folder, status: os.stat_result) -> None:
    folder.files += 1
    folder.newest = max(folder.newest, status.st_mtime)
    if status.st_nlink > 1:
        place = (status.st_dev, status.st_ino, status.st_blocks * _BLOCK, status.st_size)
        folder.linked.append(place)
    else:
        folder.disk += status.st_blocks * _BLOCK
        folder.length += status.st_size
