"""A record that is too large to be read for its index: only the bytes that are asked for come from disk."""

from __future__ import annotations

import os

_WINDOW_BYTES = 4096


class LazyRecord:
    """The bytes of a file from `offset` on, read in small windows as slices are asked for."""

    def __init__(self, descriptor: int, offset: int) -> None:
        self._descriptor = descriptor
        self._offset = offset
        self._window = b""
        self._window_start = 0

    def __getitem__(self, index: slice, /) -> bytes:
        """The bytes of a slice; fewer when the file ends before."""
        start, stop = index.start or 0, index.stop
        if not self._window_start <= start <= stop <= self._window_start + len(self._window):
            self._window = os.pread(self._descriptor, max(_WINDOW_BYTES, stop - start), self._offset + start)
            self._window_start = start
        first = start - self._window_start
        return self._window[first : first + stop - start]
