"""Finding the next good record behind a broken one, and when to stop looking."""

from __future__ import annotations

import errno
import os

from gym_gui.core.artifacts.scalars import framing
from gym_gui.core.artifacts.scalars.limits import LONGEST_RESYNC, MIB

_MOST_BREAKS = 1_000


class Recovery:
    """How often a file was broken, and how far the search for a good record has got.

    Attributes:
        is_searching: Whether a good record is being looked for.
        given_up: Why the rest of the file is not read, "" as long as it is.
    """

    def __init__(self) -> None:
        self.is_searching = False
        self.given_up = ""
        self._searched = 0
        self._breaks = 0

    def begin(self) -> None:
        """What should have been a record is none: look for the next one."""
        self.count_break()
        self.is_searching = True
        self._searched = 0

    def count_break(self) -> None:
        """The chain of records was broken once more."""
        self._breaks += 1
        if self._breaks > _MOST_BREAKS:
            self.given_up = f"broken in more than {_MOST_BREAKS:,} places; the rest is not read"

    def search(self, block: bytes, room: int) -> int:
        """Look in this block; how far to go on from its first byte.

        Args:
            block: The bytes that come next.
            room: Bytes from there to the end of the file.
        """
        head = framing.next_head(block, 0, room)
        if head is not None:
            self.is_searching = False
            return head
        # The last few may be the beginning of a head.
        searched = max(0, len(block) - framing.HEAD_BYTES + 1)
        self._searched += searched
        if self._searched > LONGEST_RESYNC:
            limit = LONGEST_RESYNC // MIB
            self.given_up = f"no good record in {limit} MiB behind a corrupt one; the rest is not read"
        return searched


def behind_hole(descriptor: int, offset: int, size: int) -> int:
    """Where to go on when there is a hole at `offset`: nothing is searched for in those of a sparse file."""
    try:
        data = os.lseek(descriptor, offset, os.SEEK_DATA)
    except OSError as error:
        if error.errno != errno.ENXIO:
            return offset
        data = size
    # The first bytes of a head may be zero, and so lie in the hole.
    return max(offset, data - framing.HEAD_BYTES)
