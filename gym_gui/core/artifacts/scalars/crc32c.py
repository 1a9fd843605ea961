"""CRC-32C as event files carry it, computed over many records at once."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0x82F63B78
_MASK_DELTA = 0xA282EAD8
_ONES = 0xFFFFFFFF
_ROW = 1024

Words = NDArray[np.uint32]


@cache
def _table16() -> Words:
    """What 16 bits at the low end of the state become after 16 shifts."""
    table: Words = np.arange(65536, dtype=np.uint32)
    for _ in range(16):
        table = (table >> np.uint32(1)) ^ (np.uint32(_POLYNOMIAL) * (table & np.uint32(1)))
    return table


@cache
def _table8() -> Words:
    table: Words = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = (table >> np.uint32(1)) ^ (np.uint32(_POLYNOMIAL) * (table & np.uint32(1)))
    return table


@cache
def _byte_steps() -> list[int]:
    return [int(entry) for entry in _table8()]


def unaligned(block: bytes, kind: str) -> NDArray[Any]:
    """Numbers of dtype `kind` at every byte of the block, as a view: entry i starts at byte i."""
    dtype = np.dtype(kind)
    return np.ndarray((max(0, len(block) - dtype.itemsize + 1),), dtype, block, 0, (1,))


def masked(crc: Words) -> Words:
    """Checksums in the form in which the files hold them."""
    rotated = (crc >> np.uint32(15)) | (crc << np.uint32(17))
    return rotated + np.uint32(_MASK_DELTA)


def masked_crcs(block: bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Words:
    """Masked CRC-32C of every `block[start : start + length]`, uint32 of shape (n,).

    The work grows with the longest length, so long ones belong in `masked_crc`.
    """
    if len(starts) and starts.min() < 8:  # never so in a file: the head of a record is there
        block, starts = bytes(8) + block, starts + 8
    order = np.argsort(-lengths, kind="stable")
    positions, sizes = starts[order], lengths[order]
    odd = (sizes & 7).astype(np.uint64)
    positions += sizes & 7
    octets = sizes >> 3
    words = unaligned(block, "<u8")
    crc = _of_first_bytes(words, positions - 8, odd)
    # Longest first: those that still have eight bytes left are always the first `active` of them.
    most = int(octets[0]) if len(octets) else 0
    actives = np.searchsorted(-octets, -np.arange(1, most + 1), side="right")
    for active in actives.tolist():
        part, at = crc[:active], positions[:active]
        part[:] = _after_eight(words[at] ^ part)
        at += 8
    unsorted = np.empty_like(crc)
    unsorted[order] = masked(crc ^ np.uint32(_ONES))
    return unsorted


def _of_first_bytes(words: NDArray[np.uint64], at: NDArray[np.int64], count: NDArray[np.uint64]) -> Words:
    """The state after the last `count` bytes, none to seven, of each word.

    A checksum is linear, and a state of zeros stays one over zeros: so what stands before those bytes is
    made zero, and the ones that a checksum begins with are put on the first four of them instead. Of fewer
    than four, the ones that are left over stay in the state for the bytes that follow.
    """
    gap = (np.uint64(8) - count) * np.uint64(8)
    begins = count > 0
    ones = np.uint64(_ONES)
    shift = np.where(begins, gap, np.uint64(0))
    first = np.where(begins, ((words[at] >> shift) ^ ones) << shift, np.uint64(0))
    left = ones >> np.minimum(count * np.uint64(8), np.uint64(32))
    crc = _after_eight(first)
    crc ^= left.astype(np.uint32)
    return crc


def _after_eight(state: NDArray[np.uint64]) -> Words:
    """What each state of zeros becomes after the eight bytes of each word."""
    first, second, third, fourth = _tables64()
    quarters = state.view("<u2").reshape(-1, 4)
    crc: Words = first[quarters[:, 0]]
    crc ^= second[quarters[:, 1]]
    crc ^= third[quarters[:, 2]]
    crc ^= fourth[quarters[:, 3]]
    return crc


@cache
def _tables64() -> tuple[Words, Words, Words, Words]:
    """What each quarter of eight bytes does to the state, the first quarter first."""
    table = _table16()
    tables = [table]
    for _ in range(3):
        tables.append(table[tables[-1] & np.uint32(0xFFFF)] ^ (tables[-1] >> np.uint32(16)))
    return tables[3], tables[2], tables[1], tables[0]


@cache
def _masked_of_short_lengths() -> Words:
    """The masked checksum of the eight bytes of every length below 65,536."""
    lengths = np.arange(65536, dtype=np.uint32)
    table = _table16()
    crc = table[(lengths ^ np.uint32(0xFFFF)) & np.uint32(0xFFFF)] ^ np.uint32(0xFFFF)
    for _ in range(3):
        crc = table[crc & np.uint32(0xFFFF)] ^ (crc >> np.uint32(16))
    return masked(crc ^ np.uint32(_ONES))


def masked_of_lengths(lengths: NDArray[np.uint64]) -> Words:
    """The masked checksum of each length as eight little-endian bytes, uint32 of shape (n,)."""
    short = _masked_of_short_lengths()
    result = short[(lengths & np.uint64(0xFFFF)).astype(np.int64)]
    long = np.flatnonzero(lengths >= np.uint64(65536))
    if len(long):
        data = lengths[long].astype("<u8").tobytes()
        starts = np.arange(len(long), dtype=np.int64) * 8
        result[long] = masked_crcs(data, starts, np.full(len(long), 8, dtype=np.int64))
    return result


def masked_crc(data: bytes) -> int:
    """The masked CRC-32C of `data`; a megabyte takes a few milliseconds."""
    head = len(data) % _ROW if len(data) > 2 * _ROW else len(data)
    state, steps = _ONES, _byte_steps()
    for byte in data[:head]:
        state = steps[(state ^ byte) & 0xFF] ^ (state >> 8)
    if head < len(data):
        rows = np.frombuffer(data, dtype="<u2", offset=head).reshape(-1, _ROW // 2)
        state = _append_rows(state, rows)
    crc = state ^ _ONES
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & _ONES


def _append_rows(state: int, rows: NDArray[np.uint16]) -> int:
    """The state after all rows: the checksum is linear, so each is taken by itself and then shifted in."""
    table = _table16()
    alone = np.zeros(len(rows), dtype=np.uint32)
    for column in np.ascontiguousarray(rows.T):
        alone = table[alone.astype(np.uint16) ^ column] ^ (alone >> np.uint32(16))
    first, second, third, fourth = _row_shift()
    for own in alone.tolist():
        state = (
            first[state & 0xFF]
            ^ second[(state >> 8) & 0xFF]
            ^ third[(state >> 16) & 0xFF]
            ^ fourth[state >> 24]
            ^ own
        )
    return state


@cache
def _row_shift() -> tuple[list[int], list[int], list[int], list[int]]:
    """What each byte of the state becomes after a row of zeros."""
    table = _table16()
    state = (
        np.arange(256, dtype=np.uint32)[None, :] << np.uint32(8) * np.arange(4, dtype=np.uint32)[:, None]
    ).ravel()
    for _ in range(_ROW // 2):
        state = table[state & np.uint32(0xFFFF)] ^ (state >> np.uint32(16))
    first, second, third, fourth = (part.tolist() for part in state.reshape(4, 256))
    return first, second, third, fourth
