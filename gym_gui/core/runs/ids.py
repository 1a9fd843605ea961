"""Run ids: ULIDs for our own runs, a safe alphabet for everybody else's."""

from __future__ import annotations

import os
import re
import time

from gym_gui.constants import RUN_ID_PATTERN

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {character: value for value, character in enumerate(_CROCKFORD)}
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_RUN_ID = re.compile(RUN_ID_PATTERN)
_NS_PER_MS = 1_000_000


def new_run_id(now_ns: int | None = None) -> str:
    """A fresh ULID, 26 characters that sort by the time they were made.

    The bits after the millisecond start with its fraction, so ids made by one process
    sort correctly within a millisecond too; 60 random bits remain.
    """
    milliseconds, fraction = divmod(time.time_ns() if now_ns is None else now_ns, _NS_PER_MS)
    random_bits = int.from_bytes(os.urandom(8), "big") >> 4
    number = (milliseconds << 80) | (fraction << 60) | random_bits
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def is_run_id(text: str) -> bool:
    """Whether `text` may name a run: one path component of a safe alphabet, at most 128 characters."""
    return _RUN_ID.fullmatch(text) is not None


def created_from_id(run_id: str) -> float | None:
    """The Unix time a ULID carries, or None when `run_id` is not a ULID."""
    if _ULID.fullmatch(run_id) is None:
        return None
    milliseconds = 0
    for character in run_id[:10]:
        milliseconds = milliseconds * 32 + _VALUES[character]
    return milliseconds / 1000
