"""Where the records of an event file begin, and where the next good one is behind a broken one."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gym_gui.core.artifacts.scalars.crc32c import masked_crcs, masked_of_lengths, unaligned
from gym_gui.core.artifacts.scalars.limits import LARGEST_CHECKED_RECORD

# Eight bytes of length and four of its checksum; then the data and four of the data's.
HEAD_BYTES, TAIL_BYTES = 12, 4
FRAME_BYTES = HEAD_BYTES + TAIL_BYTES
# Longest data whose checksum is computed together with that of others; the work grows with the longest.
_LONGEST_TOGETHER = 512
_LEAST_EVENT = 2
# The first byte of an event that begins, as all do, with its wall time.
_TIME_KEY = 0x09
_length_at = struct.Struct("<Q").unpack_from


@dataclass(frozen=True, slots=True)
class Frames:
    """Records that lie whole in a block.

    Attributes:
        starts: int64, where the data of each begins.
        lengths: int64, bytes of data.
        end: Where the record behind them begins.
        broken: Whether what is at `end` cannot be a record.
    """

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    end: int
    broken: bool


def frames(block: bytes) -> Frames:
    """The records from the block's first byte on, as far as their lengths bear their checksums out.

    Where events are likely to begin is found for the whole block at once. What counts is the chain: each
    begins where the one before it ends. It is followed through all those that were found, and record by
    record where one was not, or something inside a record only looked like one.
    """
    likely, nexts = _likely_heads(block)
    # After these the chain does not go on with the next likely one.
    breaks = np.flatnonzero(nexts[:-1] != likely[1:]).tolist() if len(likely) else []
    breaks.append(len(likely) - 1)
    parts: list[NDArray[np.int64]] = []
    position, broken, which = 0, False, 0
    while position + FRAME_BYTES <= len(block):
        first = int(np.searchsorted(likely, position))
        if first < len(likely) and likely[first] == position:
            while breaks[which] < first:
                which += 1
            last = breaks[which]
            if nexts[last] > len(block):
                last -= 1
            if last < first:
                break
            parts.append(likely[first : last + 1])
            position = int(nexts[last])
            continue
        broken = not _is_head(block, position)
        behind = position + FRAME_BYTES + _length_at(block, position)[0]
        if broken or behind > len(block):
            break
        parts.append(np.array([position], dtype=np.int64))
        position = behind
    heads = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
    lengths = unaligned(block, "<u8")[heads].astype(np.int64)
    return Frames(heads + HEAD_BYTES, lengths, position, broken or not _is_head(block, position))


def _likely_heads(block: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where a record of less than 64 KiB with a time in front has its head, and where each of them ends."""
    data = np.frombuffer(block, dtype=np.uint8)
    likely = np.flatnonzero(data[HEAD_BYTES:] == _TIME_KEY)
    lengths = unaligned(block, "<u8")[likely]
    short = lengths < 65536
    likely, lengths = likely[short], lengths[short]
    good = masked_of_lengths(lengths) == unaligned(block, "<u4")[likely + 8]
    likely, lengths = likely[good], lengths[good]
    return likely, likely + lengths.astype(np.int64) + FRAME_BYTES


def _is_head(block: bytes, position: int) -> bool:
    """Whether a record's length is at `position`, or there is too little to tell."""
    if position + HEAD_BYTES > len(block):
        return True
    length = np.frombuffer(block, dtype="<u8", count=1, offset=position)
    told = np.frombuffer(block, dtype="<u4", count=1, offset=position + 8)
    return bool(masked_of_lengths(length)[0] == told[0])


def length_of_first(block: bytes) -> int:
    """The length that the head at the block's first byte tells."""
    return int(_length_at(block, 0)[0])


def intact(block: bytes, found: Frames) -> NDArray[np.bool_]:
    """Which of the records bear out the checksum of their data; very large ones are taken on trust."""
    from gym_gui.core.artifacts.scalars.crc32c import masked_crc

    result = np.ones(len(found.starts), dtype=np.bool_)
    told = unaligned(block, "<u4")
    short = np.flatnonzero(found.lengths <= _LONGEST_TOGETHER)
    if len(short):
        starts, lengths = found.starts[short], found.lengths[short]
        result[short] = masked_crcs(block, starts, lengths) == told[starts + lengths]
    longer = (found.lengths > _LONGEST_TOGETHER) & (found.lengths <= LARGEST_CHECKED_RECORD)
    for index in np.flatnonzero(longer).tolist():
        start = int(found.starts[index])
        end = start + int(found.lengths[index])
        result[index] = masked_crc(block[start:end]) == told[end]
    return result


def next_head(block: bytes, start: int, room: int) -> int | None:
    """The first position from `start` on where a record may begin, None when there is none in this block.

    Args:
        block: Bytes of the file.
        start: Where to look from.
        room: Bytes from the block's first byte to the end of the file; no record is longer.
    """
    if len(block) - start < HEAD_BYTES:
        return None
    count = len(block) - HEAD_BYTES + 1 - start
    lengths = unaligned(block, "<u8")[start : start + count]
    likely = np.flatnonzero((lengths >= _LEAST_EVENT) & (lengths <= max(0, room)))
    if not len(likely):
        return None
    told = unaligned(block, "<u4")[start + 8 :][likely]
    good = np.flatnonzero(masked_of_lengths(lengths[likely]) == told)
    return start + int(likely[good[0]]) if len(good) else None
