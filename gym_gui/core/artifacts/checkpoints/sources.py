"""Bytes from a part of a file, plain or deflated, never more at once than asked for.

Nothing here trusts a length that a file states: what is read is bounded by the caller, and a length
that leads past the end of the file is simply the end.
"""

from __future__ import annotations

import os
import zlib
from typing import BinaryIO, Protocol

_CHUNK_BYTES = 64 * 1024


class TruncatedError(ValueError):
    """The bytes end before what they announced; the message says where."""


class ByteSource(Protocol):
    """Bytes in order."""

    def read(self, count: int) -> bytes:
        """Up to `count` of the next bytes, b"" at the end."""

    def skip(self, count: int) -> None:
        """Passes over `count` bytes, or what is left of them."""


class PlainSource:
    """The bytes of a file from `start` on, `length` of them at most."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self._descriptor = file.fileno()
        self._next = start
        self._end = min(start + length, os.fstat(self._descriptor).st_size)

    def read(self, count: int) -> bytes:
        """Up to `count` of the next bytes, b"" at the end."""
        wanted = min(count, self._end - self._next)
        data = os.pread(self._descriptor, wanted, self._next) if wanted > 0 else b""
        self._next += len(data)
        return data

    def skip(self, count: int) -> None:
        """Passes over `count` bytes, without reading them."""
        self._next = min(self._next + count, self._end)


class DeflatedSource:
    """The bytes that a deflated source expands to, up to `limit` of them.

    Attributes:
        cut: Whether there were more than `limit`.
    """

    def __init__(self, source: ByteSource, limit: int) -> None:
        self._source = source
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._left = limit
        self._waiting = b""
        self.cut = False

    def read(self, count: int) -> bytes:
        """Up to `count` of the next bytes, b"" at the end.

        Raises:
            ValueError: When this is no deflated data.
        """
        wanted = min(count, self._left)
        if wanted <= 0:
            self.cut = self.cut or count > 0
            return b""
        data = b""
        try:
            while not data and not self._inflater.eof:
                self._waiting = self._waiting or self._source.read(_CHUNK_BYTES)
                if not self._waiting:
                    break
                data = self._inflater.decompress(self._waiting, wanted)
                self._waiting = self._inflater.unconsumed_tail
        except zlib.error as problem:
            raise ValueError(f"cannot be decompressed: {problem}") from None
        self._left -= len(data)
        return data

    def skip(self, count: int) -> None:
        """Passes over `count` bytes, which have to be expanded to be passed over."""
        while count > 0:
            data = self.read(min(count, _CHUNK_BYTES))
            if not data:
                return
            count -= len(data)


def read_all(source: ByteSource, limit: int) -> bytes:
    """Everything in the source.

    Raises:
        ValueError: When that is more than `limit` bytes.
    """
    pieces: list[bytes] = []
    size = 0
    while piece := source.read(min(_CHUNK_BYTES * 4, limit + 1 - size)):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise ValueError(f"is larger than the {limit:,} bytes that are read of it")
    return b"".join(pieces)


class ByteCursor:
    """A place in a source that moves as bytes are taken.

    Attributes:
        position: How many bytes were taken or passed over.
    """

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self._buffer = b""
        self._at = 0
        self.position = 0

    def byte(self) -> int:
        """The next byte, -1 at the end."""
        if self._at >= len(self._buffer) and not self._fill(1):
            return -1
        value = self._buffer[self._at]
        self._at += 1
        self.position += 1
        return value

    def take(self, count: int) -> bytes:
        """Exactly the next `count` bytes.

        Raises:
            TruncatedError: When there are fewer.
        """
        if len(self._buffer) - self._at < count and not self._fill(count):
            left = len(self._buffer) - self._at
            raise TruncatedError(f"ends at byte {self.position + left}, {count - left} bytes short")
        data = self._buffer[self._at : self._at + count]
        self._at += count
        self.position += count
        return data

    def skip(self, count: int) -> None:
        """Passes over `count` bytes; a place beyond the end is where the next `take` fails."""
        buffered = min(count, len(self._buffer) - self._at)
        self._at += buffered
        self._source.skip(count - buffered)
        self.position += count

    def line(self, limit: int) -> bytes:
        r"""The bytes up to the next "\n", which is passed over as well.

        Raises:
            TruncatedError: When none comes within `limit` bytes.
        """
        while (end := self._buffer.find(b"\n", self._at, self._at + limit)) < 0:
            have = len(self._buffer) - self._at
            if have >= limit or not self._fill(have + 1):
                raise TruncatedError(f"has a line at byte {self.position} that does not end")
        return self.take(end + 1 - self._at)[:-1]

    def _fill(self, count: int) -> bool:
        """Whether `count` bytes are there to be taken, once the source gave what it has."""
        pieces = [self._buffer[self._at :]]
        have = len(pieces[0])
        while have < count and (piece := self._source.read(max(_CHUNK_BYTES, count - have))):
            pieces.append(piece)
            have += len(piece)
        self._buffer, self._at = b"".join(pieces), 0
        return have >= count
