"""Memory that every block gives back and the next one asks for again, kept by the process in between."""

from __future__ import annotations

from functools import cache

from gym_gui.core.artifacts.scalars.limits import MIB

_LARGEST_KEPT_BYTES = 4 * MIB


@cache
def keep_freed_memory() -> None:
    """Have the C library keep up to 8 MiB of freed memory; it does its work once a process.

    As it begins, glibc gives freed memory back to the system beyond 128 KiB, and each page of it costs a page
    fault when it is wanted again: a fifth of the time that event files take to read. It adapts by itself to
    the largest piece that it has seen freed, and keeps twice as much (mallopt(3), M_MMAP_THRESHOLD). No page
    of this one is ever touched. Other C libraries take no notice.
    """
    bytes(_LARGEST_KEPT_BYTES)
