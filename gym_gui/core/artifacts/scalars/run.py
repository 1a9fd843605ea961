"""All event files below a directory as one run: read in slices, looked at from any thread."""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path
from threading import Lock

from gym_gui.core.artifacts.scalars.event_file import EventFile
from gym_gui.core.artifacts.scalars.finding import EventFileFinder
from gym_gui.core.artifacts.scalars.holdings import Allowance, Name
from gym_gui.core.artifacts.scalars.limits import BLOCK_BYTES
from gym_gui.core.artifacts.scalars.model import (
    BlobRef,
    Changes,
    Kind,
    Problem,
    Series,
    SeriesKey,
    TagInfo,
)
from gym_gui.core.artifacts.scalars.overview import Overview

_LOOK_EVERY_S = 1.0


class ScalarRun:
    """The scalars, and the places of images, texts and histograms, in the event files of one run.

    `refresh` may run on a thread of its own while `tags`, `series` and the rest are called on another;
    what they return never changes afterwards.

    Args:
        directory: A run directory, any directory above event files, or one event file.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._finder = EventFileFinder(directory)
        self._files: dict[str, EventFile] = {}
        self._allowance = Allowance()
        self._overview = Overview()
        self._reading = Lock()
        self._publishing = Lock()
        self._looked = 0.0
        self._known: set[tuple[str, Name]] = set()
        self._bytes_read = 0

    def refresh(self, budget_s: float, wanted: Collection[SeriesKey] = ()) -> Changes:
        """Read on for about `budget_s` seconds, at least one block when there is one.

        Every file is begun before any is finished, so that all names are known early; the
        folders of the `wanted` series come first.

        Args:
            budget_s: Seconds; one block takes about 20 ms more at worst.
            wanted: What is on screen.
        """
        with self._reading:
            end = time.monotonic() + budget_s
            reset = self._look_for_files()
            folders = {key.folder for key in wanted}
            points, changed = 0, set[tuple[str, Name]]()
            while (file := self._next(folders)) is not None:
                before, restart = file.offset, file.held.earliest_restart
                try:
                    read = file.read(self._publishing)
                except FileNotFoundError:
                    self._looked = 0.0
                    reset |= self._look_for_files()
                    continue
                self._bytes_read += max(0, file.offset - before)
                points += read.added
                changed |= {(file.folder, name) for name in read.changed}
                if file.held.earliest_restart != restart:
                    # It reaches back into the files before it.
                    changed |= {(file.folder, name) for name in self._names_in(file.folder)}
                reset |= read.reset
                if time.monotonic() >= end:
                    break
            return self._changes(points, changed, reset)

    def _changes(self, points: int, changed: set[tuple[str, Name]], reset: bool) -> Changes:
        if reset:
            self._known.clear()
        new = changed - self._known
        self._known |= new
        left = sum(file.left for file in self._files.values())
        return Changes(
            points=points,
            changed=frozenset(SeriesKey(folder, tag) for folder, (tag, _) in changed),
            new=frozenset(SeriesKey(folder, tag) for folder, (tag, _) in new),
            reset=reset,
            finished=left == 0,
            bytes_read=self._bytes_read,
            bytes_left=left,
        )

    def _look_for_files(self) -> bool:
        """See, once a second at most, which files there are and which grew; whether one is gone."""
        now = time.monotonic()
        if self._looked and now - self._looked < _LOOK_EVERY_S and any(f.left for f in self._files.values()):
            return False
        found = self._finder.look()
        self._looked = now
        paths = {file.path for file in found}
        gone = [path for path in self._files if path not in paths]
        fresh = {
            file.path: EventFile(file, self._allowance) for file in found if file.path not in self._files
        }
        with self._publishing:
            for path in gone:
                del self._files[path]
            self._files.update(fresh)
        for path, file in list(self._files.items()):
            try:
                file.look()
            except FileNotFoundError:
                gone.append(path)
                with self._publishing:
                    del self._files[path]
        return bool(gone)

    def _names_in(self, folder: str) -> set[Name]:
        files = [file.held for file in self._files.values() if file.folder == folder]
        scalars = {(tag, Kind.SCALAR) for held in files for tag in held.series}
        return scalars.union(*(held.blobs for held in files))

    def _next(self, folders: Collection[str]) -> EventFile | None:
        """Which file to read on: wanted folders first, those not yet begun before the others."""
        unread = [file for file in self._files.values() if file.left]
        return min(
            unread,
            key=lambda file: (file.folder not in folders, file.offset >= BLOCK_BYTES // 2, file.path),
            default=None,
        )

    def tags(self) -> tuple[TagInfo, ...]:
        """Everything that was found so far, by name."""
        with self._publishing:
            return self._overview.tags(self._files.values())

    def series(self, key: SeriesKey, *, superseded: bool = False) -> Series:
        """The points of a scalar as far as they were read; one file without a restart is not even copied.

        Args:
            key: As `tags` gave it.
            superseded: Give every point that was ever written instead, in the order of the files.

        Raises:
            KeyError: There is no such scalar.
        """
        with self._publishing:
            return self._overview.series(self._files.values(), key, superseded=superseded)

    def blobs(self, key: SeriesKey, kind: Kind) -> tuple[BlobRef, ...]:
        """Where the images, texts or histograms of a tag lie, in the order of their steps as written.

        Raises:
            KeyError: There are none of this kind.
        """
        with self._publishing:
            return self._overview.blobs(self._files.values(), key, kind)

    def find(self, name: str) -> SeriesKey | None:
        """The scalar with this shown name, None when there is none (yet)."""
        for info in self.tags():
            if info.name == name and info.kind is Kind.SCALAR:
                return info.key
        return None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read or was passed over, each said once per file."""
        root = str(self._finder.root)
        with self._publishing:
            files = list(self._files.values())
        found = list(self._finder.problems)
        for file in files:
            found += file.problems(file.path.removeprefix(root).lstrip("/") or Path(file.path).name)
        return tuple(found)

    @property
    def file_count(self) -> int:
        """How many event files there are."""
        return len(self._files)
