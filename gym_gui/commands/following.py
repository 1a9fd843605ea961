"""The bytes of a file that may still grow, from its last lines on, until nothing more will come."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from gym_gui.core.events.regular import open_regular

_CHUNK = 256 * 1024
_LONGEST_LINE = 8 * 1024 * 1024
_FARTHEST_BACK = 64 * 1024 * 1024
_LOOK_EVERY_S = 0.15


def chunks(path: Path, *, last_lines: int | None, is_over: Callable[[], bool] | None) -> Iterator[bytes]:
    """The file's content in pieces; with `is_over`, also what is appended until that says True.

    Args:
        path: The file; while it is not there, it counts as empty.
        last_lines: Begin with this many lines from the end; None for the whole file.
        is_over: Whether nothing will be appended any more; None to stop at the present end.
    """
    position: int | None = None
    while True:
        ends_here = is_over is None or is_over()  # asked before reading, so that the last words are read
        try:
            with open_regular(path) as file:
                size = os.fstat(file.fileno()).st_size
                if position is None:
                    position = 0 if last_lines is None else _start_of_last(file, size, last_lines)
                position = min(position, size)  # a file that was cut short goes on from its new end
                file.seek(position)
                while chunk := file.read(_CHUNK):
                    position += len(chunk)
                    yield chunk
        except FileNotFoundError:
            position = None if last_lines is not None else 0
        if ends_here:
            return
        time.sleep(_LOOK_EVERY_S)


def lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of the pieces, without their newlines; an unfinished last one counts, a huge one is cut."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > _LONGEST_LINE:
            yield rest
            rest = b""
    if rest:
        yield rest


def _start_of_last(file: BinaryIO, size: int, count: int) -> int:
    """Where the last `count` lines begin; no farther back than what lines of use could fill."""
    if count <= 0:
        return size
    farthest = max(0, size - _FARTHEST_BACK)
    end, newlines = size, 0
    while end > farthest:
        start = max(farthest, end - _CHUNK)
        file.seek(start)
        block = file.read(end - start)
        position = len(block)
        while (position := block.rfind(b"\n", 0, position)) >= 0:
            if start + position + 1 < size:
                newlines += 1
            if newlines == count:
                return start + position + 1
        end = start
    return farthest
