"""Where lines end, found a chunk at a time."""

from __future__ import annotations

import sys
from array import array
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

_NEWLINE = 0x0A


def newline_ends(chunk: bytes, offset: int) -> array[int]:
    """The positions just past each newline of a chunk that begins at `offset` of its file.

    Whoever draws curves has loaded numpy, which finds newlines three times as fast. It is never loaded
    for this alone: that would take longer than most files.
    """
    numpy = sys.modules.get("numpy")
    return _ends_plainly(chunk, offset) if numpy is None else _ends_by_numpy(chunk, offset)


def _ends_plainly(chunk: bytes, offset: int) -> array[int]:
    pieces = chunk.split(b"\n")
    pieces.pop()  # what stands after the last newline
    ends = accumulate((len(piece) + 1 for piece in pieces), initial=offset)
    next(ends)
    return array("Q", ends)


def _ends_by_numpy(chunk: bytes, offset: int) -> array[int]:
    import numpy as np

    found: numpy.ndarray = np.flatnonzero(np.frombuffer(chunk, dtype=np.uint8) == _NEWLINE)
    ends = array("Q")
    ends.frombytes((found.astype(np.uint64) + np.uint64(offset + 1)).tobytes())
    return ends
