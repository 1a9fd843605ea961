"""The newest lines of a growing file, for those who watch many files and show a line of each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from gym_gui.core.events.regular import open_regular

FIRST_LOOK_BYTES = 64 * 1024
LARGEST_READ_BYTES = 1024 * 1024
_SEARCH_CHUNK_BYTES = 1024 * 1024
_LARGEST_SEARCH_BYTES = 64 * 1024 * 1024
_LONGEST_MATCH_BYTES = 64
_LONGEST_FOUND_LINE_BYTES = 64 * 1024


class TailReader:
    """Reads what was appended since the last time, and of a file met for the first time only its end.

    Attributes:
        gap: Whether some part of the file was never read.
        restarts: How many times the file was replaced or cut short.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.restarts = 0
        self._forget()

    def _forget(self) -> None:
        self.gap = False
        self._file: tuple[int, int] | None = None
        self._position = 0  # where the next line starts
        self._inside_line = False  # the line at _position began in a part that was skipped

    def read(self, *, final: bool = False) -> list[bytes]:
        """Lines that were completed since the last call, without their newlines.

        More than `LARGEST_READ_BYTES` at once are not read: the newest lines count, and `gap` says that
        some were passed over. With `final`, a last line without a newline is taken too.

        Raises:
            OSError: When the file cannot be read; a file that is not there yet is no error.
        """
        try:
            file = open_regular(self.path)
        except FileNotFoundError:
            return []
        with file:
            size = self._notice_restart(file)
            limit = LARGEST_READ_BYTES if self._position else FIRST_LOOK_BYTES
            if size - self._position > limit:
                self._position = size - limit
                self._inside_line = self.gap = True
            return self._lines(_read_at(file, self._position, size - self._position), final)

    def _notice_restart(self, file: BinaryIO) -> int:
        status = os.fstat(file.fileno())
        identity = (status.st_dev, status.st_ino)
        if self._file is not None and (identity != self._file or status.st_size < self._position):
            self._forget()
            self.restarts += 1
        self._file = identity
        return status.st_size

    def _lines(self, block: bytes, final: bool) -> list[bytes]:
        lines = block.split(b"\n")
        unfinished = lines.pop()
        if self._inside_line and lines:
            del lines[0]
            self._inside_line = False
        if final and unfinished and not self._inside_line:
            lines.append(unfinished)
            unfinished = b""
        elif self._inside_line:
            unfinished = b""  # still within the line that is skipped
        self._position += len(block) - len(unfinished)
        return lines

    def lines_backwards(self, pattern: re.Pattern[bytes]) -> Iterator[bytes]:
        """Lines that hold a match of `pattern` (of at most 64 bytes), the newest first.

        Only the last 64 MiB are searched, and the first MiB, where a run introduces itself.
        """
        try:
            with open_regular(self.path) as file:
                yield from _search_back(file, pattern, os.fstat(file.fileno()).st_size)
        except OSError:
            return


def _search_back(file: BinaryIO, pattern: re.Pattern[bytes], size: int) -> Iterator[bytes]:
    end = size
    while end > 0:
        start = max(0, end - _SEARCH_CHUNK_BYTES)
        chunk = _read_at(file, start, min(end + _LONGEST_MATCH_BYTES, size) - start)
        positions = [start + match.start() for match in pattern.finditer(chunk)]
        for position in reversed([position for position in positions if position < end]):
            yield _line_around(file, position, size)
        end = start
        if size - end >= _LARGEST_SEARCH_BYTES and end > _SEARCH_CHUNK_BYTES:
            end = _SEARCH_CHUNK_BYTES


def _line_around(file: BinaryIO, position: int, size: int) -> bytes:
    first = max(0, position - _LONGEST_FOUND_LINE_BYTES)
    before = _read_at(file, first, position - first)
    after = _read_at(file, position, min(_LONGEST_FOUND_LINE_BYTES, size - position))
    return before[before.rfind(b"\n") + 1 :] + after.split(b"\n", 1)[0]


def _read_at(file: BinaryIO, position: int, count: int) -> bytes:
    return os.pread(file.fileno(), count, position) if count > 0 else b""
