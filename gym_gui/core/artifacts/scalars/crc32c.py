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
    order = np.argsort(-lengths, kind="stable")
    remaining, positions = lengths[order], starts[order]
    crc = np.full(len(order), _ONES, dtype=np.uint32)
    octets = remaining // 8
    # Longest first: those that still have eight bytes left are always the first `active` of them.
    most = int(octets[0]) if len(octets) else 0
    actives = np.searchsorted(-octets, -np.arange(1, most + 1), side="right")
    words, (first, second, third, fourth) = unaligned(block, "<u8"), _tables64()
    for active in actives.tolist():
        part, at = crc[:active], positions[:active]
        state = words[at]
        state ^= part
        quarters = state.view("<u2").reshape(-1, 4)
        part[:] = first[quarters[:, 0]]
        part ^= second[quarters[:, 1]]
        part ^= third[quarters[:, 2]]
        part ^= fourth[quarters[:, 3]]
        at += 8
    _append_rest(block, crc, positions, remaining % 8)
    unsorted = np.empty_like(crc)
    unsorted[order] = masked(crc ^ np.uint32(_ONES))
    return unsorted


@cache
def _tables64() -> tuple[Words, Words, Words, Words]:
    """What each quarter of eight bytes does to the state, the first quarter first."""
    table = _table16()
    tables = [table]
    for _ in range(3):
        tables.append(table[tables[-1] & np.uint32(0xFFFF)] ^ (tables[-1] >> np.uint32(16)))
    return tables[3], tables[2], tables[1], tables[0]


def _append_rest(block: bytes, crc: Words, positions: NDArray[np.int64], rest: NDArray[np.int64]) -> None:
    """Take up to seven more bytes into each state."""
    words, table = unaligned(block, "<u2"), _table16()
    for needed in (2, 4, 6):
        which = np.flatnonzero(rest >= needed)
        part = crc[which]
        low = words[positions[which] + (needed - 2)] ^ part.astype(np.uint16)
        crc[which] = table[low] ^ (part >> np.uint32(16))
    odd = np.flatnonzero(rest & 1)
    last = np.frombuffer(block, dtype=np.uint8)[positions[odd] + rest[odd] - 1]
    part = crc[odd]
    crc[odd] = _table8()[(part & np.uint32(0xFF)) ^ last] ^ (part >> np.uint32(8))


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
