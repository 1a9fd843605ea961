"""Noticing that the clock on the wall was set, or that the machine slept."""

from __future__ import annotations

# Clocks are slewed all the time; a difference this large between two looks is a jump.
_JUMP_S = 2.0


class JumpWatch:
    """Compares the wall clock with one that only ever ticks."""

    def __init__(self) -> None:
        self._last: tuple[float, float] | None = None

    def jump_since_last(self, wall: float, steady: float) -> float:
        """Seconds the wall clock moved beyond the steady one since the last call, 0 for no jump."""
        before, self._last = self._last, (wall, steady)
        if before is None:
            return 0.0
        moved = (wall - before[0]) - (steady - before[1])
        return moved if abs(moved) > _JUMP_S else 0.0
