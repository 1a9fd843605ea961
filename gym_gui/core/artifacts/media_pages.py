"""Text of any size in pages: the place of every n-th line is known, and only what is shown is read."""

from __future__ import annotations

import codecs
import csv
import os
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gym_gui.core.events.regular import open_regular

PAGE_LINES = 500
LONGEST_LINE_BYTES = 16 * 1024
LARGEST_PAGE_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a file.

    Attributes:
        first: Number of the first line, from 0.
        lines: Without their ends; what is no text in the file's encoding is shown as U+FFFD.
        cut: How many lines were longer than 16 KiB and are cut.
        replaced: Whether bytes had to be replaced.
        is_partial: Whether the page is larger than the 16 MiB that are read of it.
    """

    first: int
    lines: tuple[str, ...]
    cut: int = 0
    replaced: bool = False
    is_partial: bool = False


class TextPages:
    """The lines of a file that may be larger than memory; 8 bytes are kept for each 500 lines.

    Attributes:
        encoding: "utf-8" unless the file begins with another mark.
        indexed_bytes: How far lines were counted.
        is_complete: Whether the whole file was counted.
        generation: How many times the file was replaced or cut short, and is counted anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.generation = 0
        self._file: tuple[int, int] | None = None
        self._forget()

    def _forget(self) -> None:
        self.encoding = "utf-8"
        self.indexed_bytes = 0
        self.is_complete = False
        self._size = 0
        self._pages = array("Q")
        self._lines = 0
        self._line_start = 0
        self._begin = 0

    def advance(self, budget_s: float | None = 0.02) -> bool:
        """Counts lines for about `budget_s` seconds; whether the whole file is counted now.

        Raises:
            OSError: When the file cannot be read, or is no plain file.
        """
        deadline = None if budget_s is None else time.monotonic() + budget_s
        with open_regular(self.path) as file:
            self._notice_restart(file.fileno())
            while self.indexed_bytes < self._size:
                chunk = os.pread(file.fileno(), _CHUNK_BYTES, self.indexed_bytes)
                if not chunk:
                    break
                self._count(chunk)
                if deadline is not None and time.monotonic() >= deadline:
                    break
        self.is_complete = self.indexed_bytes >= self._size
        return self.is_complete

    def _notice_restart(self, descriptor: int) -> None:
        status = os.fstat(descriptor)
        identity = (status.st_dev, status.st_ino)
        if self._file is not None and (identity != self._file or status.st_size < self.indexed_bytes):
            self._forget()
            self.generation += 1
        self._file, self._size = identity, status.st_size
        if self.indexed_bytes == 0:
            head = os.pread(descriptor, 4, 0)
            mark, self.encoding = next((pair for pair in _MARKS if head.startswith(pair[0])), (b"", "utf-8"))
            self._begin = self.indexed_bytes = self._line_start = len(mark)
            self._pages = array("Q", [self._begin])

    @property
    def _newline(self) -> bytes:
        return "\n".encode(self.encoding)

    def _count(self, chunk: bytes) -> None:
        newline = self._newline
        width = len(newline)
        if width > 1:
            chunk = chunk[: len(chunk) // width * width] or chunk
        position = -1
        while (position := chunk.find(newline, position + 1)) >= 0:
            if width > 1 and (self.indexed_bytes + position - self._begin) % width:
                continue
            self._lines += 1
            self._line_start = self.indexed_bytes + position + width
            if self._lines % PAGE_LINES == 0:
                self._pages.append(self._line_start)
        self.indexed_bytes += len(chunk)

    @property
    def line_count(self) -> int:
        """Lines counted so far, an unfinished last one included."""
        return self._lines + (self.indexed_bytes > self._line_start)

    @property
    def page_count(self) -> int:
        """Pages counted so far."""
        return (self.line_count + PAGE_LINES - 1) // PAGE_LINES

    def page(self, number: int) -> Page:
        """One page of 500 lines, or of fewer at the end.

        Raises:
            IndexError: When there is no such page, or it has not been counted yet.
            OSError: When the file cannot be read any more.
        """
        if not 0 <= number < self.page_count:
            raise IndexError(f"{self.path.name} has no page {number}, it has {self.page_count}")
        start = self._pages[number]
        last = number + 1 >= len(self._pages)
        whole_end = self.indexed_bytes if last else self._pages[number + 1]
        end = min(whole_end, start + LARGEST_PAGE_BYTES)
        lines: list[str] = []
        cut = 0
        replaced = False
        with open_regular(self.path) as file:
            for raw, was_cut in _lines_between(file.fileno(), start, end, self._newline):
                text = raw.decode(self.encoding, "replace").removesuffix("\r")
                replaced = replaced or "\ufffd" in text
                cut += was_cut
                lines.append(f"{text} …" if was_cut else text)
        return Page(number * PAGE_LINES, tuple(lines[:PAGE_LINES]), cut, replaced, end < whole_end)


def _lines_between(descriptor: int, start: int, end: int, newline: bytes) -> list[tuple[bytes, bool]]:
    """The lines of a part of a file, each cut at 16 KiB; what is cut off is read past in pieces."""
    lines: list[tuple[bytes, bool]] = []
    kept, was_cut, position = b"", False, start
    while position < end:
        chunk = os.pread(descriptor, min(_CHUNK_BYTES, end - position), position)
        if not chunk:
            break
        position += len(chunk)
        pieces = _split(chunk, newline, position - len(chunk) - start)
        for index, piece in enumerate(pieces):
            room = LONGEST_LINE_BYTES - len(kept)
            was_cut = was_cut or len(piece) > room
            kept += piece[: max(room, 0)]
            if index + 1 < len(pieces):
                lines.append((kept, was_cut))
                kept, was_cut = b"", False
    if kept:
        lines.append((kept, was_cut))
    return lines


def _split(chunk: bytes, newline: bytes, offset: int) -> list[bytes]:
    """The chunk cut at newlines, which in wide encodings stand at even places only."""
    width = len(newline)
    if width == 1:
        return chunk.split(newline)
    pieces, begin, position = [], 0, -1
    while (position := chunk.find(newline, position + 1)) >= 0:
        if (position + offset) % width == 0:
            pieces.append(chunk[begin:position])
            begin = position + width
    return [*pieces, chunk[begin:]]


def table_rows(lines: Sequence[str], delimiter: str | None = None) -> list[list[str]]:
    """Lines of a CSV or TSV page as rows of cells; a line that is none is one cell.

    The delimiter is the one of comma, tab and semicolon that the first line has most of, unless given.
    """
    first = lines[0] if lines else ""
    chosen = delimiter or max(",\t;", key=first.count)
    rows: list[list[str]] = []
    for line in lines:
        try:
            rows.append(next(csv.reader([line], delimiter=chosen), []))
        except csv.Error:
            rows.append([line])
    return rows
