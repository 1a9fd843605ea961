"""The event files below a directory; links are not followed, and not too many directories are looked into."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gym_gui.core.artifacts.disk import TRASH_NAME
from gym_gui.core.artifacts.scalars.limits import DEEPEST_DIRECTORY, MOST_DIRECTORIES, MOST_EVENT_FILES
from gym_gui.core.artifacts.scalars.model import Problem

# What every reader of event files goes by.
_MARK = "tfevents"
_COMPRESSED = (".gz", ".zst", ".bz2", ".xz")
_NOT_LOOKED_INTO = frozenset({TRASH_NAME, ".git", "__pycache__", ".venv", "node_modules"})
# A directory that changed so lately may change again within the same tick of the file system's clock.
_TOO_FRESH_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class FoundFile:
    """An event file: its directory relative to the root with "/" between, and its path."""

    folder: str
    path: str


@dataclass(slots=True)
class _Listing:
    mtime_ns: int
    fresh: bool
    files: tuple[str, ...]
    folders: tuple[str, ...]
    links: int


class EventFileFinder:
    """Looks for event files again and again; a directory that did not change is not listed anew.

    Attributes:
        problems: What was passed over when it last looked.
    """

    def __init__(self, root: Path) -> None:
        # Resolved once: the person chose it, whatever leads there.
        self.root = Path(os.path.realpath(root))
        self.problems: list[Problem] = []
        self._listings: dict[str, _Listing] = {}

    def look(self) -> list[FoundFile]:
        """All event files there are now, those of a directory in the order of their names."""
        self.problems = []
        if self.root.is_file():
            return [FoundFile("", str(self.root))]
        found: list[FoundFile] = []
        seen: dict[str, _Listing] = {}
        links = 0
        for folder, listing in self._walk(seen):
            links += listing.links
            for name in listing.files:
                path = str(self.root / folder / name)
                if name.endswith(_COMPRESSED):
                    self._say(path, "is compressed; unpack it to have it read")
                elif len(found) < MOST_EVENT_FILES:
                    found.append(FoundFile(folder, path))
                else:
                    self._say("", f"only the first {MOST_EVENT_FILES:,} event files are read")
                    break
        self._listings = seen
        if links:
            self._say("", "symbolic links are not followed; open their targets instead", links)
        return found

    def _walk(self, seen: dict[str, _Listing]) -> Iterator[tuple[str, _Listing]]:
        waiting = [("", 0)]
        while waiting:
            folder, depth = waiting.pop()
            listing = self._listing(folder)
            if listing is None:
                continue
            seen[folder] = listing
            yield folder, listing
            if depth >= DEEPEST_DIRECTORY and listing.folders:
                self._say(folder, f"directories more than {DEEPEST_DIRECTORY} deep are not looked into")
                continue
            inner = [(f"{folder}/{name}" if folder else name, depth + 1) for name in listing.folders]
            if len(seen) + len(waiting) + len(inner) > MOST_DIRECTORIES:
                self._say("", f"only the first {MOST_DIRECTORIES:,} directories are looked into")
                return
            waiting.extend(reversed(inner))

    def _listing(self, folder: str) -> _Listing | None:
        path = str(self.root / folder)
        try:
            mtime_ns = Path(path).lstat().st_mtime_ns
            known = self._listings.get(folder)
            if known is not None and known.mtime_ns == mtime_ns and not known.fresh:
                return known
            return _list(path, mtime_ns)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._say(path, f"cannot be listed: {error.strerror or error}")
            return None

    def _say(self, path: str, text: str, count: int = 1) -> None:
        relative = os.path.relpath(path, self.root) if Path(path).is_absolute() else path
        self.problems.append(Problem("" if relative == "." else relative, text, count))


def _list(path: str, mtime_ns: int) -> _Listing:
    files, folders, links = [], [], 0
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_symlink():
                links += _MARK in entry.name or entry.is_dir()
            elif entry.is_dir():
                if entry.name not in _NOT_LOOKED_INTO:
                    folders.append(entry.name)
            elif _MARK in entry.name and entry.is_file():
                files.append(entry.name)
    fresh = time.time_ns() - mtime_ns < _TOO_FRESH_NS
    return _Listing(mtime_ns, fresh, tuple(sorted(files)), tuple(sorted(folders)), links)
