"""The records of a `.wandb` file: blocks of 32 KiB with checksummed pieces, as LevelDB writes its log."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO

from gym_gui.core.artifacts.wandb.limits import LARGEST_RECORD, READ_BYTES
from gym_gui.core.events.regular import open_regular

BLOCK_BYTES = 32 * 1024
_PIECE = struct.Struct("<IHB")
_FILE_HEADER = b":W&B"
_FILE_HEADER_BYTES = 7
_WHOLE, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4


class NotARecordLogError(ValueError):
    """The file does not begin as a `.wandb` file does."""


class RecordLog:
    """Reads the records that were appended since the last time.

    A record whose end has not arrived is left for the next call. A piece that does not match its checksum
    is passed over with the rest of its block, which is counted.

    Attributes:
        damaged: How many pieces did not match their checksum or made no sense where they stood.
        too_large: How many records were larger than what is read.
        restarts: How many times the file was replaced or cut short, so that it was read anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.restarts = 0
        self._file: tuple[int, int] | None = None
        self._forget()

    def _forget(self) -> None:
        self.damaged = self.too_large = 0
        self._torn = False
        self._position = 0  # of the next piece that has not been read
        self._pieces: list[bytes] = []  # of a record whose end has not come
        self._size = 0
        self._inside = False

    @property
    def is_torn(self) -> bool:
        """Whether the file ends within a record, as far as it was read."""
        return self._torn or self._inside

    @property
    def position(self) -> int:
        """How many bytes of the file have been read."""
        return self._position

    def read(self) -> Generator[bytes, None, None]:
        """The records that are complete and were not read before.

        Raises:
            NotARecordLogError: When the file is no record log.
            OSError: When it cannot be read.
        """
        with open_regular(self.path) as file:
            size = self._notice_restart(file)
            if self._position == 0 and size >= _FILE_HEADER_BYTES:
                if os.pread(file.fileno(), len(_FILE_HEADER), 0) != _FILE_HEADER:
                    raise NotARecordLogError(
                        f"{self.path}: is no W&B record log: it does not begin with :W&B"
                    )
                self._position = _FILE_HEADER_BYTES
            if self._position:
                yield from self._records(file, size)

    def _notice_restart(self, file: BinaryIO) -> int:
        status = os.fstat(file.fileno())
        identity = (status.st_dev, status.st_ino)
        if self._file is not None and (identity != self._file or status.st_size < self._position):
            self._forget()
            self.restarts += 1
        self._file = identity
        return status.st_size

    def _records(self, file: BinaryIO, size: int) -> Iterator[bytes]:
        buffer, start = b"", self._position
        while True:
            offset = self._position - start
            if len(buffer) - offset < BLOCK_BYTES and start + len(buffer) < size:
                buffer, start = os.pread(file.fileno(), READ_BYTES, self._position), self._position
                offset = 0
            piece = self._piece(buffer, offset, size)
            if piece is None:
                return
            kind, content = piece
            record = self._take(kind, content)
            if record is not None:
                yield record

    def _piece(self, buffer: bytes, offset: int, size: int) -> tuple[int, bytes] | None:
        """The next piece, passed over in the file; None when it has not arrived as a whole."""
        while True:
            left_in_block = BLOCK_BYTES - self._position % BLOCK_BYTES
            if left_in_block < _PIECE.size:
                self._position += left_in_block
                offset += left_in_block
                continue
            self._torn = self._position < size
            if len(buffer) - offset < _PIECE.size:
                return None
            checksum, length, kind = _PIECE.unpack_from(buffer, offset)
            end = offset + _PIECE.size + length
            if _PIECE.size + length <= left_in_block and end > len(buffer):
                return None
            content = buffer[offset + _PIECE.size : end]
            fits = _PIECE.size + length <= left_in_block
            if not fits or zlib.crc32(bytes([kind]) + content) != checksum:
                return self._damaged(left_in_block, size)
            self._position += _PIECE.size + length
            self._torn = False
            return kind, content

    def _damaged(self, left_in_block: int, size: int) -> tuple[int, bytes] | None:
        if self._position + left_in_block > size:
            return None  # the block is still being written; what is wrong now may be right later
        self.damaged += 1
        self._position += left_in_block
        return 0, b""

    def _take(self, kind: int, content: bytes) -> bytes | None:
        """The record that this piece completes, None while it does not."""
        if kind == _WHOLE:
            self._drop_unfinished()
            return content
        if kind == _FIRST:
            self._drop_unfinished()
            self._inside = True
        elif kind not in (_MIDDLE, _LAST) or not self._inside:
            self.damaged += kind != 0 and not self._inside
            self._pieces, self._size, self._inside = [], 0, False
            return None
        self._size += len(content)
        if self._size <= LARGEST_RECORD:
            self._pieces.append(content)
        if kind != _LAST:
            return None
        record = b"".join(self._pieces) if self._size <= LARGEST_RECORD else None
        self.too_large += record is None
        self._pieces, self._size, self._inside = [], 0, False
        return record

    def _drop_unfinished(self) -> None:
        if self._inside:
            self.damaged += 1
        self._pieces, self._size, self._inside = [], 0, False
