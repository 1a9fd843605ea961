"""The last lines of a file, however large it is and whatever is in it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from gym_gui.core.events.regular import open_regular

LAST_LINES = 50
_WINDOW_BYTES = 64 * 1024
_LONGEST_LINE = 2000
_COLOUR = re.compile(r"\x1b\[[0-9;:?]*[A-Za-z]")


def tail_of(path: Path, count: int | None = None) -> tuple[str, ...]:
    """The last `count` lines as text, or as many as the last 64 KiB hold; () when there is no such file.

    Undecodable bytes are replaced and colours dropped; of a line that a progress bar drew over and over
    the last state stays; of one that is very long, its end.
    """
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            block = os.pread(file.fileno(), _WINDOW_BYTES, max(size - _WINDOW_BYTES, 0))
    except OSError:
        return ()
    lines = block.decode("utf-8", "replace").split("\n")
    if size > _WINDOW_BYTES:
        lines[0] = f"... {lines[0]}"  # its beginning is missing
    if not lines[-1]:
        lines.pop()
    wanted = lines if count is None else lines[-count:]
    is_plain = b"\r" not in block and b"\x1b" not in block  # so are most, and there are thousands of lines
    return tuple(map(_cut, wanted if is_plain else map(_undecorated, wanted)))


def _undecorated(line: str) -> str:
    last_drawn = line.rstrip("\r").rpartition("\r")[2]
    return _COLOUR.sub("", last_drawn)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_LINE else f"... {text.removeprefix('... ')[-_LONGEST_LINE:]}"
