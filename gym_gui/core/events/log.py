"""A growing text file as numbered lines: 8 bytes of memory a line, text read only when shown."""

from __future__ import annotations

import os
import time
from array import array
from bisect import bisect_right
from pathlib import Path
from typing import BinaryIO

from gym_gui.core.events.block import Block
from gym_gui.core.events.decode import LARGEST_EVENT_BYTES
from gym_gui.core.events.lines import LineKind, LogLine, parse_line
from gym_gui.core.events.newlines import newline_ends
from gym_gui.core.events.regular import open_regular

_CHUNK_BYTES = 1024 * 1024
_LARGEST_BLOCK_BYTES = 4 * 1024 * 1024
_FINGERPRINT_BYTES = 64


class EventLog:
    """The lines of a file that another process may still be appending to.

    A line exists once its newline has arrived. A file that was replaced or cut short is another
    file: its lines are numbered from 0 again and `generation` has grown.

    Attributes:
        caught_up: Whether the last `advance` reached the end of the file.
        generation: How many times the numbering started anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.caught_up = False
        self.generation = 0
        self._starts = array("Q")
        self._forget()

    def _forget(self) -> None:
        self._starts = array("Q")
        self._end_of_lines = 0  # just past the last newline
        self._scanned = 0  # how far newlines were looked for; beyond _end_of_lines while a line is unfinished
        self._last_bytes = b""  # what stands before _scanned, to notice a file written anew
        self._file: tuple[int, int] | None = None
        self._tail_is_line = False

    def __len__(self) -> int:
        return len(self._starts)

    def advance(self, budget_s: float | None = None, *, final: bool = False) -> range:
        """Indexes the lines that arrived since the last call and returns their numbers.

        Args:
            budget_s: Stop after about this long and leave the rest, with `caught_up` False.
            final: The run is over, so what stands after the last newline is a line as well.
        """
        deadline = None if budget_s is None else time.monotonic() + budget_s
        try:
            with open_regular(self.path) as file:
                return self._advance_in(file, deadline, final)
        except OSError:
            return self._nothing_there()

    def _advance_in(self, file: BinaryIO, deadline: float | None, final: bool) -> range:
        status = os.fstat(file.fileno())
        if self._is_another(file, (status.st_dev, status.st_ino), status.st_size):
            self._start_anew()
        self._file = (status.st_dev, status.st_ino)
        first = len(self._starts)
        self.caught_up = self._index(file, status.st_size, deadline)
        if final and self.caught_up and self._end_of_lines < self._scanned:
            self._starts.append(self._end_of_lines)
            self._end_of_lines = self._scanned
            self._tail_is_line = True
        return range(first, len(self._starts))

    def _is_another(self, file: BinaryIO, identity: tuple[int, int], size: int) -> bool:
        if self._file is None:
            return False
        if identity != self._file or size < self._scanned:
            return True
        if size == self._scanned:
            return False
        if self._tail_is_line:
            return True  # what was taken for the last line goes on
        file.seek(self._scanned - len(self._last_bytes))
        return file.read(len(self._last_bytes)) != self._last_bytes

    def _start_anew(self) -> None:
        self._forget()
        self.generation += 1

    def _nothing_there(self) -> range:
        if self._file is not None:
            self._start_anew()
        self.caught_up = True
        return range(0)

    def _index(self, file: BinaryIO, size: int, deadline: float | None) -> bool:
        """Looks for newlines up to `size`; whether it got there before the deadline."""
        file.seek(self._scanned)
        while self._scanned < size:
            chunk = file.read(min(_CHUNK_BYTES, size - self._scanned))
            if not chunk:
                break
            self._add_lines_of(chunk)
            if deadline is not None and time.monotonic() >= deadline:
                return self._scanned >= size
        return True

    def _add_lines_of(self, chunk: bytes) -> None:
        ends = newline_ends(chunk, self._scanned)
        if ends:
            self._starts.append(self._end_of_lines)
            self._starts.extend(ends)
            # The last of them is where the unfinished line starts, which is no line yet.
            self._end_of_lines = self._starts.pop()
        self._scanned += len(chunk)
        self._last_bytes = (self._last_bytes + chunk[-_FINGERPRINT_BYTES:])[-_FINGERPRINT_BYTES:]

    def raw(self, number: int, limit: int | None = None) -> bytes:
        """The bytes of a line without its newline, the first `limit` of them if given.

        Raises:
            IndexError: When there is no such line.
        """
        start, end = self._bounds(number)
        wanted = end - start if limit is None else min(end - start, limit)
        return _without_newline(self._read(start, wanted))

    def length(self, number: int) -> int:
        """How many bytes a line has, its newline included."""
        start, end = self._bounds(number)
        return end - start

    def end_of(self, number: int, limit: int) -> bytes:
        """The last `limit` bytes of a line, without its newline."""
        start, end = self._bounds(number)
        wanted = min(end - start, limit + 2)
        return _without_newline(self._read(end - wanted, wanted))[-limit:]

    @property
    def size(self) -> int:
        """How many bytes of the file were looked at."""
        return self._scanned

    def unfinished(self, limit: int) -> bytes:
        """The last `limit` bytes of what stands after the last newline, b"" when there is nothing."""
        wanted = min(self._scanned - self._end_of_lines, limit)
        return self._read(self._scanned - wanted, wanted) if wanted > 0 else b""

    def line(self, number: int, limit: int = LARGEST_EVENT_BYTES) -> LogLine:
        """A line, decoded; of one longer than `limit` bytes the beginning, and a note of what is left out."""
        start, end = self._bounds(number)
        if end - start <= limit:
            return parse_line(self._read(start, end - start), number)
        text = self._read(start, limit).decode("utf-8", "replace")
        note = f" ... [{_size(end - start - limit)} more]"
        return LogLine(number, LineKind.OUTPUT, text + note)

    def lines(self, numbers: range, limit: int = LARGEST_EVENT_BYTES) -> list[LogLine]:
        """Several lines, decoded; neighbours are read from the file together."""
        if not numbers:
            return []
        if numbers.step != 1:
            return [self.line(number, limit) for number in numbers]
        first, _ = self._bounds(numbers[0])
        _, end = self._bounds(numbers[-1])
        if end - first > _LARGEST_BLOCK_BYTES:
            return [self.line(number, limit) for number in numbers]
        block = self._read(first, end - first)
        decoded = []
        for number in numbers:
            start, stop = self._bounds(number)
            cut = stop - start > limit
            decoded.append(
                self.line(number, limit) if cut else parse_line(block[start - first : stop - first], number)
            )
        return decoded

    def block(self, first: int, limit: int) -> Block:
        """Whole lines from number `first` on, as many as `limit` bytes hold.

        A line that is longer than that stands alone, and only its length is given.
        """
        start, end = self._bounds(first)
        last = bisect_right(self._starts, start + limit, first) - 1
        if last + 1 == len(self._starts) and self._end_of_lines <= start + limit:
            last += 1  # the last line fits as well
        if last <= first:
            return Block(b"", array("Q", (start, end)))
        bounds = self._starts[first : last + 1]
        if last == len(self._starts):
            bounds.append(self._end_of_lines)
        return Block(self._read(start, bounds[-1] - start), bounds)

    def _bounds(self, number: int) -> tuple[int, int]:
        if not 0 <= number < len(self._starts):
            raise IndexError(f"{self.path.name} has no line {number}, it has {len(self._starts)}")
        is_last = number + 1 == len(self._starts)
        return self._starts[number], self._end_of_lines if is_last else self._starts[number + 1]

    def _read(self, start: int, count: int) -> bytes:
        try:
            with open_regular(self.path) as file:
                return os.pread(file.fileno(), count, start)
        except OSError:
            return b""  # removed meanwhile; the next `advance` finds out


def _without_newline(raw: bytes) -> bytes:
    return raw.removesuffix(b"\n").removesuffix(b"\r")


def _size(count: int) -> str:
    megabytes = count / (1024 * 1024)
    return f"{megabytes:.1f} MB" if megabytes >= 0.1 else f"{count} bytes"
