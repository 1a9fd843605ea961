"""The table of contents of a zip archive, read within bounds; parts of it as byte sources.

The standard library's reader takes in however many entries an archive claims, and does not say where
their bytes are, which is needed to compare tensors without expanding anything.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from gym_gui.core.artifacts.checkpoints.limits import (
    LARGEST_EXPANSION,
    LARGEST_PART,
    LARGEST_ZIP_DIRECTORY,
    MOST_ZIP_ENTRIES,
    SUSPICIOUS_RATIO,
)
from gym_gui.core.artifacts.checkpoints.model import Span
from gym_gui.core.artifacts.checkpoints.sources import ByteSource, DeflatedSource, PlainSource, read_all

STORED, DEFLATED = 0, 8
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT = 65_535
_UNKNOWN = 0xFFFFFFFF


class ZipError(ValueError):
    """What is wrong with an archive."""


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One part of an archive, as its table of contents tells it.

    Attributes:
        size: Bytes when expanded, as claimed.
        stored: Bytes in the file.
        header: Where its own header is.
    """

    name: str
    method: int
    checksum: int
    size: int
    stored: int
    header: int
    is_encrypted: bool


class ZipDirectory:
    """The parts of an archive, which is a file or the part of it from `start`.

    Raises:
        ZipError: When it is no zip archive, or one that claims more entries than are read.
    """

    def __init__(self, file: BinaryIO, start: int = 0, length: int | None = None) -> None:
        self._file = file
        whole = os.fstat(file.fileno()).st_size
        self._start = start
        self._size = whole - start if length is None else min(length, whole - start)
        self.entries: dict[str, ZipEntry] = {}
        self.repeated: list[str] = []
        self._preceding = 0
        for entry in self._read():
            if entry.name in self.entries:
                self.repeated.append(entry.name)
            self.entries[entry.name] = entry

    def source(self, entry: ZipEntry, limit: int = LARGEST_PART) -> ByteSource:
        """The bytes of a part, expanded, `limit` of them at most.

        Raises:
            ZipError: It is encrypted, compressed in another way, or not where it should be.
        """
        span = self.span(entry)
        plain = PlainSource(self._file, span.start, span.length)
        if entry.method == DEFLATED:
            return DeflatedSource(plain, limit)
        if entry.method != STORED:
            raise ZipError(f"{entry.name[:200]}: compression method {entry.method} is not read")
        return plain

    def span(self, entry: ZipEntry) -> Span:
        """Where the bytes of a part are in the file, as they are stored.

        Raises:
            ZipError: There is no such part where it should be.
        """
        if entry.is_encrypted:
            raise ZipError(f"{entry.name[:200]}: is encrypted")
        head = self._read_at(entry.header, _LOCAL.size)
        if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
            raise ZipError(
                f"{entry.name[:200]}: is not where the archive says it is; the file is cut or damaged"
            )
        name_length, extra_length = _LOCAL.unpack(head)[-2:]
        start = entry.header + _LOCAL.size + name_length + extra_length
        if start + entry.stored > self._size:
            raise ZipError(f"{entry.name[:200]}: reaches beyond the end of the file, which is cut")
        return Span(self._start + start, entry.stored)

    def read(self, name: str, limit: int = LARGEST_PART) -> bytes:
        """All bytes of the part of this name, checked against their checksum.

        Raises:
            ZipError: There is none, it is damaged, or it is larger than `limit`.
        """
        entry = self.entries.get(name)
        if entry is None:
            raise ZipError(f"has no part {name[:200]}")
        try:
            data = read_all(self.source(entry, limit + 1), limit)
        except ZipError:
            raise
        except ValueError as problem:
            raise ZipError(f"{name[:200]}: {problem}") from None
        if zlib.crc32(data) != entry.checksum:
            raise ZipError(f"{name[:200]}: does not match its checksum")
        return data

    def warnings(self) -> Iterator[str]:
        """What is suspicious about the archive as a whole."""
        if self._preceding:
            before = f"{self._preceding:,} bytes stand before it"
            yield f"is not the whole file: {before}, so it may be what is left of another that was cut"
        expanded = sum(entry.size for entry in self.entries.values())
        if expanded > LARGEST_EXPANSION and expanded > SUSPICIOUS_RATIO * self._size:
            yield f"claims to expand to {expanded:,} bytes from {self._size:,}: do not unpack it"
        escaping = [name for name in self.entries if _leads_out(name)]
        if escaping:
            yield f"{len(escaping)} of its names lead out of the directory, such as {escaping[0][:100]!r}"
        if self.repeated:
            yield f"has two parts of one name ({self.repeated[0][:100]!r}); readers differ in which counts"

    def _read(self) -> Iterator[ZipEntry]:
        start, length, shift = self._place_of_directory()
        self._preceding = shift
        if length > LARGEST_ZIP_DIRECTORY:
            raise ZipError(f"has a table of contents of {length:,} bytes, {LARGEST_ZIP_DIRECTORY:,} are read")
        table = self._read_at(start, length)
        position = count = 0
        while position + _ENTRY.size <= len(table):
            fields = _ENTRY.unpack_from(table, position)
            if fields[0] != b"PK\1\2":
                raise ZipError("has a damaged table of contents")
            count += 1
            if count > MOST_ZIP_ENTRIES:
                raise ZipError(f"has more than {MOST_ZIP_ENTRIES:,} entries")
            name_end = position + _ENTRY.size + fields[10]
            extra_end = name_end + fields[11]
            name = table[position + _ENTRY.size : name_end]
            yield _entry(fields, name, table[name_end:extra_end], shift)
            position = extra_end + fields[12]

    def _place_of_directory(self) -> tuple[int, int, int]:
        """Where the table of contents starts, how long it is, and what precedes the archive in the file."""
        tail_start = max(0, self._size - _LONGEST_COMMENT - _END.size)
        tail = self._read_at(tail_start, self._size - tail_start)
        found = tail.rfind(b"PK\5\6")
        if found < 0 or len(tail) - found < _END.size:
            raise ZipError("has no table of contents: it is cut short, or no zip archive")
        end = _END.unpack_from(tail, found)
        end_at = tail_start + found
        length, stated = end[5], end[6]
        if end_at >= _LOCATOR.size:
            large = self._large_end(end_at)
            if large is not None:
                end_at, length, stated = large
        start = end_at - length
        if start < 0 or start < stated:
            raise ZipError("has a table of contents that does not fit into the file")
        return start, length, start - stated

    def _read_at(self, position: int, count: int) -> bytes:
        wanted = min(count, self._size - position)
        if position < 0 or wanted <= 0 or position > self._size:
            return b""
        return os.pread(self._file.fileno(), wanted, self._start + position)

    def _large_end(self, end_at: int) -> tuple[int, int, int] | None:
        locator = self._read_at(end_at - _LOCATOR.size, _LOCATOR.size)
        if locator[:4] != b"PK\6\7":
            return None
        at = end_at - _LOCATOR.size - _END64.size
        record = self._read_at(at, _END64.size)
        if record[:4] != b"PK\6\6" or len(record) < _END64.size:
            return None
        fields = _END64.unpack(record)
        return at, fields[8], fields[9]


def _entry(fields: tuple[int, ...], raw_name: bytes, extra: bytes, shift: int) -> ZipEntry:
    flags, method, checksum = fields[3], fields[4], fields[7]
    numbers = [fields[9], fields[8], fields[16]]
    if _UNKNOWN in numbers:
        large = _large_numbers(extra)
        for index, number in enumerate(numbers):
            if number == _UNKNOWN and large:
                numbers[index] = large.pop(0)
    size, stored, header = numbers
    name = raw_name.decode("utf-8" if flags & 0x800 else "cp437", "replace")
    return ZipEntry(name, method, checksum, size, stored, header + shift, bool(flags & 1))


def _large_numbers(extra: bytes) -> list[int]:
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        if kind == 1:
            content = extra[position + 4 : position + 4 + length]
            return [number for (number,) in struct.iter_unpack("<Q", content[: len(content) // 8 * 8])]
        position += 4 + length
    return []


def _leads_out(name: str) -> bool:
    forward = name.replace("\\", "/")
    return forward.startswith("/") or ".." in forward.split("/") or forward[1:2] == ":"
